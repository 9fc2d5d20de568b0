"""How the product stands in the network: https unless it serves nobody but its own machine."""

from __future__ import annotations

from typing import Any

import pytest

from chedai.config import serving
from chedai.config.environment import Environment, UnsafeSetting


def settings(*hosts: str, debug: bool = False, **variables: str) -> dict[str, Any]:
    return serving.read(Environment(variables), debug=debug, hosts=list(hosts))


def test_https_is_asked_for_and_remembered() -> None:
    found = settings("loans.example")
    assert found["SECURE_SSL_REDIRECT"] and found["SESSION_COOKIE_SECURE"] and found["SECURE_HSTS_SECONDS"]


def test_one_pc_may_serve_itself_by_http() -> None:
    found = settings("localhost", "127.0.0.1", CHEDAI_TLS="no")
    assert not (found["SECURE_SSL_REDIRECT"] or found["SESSION_COOKIE_SECURE"] or found["SECURE_HSTS_SECONDS"])


def test_whoever_serves_others_may_not() -> None:
    with pytest.raises(UnsafeSetting, match="CHEDAI_TLS"):
        settings("localhost", "loans.example", CHEDAI_TLS="no")


def test_the_word_of_a_proxy_about_https_counts_only_where_one_stands_in_front() -> None:
    assert settings("a.example")["SECURE_PROXY_SSL_HEADER"] is None
    assert settings("a.example", CHEDAI_PROXIES="1")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_a_token_that_can_be_guessed_is_refused_and_not_repeated() -> None:
    assert serving.metrics_token(Environment({})) == ""
    assert serving.metrics_token(Environment({"CHEDAI_METRICS_TOKEN": "t" * 20})) == "t" * 20
    with pytest.raises(UnsafeSetting, match="CHEDAI_METRICS_TOKEN") as refused:
        serving.metrics_token(Environment({"CHEDAI_METRICS_TOKEN": "hunter2"}))
    assert "hunter2" not in str(refused.value)
