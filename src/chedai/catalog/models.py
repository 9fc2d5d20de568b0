"""Where Django finds the models of the rooms."""

__all__: list[str] = []
