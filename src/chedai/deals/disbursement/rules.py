"""The funding checklist (放款条件), and whether a payout may be asked for and let go. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chedai.deals.contracts.rules.splitting import refuse_split
from chedai.deals.disbursement.states import PAYOUT_MOVES, Check, Light, PayoutState
from chedai.engine.money import yuan_grouped
from chedai.platform.errors import Conflict, NotAllowed, Refusal, Refusals


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist: what it says, and where it is open, what is missing."""

    check: Check
    light: Light
    zh: str
    en: str
    missing_zh: str = ""
    missing_en: str = ""
    code: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the payout waits for it."""
        return self.light is Light.OPEN


@dataclass(frozen=True, slots=True)
class Said:
    """A condition of the approval."""

    code: str
    zh: str
    en: str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the checklist is made of. Amounts in fen; `lien_days` 0 is before the payout, None never."""

    approved: bool
    statement_confirmed: bool
    contract_signed: bool
    consents_missing: tuple[tuple[str, str], ...]
    down_payment: int
    down_evidenced: int
    down_asked: bool
    compulsory_held: bool
    commercial_held: bool
    commercial_lacks: tuple[tuple[str, str], ...]
    beneficiary_asked: bool
    beneficiary_named: bool
    lien_days: int | None
    lien_done: bool
    gps_asked: bool
    gps_done: bool
    vehicle_bound: bool
    payee_total: int
    payee_waiting: bool
    principal: int
    conditions: tuple[Said, ...]


def checklist(facts: Facts) -> tuple[Line, ...]:
    """Every line in the order in which it is worked."""
    return (
        _line(Check.APPROVAL, facts.approved, "批复有效", "approval in force", "批复已失效", "there is none"),
        _line(
            Check.STATEMENT,
            facts.statement_confirmed,
            "综合融资成本明示表已确认",
            "statement of all-in cost confirmed",
            "客户尚未确认",
            "the customer has not confirmed it",
        ),
        _line(
            Check.CONTRACT, facts.contract_signed, "合同已签署", "contract signed", "合同尚未签署", "it is not signed"
        ),
        _consents(facts),
        _down_payment(facts),
        _compulsory(facts),
        _commercial(facts),
        _beneficiary(facts),
        _lien(facts),
        _gps(facts),
        _line(
            Check.VEHICLE,
            facts.vehicle_bound,
            "车辆未在其他贷款中",
            "car in no other loan",
            "车辆未与本案卷绑定",
            "the car is not bound to this deal",
        ),
        _payee(facts),
        *(
            _line(Check.CONDITION, one.met, one.zh, one.en, "批复条件未满足", "a condition of the approval", one.code)
            for one in facts.conditions
        ),
    )


def refuse_open(lines: Iterable[Line]) -> None:
    """Errors: `Refusals` naming every line that is open."""
    found = [
        Refusal(
            f"funding-{line.check.value.replace('_', '-')}",
            f"{line.zh}：{line.missing_zh}",
            f"{line.en}: {line.missing_en}",
            field=line.code or line.check.value,
        )
        for line in lines
        if line.blocks
    ]
    if found:
        raise Refusals(found)


def refuse_parts(parts: Mapping[int, int], contract: Mapping[int, int], held: Iterable[int], principal: int) -> None:
    """`parts` and `contract` are amounts (fen) by account; `held` are the accounts in force.

    Errors: `Refusal` where money would go to an account the contract does not name, or the sum is not the loan.
    """
    if set(parts) - set(contract) or set(parts) - set(held):
        zh, en = (
            "收款账户不是合同约定的账户，不能放款",
            "this account is not one of the contract: nothing is paid to it",
        )
        raise Refusal("payee-not-of-contract", zh, en, field="payee")
    refuse_split(list(parts.values()), principal)
    for account, amount in contract.items():
        if parts.get(account, 0) != amount:
            agreed, wanted = yuan_grouped(amount), yuan_grouped(parts.get(account, 0))
            zh = f"该账户合同金额 {agreed} 元，申请 {wanted} 元"
            en = f"the contract says {agreed} yuan for this account, not {wanted}"
            raise Refusal("part-not-of-contract", zh, en, field="amount")


def refuse_same_person(requested_by: int | None, released_by: int) -> None:
    """Nobody (None) asked where the lender itself did. Errors: `NotAllowed` where one person would ask and let go."""
    if requested_by == released_by:
        zh, en = "申请人不得复核自己的放款", "nobody releases the payout they asked for"
        raise NotAllowed("maker-is-checker", zh, en)


def move(state: PayoutState, act: str) -> PayoutState:
    """The state after `act`. Errors: `Conflict` where the table knows no such move."""
    to = PAYOUT_MOVES.get((state, act))
    if to is None:
        raise Conflict("payout-settled", "该放款已有结果", "this payout has been settled already")
    return to


