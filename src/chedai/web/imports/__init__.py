"""Workbooks coming in, on the screen."""
