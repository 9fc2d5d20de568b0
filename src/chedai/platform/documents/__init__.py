"""Papers as PDF or picture: a template, the figures, the same bytes for the same figures."""
