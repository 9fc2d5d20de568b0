"""Fields of the trade: amounts in yuan with an echo in 万元, rates in percent, identity numbers."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chedai.engine.errors import EngineError
from chedai.engine.money import fen, percent, rate_units, yuan
from chedai.web.forms import identity


class MoneyField(forms.CharField):
    """Yuan as typed, integer fen for the code. `least` and `most` in fen."""

    unit: ClassVar[str] = "¥"

    def __init__(
        self, *, least: int | None = 0, most: int | None = None, hint: str | Promise = "", **options: Any
    ) -> None:
        self.least, self.most, self.hint = least, most, hint
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Digits on a phone; the echo, unless the hint says something better."""
        attrs = super().widget_attrs(widget) | {"inputmode": "decimal", "autocomplete": "off"}
        if not self.hint:
            attrs |= {"data-echo": "wan", "data-words": gettext_lazy("{} 万元")}
        return attrs

    def prepare_value(self, value: Any) -> Any:
        """Fen from the code are shown in yuan; what was typed stays as it was typed."""
        return f"{Decimal(yuan(value)):,.2f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Errors: what is wrong with the amount, and its limit."""
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = fen(unicodedata.normalize("NFKC", text))
        except EngineError as refused:
            raise forms.ValidationError(_said(refused), code="amount") from None
        if self.least is not None and amount < self.least:
            raise forms.ValidationError(_("至少 %s") % f"{Decimal(yuan(self.least)):,.2f}", code="least")
        if self.most is not None and amount > self.most:
            raise forms.ValidationError(_("最多 %s") % f"{Decimal(yuan(self.most)):,.2f}", code="most")
        return amount


class RateField(forms.CharField):
    """Percent a year as typed, rate units for the code."""

    unit: ClassVar[str] = "%"
    unit_side: ClassVar[str] = "right"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Digits on a phone."""
        return super().widget_attrs(widget) | {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """Units from the code are shown in percent."""
        return f"{percent(value):f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Errors: what is wrong with the rate."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return rate_units(unicodedata.normalize("NFKC", text))
        except EngineError as refused:
            raise forms.ValidationError(_said(refused), code="rate") from None


class IdentityField(forms.CharField):
    """An identity number of 18 signs, checked; the page says birthday and sex while it is typed."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The words of the echo."""
        return super().widget_attrs(widget) | {
            "autocomplete": "off",
            "data-echo": "identity",
            "data-male": gettext_lazy("男"),
            "data-female": gettext_lazy("女"),
            "data-wrong": gettext_lazy("校验码不对"),
        }

    def clean(self, value: Any) -> Any:
        """Errors: length, birthday or check digit."""
        text = super().clean(value)
        if not text:
            return ""
        number = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
        try:
            identity.read(number)
        except identity.WrongNumber as wrong:
            raise forms.ValidationError(wrong.text(), code="identity") from None
        return number


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """The form the browser wants."""
        return value.isoformat() if isinstance(value, date) else super().format_value(value)


class DayField(forms.DateField):
    """A date."""

    widget = DayInput


class Switch(forms.CheckboxInput):
    """For what takes effect at once; a choice that is only sent with the form is a checkbox."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"role": "switch"} | (attrs or {}))


def _said(refused: EngineError) -> str:
    return refused.rule_zh if (get_language() or "zh").startswith("zh") else refused.rule
