"""Version 1 of the interface. What it published it keeps: a test refuses a breaking change."""
