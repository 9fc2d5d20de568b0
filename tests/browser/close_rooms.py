"""A closed day to see on the page of closes."""

from __future__ import annotations

from chedai.journey.close_of_day import close_day
from chedai.journey.night import close_ask
from chedai.platform import clock
from chedai.platform.actors import system
from tests import cast
from tests.house import House


def furnish(house: House) -> list[str]:
    """Today is closed, and somebody has asked for the close again."""
    close_day(day=clock.business_date(), actor=system("close"))
    close_ask(actor=cast.acting(house.manager))
    return []
