"""Background jobs on the screen: what runs, what failed for good and waits for a person."""
