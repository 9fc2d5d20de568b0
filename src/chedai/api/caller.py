"""Who calls: the token, the account behind it, and what both together may do."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from ninja.security import HttpBearer

from chedai.org.access import Access, access_of
from chedai.org.permissions import Permission, table
from chedai.platform.accounts.tokens import token_find
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Caller:
    """`may` asks both: the scopes of the token, and the rights of its account."""

    actor: Actor
    user_id: int
    access: Access
    scopes: frozenset[Permission]

    def may(self, permission: Permission, *, store_id: int | None = None, owner_id: int | None = None) -> bool:
        """Whether the call may use `permission` on a record."""
        return permission in self.scopes and self.access.may(permission, store_id=store_id, owner_id=owner_id)

    def require(self, permission: Permission, *, store_id: int | None = None, owner_id: int | None = None) -> None:
        """Errors: `NotAllowed`, saying whether the token or the account lacks the right."""
        if permission not in self.scopes:
            words = table().permissions[permission]
            raise NotAllowed("scope-missing", f"密钥不含权限：{words.zh}", f"the token may not {words.en}")
        self.access.require(permission, store_id=store_id, owner_id=owner_id)


class Token(HttpBearer):
    """Bearer tokens of the product."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller behind a token in force."""
        found = token_find(token)
        if found is None:
            return None
        actor = Actor(ActorKind.TOKEN, found.pk, found.name)
        return Caller(actor, found.user_id, access_of(found.user_id), frozenset(found.scopes))
