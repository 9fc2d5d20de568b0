"""Mandates: from which account the instalments of a loan may be taken, who agreed to it and when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from chedai.book.loans import rules
from chedai.book.loans.bulk.models import DebitMandate
from chedai.book.loans.models import Loan
from chedai.book.loans.noting import loan_record
from chedai.book.loans.selectors import loan_lock
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.files.models import Paper
from chedai.platform.files.services import paper_hand_in
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import service


@service
def mandate_give(
    *,
    loan_id: int,
    bank: str,
    holder: str,
    account: str,
    agreed_on: date,
    actor: Actor,
    name: str = "",
    content: bytes = b"",
) -> DebitMandate:
    """Note a signed mandate, with its paper where it is at hand; the one before it ends.

    Errors: `Refusals` at its fields; `Conflict` for a bank's loan.
    """
    loan, today = loan_lock(loan_id), clock.business_date()
    rules.refuse_of_bank(loan.book)
    account = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", account))
    refused = _faults(bank.strip(), holder.strip(), account)
    if not date(2000, 1, 1) <= agreed_on <= today:
        refused.append(Refusal("day-outside", "签约日不能晚于今天", "the day is not after today", field="agreed_on"))
    if refused:
        raise Refusals(refused)
    held = mandate_of(loan.pk)
    if held is not None:
        _end(held, today, "由新的授权代替")
    made = DebitMandate.objects.create(
        loan=loan,
        bank=bank.strip()[:60],
        holder=Personal(Kind.NAME, holder.strip()),
        account=Personal(Kind.BANK_ACCOUNT, account),
        agreed_on=agreed_on,
        paper=_kept(loan, name, content, actor),
        made_by_id=actor.ref if actor.kind is ActorKind.PERSON else None,
        made_at=clock.now(),
    )
    loan_record(loan, "loan.mandate_given", {"mandate": made.pk, "bank": made.bank}, actor)
    return made


def _kept(loan: Loan, name: str, content: bytes, actor: Actor) -> Paper | None:
    """The signed sheet, with the papers of the deal the loan came from."""
    if not content:
        return None
    subject = f"deal:{loan.deal_id}" if loan.deal_id is not None else f"customer:{loan.customer_id}"
    return paper_hand_in(subject=subject, purpose="mandate", name=name, content=content, actor=actor)


@service
def mandate_end(*, mandate_id: int, reason: str, actor: Actor) -> DebitMandate:
    """End a mandate: nothing is asked of the account any more. Errors: `Refusal`, `Conflict` where it has ended."""
    if not reason.strip():
        raise Refusal("reason-missing", "请写明终止原因", "say why it ends", field="reason")
    loan = loan_lock(mandate_read(mandate_id).loan_id)
    held = mandate_read(mandate_id)
    if held.ended_on is not None:
        raise Conflict("mandate-ended", "该代扣授权已终止", "the mandate has ended")
    _end(held, clock.business_date(), reason.strip())
    loan_record(loan, "loan.mandate_ended", {"mandate": held.pk}, actor, reason=reason.strip())
    return held


def _end(held: DebitMandate, on: date, why: str) -> None:
    held.ended_on, held.ended_why = on, why[:200]
    held.save(update_fields=["ended_on", "ended_why"])


def mandate_read(mandate_id: int) -> DebitMandate:
    """One mandate with its loan. Errors: `NotFound`."""
    found = DebitMandate.objects.filter(pk=mandate_id).select_related("loan").first()
    if found is None:
        raise NotFound("no-such-mandate", "没有这份代扣授权", "there is no such mandate")
    return found


def mandate_of(loan_id: int) -> DebitMandate | None:
    """The mandate in force; None where nothing may be taken."""
    return DebitMandate.objects.filter(loan_id=loan_id, ended_on=None).first()


def mandates_of(loan_id: int) -> list[DebitMandate]:
    """Every mandate there was, newest first."""
    return list(DebitMandate.objects.filter(loan_id=loan_id).select_related("made_by").order_by("-pk"))


def mandates_erase(customer_ids: Sequence[int]) -> None:
    """Delete holder and account of a customer's mandates; that there was one stays. Called inside a service."""
    for held in DebitMandate.objects.select_for_update(no_key=True).filter(loan__customer_id__in=customer_ids):
        held.holder, held.account = Personal(Kind.NAME, ""), Personal(Kind.BANK_ACCOUNT, "")
        held.ended_on = held.ended_on or clock.business_date()
        held.save(update_fields=["holder", "account", "ended_on"])


def _faults(bank: str, holder: str, account: str) -> list[Refusal]:
    refused = []
    if not bank:
        refused.append(Refusal("bank-missing", "请填写开户行", "the bank is missing", field="bank"))
    if not holder:
        refused.append(Refusal("holder-missing", "请填写户名", "the holder is missing", field="holder"))
    if not re.fullmatch(r"\d{8,32}", account):
        refused.append(
            Refusal("account-digits", "账号为 8 至 32 位数字", "an account is 8 to 32 digits", field="account")
        )
    return refused
