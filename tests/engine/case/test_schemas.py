"""The published schemas: in step with the types, and holding what the command prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chedai.engine.case import schema
from chedai.engine.case.document import EVENT_TYPES
from chedai.engine.case.spellings import EVENT_NAMES, NAMES, WORDS

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("of", ["case", "result"])
def test_committed_schema_is_in_step_with_the_types(of: str) -> None:
    committed = (ROOT / f"docs/schemas/replay-{of}.schema.json").read_text()
    assert committed == schema(of)  # type: ignore[arg-type]


def test_schema_publishes_one_name_for_each_field_of_the_issue() -> None:
    parts = json.loads(schema("case"))["$defs"]
    terms = set(parts["TermsCase"]["properties"])
    assert terms >= {
        "principal", "annual_rate_pct", "periods", "every", "unit", "first_due_date", "disbursement_date",
        "interest_method", "amortisation", "grace_principal", "grace_interest", "interest_free_periods",
        "down_payment_pct", "instalment_multiple", "month_end", "rounding", "allocation",
    }  # fmt: skip
    assert set(parts["Case"]["properties"]) >= {
        "terms",
        "day_count",
        "recalculation",
        "advance_rule",
        "as_of",
        "events",
    }
    assert set(EVENT_TYPES) >= {
        "disbursement", "repayment", "payoff", "charge", "rate_change", "due_date_shift", "term_extension",
        "interest_pause", "reamortise", "reage", "reversal",
    }  # fmt: skip
    assert "amortization" not in schema("case")


def test_result_rows_hold_the_columns_of_the_issue_in_its_order() -> None:
    rows = json.loads(schema("result"))["$defs"]["RowResult"]["required"]
    assert rows == [
        "n", "due_date", "days", "principal", "interest", "fees", "penalties", "total", "balance", "paid",
        "paid_early", "paid_late", "outstanding",
    ]  # fmt: skip


def test_the_page_lists_every_spelling_that_is_read() -> None:
    page = (ROOT / "docs/replay-case.md").read_text()
    spellings = [*NAMES, *(name for names in EVENT_NAMES.values() for name in names)]
    spellings += [word for words in WORDS.values() for word in words]
    assert [name for name in spellings if f"`{name}`" not in page] == []
