"""What is asked when the books are turned to another day."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chedai.web.forms.fields import DayField


class TurnForm(forms.Form):
    """The day, and why."""

    to = DayField(label=_("营业日期"), required=False, help_text=_("留空则恢复为跟随日历"))
    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
