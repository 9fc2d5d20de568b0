"""One look for every form: `FORM_RENDERER` points here, so that `{{ form }}` is ours."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

_CLASSES: Final = ((forms.Textarea, "textarea"), (forms.Select, "select"), (forms.FileInput, "input"))
SEGMENTS: Final = 5
"""Up to so many options stand side by side, more go into a select."""


class Field(BoundField):
    """A field on a page: knows how it is drawn."""

    @property
    def kind(self) -> str:
        """Which drawing of `web/form/field.html` fits."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "switch" if widget.attrs.get("role") == "switch" else "check"
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checks"
        if isinstance(widget, forms.RadioSelect):
            return "segments" if len(list(widget.choices)) <= SEGMENTS else "radios"
        return "unit" if self.unit else "plain"

    @property
    def unit(self) -> str:
        """What stands inside the input beside the figure: ¥, %."""
        return str(getattr(self.field, "unit", ""))

    @property
    def unit_side(self) -> str:
        """On which side it stands."""
        return str(getattr(self.field, "unit_side", "left"))

    @property
    def hint(self) -> str:
        """What stands above the input on the right, where the field has a word to say before anything is typed."""
        return str(getattr(self.field, "hint", ""))

    @property
    def echoes(self) -> bool:
        """Whether what is typed is said again in words above the input."""
        return "data-echo" in self.field.widget.attrs

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """The attributes Django gives, and the class of our inputs."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        drawn = widget or self.field.widget
        if not isinstance(drawn, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
            own = next((name for kind, name in _CLASSES if isinstance(drawn, kind)), "input")
            built["class"] = f"{own} {drawn.attrs.get('class', '')}".strip()
        return built


class Renderer(TemplatesSetting):
    """Draws forms from the templates of the product."""

    form_template_name = "web/form/form.html"
    field_template_name = "web/form/field.html"
    bound_field_class = Field
