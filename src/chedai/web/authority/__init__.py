"""Limits of authority on the screen."""
