"""`chedai catalogue-starter`: the sample lenders, products, models and add-ons to begin with."""

from __future__ import annotations

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from chedai.catalog.starter.services import catalogue_load_starter
from chedai.platform.actors import system
from chedai.platform.errors import Refusal

STARTER: Final = system("catalogue-starter")


class Command(BaseCommand):
    """Load the starter catalogue; what is there already is left as it is."""

    help = "载入样例目录（机构、产品、活动、车型、加装） · load the sample catalogue"

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how much was added."""
        try:
            loaded = catalogue_load_starter(actor=STARTER)
        except Refusal as refused:
            raise CommandError(f"{refused.zh} / {refused.en}") from refused
        zh = f"机构 {loaded.lenders} · 产品 {loaded.products} · 活动 {loaded.promotions}"
        zh += f" · 车型 {loaded.models} · 加装 {loaded.add_ons}"
        en = f"lenders {loaded.lenders}, products {loaded.products}, promotions {loaded.promotions}"
        en += f", models {loaded.models}, add-ons {loaded.add_ons}"
        self.stdout.write(f"{zh} / {en}")
