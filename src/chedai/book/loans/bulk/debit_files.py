"""The file of a debit batch for the bank: a head with the totals, a line an account, the totals again at the foot."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Final

from chedai.book.loans.bulk.debits import debit_sums, lines_of
from chedai.book.loans.bulk.models import DebitBatch
from chedai.book.loans.bulk.states import DebitState
from chedai.platform.errors import Conflict

HEADS: Final = ("批次号", "序号", "贷款号", "户名", "账号", "开户行", "金额", "结果", "扣款日期")
FOOT: Final = "合计"


def debit_file(batch: DebitBatch) -> bytes:
    """The file, UTF-8 with a byte order mark. `结果` and `扣款日期` are for the bank to fill in.

    Errors: `Conflict` before the batch is sent, or where its lines are not its totals.
    """
    if batch.state == DebitState.MADE:
        raise Conflict("debit-unsent", "批次尚未发送", "the batch has not been sent")
    lines, sums = list(lines_of(batch)), debit_sums(batch).values()
    if (sum(many for many, _ in sums), sum(fen for _, fen in sums)) != (batch.count, batch.total):
        raise Conflict("debit-totals", "明细与批次合计不符", "the lines are not the totals of the batch")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["批次", batch.number, "笔数", batch.count, "金额", yuan(batch.total)])
    writer.writerow(HEADS)
    for line in lines:
        holder, account = line.mandate.holder.in_full(), line.mandate.account.in_full()
        writer.writerow(
            [batch.number, line.n, line.loan.number, holder, account, line.mandate.bank, yuan(line.amount), "", ""]
        )
    writer.writerow([batch.number, FOOT, batch.count, "", "", "", yuan(batch.total), "", ""])
    return ("\ufeff" + out.getvalue()).encode()


def yuan(fen: int) -> str:
    """Fen as a bank reads them: 3042.19."""
    return str((Decimal(fen) / 100).quantize(Decimal("0.01")))
