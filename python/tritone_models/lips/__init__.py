"""Mouths that follow a voice: who draws which frame when."""
