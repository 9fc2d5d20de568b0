"""The deal's road: its stages, whose turn it is, since when, and who lets it wait."""
