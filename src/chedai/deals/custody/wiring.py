"""What this room listens to, for the table of the top floor."""

from __future__ import annotations

from typing import Any, Final

from chedai.deals.collateral.events import GreenBookBack
from chedai.deals.custody.services.moving import custody_enter_on_green_book
from chedai.platform.events import Handler

HANDLERS: Final[dict[type[Any], Handler]] = {GreenBookBack: custody_enter_on_green_book}
