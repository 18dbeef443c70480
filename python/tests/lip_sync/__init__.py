"""Mouths that follow a voice."""
