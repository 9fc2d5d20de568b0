"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from chedai.platform import clock
from chedai.platform.accounts.models import ApiToken, User


def account(user_id: int) -> User | None:
    """The account with this number."""
    return User.objects.filter(pk=user_id).first()


def tokens_of(user_id: int) -> QuerySet[ApiToken]:
    """The API tokens of an account that are in force, newest first."""
    now = clock.now()
    return ApiToken.objects.filter(user_id=user_id, revoked_at=None, expires_at__gt=now).order_by("-pk")


def tokens() -> QuerySet[ApiToken]:
    """Every API token there ever was, with whose it is."""
    return ApiToken.objects.select_related("user")


def names(user_ids: Iterable[int]) -> dict[int, str]:
    """The names of accounts, by number."""
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "display_name"))


def usernames_taken(usernames: Iterable[str]) -> set[str]:
    """Those of the names that are taken, in small letters; one query."""
    wanted = {name.strip().lower() for name in usernames}
    return set(User.objects.filter(username__in=wanted).values_list("username", flat=True))


def username_taken(username: str) -> bool:
    """Whether somebody signs in, or has signed in, with this name. Names are kept in small letters, and indexed."""
    return User.objects.filter(username=username.strip().lower()).exists()
