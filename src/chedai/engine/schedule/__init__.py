"""Schedules: from the terms of a loan to what is due when, to the fen."""

from chedai.engine.schedule.balloon import balloon_from, tail_of
from chedai.engine.schedule.columns import ScheduleColumns, schedule_columns
from chedai.engine.schedule.equal_principal import equal_principal_from
from chedai.engine.schedule.factors import period_factors
from chedai.engine.schedule.flat import flat_from
from chedai.engine.schedule.interest_first import bullet_from, interest_first_from
from chedai.engine.schedule.level import level_from, level_instalment
from chedai.engine.schedule.loan import schedule
from chedai.engine.schedule.methods import plan
from chedai.engine.schedule.rows import Amounts, Instalment, Schedule
from chedai.engine.schedule.stepped import stepped_from

__all__ = [
    "Amounts",
    "Instalment",
    "Schedule",
    "ScheduleColumns",
    "balloon_from",
    "bullet_from",
    "equal_principal_from",
    "flat_from",
    "interest_first_from",
    "level_from",
    "level_instalment",
    "period_factors",
    "plan",
    "schedule",
    "schedule_columns",
    "stepped_from",
    "tail_of",
]
