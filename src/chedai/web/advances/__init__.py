"""Advances to banks and the margin against them, on the screen."""
