"""Forms of one's own account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAYS: Final = (30, 90, 180, 365)


class TokenForm(forms.Form):
    """A new API token: what for, which rights, how long."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("写明用在哪个系统，方便以后收回"))
    scopes = forms.MultipleChoiceField(label=_("权限"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("有效天数"), choices=[(n, n) for n in DAYS], coerce=int, initial=90)

    def __init__(self, *args: Any, rights: Sequence[tuple[str, str | Promise]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scopes"].choices = rights  # type: ignore[attr-defined]
