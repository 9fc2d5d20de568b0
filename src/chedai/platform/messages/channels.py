"""The ways out of the house. E-mail and the console come with the product; others are installed by setting.

A channel takes address, title and text and returns when the other side has taken them. What it raises is tried again,
`Never` is not. The key lets a channel that can, send the same message only once.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string


class Channel(Protocol):
    """One way out."""

    def deliver(self, *, address: str, title: str, body: str, key: str) -> None:
        """Hand the message over."""


class Email:
    """By the mail server of the settings; the key is the Message-ID, so a second copy is recognised as one."""

    def deliver(self, *, address: str, title: str, body: str, key: str) -> None:
        """Send a plain e-mail."""
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        EmailMessage(title, body, to=[address], headers={"Message-ID": f"<{key}@{host}>"}).send()


class Console:
    """On the terminal of a demonstration, where everybody may read along. Refused in production by the settings."""

    def deliver(self, *, address: str, title: str, body: str, key: str) -> None:
        """Print the message."""
        sys.stdout.write(f"\n--- {address} --- {title}\n{body}\n---\n")


@cache
def channels() -> Mapping[str, Channel]:
    """The channels of the settings, by name."""
    return MappingProxyType({name: import_string(path)() for name, path in settings.MESSAGE_CHANNELS.items()})
