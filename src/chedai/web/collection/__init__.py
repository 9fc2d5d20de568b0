"""The collection workbench: one case a screen, its lists, visits on the telephone, the court, agencies, effects."""
