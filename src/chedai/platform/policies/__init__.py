"""Rules as data: what the law, the regulator and the house allow, each with its dates, scope, source and confidence.

The files are in `policies/`; `docs/policies.md` says how to write one. `PolicyBook.load(folder)` or `shipped_book()`
reads them, `book.in_force(key, on, ...)` answers for a date and a scope. Nothing here reads a clock, nothing guesses.
"""

from __future__ import annotations

from chedai.platform.policies.book import BookVersion, PolicyBook
from chedai.platform.policies.errors import (
    AmbiguousPolicy,
    Fault,
    Finding,
    NoLimitSet,
    NoPolicyInForce,
    PolicyBookInvalid,
    PolicyError,
    PolicyFilesMissing,
    ScopeNotStated,
    Severity,
    UnknownPolicy,
    UnknownScope,
    WrongKind,
)
from chedai.platform.policies.questions import (
    CapLine,
    Fixing,
    PublishedCalendar,
    RateCap,
    Tenor,
    binding_rate_cap,
    business_calendar,
    lpr,
    max_term,
)
from chedai.platform.policies.rows import Confidence, EvaluatedAt, Freshness, PolicyRow, PolicySeries
from chedai.platform.policies.scope import Channel, LenderType, Region, Scope, VehicleKind
from chedai.platform.policies.shipped import shipped_book, shipped_folder
from chedai.platform.policies.values import (
    Band,
    Bracket,
    CalendarYear,
    Cap,
    Holiday,
    Hours,
    Kind,
    Label,
    Limit,
    Line,
    PercentRange,
    Text,
)

__all__ = [
    "AmbiguousPolicy",
    "Band",
    "BookVersion",
    "Bracket",
    "CalendarYear",
    "Cap",
    "CapLine",
    "Channel",
    "Confidence",
    "EvaluatedAt",
    "Fault",
    "Finding",
    "Fixing",
    "Freshness",
    "Holiday",
    "Hours",
    "Kind",
    "Label",
    "LenderType",
    "Limit",
    "Line",
    "NoLimitSet",
    "NoPolicyInForce",
    "PercentRange",
    "PolicyBook",
    "PolicyBookInvalid",
    "PolicyError",
    "PolicyFilesMissing",
    "PolicyRow",
    "PolicySeries",
    "PublishedCalendar",
    "RateCap",
    "Region",
    "Scope",
    "ScopeNotStated",
    "Severity",
    "Tenor",
    "Text",
    "UnknownPolicy",
    "UnknownScope",
    "VehicleKind",
    "WrongKind",
    "binding_rate_cap",
    "business_calendar",
    "lpr",
    "max_term",
    "shipped_book",
    "shipped_folder",
]
