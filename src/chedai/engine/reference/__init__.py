"""Slow twins of the engine, written independently from the rules: judges in tests, never called by the product."""
