"""A caller with a token, and answers read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from chedai.org.models import Staff
from chedai.org.permissions import table
from chedai.platform.accounts.tokens import token_make
from chedai.platform.actors import system
from chedai.platform.clock import now
from tests import cast

_keys = count()


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls the interface as one member of staff."""

    staff: Staff
    secret: str

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self._client().get(f"/api/v1{path}", headers=headers)

    def post(
        self, path: str, body: Any, *, key: str | None = None, method: str = "post", **headers: str
    ) -> HttpResponse:
        given = {"Idempotency-Key": key if key is not None else f"test-key-{next(_keys)}", **headers}
        send = getattr(self._client(), method)
        return send(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=given)

    def _client(self) -> Client:
        return Client(headers={"Authorization": f"Bearer {self.secret}"}, raise_request_exception=False)


@pytest.fixture
def calling() -> Iterator[Callable[..., Caller]]:
    """Make a caller: a person with roles, and a token for all rights of the table unless scopes are named."""

    def make(name: str, *roles: str, scopes: tuple[str, ...] = (), everywhere: bool = True) -> Caller:
        staff = cast.person(name, name, cast.store(), *roles, everywhere=everywhere)
        expires_at = now() + timedelta(days=30)
        wanted = scopes or tuple(table().permissions)
        made = token_make(user_id=staff.user_id, name=name, scopes=wanted, expires_at=expires_at, actor=system("test"))
        return Caller(staff, made.secret)

    yield make


def body(answer: HttpResponse) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.content)
