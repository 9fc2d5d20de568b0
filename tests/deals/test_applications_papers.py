"""The papers of an application, and what does not fit together."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Q

from chedai.deals.applications import rules
from chedai.deals.applications.rules import Line
from chedai.deals.applications.selectors import (
    first_pass,
    flags_of,
    statement_flow,
)
from chedai.deals.applications.services.flags import flag_resolve, flags_look
from chedai.deals.applications.services.papers import check_accept, check_hand_in, check_return, papers_expire
from chedai.deals.applications.services.proofs import statement_write
from chedai.platform.errors import Conflict, Refusal, Refusals
from tests.deals.applying import TODAY, Case, another, asked_for, codes, item, opened, paper, rows, second_deal
from tests.deals.quoting import Desk, shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_for),
    pytest.mark.usefixtures("held_clock"),
]


@pytest.fixture
def case(held_clock: object) -> Case:
    return given(asked_for)


def test_a_paper_goes_round_until_it_is_accepted(case: Case) -> None:
    one = item(case, "bank_statement")
    check_hand_in(item_id=one.pk, name="a.pdf", content=paper("one"), day=date(2026, 11, 1), actor=case.officer)
    check_hand_in(item_id=one.pk, name="b.pdf", content=paper("two"), actor=case.officer)
    with pytest.raises(Refusal) as refused:
        check_accept(item_id=one.pk, actor=case.officer)
    assert refused.value.code == "paper-own"
    with pytest.raises(Refusal) as refused:
        check_return(item_id=one.pk, reason=" ", actor=case.approver)
    assert refused.value.code == "reason-missing"
    check_return(item_id=one.pk, reason="缺第 3 页", actor=case.approver)
    check_hand_in(item_id=one.pk, name="c.pdf", content=paper("three"), actor=case.officer)
    check_accept(item_id=one.pk, actor=case.approver)
    done = item(case, "bank_statement")
    assert (done.state, done.round, done.expires_on) == ("accepted", 2, date(2026, 12, 1))
    assert [(step.state, step.round) for step in done.steps.order_by("pk")] == [
        ("handed_in", 1),
        ("handed_in", 1),
        ("returned", 1),
        ("handed_in", 2),
        ("accepted", 2),
    ]
    before = rows()
    with pytest.raises(Conflict):
        check_hand_in(item_id=one.pk, name="d.pdf", content=paper("four"), actor=case.officer)
    assert rows() == before


def test_the_first_pass_rate_counts_papers_accepted_at_once(case: Case) -> None:
    for code, returned in (("id_card", False), ("residence_proof", True), ("purchase_contract", False)):
        one = item(case, code)
        day = date(2030, 1, 1) if code == "id_card" else date(2026, 11, 1)
        check_hand_in(item_id=one.pk, name="x.pdf", content=paper(code), day=day, actor=case.officer)
        if returned:
            check_return(item_id=one.pk, reason="不清晰", actor=case.approver)
            check_hand_in(item_id=one.pk, name="y.pdf", content=paper(code + "2"), actor=case.officer)
        check_accept(item_id=one.pk, actor=case.approver)
    (rate,) = first_pass(TODAY, Q())
    assert (rate.officer_id, rate.accepted, rate.first, rate.rate) == (case.house.officer.pk, 3, 2, 66_666_666)


def test_a_paper_past_its_day_is_refused_and_one_that_ages_expires(case: Case) -> None:
    one = item(case, "bank_statement")
    before = rows()
    with pytest.raises(Refusal) as refused:
        check_hand_in(item_id=one.pk, name="a.pdf", content=paper("x"), day=date(2026, 10, 1), actor=case.officer)
    assert (refused.value.code, rows()) == ("paper-expired", before)
    check_hand_in(item_id=one.pk, name="a.pdf", content=paper("x"), day=date(2026, 11, 1), actor=case.officer)
    check_accept(item_id=one.pk, actor=case.approver)
    assert papers_expire(date(2026, 12, 1), case.approver) == 0
    assert papers_expire(date(2026, 12, 2), case.approver) == 1
    assert item(case, "bank_statement").state == "expired"


def test_the_same_phone_address_employer_and_file_in_another_deal_are_flagged(case: Case) -> None:
    case.answer()
    other = another(case, "李军", "13912345678")
    other.answer(contact_phone="13812342107", employer="杭州云途 科技有限公司", home_address="浙江省宁波市海曙区 1 号")
    one, two = item(case, "purchase_contract"), item(other, "purchase_contract")
    for at, who in ((one, case), (two, other)):
        check_hand_in(item_id=at.pk, name="c.pdf", content=paper("same contract"), actor=who.officer)
    found = {(f.kind, f.question): f.others for f in flags_of(other.application.pk)}
    assert found == {
        ("same_phone", "contact_phone"): [case.deal.number],
        ("same_phone", "employer_phone"): [case.deal.number],
        ("same_employer", "employer"): [case.deal.number],
        ("same_file", "purchase_contract"): [case.deal.number],
    }
    assert flags_of(case.application.pk) == []  # what came into the other deal is found at the next whole look
    flags_look(application_id=case.application.pk, actor=case.officer)
    assert {f.kind for f in flags_of(case.application.pk)} == {"same_employer", "same_file", "same_phone"}


def test_ones_own_second_deal_is_no_finding(case: Case) -> None:
    case.complete()
    second = opened(case.house, place=Desk(case.house, second_deal(case)))
    check_hand_in(
        item_id=item(second, "id_card").pk,
        name="id.pdf",
        content=paper(f"{case.deal.number} id_card {case.applicant.pk} 0"),
        actor=case.officer,
    )
    assert flags_of(second.application.pk) == []


def test_the_first_line_that_does_not_add_up_is_named_and_must_be_explained(case: Case) -> None:
    case.complete()
    lines = [
        Line(1, date(2026, 9, 1), 1_000_000, 0, 1_500_000, "工资"),
        Line(2, date(2026, 9, 15), 0, 200_000, 1_300_000),
        Line(3, date(2026, 10, 1), 1_000_000, 0, 2_400_000, "工资"),
        Line(4, date(2026, 10, 2), 0, 100_000, 2_300_000),
    ]
    assert rules.first_wrong_line(500_000, lines) == rules.WrongLine(3, 2_300_000, 2_400_000)
    statement = statement_write(
        party_id=case.applicant.pk,
        bank="江河银行",
        account="6222000011112222",
        opening=500_000,
        lines=lines,
        actor=case.officer,
    )
    assert statement.wrong_line == 3
    (flag,) = flags_of(case.application.pk)
    assert (flag.kind, flag.line) == ("statement", 3)
    before = rows()
    with pytest.raises(Refusals) as refused:
        case.submit()
    assert (codes(refused.value), rows()) == (["flag-statement"], before)
    assert refused.value.refusals[0].zh == "流水第 3 行余额不连续，须书面说明"
    with pytest.raises(Refusal) as short:
        flag_resolve(flag_id=flag.pk, resolution="没事", actor=case.officer)
    assert short.value.code == "resolution-missing"
    flag_resolve(flag_id=flag.pk, resolution="银行柜台更正，见盖章说明", actor=case.officer)
    assert case.submit().state == "submitted"
    assert [(m.month, m.money_in, m.money_out) for m in statement_flow(statement.pk)] == [
        ("2026-09", 1_000_000, 200_000),
        ("2026-10", 1_000_000, 100_000),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-09-01,1.00,0", "statement-columns"),
        ("2026-09-01,1.001,0,1", "statement-line"),
        ("2026-13-01,1,0,1", "statement-line"),
        ("2026-09-01,-1,0,1", "statement-line"),
    ],
)
def test_a_statement_that_cannot_be_read_names_its_line(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.statement_read("日期,收入,支出,余额,摘要\n2026-08-01,10.00,,10.00,工资\n" + text)
    assert (refused.value.code, "2" in refused.value.zh) == (code, True)


def test_a_statement_is_read_to_the_fen() -> None:
    found = rules.statement_read(
        '日期,收入,支出,余额,摘要\n2026/08/01,"1,234.50",,1234.5,工资\n\n2026-08-02,,0.05,1234.45\n'
    )
    assert found == [
        Line(1, date(2026, 8, 1), 123_450, 0, 123_450, "工资"),
        Line(2, date(2026, 8, 2), 0, 5, 123_445),
    ]
