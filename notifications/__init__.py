"""Turns an outcome into words and carries them out; may fail without harm."""
