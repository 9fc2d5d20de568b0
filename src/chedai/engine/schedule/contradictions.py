"""Terms that contradict each other are refused, not resolved by silently dropping one of them."""

from __future__ import annotations

from typing import Final

from chedai.engine.errors import InvalidArgument
from chedai.engine.terms import Amortisation, InterestMethod

_LEVEL: Final = {Amortisation.EQUAL_INSTALMENT, Amortisation.BALLOON}
_FLAT: Final = {Amortisation.EQUAL_INSTALMENT, Amortisation.EQUAL_PRINCIPAL, Amortisation.INTEREST_FIRST}


def refuse_method(
    amortisation: Amortisation,
    interest_method: InterestMethod,
    *,
    balloon: bool,
    instalment: bool,
    steps: bool,
    grace_principal: bool,
) -> None:
    """Errors: `InvalidArgument` where a term that is present cannot go with the method of repayment."""
    stepped = amortisation is Amortisation.STEPPED
    if balloon and amortisation is not Amortisation.BALLOON:
        raise InvalidArgument("balloon", "needs amortisation balloon", "尾款只适用于气球贷")
    if instalment and amortisation not in _LEVEL:
        raise InvalidArgument("instalment", "needs a level method", "指定月供只适用于等额还款", value=amortisation)
    if instalment and balloon:
        raise InvalidArgument("instalment", "and balloon cannot both be fixed", "月供与尾款不能同时指定")
    if steps is not stepped:
        raise InvalidArgument("steps", "go with amortisation stepped, and only with it", "分段与阶梯还款须同时使用")
    if grace_principal and stepped:
        raise InvalidArgument("grace_principal", "is a step of a stepped plan", "阶梯还款请以只付息分段表示宽限")
    if interest_method is InterestMethod.FLAT and amortisation not in _FLAT:
        raise InvalidArgument("interest_method", f"flat does not go with {amortisation}", "平息不适用于该还款方式")
