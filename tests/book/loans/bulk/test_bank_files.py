"""Bank statements: matched, tried first, booked once whatever overlaps, taken back, parked where need be."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.book.loans.models import Loan, LoanEvent, ParkedMoney
from chedai.platform.imports.running import bad_rows

from ..lending import INSTALMENT, is_balanced, lend, on, stands
from .desk import checked, reasons, undone, written

pytestmark = pytest.mark.django_db

FIRST = date(2025, 5, 10)
DAY = date(2025, 5, 12)
HEADS = "交易日期,收入金额,对方户名,流水号,摘要,本方账号"


def receipts() -> list[tuple[str, int, date, str]]:
    rows = LoanEvent.objects.filter(kind="repayment", reversal=None).order_by("pk")
    return [(row.loan.number, row.amount, row.on, row.channel) for row in rows]


def test_lines_find_their_loans_and_the_others_come_back_with_the_reason() -> None:
    one, other = lend(name="0001"), lend(name="0002")
    bank = lend(name="0003").loan
    Loan.objects.filter(pk=bank.pk).update(book="bank")
    lines = [
        "城东银行 交易明细",
        HEADS,
        "20250510,3042.19,王伟,LS1,还款CD-0001五月,6222",
        "2025-05-12 09:31:07,1000.00,李四,LS2,ＣＤ－０００２ 部分,6222",
        "2025-05-12,500.00,赵六,LS3,货款,6222",
        "2025-05-12,500.00,赵六,LS4,CD-0001和CD-0002,6222",
        "2025-05-12,500.00,赵六,LS5,CD-0003,6222",
        "2025-05-13,500.00,赵六,LS6,CD-0001,6222",
        "2025-05-12,,赵六,LS7,CD-0001,6222",
    ]
    with on(DAY):
        batch = checked("bank_file", lines, one.finance, encoding="gb18030")
        assert batch.counts == {"rows": 7, "good": 2, "bad": 5}
        assert receipts() == []
        batch = written(batch, one.finance)
        assert bad_rows(batch, "zh-hans")[:2] == b"PK"
    assert batch.counts == {"rows": 7, "written": 2, "bad": 5}
    assert receipts() == [("CD-0001", INSTALMENT, FIRST, "bank_file"), ("CD-0002", 1_000_00, DAY, "bank_file")]
    assert reasons(batch) == {
        5: "找不到对应的贷款：没有贷款号，附言里也没有",
        6: "附言里有几笔贷款的编号",
        7: "资方贷款由资方记账，本公司只跟踪",
        8: "日期须在 2025-04-10 与 2025-05-12 之间",
        9: "收入金额:不能为空",
    }
    assert (one.loan.owed, one.parts()) == (97_457_81, [])
    # Two days at 9 % over 360 on 2,542.19 and 500.00 are 1.27 and 0.25; the rest pays interest and principal.
    assert other.parts() == [(1, INSTALMENT - (1_000_00 - 1_52), 0, 0)]
    assert is_balanced(DAY)


def test_the_same_file_and_one_that_overlaps_post_nothing_twice() -> None:
    one = lend(name="0001")
    first = [HEADS, "20250510,3042.19,王伟,LS1,CD-0001,6222", "20250511,10.00,王伟,LS2,CD-0001,6222"]
    with on(DAY):
        written(checked("bank_file", first, one.finance), one.finance)
        again = checked("bank_file", first, one.finance)
        assert again.counts == {"rows": 2, "same": 2}
        # The rows of the 11th stand in another file too, once with another memo, once from a file without accounts.
        overlap = [HEADS, "20250511,10.00,王伟,LS2,还 CD-0001,6222", "20250512,20.00,王伟,LS3,CD-0001,6222"]
        batch = written(checked("bank_file", overlap, one.finance), one.finance)
        assert reasons(batch) == {2: "该流水已入账，贷款 CD-0001"}
        bare = checked("bank_file", ["交易日期,金额,流水号,贷款号", "20250511,10.00,LS2,CD-0001"], one.finance)
        assert reasons(bare) == {2: "该流水已入账，贷款 CD-0001"}
    assert [amount for _, amount, _, _ in receipts()] == [INSTALMENT, 10_00, 20_00]


def test_lines_without_a_number_of_the_bank_are_told_apart_by_their_order() -> None:
    one, heads = lend(name="0001"), "交易日期,金额,付款人,贷款号"
    twice = ["20250512,10.00,王伟,CD-0001", "20250512,10.00,王伟,CD-0001"]
    with on(DAY):
        written(checked("bank_file", [heads, *twice], one.finance), one.finance)
        assert [amount for _, amount, _, _ in receipts()] == [10_00, 10_00]
        third = checked("bank_file", [heads, "20250511,7.00,王伟,CD-0001", *twice, twice[0]], one.finance)
        assert third.counts == {"rows": 4, "good": 2, "same": 2}
        written(third, one.finance)
        worded = checked("bank_file", [f"{heads},附言", "20250511,7.00,王伟,CD-0001,五月"], one.finance)
        assert reasons(worded) == {2: "该流水已入账，贷款 CD-0001"}
    assert sorted(amount for _, amount, _, _ in receipts()) == [7_00, 10_00, 10_00, 10_00]


def test_what_is_taken_back_is_reversed_and_may_come_again() -> None:
    one = lend(name="0001")
    lines = [HEADS, "20250510,3042.19,王伟,LS1,CD-0001,6222"]
    with on(DAY):
        before = stands(DAY, "1002", "1301", "1132", "2241")
        batch = undone(written(checked("bank_file", lines, one.finance), one.finance), one.finance)
        assert batch.counts == {"rows": 1, "undone": 1}
        assert (receipts(), stands(DAY, "1002", "1301", "1132", "2241")["1002"]) == ([], before["1002"])
        written(checked("bank_file", lines, one.finance), one.finance)
    assert [amount for _, amount, _, _ in receipts()] == [INSTALMENT]
    assert stands(DAY, "1002", "1301") == {"1002": before["1002"] + INSTALMENT, "1301": 97_457_81}


def test_money_for_a_loan_that_cannot_take_it_is_parked() -> None:
    one = lend(name="0001")
    Loan.objects.filter(pk=one.loan_id).update(quarantine="plan")
    with on(DAY):
        written(checked("bank_file", [HEADS, "20250510,3042.19,王伟,LS1,CD-0001,6222"], one.finance), one.finance)
    assert ParkedMoney.objects.get().amount == INSTALMENT
    assert stands(DAY, "2242") == {"2242": INSTALMENT}


def test_a_loan_out_of_reach_is_a_bad_row() -> None:
    one = lend(name="0001")
    with on(DAY):
        batch = checked("bank_file", [HEADS, "20250510,3042.19,王伟,LS1,CD-0001,6222"], one.officer)
    assert reasons(batch) == {2: "贷款 CD-0001 不在权限范围内"}
