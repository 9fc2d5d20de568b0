"""The audit log on the screen: reading it, and reading it over."""
