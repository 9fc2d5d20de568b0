"""Decisions on the screen: the queue, one case after another, the rules, the report of exceptions."""
