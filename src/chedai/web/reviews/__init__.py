"""The access review on the screen."""
