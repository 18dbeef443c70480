"""Voices: clauses in, sound with word times and mouth shapes out. Knows no Triton."""
