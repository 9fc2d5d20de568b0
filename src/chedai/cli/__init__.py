"""The command line: the engine's own first user."""
