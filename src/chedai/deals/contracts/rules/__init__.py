"""Deciding about the paper: pure, without a query, a clock or a setting."""
