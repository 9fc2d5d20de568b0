"""Something to see on the pages of an application, the customer's own among them."""

from __future__ import annotations

from datetime import timedelta

from chedai.catalog.partners.models import Lender
from chedai.deals.applications.rules import Line
from chedai.deals.applications.selectors import items_of
from chedai.deals.applications.services.answers import answers_write
from chedai.deals.applications.services.lenders import Answer, submission_answer
from chedai.deals.applications.services.links import link_make
from chedai.deals.applications.services.papers import check_accept, check_hand_in, check_return
from chedai.deals.applications.services.proofs import BureauFigures, bureau_write, statement_write
from chedai.deals.applications.states import Source, SubmissionState
from chedai.platform import clock
from tests.deals.applying import Case, opened
from tests.deals.quoting import Desk, deal_for, desk
from tests.house import House

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


def furnish(house: House) -> list[str]:
    """One application half filled with everything that can go wrong, one before two lenders; their addresses."""
    place = Desk(house, deal_for(house)) if Lender.objects.exists() else desk(house)
    half = _half(Case(place, opened(house, place=place).deal))
    sent = _sent(house)
    _link, token = link_make(party_id=half.applicant.pk, actor=half.officer)
    number, phone = half.deal.number, f"/m/{token}/"
    waiting = next(item for item in items_of(half.application.pk) if item.code == "id_card")
    return [
        f"/deals/{number}/application/",
        f"/deals/{number}/application/answers/",
        f"/deals/{number}/application/party/",
        f"/deals/{number}/application/statement/",
        f"/deals/{number}/application/bureau/",
        f"/deals/{number}/papers/",
        f"/deals/{number}/papers/?item={waiting.pk}",
        f"/deals/{number}/lenders/",
        f"/deals/{sent.deal.number}/lenders/",
        f"/deals/{sent.deal.number}/lenders/answer/?submission={_manual(sent)}",
        phone,
        f"{phone}consents/",
        f"{phone}apply/home/",
        f"{phone}apply/money/",
        f"{phone}papers/",
        f"{phone}papers/{waiting.pk}/",
        f"{phone}changes/",
        "/m/this-link-never-was/",
    ]


def _half(case: Case) -> Case:
    case.answer()
    case.agree()
    answers_write(
        party_id=case.applicant.pk,
        values={"income_stated": 1_800_000},
        source=Source.PAPER,
        reason="工资条为 18,000",
        actor=case.officer,
    )
    items = {item.code: item for item in items_of(case.application.pk)}
    today = clock.business_date()
    for code in ("id_card", "purchase_contract", "residence_proof", "bank_statement"):
        item = items[code]
        day = today + timedelta(days=900) if code == "id_card" else today - timedelta(days=5)
        check_hand_in(item_id=item.pk, name=f"{code}.png", content=PNG, day=day, actor=case.officer)
    check_accept(item_id=items["purchase_contract"].pk, actor=case.approver)
    check_return(item_id=items["residence_proof"].pk, reason="缺水印页", actor=case.approver)
    month = today.replace(day=1)
    statement_write(
        party_id=case.applicant.pk,
        bank="江河银行",
        account="6222000011112222",
        opening=500_000,
        lines=[
            Line(1, month, 1_000_000, 0, 1_500_000, "工资"),
            Line(2, month, 0, 200_000, 1_310_000),
        ],
        actor=case.officer,
    )
    figures = BureauFigures(open_loans=2, balance=5_000_000, monthly=200_000, worst_run=1, overdue_months=2)
    bureau_write(party_id=case.applicant.pk, number="R-1", queried_on=today, figures=figures, actor=case.officer)
    return case


def _sent(house: House) -> Case:
    case = opened(house, place=Desk(house, deal_for(house, "李军", "13912345678")))
    case.complete(
        home_address="浙江省宁波市海曙区 9 号",
        employer_phone="057487654321",
        contact_phone="13500002222",
        employer="宁波港务有限公司",
    ).submit()
    case.send()
    bank = case.application.submissions.get(lender_code="changqiao")
    conditions = ("放款前安装车载定位",)
    submission_answer(
        submission_id=bank.pk,
        answer=Answer(
            message="",
            seq=0,
            state=SubmissionState.CONDITIONAL,
            amount=9_000_000,
            annual_rate=5_880_000,
            periods=36,
            conditions=conditions,
        ),
        actor=case.officer,
    )
    return case


def _manual(case: Case) -> int:
    return int(case.application.submissions.get(lender_code="jianghe").pk)
