"""The larger components of a screen: what they show is typed here, how they look is in `templates/web/ui`."""
