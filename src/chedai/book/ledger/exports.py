"""The ledger for other programs: postings and trial balance as rows, and the books as text for beancount's checker.

Beancount (beancount.github.io) books the same entries by its own rules: it refuses a transaction that does not balance
and a balance that is not what the postings give. Every balance is asserted without tolerance, so that a fen is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from chedai.book.ledger import kinds, selectors
from chedai.book.ledger.balances import trial_balance
from chedai.book.ledger.chart import Account, AccountKind, chart
from chedai.book.ledger.kinds import EntryKind
from chedai.engine.money import yuan
from chedai.platform.imports.columns import Column, Type

POSTINGS: Final = (
    Column("entry", "凭证号", "Entry", Type.INTEGER),
    Column("day", "记账日", "Booked on", Type.DATE),
    Column("value_on", "起息日", "Value date", Type.DATE),
    Column("kind", "事项", "What"),
    Column("subject", "对象", "About"),
    Column("debit", "借方科目", "Debit"),
    Column("debit_name", "借方科目名称", "Debit account"),
    Column("credit", "贷方科目", "Credit"),
    Column("credit_name", "贷方科目名称", "Credit account"),
    Column("amount", "金额（元）", "Amount (yuan)", Type.MONEY),
    Column("hash", "校验值", "Hash"),
)
BALANCES: Final = (
    Column("account", "科目", "Account"),
    Column("name", "科目名称", "Name"),
    Column("opening", "期初余额（元）", "Opening (yuan)", Type.MONEY),
    Column("debit", "借方发生额（元）", "Debit (yuan)", Type.MONEY),
    Column("credit", "贷方发生额（元）", "Credit (yuan)", Type.MONEY),
    Column("closing", "期末余额（元）", "Closing (yuan)", Type.MONEY),
)
_ROOTS: Final = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.INCOME: "Income",
    AccountKind.EXPENSE: "Expenses",
    AccountKind.MEMO: "Equity",
}
_DAY: Final = timedelta(days=1)


def kind_words(kind: str, language: str) -> str:
    """A kind of entry in words."""
    return kinds.WORDS[EntryKind(kind)][0 if language.startswith("zh") else 1]


def posting_rows(first: date, last: date, language: str) -> Iterator[tuple[Any, ...]]:
    """Every posting of the days from `first` to `last` as `POSTINGS` says; the amount in fen."""
    accounts = chart().accounts
    for entry, postings in selectors.stored(first, last):
        about = entry.seq, entry.day, entry.value_on, kind_words(entry.kind, language), entry.subject
        for one in postings:
            debit, credit = accounts[one.debit], accounts[one.credit]
            sides = debit.code, debit.name(language), credit.code, credit.name(language)
            yield (*about, *sides, one.amount, bytes(entry.link).hex())


def balance_rows(on: date, since: date, language: str) -> Iterator[tuple[Any, ...]]:
    """The trial balance as `BALANCES` says; amounts in fen, positive on the account's usual side."""
    for line in trial_balance(on, since).lines:
        account = line.account
        yield account.code, account.name(language), line.opening, line.debit, line.credit, line.closing


def beancount(first: date, last: date) -> Iterator[str]:
    """The books from `first` to `last` as beancount's text: what was brought forward, every entry, every balance."""
    names = {code: _name(account) for code, account in chart().accounts.items()}
    yield 'option "title" "chedai"\noption "operating_currency" "CNY"\n\n'
    yield from _brought(first - _DAY, names)
    for entry, postings in selectors.stored(first, last):
        yield f'\n{entry.day} * "{entry.kind}" "{entry.subject}"\n  entry: {entry.seq}\n  value-on: {entry.value_on}\n'
        yield f'  hash: "{bytes(entry.link).hex()}"\n'
        for one in postings:
            yield f"  {names[one.debit]}  {yuan(one.amount)} CNY\n  {names[one.credit]}  {yuan(-one.amount)} CNY\n"
    yield "\n"
    for line in trial_balance(last).lines:
        net = line.account.signed(line.closing)
        yield f"{last + _DAY} balance {names[line.account.code]}  {yuan(net)} ~ 0.00 CNY\n"


def _brought(on: date, names: dict[str, str]) -> Iterator[str]:
    """Every account opened, and what stood on it at the end of `on`."""
    for name in names.values():
        yield f"{on} open {name} CNY\n"
    stood = [(names[x.account.code], x.account.signed(x.closing)) for x in trial_balance(on).lines if x.closing]
    if stood:
        yield f'\n{on} * "brought forward"\n'
        yield from (f"  {name}  {yuan(net)} CNY\n" for name, net in stood)


def _name(account: Account) -> str:
    """Assets:1301-Loan-principal."""
    words = "".join(sign if sign.isalnum() else " " for sign in account.en).split()
    return f"{_ROOTS[account.kind]}:{account.code}-{'-'.join(words)}"
