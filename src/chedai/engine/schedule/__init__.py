"""Schedules: from the terms of a loan to what is due when, to the fen."""

from chedai.engine.schedule.level import level_instalment

__all__ = ["level_instalment"]
