"""The business date on the screen: which day the books are on, and turning it."""