def digest_of(contract: str, parts: Sequence[tuple[int, str, int]], amount: int, agreed_on: date) -> str:
    """The hash of what the second person sees: contract, accounts by fingerprint, amounts, the agreed day."""
    seen = {"contract": contract, "parts": sorted(parts), "amount": amount, "agreed_on": agreed_on.isoformat()}
    return hashlib.sha256(json.dumps(seen, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def days_late(agreed_on: date, paid_on: date) -> int:
    """Days from the agreed day to the day of payment: below zero where it came early."""
    return (paid_on - agreed_on).days


def _line(check: Check, done: bool, zh: str, en: str, missing_zh: str, missing_en: str, code: str = "") -> Line:
    if done:
        return Line(check, Light.DONE, zh, en, code=code)
    return Line(check, Light.OPEN, zh, en, missing_zh, missing_en, code)


def _not_asked(check: Check, zh: str, en: str) -> Line:
    return Line(check, Light.NOT_ASKED, zh, en)


def _consents(facts: Facts) -> Line:
    missing = facts.consents_missing
    zh, en = "、".join(one[0] for one in missing), ", ".join(one[1] for one in missing)
    return _line(Check.CONSENTS, not missing, "授权齐全", "consents in force", f"缺少：{zh}", f"missing: {en}")


def _down_payment(facts: Facts) -> Line:
    zh, en = (
        f"首付 {yuan_grouped(facts.down_payment)} 元有凭证",
        f"down payment of {yuan_grouped(facts.down_payment)} yuan evidenced",
    )
    if not facts.down_asked or not facts.down_payment:
        return _not_asked(Check.DOWN_PAYMENT, zh, en)
    short = facts.down_payment - facts.down_evidenced
    missing_zh = f"已复核凭证 {yuan_grouped(facts.down_evidenced)} 元，差 {yuan_grouped(max(short, 0))} 元"
    missing_en = (
        f"{yuan_grouped(facts.down_evidenced)} yuan evidenced and checked, {yuan_grouped(max(short, 0))} missing"
    )
    return _line(Check.DOWN_PAYMENT, short <= 0, zh, en, missing_zh, missing_en)


def _compulsory(facts: Facts) -> Line:
    missing = ("没有有效的交强险保单", "no policy is in force")
    return _line(Check.COMPULSORY, facts.compulsory_held, "交强险有效", "compulsory cover in force", *missing)


def _commercial(facts: Facts) -> Line:
    zh, en = "商业险有效且保额足够", "commercial cover in force and large enough"
    if not facts.commercial_held:
        return _line(Check.COMMERCIAL, False, zh, en, "没有有效的商业险保单", "no policy is in force")
    lacks_zh = "；".join(one[0] for one in facts.commercial_lacks)
    lacks_en = "; ".join(one[1] for one in facts.commercial_lacks)
    return _line(Check.COMMERCIAL, not facts.commercial_lacks, zh, en, lacks_zh, lacks_en)


def _beneficiary(facts: Facts) -> Line:
    zh, en = "商业险第一受益人为贷款人", "the lender is first beneficiary"
    if not facts.beneficiary_asked:
        return _not_asked(Check.BENEFICIARY, zh, en)
    missing = ("保单第一受益人不是贷款人", "no policy in force names the lender")
    return _line(Check.BENEFICIARY, facts.beneficiary_named, zh, en, *missing)


def _lien(facts: Facts) -> Line:
    if facts.lien_days is None:
        return _not_asked(Check.LIEN, "抵押登记", "lien")
    if facts.lien_done:
        return Line(Check.LIEN, Light.DONE, "抵押已登记", "lien registered")
    if facts.lien_days == 0:
        return _line(Check.LIEN, False, "抵押已登记", "lien registered", "须先抵押后放款", "it comes before the payout")
    zh, en = f"抵押登记：放款后 {facts.lien_days} 天内", f"lien within {facts.lien_days} days of the payout"
    return Line(Check.LIEN, Light.LATER, zh, en)


def _gps(facts: Facts) -> Line:
    zh, en = "定位装置已安装", "tracking device installed"
    if not facts.gps_asked:
        return _not_asked(Check.GPS, zh, en)
    return _line(Check.GPS, facts.gps_done, zh, en, "尚未登记安装（须先取得位置授权）", "not installed; consent first")


def _payee(facts: Facts) -> Line:
    zh, en = "收款账户合计等于贷款", "accounts add up to the loan"
    missing = (f"合计 {yuan_grouped(facts.payee_total)} 元", f"they come to {yuan_grouped(facts.payee_total)} yuan")
    if facts.payee_waiting:
        missing = ("账户变更待复核", "a change of account waits for its second person")
    done = facts.payee_total == facts.principal and not facts.payee_waiting
    return _line(Check.PAYEE, done, zh, en, *missing)
