"""Direct debit: what is due goes out with exact totals, what comes back is booked once, what failed is asked again."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.book.loans.bulk.debit_files import debit_file
from chedai.book.loans.bulk.debits import debit_drop, debit_make, debit_send, debit_sums
from chedai.book.loans.bulk.mandates import mandate_end, mandate_give, mandate_of, mandates_erase
from chedai.book.loans.bulk.models import DebitBatch, DebitLine, DebitMandate
from chedai.book.loans.models import Loan, LoanEvent
from chedai.platform.errors import Conflict, Refusal, Refusals

from ..lending import INSTALMENT, Lent, is_balanced, lend, on
from .desk import checked, reasons, undone, written

pytestmark = pytest.mark.django_db

FIRST = date(2025, 5, 10)
NEXT = date(2025, 5, 11)
HEADS = "批次号,序号,贷款号,金额,结果,扣款日期"
# One day at 9 % over 360 on 2,542.19 and 500.00: 0.64 and 0.13 (0.125 is rounded up).
A_DAY = 64 + 13


def with_mandate(name: str, account: str = "6222 0212 3456 7890 123") -> Lent:
    lent = lend(name=name)
    with on(date(2025, 4, 11)):
        mandate_give(
            loan_id=lent.loan_id,
            bank="城东银行",
            holder="王伟",
            account=account,
            agreed_on=date(2025, 4, 11),
            actor=lent.money,
        )
    return lent


def sent(lent: Lent, day: date = FIRST) -> DebitBatch:
    with on(day):
        batch = debit_make(day=day, store_id=lent.loan.store_id, actor=lent.money)
        return debit_send(batch_id=batch.pk, actor=lent.money)


def test_a_batch_takes_what_is_due_and_its_file_has_the_totals_twice() -> None:
    one, other = with_mandate("0001"), with_mandate("0002")
    lend(name="0003")  # without a mandate
    other.pay(1_000_00, FIRST)
    with on(FIRST):
        batch = debit_make(day=FIRST, store_id=one.loan.store_id, actor=one.money)
        with pytest.raises(Conflict) as early:
            debit_file(batch)
        assert early.value.code == "debit-unsent"
        debit_send(batch_id=batch.pk, actor=one.money)
    batch.refresh_from_db()
    assert debit_file(batch).decode("utf-8-sig").splitlines() == [
        "批次,DK20250510-A1,笔数,2,金额,5084.38",
        "批次号,序号,贷款号,户名,账号,开户行,金额,结果,扣款日期",
        "DK20250510-A1,1,CD-0001,王伟,6222021234567890123,城东银行,3042.19,,",
        "DK20250510-A1,2,CD-0002,王伟,6222021234567890123,城东银行,2042.19,,",
        "DK20250510-A1,合计,2,,,,5084.38,,",
    ]
    with on(FIRST), pytest.raises(Conflict) as twice:
        debit_make(day=FIRST, store_id=one.loan.store_id, actor=one.money)
    assert twice.value.code == "debit-made"
    with on(NEXT), pytest.raises(Refusal) as waits:
        debit_make(day=NEXT, store_id=one.loan.store_id, actor=one.money)
    assert waits.value.code == "debit-nothing"  # both wait for the bank's answer


def test_answers_are_booked_once_and_a_failure_is_asked_for_again_with_its_penalty() -> None:
    one, other = with_mandate("0001"), with_mandate("0002")
    batch = sent(one)
    lines = debit_file(batch).decode("utf-8-sig").splitlines()
    lines[2], lines[3] = lines[2].replace(",,", ",成功,20250510"), lines[3].replace(",,", ",余额不足,")
    with on(NEXT):
        back = written(checked("debit_return", lines, one.finance), one.finance)
        assert back.counts == {"rows": 3, "written": 3}
        batch.refresh_from_db()
        assert (batch.state, debit_sums(batch)) == (
            "done",
            {"waiting": (0, 0), "paid": (1, INSTALMENT), "failed": (1, INSTALMENT)},
        )
        event = LoanEvent.objects.get(kind="repayment")
        assert (event.amount, event.on, event.channel, event.reference) == (
            INSTALMENT,
            FIRST,
            "debit",
            "DK20250510-A1-1",
        )
        assert checked("debit_return", lines, one.finance).counts == {"rows": 3, "same": 3}
        changed = [HEADS, "DK20250510-A1,2,CD-0002,3042.19,成功,", "DK20250510-A1,1,CD-0001,3042.19,成功,"]
        assert set(reasons(checked("debit_return", changed, one.finance)).values()) == {"该行已回盘"}
        again = debit_make(day=NEXT, store_id=one.loan.store_id, actor=one.money)
    assert [(line.loan.number, line.amount) for line in again.lines.all()] == [("CD-0002", INSTALMENT + A_DAY)]
    assert LoanEvent.objects.filter(kind="repayment").count() == 1
    assert mandate_of(other.loan_id) is not None


def test_lines_unknown_twice_or_of_another_amount_are_bad_and_so_are_totals_that_differ() -> None:
    one = with_mandate("0001")
    sent(one)
    lines = [
        HEADS,
        "DK20250510-A1,1,CD-0001,3042.20,成功,",
        "DK20250510-A1,1,CD-0001,3042.19,成功,",
        "DK20250510-A1,2,CD-0002,1.00,成功,",
        "DK20250510-A1,合计,1,3042.20,,",
        "DK20250509-A1,1,CD-0001,3042.19,成功,",
    ]
    with on(NEXT):
        batch = checked("debit_return", lines, one.finance)
        assert reasons(batch) == {
            2: "金额应为 3042.19 元",
            3: "与第 2 行重复",
            4: "批次中没有第 2 行的这笔贷款",
            5: "合计与批次不符，批次为 1 笔 3042.19 元",
            6: "没有这个代扣批次",
        }
        strange = checked("debit_return", [HEADS, "DK20250510-A1,1,CD-0001,3042.19,待查,"], one.finance)
        assert reasons(strange) == {2: "不认识的扣款结果：待查"}
        early = checked("debit_return", [HEADS, "DK20250510-A1,1,CD-0001,3042.19,成功,2025-05-09"], one.finance)
        assert reasons(early) == {2: "扣款日期早于该批次"}
    assert not LoanEvent.objects.filter(kind="repayment").exists()


def test_an_answer_that_ends_the_account_ends_the_mandate() -> None:
    one = with_mandate("0001")
    sent(one)
    with on(NEXT):
        lines = [HEADS, "DK20250510-A1,1,CD-0001,3042.19,账户已销户,"]
        written(checked("debit_return", lines, one.finance), one.finance)
        with pytest.raises(Refusal) as nothing:
            debit_make(day=NEXT, store_id=one.loan.store_id, actor=one.money)
    assert nothing.value.code == "debit-nothing"
    held = DebitMandate.objects.get()
    assert (held.ended_on, held.ended_why) == (NEXT, "银行回盘：账户已销户")


def test_an_answer_taken_back_waits_again_and_is_booked_anew() -> None:
    one = with_mandate("0001")
    sent(one)
    lines = [HEADS, "DK20250510-A1,1,CD-0001,3042.19,成功,"]
    with on(NEXT):
        back = undone(written(checked("debit_return", lines, one.finance), one.finance), one.finance)
        assert back.counts == {"rows": 1, "undone": 1}
        line = DebitLine.objects.get()
        assert (line.state, line.event_id, line.batch.state) == ("waiting", None, "sent")
        written(checked("debit_return", lines, one.finance), one.finance)
    assert LoanEvent.objects.filter(kind="repayment", reversal=None).count() == 1
    assert (one.loan.owed, is_balanced(NEXT)) == (97_457_81, True)


def test_loans_in_quarantine_are_left_out_and_a_batch_not_sent_can_be_dropped() -> None:
    one, aside = with_mandate("0001"), with_mandate("0002")
    Loan.objects.filter(pk=aside.loan_id).update(quarantine="plan")
    with on(FIRST):
        batch = debit_make(day=FIRST, store_id=one.loan.store_id, actor=one.money)
        assert (batch.count, batch.total) == (1, INSTALMENT)
        debit_drop(batch_id=batch.pk, reason="日期选错", actor=one.money)
        anew = debit_make(day=NEXT, store_id=one.loan.store_id, actor=one.money)
        assert (anew.number, anew.total) == ("DK20250511-A1", INSTALMENT + A_DAY)
        with pytest.raises(Refusal) as far:
            debit_make(day=date(2025, 5, 16), store_id=one.loan.store_id, actor=one.money)
    assert far.value.code == "day-outside"


def test_a_mandate_is_replaced_ended_sealed_and_deleted_with_its_customer() -> None:
    one = with_mandate("0001")
    with on(FIRST):
        with pytest.raises(Refusals) as refused:
            mandate_give(loan_id=one.loan_id, bank="", holder=" ", account="12a", agreed_on=NEXT, actor=one.money)
        assert [r.field for r in refused.value.refusals] == ["bank", "holder", "account", "agreed_on"]
        newer = mandate_give(
            loan_id=one.loan_id, bank="城西银行", holder="王伟", account="62170001", agreed_on=FIRST, actor=one.money
        )
        first = DebitMandate.objects.get(bank="城东银行")
        assert (first.ended_on, first.account.masked) == (FIRST, "622202*********0123")
        mandate_end(mandate_id=newer.pk, reason="客户取消", actor=one.money)
        with pytest.raises(Conflict):
            mandate_end(mandate_id=newer.pk, reason="客户取消", actor=one.money)
    mandates_erase([one.loan.customer_id])
    assert [m.account.in_full() for m in DebitMandate.objects.all()] == ["", ""]
