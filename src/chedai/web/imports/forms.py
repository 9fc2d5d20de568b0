"""What is asked: which kind, which file, and which head of it is which column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from chedai.platform.imports.kinds import ImportKind
from chedai.web.imports.words import kind_words

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class BringForm(forms.Form):
    """A file of one kind."""

    kind = forms.ChoiceField(label=_("导入什么"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("文件"),
        max_length=200,
        help_text=_("Excel（.xlsx）或 CSV，第一张表，最多 50,000 行"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, kinds: Sequence[ImportKind], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind.code, kind_words(kind)) for kind in kinds]  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0].code


class ColumnsForm(forms.Form):
    """For each column of the kind, the head of the file it stands under."""

    def __init__(self, *args: Any, kind: ImportKind, heads: Sequence[str], language: str, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "—"), *((str(at), f"{letter(at)} · {head or '—'}") for at, head in enumerate(heads))]
        for column in kind.columns:
            example = _("例如 %s") % column.example if column.example else ""
            self.fields[column.name] = forms.ChoiceField(
                label=column.head(language), choices=choices, required=column.required, help_text=example
            )


def letter(at: int) -> str:
    """The letters a spreadsheet gives a column: 0 is A, 26 is AA."""
    return _LETTERS[at] if at < 26 else letter(at // 26 - 1) + _LETTERS[at % 26]
