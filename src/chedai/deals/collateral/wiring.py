"""What this room listens to and what comes round in it, for the table of the top floor."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from chedai.deals.collateral.services import collateral_open_on_signing, insurance_lapse
from chedai.deals.contracts.events import ContractSigned
from chedai.platform.events import Handler as Hears
from chedai.platform.jobs.handlers import Handler, Payload, Progress, Result
from chedai.platform.jobs.schedule import Round

HANDLERS: Final[dict[type[Any], tuple[Hears, ...]]] = {ContractSigned: (collateral_open_on_signing,)}


def lapse(payload: Payload, progress: Progress) -> Result:
    """Cover that ended yesterday."""
    return {"items": insurance_lapse()}


JOBS: Final = {"insurance.lapse": Handler(lapse, words=("保险到期", "cover that has ended"))}
ROUNDS: Final = (Round("insurance.lapse", at=time(0, 30)),)
