"""Schedules: from the terms of a loan to what is due when, to the fen."""

from chedai.engine.schedule.balloon import balloon_from, tail_of
from chedai.engine.schedule.columns import ScheduleColumns, schedule_columns
from chedai.engine.schedule.date_columns import TimetableColumns, timetable_columns
from chedai.engine.schedule.equal_principal import equal_principal_from
from chedai.engine.schedule.factors import period_factors
from chedai.engine.schedule.flat import flat_from
from chedai.engine.schedule.interest_first import bullet_from, interest_first_from
from chedai.engine.schedule.lease import LeaseTerms, ResidualBearer, lease_schedule
from chedai.engine.schedule.level import level_from, level_instalment
from chedai.engine.schedule.loan import schedule
from chedai.engine.schedule.methods import plan
from chedai.engine.schedule.revolving import Movement, Statement, Stretch, revolving_interest
from chedai.engine.schedule.rows import Amounts, Instalment, Schedule
from chedai.engine.schedule.stepped import stepped_from
from chedai.engine.schedule.weights import MONTHLY, YearParts
from chedai.engine.schedule.year_columns import year_part_columns

__all__ = [
    "MONTHLY",
    "Amounts",
    "Instalment",
    "LeaseTerms",
    "Movement",
    "ResidualBearer",
    "Schedule",
    "ScheduleColumns",
    "Statement",
    "Stretch",
    "TimetableColumns",
    "YearParts",
    "balloon_from",
    "bullet_from",
    "equal_principal_from",
    "flat_from",
    "interest_first_from",
    "lease_schedule",
    "level_from",
    "level_instalment",
    "period_factors",
    "plan",
    "revolving_interest",
    "schedule",
    "schedule_columns",
    "stepped_from",
    "tail_of",
    "timetable_columns",
    "year_part_columns",
]
