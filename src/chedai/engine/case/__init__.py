"""The case document: a loan and the events of its life as JSON, and the schedules it replays to.

`run(raw)` takes the bytes of one document and returns its schedules; `split(raw)` parts a list of documents. What the
document may say is `document`, how generously it is read is `spellings`, what comes out is `result`.
"""

from chedai.engine.case.reading import split
from chedai.engine.case.refusal import CaseRefused
from chedai.engine.case.replaying import run
from chedai.engine.case.result import CaseResult, ScheduleResult
from chedai.engine.case.schemas import schema

__all__ = ["CaseRefused", "CaseResult", "ScheduleResult", "run", "schema", "split"]
