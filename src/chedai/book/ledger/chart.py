"""The chart of accounts (科目表), read and checked once; see `chart.toml` for the accounts themselves."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, TypeAlias

Code: TypeAlias = str

_FILE: Final = "chart.toml"

BANK: Final[Code] = "1002"
MARGIN: Final[Code] = "1031"
INTEREST_DUE: Final[Code] = "1132"
INTEREST_ACCRUED: Final[Code] = "1133"
FEES_DUE: Final[Code] = "1134"
ADVANCES: Final[Code] = "1221"
ALLOWANCE: Final[Code] = "1231"
PRINCIPAL: Final[Code] = "1301"
CARS: Final[Code] = "1441"
CREDIT: Final[Code] = "2241"
UNALLOCATED: Final[Code] = "2242"
UNEARNED: Final[Code] = "2243"
INTEREST_INCOME: Final[Code] = "6011"
PENALTY_INCOME: Final[Code] = "6012"
FEE_INCOME: Final[Code] = "6013"
CAR_RESULT: Final[Code] = "6115"
IMPAIRMENT: Final[Code] = "6701"
RECOVERY: Final[Code] = "6702"
MEMO_CONTRA: Final[Code] = "9100"
SUSPENSE: Final[Code] = "9101"


class ChartFault(Exception):
    """The chart is not one: an account without a name, an unknown kind, a memo account outside the nines."""


class AccountKind(StrEnum):
    """What an account is of: the statement it belongs to."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    MEMO = "memo"  # off the balance sheet


class Side(StrEnum):
    """The side an account usually stands on (余额方向)."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart."""

    code: Code
    zh: str
    en: str
    kind: AccountKind
    normal: Side

    def name(self, language: str) -> str:
        """Its name in `language` ("zh-hans", "zh" or "en")."""
        return self.zh if language.startswith("zh") else self.en

    def signed(self, net: int) -> int:
        """A net amount (debits less credits, fen) as it is shown: positive on the side the account usually stands."""
        return net if self.normal is Side.DEBIT else -net


@dataclass(frozen=True, slots=True)
class Chart:
    """All accounts in the order of their codes."""

    version: str
    accounts: MappingProxyType[Code, Account]

    def of(self, kind: AccountKind) -> tuple[Account, ...]:
        """The accounts of one kind."""
        return tuple(account for account in self.accounts.values() if account.kind is kind)


@cache
def chart() -> Chart:
    """The chart shipped with the product."""
    return read(tomllib.loads(files("chedai.book.ledger").joinpath(_FILE).read_text("utf-8")))


def read(document: dict[str, Any]) -> Chart:
    """A chart from its document. Errors: `ChartFault`."""
    made: dict[Code, Account] = {}
    for code, row in sorted(document["accounts"].items()):
        try:
            account = Account(code, row["zh"], row["en"], AccountKind(row["kind"]), Side(row["normal"]))
        except (KeyError, ValueError) as wrong:
            raise ChartFault(f"{code}: {wrong}") from wrong
        if is_memo(code) is not (account.kind is AccountKind.MEMO):
            raise ChartFault(f"{code}: memo accounts, and only they, begin with 9")
        made[code] = account
    return Chart(document["version"], MappingProxyType(made))


def is_memo(code: Code) -> bool:
    """Whether an account is off the balance sheet: its code begins with 9. The tables hold the same rule."""
    return code.startswith("9")
