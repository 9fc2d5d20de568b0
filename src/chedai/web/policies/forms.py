"""Writing a draft: the file, and the text in force it was written against."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DraftForm(forms.Form):
    """A policy file as text. A file that is new is given a name."""

    name = forms.CharField(
        label=_("文件名"), max_length=60, help_text=_("小写字母、数字和下划线，以 .toml 结尾；政策代码以它开头")
    )
    content = forms.CharField(
        label=_("政策文件"),
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 30, "wrap": "off", "spellcheck": "false", "class": "source-text", "data-source": ""}
        ),
    )
    base = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_new:
            self.fields["name"].widget = forms.HiddenInput()
