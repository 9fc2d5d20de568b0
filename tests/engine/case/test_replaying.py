"""Which schedules a case asks for, on which day, and how the replay's refusals come back."""

from __future__ import annotations

import json
from typing import Literal

import pytest

from chedai.engine.case import CaseRefused, CaseResult, run

OUT: dict[str, object] = {"type": "disbursement", "date": "2024-01-15", "amount": "1000"}
IN: dict[str, object] = {"type": "repayment", "date": "2024-02-20", "amount": "100", "id": "first"}
LATER: dict[str, object] = {"type": "repayment", "date": "2024-03-20", "amount": "50"}


TERMS = {"principal": "1000", "annual_rate_pct": "6", "periods": 3, "disbursement_date": "2024-01-15"}


def result(events: list[dict[str, object]], after: Literal["each", "last"] | None = None, **top: object) -> CaseResult:
    return run(json.dumps({"terms": TERMS, "events": events, **top}).encode(), after)


def asked(replayed: CaseResult) -> list[tuple[int | None, str]]:
    return [(s.after.index if s.after else None, s.as_of.isoformat()) for s in replayed.schedules]


def test_the_contract_is_shown_where_nothing_happened() -> None:
    replayed = result([], name="甲")
    assert (replayed.name, asked(replayed)) == ("甲", [(None, "2024-01-15")])
    assert asked(result([], as_of="2024-03-01")) == [(None, "2024-03-01")]
    assert asked(result([], "each")) == [(None, "2024-01-15")]
    assert replayed.schedules[0].disbursements[0].amount == "1000.00"


def test_the_last_schedule_stands_on_the_day_asked_for() -> None:
    assert asked(result([OUT, IN])) == [(1, "2024-02-20")]
    assert asked(result([OUT, IN], as_of="2024-03-10")) == [(1, "2024-03-10")]


def test_a_schedule_after_each_event_stands_on_the_day_they_reach() -> None:
    wanted = [(0, "2024-01-15"), (1, "2024-02-20"), (2, "2024-03-25")]
    assert asked(result([OUT, IN, LATER], as_of="2024-03-25", show="each")) == wanted
    assert asked(result([OUT, IN, LATER], "each", as_of="2024-03-25")) == wanted


def test_schedules_are_asked_for_by_id_place_or_on_the_event() -> None:
    assert asked(result([OUT, IN, LATER], show="last")) == [(2, "2024-03-20")]
    assert asked(result([OUT, IN, LATER], show=["first", 0])) == [(0, "2024-01-15"), (1, "2024-02-20")]
    assert asked(result([OUT, {**IN, "show": True}, LATER])) == [(1, "2024-02-20"), (2, "2024-03-20")]


def test_a_receipt_booked_late_is_shown_on_the_day_it_was_booked() -> None:
    assert asked(result([OUT, {**IN, "recorded_on": "2024-02-25"}])) == [(1, "2024-02-25")]


def test_what_was_recorded_later_is_left_out_of_what_was_known() -> None:
    late = {**IN, "recorded_on": "2024-03-01"}
    known = result([OUT, late], known_on="2024-02-25", as_of="2024-02-25").schedules[0]
    now = result([OUT, late], as_of="2024-02-25").schedules[0]
    assert (known.totals.paid, now.totals.paid) == ("0.00", "100.00")


def test_an_unknown_name_in_show_is_refused() -> None:
    for name in ("none", 7):
        with pytest.raises(CaseRefused) as caught:
            result([OUT], show=[name])
        assert caught.value.argument == "show[0]"


def test_an_event_that_cannot_happen_is_refused_by_its_place() -> None:
    with pytest.raises(CaseRefused) as caught:
        result([OUT, {"type": "disbursement", "date": "2024-02-01", "amount": "1"}])
    assert caught.value.argument.startswith("events[1].")


def test_terms_without_a_schedule_are_refused_by_their_field() -> None:
    with pytest.raises(CaseRefused) as caught:
        result([], terms={**TERMS, "amortisation": "balloon", "instalment": "1"})
    assert caught.value.argument == "terms.instalment"


def test_days_the_calendar_does_not_have_are_refused() -> None:
    pause = {"type": "interest_pause", "start_date": "0001-01-01", "end_date": "2024-02-01"}
    with pytest.raises(CaseRefused):
        result([OUT, pause])
