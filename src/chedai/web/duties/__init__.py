"""The responsibility map on the screen."""
