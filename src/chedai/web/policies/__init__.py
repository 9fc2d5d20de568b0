"""Policies on the screen: what is in force, how it came to be, and how it is changed by two people."""
