"""A person's opinion of a loan's class: only ever worse than the floor, from the next month end on."""

from __future__ import annotations

from chedai.book.loans.models import Delinquency, Loan
from chedai.book.risk.models import ClassOverride
from chedai.book.risk.monthends import class_table
from chedai.book.risk.observation import observation_of
from chedai.engine.classify import CLASS_ZH, RiskClass, class_floor
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service


@service
def class_set(*, loan_id: int, cls: int, reason: str, actor: Actor) -> ClassOverride:
    """Set the class of a loan by hand (1 to 5), or take the opinion back (0).

    Errors: `NotFound`; `Refusal` for a class better than the floor of today, or without a reason.
    """
    loan = Loan.objects.select_for_update(no_key=True).filter(pk=loan_id).first()
    if loan is None:
        raise NotFound("loan-unknown", "没有这笔贷款", "there is no such loan")
    if not reason.strip():
        raise Refusal("reason-empty", "请写明原因", "give a reason", field="reason")
    if cls not in (0, *RiskClass):
        raise Refusal("class-unknown", "分类须为 1 至 5", "a class is 1 to 5", field="cls")
    floor = floor_of(loan)
    if 0 < cls < floor:
        zh = f"人工分类不得优于系统下限{CLASS_ZH[floor]}"
        raise Refusal("class-better", zh, f"not better than the floor, {floor.name.lower()}", field="cls")
    row = ClassOverride.objects.create(loan=loan, cls=cls, reason=reason.strip(), by_id=actor.ref, at=clock.now())
    record(actor=actor, action="loan.classed", subject=f"loan:{loan.pk}", facts={"class": cls}, reason=reason)
    return row


def floor_of(loan: Loan) -> RiskClass:
    """The best class the loan may have today: by its days past due, and by its observation after it was eased."""
    day = clock.business_date()
    since = Delinquency.objects.filter(loan=loan).values_list("since", flat=True).first()
    days = (day - since).days if since else 0
    by_days = RiskClass(int(class_floor([days], class_table(book_in_force(), day))[0]))
    observed = observation_of(loan, day)
    return max(by_days, observed.floor(day) if observed is not None else RiskClass.NORMAL)
