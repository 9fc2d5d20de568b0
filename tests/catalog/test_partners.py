"""Lenders, their agreements and what of them is on the shelf."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.catalog.models import Agreement, Lender
from chedai.catalog.partners import selectors, services
from chedai.catalog.partners.states import Channel
from chedai.catalog.products.selectors import catalogue_on
from chedai.engine.compare import LenderKind
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from tests.catalog import shelf
from tests.catalog.shelf import SYSTEM

TODAY = date(2026, 11, 20)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


def fields(refused: Refusals) -> list[str | None]:
    return [one.field for one in refused.refusals]


def test_a_lender_over_http_needs_address_and_secret_and_nothing_is_registered_without() -> None:
    with pytest.raises(Refusals) as refused:
        services.lender_register(
            code="Jiang He", name=" ", kind=LenderKind.BANK, channel=Channel.HTTP, endpoint="ftp://x", actor=SYSTEM
        )
    assert fields(refused.value) == ["code", "name", "endpoint", "secret"]
    assert not Lender.objects.exists()


def test_the_secret_of_a_lender_is_sealed_and_never_in_the_log() -> None:
    made = services.lender_register(
        code="jianghe",
        name="江河银行",
        kind=LenderKind.BANK,
        channel=Channel.HTTP,
        endpoint="https://lender.example/submit",
        secret="a-very-secret-word",
        actor=SYSTEM,
    )
    services.lender_change(lender_id=made.pk, secret="another-secret-word", name="江河银行上海", actor=SYSTEM)
    found = selectors.lender_of("jianghe")
    assert found.secret is not None
    assert (str(found.secret), found.secret.in_full()) == ("****", "another-secret-word")
    bodies = b"".join(bytes(body) for body in AuditEntry.objects.values_list("body", flat=True)).decode()
    assert "secret-word" not in bodies
    changed = bytes(AuditEntry.objects.get(action="lender.changed").body).decode()
    assert "江河银行 -> 江河银行上海" in changed and '"secret":"new"' in changed


def test_a_code_is_given_once() -> None:
    shelf.lender()
    with pytest.raises(Conflict) as refused:
        shelf.lender()
    assert (refused.value.code, refused.value.field) == ("lender-known", "code")
    with pytest.raises(NotFound):
        selectors.lender_of("nobody")


def test_products_are_read_only_from_an_agreement_that_holds() -> None:
    shelf.product(shelf.lender(ends=date(2026, 11, 20)))
    assert [p.code for p in catalogue_on(TODAY).products] == ["auto"]
    assert catalogue_on(date(2026, 11, 21)).products == ()


def test_a_blocked_lender_leaves_the_shelf_at_once_and_comes_back() -> None:
    lends = shelf.lender()
    shelf.product(lends)
    with pytest.raises(Refusal) as refused:
        services.lender_block(lender_id=lends.pk, reason=" ", actor=SYSTEM)
    assert (refused.value.field, len(catalogue_on(TODAY).products)) == ("reason", 1)
    services.lender_block(lender_id=lends.pk, reason="合作暂停", actor=SYSTEM)
    assert catalogue_on(TODAY).products == ()
    services.lender_unblock(lender_id=lends.pk, actor=SYSTEM)
    assert len(catalogue_on(TODAY).products) == 1


def test_agreements_that_end_within_sixty_days_are_listed_unless_another_follows() -> None:
    soon, renewed = shelf.lender("soon", ends=date(2027, 1, 19)), shelf.lender("renewed", ends=date(2026, 12, 31))
    shelf.lender("later", ends=date(2027, 1, 20))
    services.agreement_sign(
        lender_id=renewed.pk, number="合-2", starts=date(2027, 1, 1), ends=date(2028, 1, 1), actor=SYSTEM
    )
    assert [found.lender for found in selectors.agreements_expiring(TODAY)] == [soon]


def test_an_agreement_ends_after_it_begins_and_has_a_number_of_its_own() -> None:
    lends = shelf.lender()
    with pytest.raises(Refusals) as refused:
        services.agreement_sign(
            lender_id=lends.pk, number="", starts=date(2026, 2, 1), ends=date(2026, 1, 31), actor=SYSTEM
        )
    assert fields(refused.value) == ["number", "ends"]
    with pytest.raises(Conflict):
        services.agreement_sign(lender_id=lends.pk, number="合-1", starts=TODAY, ends=TODAY, actor=SYSTEM)
    assert Agreement.objects.count() == 1


def test_a_contact_is_masked() -> None:
    contact = services.contact_add(
        lender_id=shelf.lender().pk, name="江小样", phone="13800138000", matter="准入", actor=SYSTEM
    )
    contact.refresh_from_db()
    assert (str(contact.name), str(contact.phone)) == ("江**", "138****8000")
