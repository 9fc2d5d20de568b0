"""Who really calls, behind servers that pass requests on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from chedai.platform.operations.requests import take_the_word_of_proxies


@pytest.mark.parametrize(
    ("proxies", "said", "caller"),
    [
        (0, "203.0.113.7", "127.0.0.1"),  # nobody stands in front: whoever says so has made it up
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "10.9.9.9, 203.0.113.7", "203.0.113.7"),  # the caller has put a name in front of it
        (2, "10.9.9.9, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),  # one of both has been gone round
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_is_what_the_outermost_server_of_ours_has_seen(
    settings: Any, proxies: int, said: str, caller: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": said})
    take_the_word_of_proxies(request)
    assert request.META["REMOTE_ADDR"] == caller
