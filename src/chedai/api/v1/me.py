"""Who am I, and is the interface there."""
# Annotations are read when the operation is declared: no `from __future__ import annotations` in these modules.

from django.http import HttpRequest
from ninja import Router

from chedai.api.operations import caller_of, reading
from chedai.api.schemas import Me
from chedai.platform import clock

router = Router(tags=["me"])


@reading(router, "/me", "home.read", response=Me)
def me(request: HttpRequest) -> Me:
    """The account behind the token, its roles, the token's scopes, and the business date."""
    caller = caller_of(request)
    return Me(
        user=caller.user_id,
        roles=sorted(caller.access.roles),
        scopes=sorted(caller.scopes),
        business_date=clock.business_date(),
    )
