"""How a case document is refused: the path of the field, what was found there, and the rule it breaks."""

from __future__ import annotations

from chedai.engine.errors import EngineError

WHOLE = "case"
"""The path of a refusal that is about the document as a whole."""

LONGEST = 60
"""Characters of a refused value that a refusal repeats."""


class CaseRefused(EngineError):
    """A document that is no case. `argument` is the path of the field, `terms.periods` or `events[2].amount`."""

    def under(self, prefix: str) -> CaseRefused:
        """The same refusal seen from a list of cases: `cases[3].terms.periods`."""
        path = prefix if self.argument == WHOLE else f"{prefix}.{self.argument}"
        return CaseRefused(path, self.rule, self.rule_zh, row=self.row, value=self.value)


def refused(path: str, rule: str, rule_zh: str, value: object = None) -> CaseRefused:
    """A refusal of the field at `path`; a long value is cut, so that the sentence stays readable."""
    shown = str(value)
    if len(shown) > LONGEST:
        shown = f"{shown[:LONGEST]}..."
    return CaseRefused(path or WHOLE, rule, rule_zh, value=None if value is None else shown)
