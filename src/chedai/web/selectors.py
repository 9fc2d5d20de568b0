"""Reading what the screens remember."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Q

from chedai.platform.privacy.personal import Personal
from chedai.web.models import Draft, ListColumns, SavedView, Submission


def views_of(list_key: str, user_id: int) -> list[SavedView]:
    """The views of a list a person sees: their own, and those shared with their team."""
    seen = Q(owner=user_id) | Q(team__staff__user=user_id)
    return list(SavedView.objects.filter(seen, list_key=list_key).order_by("pk").distinct())


def columns_of(list_key: str, user_id: int) -> list[str] | None:
    """The columns a person chose; None where they never did."""
    found = ListColumns.objects.filter(list_key=list_key, owner=user_id).first()
    return None if found is None else [str(name) for name in found.shown]


def draft_of(form_key: str, user_id: int) -> tuple[dict[str, list[str]], datetime] | None:
    """What the person typed and did not send, and when it was kept."""
    found = Draft.objects.filter(form_key=form_key, owner=user_id).first()
    if found is None:
        return None
    values: dict[str, Any] = json.loads(cast(Personal, found.values).in_full())
    return values, found.kept_at


def submission_answer(key: UUID, user_id: int) -> str | None:
    """Where a form that was sent already has led."""
    found = Submission.objects.filter(key=key, owner=user_id).first()
    return None if found is None else found.answer
