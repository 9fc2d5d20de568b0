"""The names of the repayment methods, as typed, as shown, and as the engine knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from chedai.engine.compare.catalogue import Repayment, TailOf
from chedai.engine.errors import InvalidArgument
from chedai.engine.terms import Amortisation, InterestMethod


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what is typed, what is shown, what it is."""

    code: str
    zh: str
    en: str
    amortisation: Amortisation
    interest_method: InterestMethod = InterestMethod.DECLINING_BALANCE


LEVEL: Final = "level"
FLAT: Final = "flat"
METHODS: Final = (
    Method(LEVEL, "等额本息", "level", Amortisation.EQUAL_INSTALMENT),
    Method("equal-principal", "等额本金", "equal principal", Amortisation.EQUAL_PRINCIPAL),
    Method("interest-first", "先息后本", "interest first", Amortisation.INTEREST_FIRST),
    Method("bullet", "到期还本付息", "bullet", Amortisation.BULLET),
    Method(FLAT, "等本等息", "flat", Amortisation.EQUAL_INSTALMENT, InterestMethod.FLAT),
    Method("balloon", "气球贷", "balloon", Amortisation.BALLOON),
    Method("stepped", "阶梯还款", "stepped", Amortisation.STEPPED),
)
BY_CODE: Final = {method.code: method for method in METHODS}


def method_named(code: str, argument: str) -> Method:
    """The method typed as `code`. Errors: `InvalidArgument` listing the names there are."""
    if code not in BY_CODE:
        known = ", ".join(BY_CODE)
        raise InvalidArgument(argument, f"must be one of {known}", f"必须是 {known} 之一", value=code)
    return BY_CODE[code]


def method_of(amortisation: Amortisation, interest_method: InterestMethod) -> Method:
    """The method that terms describe."""
    return next(m for m in METHODS if (m.amortisation, m.interest_method) == (amortisation, interest_method))


def repayment(
    code: str, *, tail_share: int = 0, tail_of: TailOf = TailOf.PRINCIPAL, grace_principal: int = 0, argument: str
) -> Repayment:
    """One way of repaying as a catalogue holds it. A balloon needs its tail; the others have none."""
    method = method_named(code, argument)
    if method.amortisation is Amortisation.STEPPED:
        raise InvalidArgument(argument, "stepped plans are quoted one by one", "阶梯还款只能单独测算", value=code)
    if (method.amortisation is Amortisation.BALLOON) != (tail_share > 0):
        raise InvalidArgument(
            argument, "a tail belongs to a balloon, and it needs one", "尾款只用于气球贷且必填", value=code
        )
    return Repayment(method.amortisation, method.interest_method, tail_share, tail_of, grace_principal)
