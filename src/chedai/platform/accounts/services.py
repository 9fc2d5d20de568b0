"""Opening and closing accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.usersessions.models import UserSession

from chedai.platform import clock
from chedai.platform.accounts.models import USERNAME_LENGTH, User
from chedai.platform.accounts.selectors import username_taken
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.work import record, service


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to be opened: the name to sign in with, the name on the screen, the address for its link."""

    username: str
    display_name: str
    email: str = ""


@service
def accounts_open(*, opening: Sequence[Opening], actor: Actor) -> list[User]:
    """Open many accounts at once, as `account_open` opens one. Errors: `IntegrityError` where a name is taken."""
    at, users = clock.now(), []
    for one in opening:
        name = one.username.strip().lower()
        user = User(username=name, display_name=one.display_name, email=one.email, created_at=at)
        user.must_change_password = True
        user.set_unusable_password()
        users.append(user)
    for user in User.objects.bulk_create(users):
        record(actor=actor, action="account.opened", subject=f"user:{user.pk}")
    return users


@service
def account_open(*, username: str, display_name: str, actor: Actor, email: str = "") -> User:
    """Open an account without a password: it is set through the link that is sent, or by SSO."""
    username = username.strip().lower()
    if not username:
        raise Refusal("username-empty", "请填写登录名", "give a name to sign in with", field="username")
    if username_taken(username):
        raise Refusal("username-taken", "登录名已被使用", "the name is taken", field="username")
    user = User(username=username, display_name=display_name, email=email, created_at=clock.now())
    user.must_change_password = True
    user.set_unusable_password()
    user.save()
    record(actor=actor, action="account.opened", subject=f"user:{user.pk}")
    return user


@service
def account_close(*, user_id: int, actor: Actor) -> None:
    """Close an account for good: nobody signs in with it any more, and every session ends now."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound("no-such-account", "没有这个账号", "there is no such account")
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    for session in UserSession.objects.filter(user=user):
        session.end()
    record(actor=actor, action="account.closed", subject=f"user:{user_id}")


@service
def account_take_back(*, user_id: int, actor: Actor) -> None:
    """Close an account that was opened by mistake and that nobody has used; its name is free again."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound("no-such-account", "没有这个账号", "there is no such account")
    if user.last_login is not None or user.has_usable_password():
        raise Conflict("account-used", "账号已有人使用，不能撤销", "somebody uses the account already")
    account_close(user_id=user_id, actor=actor)
    mark = f"~{user_id}"  # no name to sign in with holds this sign
    User.objects.filter(pk=user_id).update(username=user.username[: USERNAME_LENGTH - len(mark)] + mark)


@service
def account_language(*, language: str, actor: Actor) -> None:
    """Remember the language a person wants their pages in."""
    User.objects.filter(pk=actor.ref).exclude(language=language).update(language=language)


@service
def account_describe(*, user_id: int, display_name: str, email: str, actor: Actor) -> None:
    """Change the name an account shows and the address its mail goes to. The log says which, not to what."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound("no-such-account", "没有这个账号", "there is no such account")
    if not display_name.strip():
        raise Refusal("name-empty", "请填写姓名", "give a name", field="name")
    new = {"display_name": display_name.strip(), "email": email.strip()}
    changed = sorted(name for name, value in new.items() if getattr(user, name) != value)
    if changed:
        User.objects.filter(pk=user_id).update(**{name: new[name] for name in changed})
        facts: dict[str, Scalar] = {"fields": ",".join(changed)}
        record(actor=actor, action="account.described", subject=f"user:{user_id}", facts=facts)


@service
def link_sent(*, user_id: int, actor: Actor) -> None:
    """Note that a link to set a password went out. The link itself is written nowhere."""
    record(actor=actor, action="account.link_sent", subject=f"user:{user_id}")
