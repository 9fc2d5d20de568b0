"""The account. What a person may do is not here: roles are granted in `org`, rights follow from its table."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

USERNAME_LENGTH: Final = 60


class UserManager(BaseUserManager["User"]):
    """Django looks a person up by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One person's account. It is closed, never deleted: the audit log names it for ever."""

    username = models.CharField(max_length=USERNAME_LENGTH, unique=True)
    display_name = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")  # none: as the browser asks
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]  # noqa: RUF012

    class Meta:
        db_table = "platform_user"

    def __str__(self) -> str:
        return self.display_name


class ApiToken(models.Model):
    """A key of the API: acts as its account, within `scopes` (rights of the permission table), until it expires."""

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_token"

    def __str__(self) -> str:
        return self.name


class SignInCount(models.Model):
    """How often somebody tried to sign in lately without getting in: by account, and by the address they came from.

    `key` is a fingerprint, so the table tells nobody names or addresses, and a name that does not exist counts as well.
    """

    key = models.CharField(max_length=64, unique=True)
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_sign_in_count"

    def __str__(self) -> str:
        return str(self.tries)
