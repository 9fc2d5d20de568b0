"""How people sign in, and outgoing mail, as an installation may set them."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

from chedai.config import accounts, mail
from chedai.config.environment import Environment, UnsafeSetting


def apps(text: str, *, debug: bool = False) -> list[dict[str, object]]:
    read = accounts.read(Environment({"CHEDAI_OIDC": text}), debug=debug)
    found: list[dict[str, object]] = read["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    return found


def test_without_a_provider_there_are_passwords_only() -> None:
    assert apps("") == []


def test_the_provider_of_the_house_is_issuer_client_and_secret() -> None:
    [app] = apps("https://id.example/realms/house/|chedai|s3cret|with|bars")
    assert (app["client_id"], app["secret"]) == ("chedai", "s3cret|with|bars")
    assert app["settings"] == {"server_url": "https://id.example/realms/house"}


@pytest.mark.parametrize("text", ["https://id.example", "https://id.example|chedai", "id|chedai|s3cret", "||"])
def test_half_a_provider_is_refused_without_repeating_the_secret(text: str) -> None:
    with pytest.raises(UnsafeSetting, match="CHEDAI_OIDC: must be issuer") as refusal:
        apps(text)
    assert "s3cret" not in str(refusal.value)


def test_a_provider_without_tls_is_for_a_developers_machine_only() -> None:
    assert apps("http://localhost:9400|chedai|secret", debug=True)
    with pytest.raises(UnsafeSetting, match="must be https"):
        apps("http://localhost:9400|chedai|secret")


@pytest.mark.parametrize("text", ["0", "2", "21", "-5", "many", "5.0", "５"])
def test_a_number_out_of_its_bounds_is_refused(text: str) -> None:
    with pytest.raises(UnsafeSetting, match="CHEDAI_LOCK_AFTER: must be a number from 3 to 20"):
        accounts.whole(Environment({"CHEDAI_LOCK_AFTER": text}), "CHEDAI_LOCK_AFTER", 5, 3, 20)
    assert accounts.whole(Environment({}), "CHEDAI_LOCK_AFTER", 5, 3, 20) == 5


def test_nobody_opens_an_account_and_wrong_passwords_are_counted_in_the_database() -> None:
    read = accounts.read(Environment({}), debug=False)
    assert read["ACCOUNT_RATE_LIMITS"] == {"login_failed": None}
    assert read["ACCOUNT_ADAPTER"].endswith("AccountAdapter")
    lengths = [rule.get("OPTIONS", {}).get("min_length") for rule in read["AUTH_PASSWORD_VALIDATORS"]]
    assert 10 in lengths


def test_mail_goes_to_the_console_until_a_server_is_named() -> None:
    read = mail.read(Environment({}), host="loans.example")
    assert read["EMAIL_BACKEND"].endswith("console.EmailBackend")
    assert read["DEFAULT_FROM_EMAIL"] == "chedai@loans.example"


@pytest.mark.parametrize(
    ("address", "port", "ssl", "tls"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp://house:p%40ss@mail.example:587", 587, False, True),
        ("smtps://house:p%40ss@mail.example", 465, True, False),
    ],
)
def test_a_password_never_goes_over_the_wire_in_the_clear(address: str, port: int, ssl: bool, tls: bool) -> None:
    read = mail.read(Environment({"CHEDAI_MAIL": address, "CHEDAI_MAIL_FROM": "x@y.example"}), host="h")
    assert (read["EMAIL_PORT"], read["EMAIL_USE_SSL"], read["EMAIL_USE_TLS"]) == (port, ssl, tls)
    assert read["EMAIL_HOST_PASSWORD"] in ("", "p@ss")
    assert read["DEFAULT_FROM_EMAIL"] == "x@y.example"


@pytest.mark.parametrize("address", ["mail.example", "http://mail.example", "smtp://"])
def test_what_is_no_mail_server_is_refused(address: str) -> None:
    with pytest.raises(UnsafeSetting, match="CHEDAI_MAIL: must be smtp"):
        mail.read(Environment({"CHEDAI_MAIL": address}), host="h")


@pytest.mark.parametrize(("given", "required"), [({}, True), ({"CHEDAI_MFA_REQUIRED": "no"}, False)])
def test_a_second_factor_is_compulsory_in_production_unless_switched_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str], required: bool
) -> None:
    safe = {"CHEDAI_SECRET_KEY": "k" * 50, "CHEDAI_HOSTS": "loans.example", "CHEDAI_VAR": str(tmp_path)}
    for name in [n for n in os.environ if n.startswith("CHEDAI_")]:
        monkeypatch.delenv(name)
    for name, value in {**safe, **given}.items():
        monkeypatch.setenv(name, value)
    read = runpy.run_path(str(Path(accounts.__file__).with_name("settings.py")))
    assert read["SECOND_FACTOR_REQUIRED"] is required
    assert (read["IDLE_MINUTES"], read["LOCK_AFTER"], read["LOCK_MINUTES"]) == (30, 5, 15)
