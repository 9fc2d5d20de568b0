"""Versions of products: within the policies, published by two people, never changed, one of them on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chedai.catalog.models import ProductVersion
from chedai.catalog.products import services
from chedai.catalog.products.promotions import shelf_rule_set
from chedai.catalog.products.requirements import requirements_of
from chedai.catalog.products.selectors import catalogue_on, product_version, version_on
from chedai.engine.compare import Conflict as Meeting
from chedai.engine.compare import LenderKind, Wish, compare
from chedai.org.models import AuthorityLimit
from chedai.platform import clock
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotAllowed, Refusal, Refusals
from tests import cast
from tests.catalog import shelf
from tests.catalog.shelf import SYSTEM

TODAY, DECEMBER = date(2026, 11, 20), date(2026, 12, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


def refused(lender_kind: LenderKind = LenderKind.BANK, **terms: Any) -> list[tuple[str | None, str]]:
    made = shelf.product(shelf.lender(kind=lender_kind))
    with pytest.raises(Refusals) as found:
        shelf.next_version(made, DECEMBER, SYSTEM, **terms)
    assert ProductVersion.objects.count() == 1
    return [(one.field, one.zh) for one in found.value.refusals]


def decide(approval: Approval, who: Any, verdict: Verdict = Verdict.APPROVE) -> None:
    approval_decide(
        approval_id=approval.pk,
        verdict=verdict,
        digest=approval.digest,
        capacities=frozenset({"compliance"}),
        actor=cast.acting(who),
        opinion="数字有误" if verdict is not Verdict.APPROVE else "",
    )


def test_a_version_is_sold_from_its_day_and_the_old_one_until_then() -> None:
    writer, publisher = shelf.two_people()
    made = shelf.product(shelf.lender())
    first = made.versions.get()
    draft = shelf.next_version(made, DECEMBER, cast.acting(writer), rates={"36": "5.28"})
    pending = services.version_submit(version_id=draft.pk, actor=cast.acting(writer))
    assert catalogue_on(DECEMBER).products[0].version == str(first.pk)
    assert pending.approval is not None
    decide(pending.approval, publisher)
    assert catalogue_on(date(2026, 11, 30)).products[0].version == str(first.pk)
    new = catalogue_on(DECEMBER).products[0]
    assert (new.version, new.rates[0].annual_rate) == (str(draft.pk), 5_280_000)
    first.refresh_from_db()
    assert (first.terms["rates"], first.ends) == ({"12": "4.88", "36": "5.88"}, None)
    assert product_version(first.pk).product == made
    assert version_on(made.pk, date(2026, 11, 30)) == first


def test_who_writes_a_version_does_not_publish_it() -> None:
    writer, _ = shelf.two_people()
    AuthorityLimit.objects.update(role="manager")
    draft = shelf.next_version(shelf.product(shelf.lender()), DECEMBER, cast.acting(writer))
    pending = services.version_submit(version_id=draft.pk, actor=cast.acting(writer))
    assert pending.approval is not None
    with pytest.raises(NotAllowed) as found:
        approval_decide(
            approval_id=pending.approval.pk,
            verdict=Verdict.APPROVE,
            digest=pending.approval.digest,
            capacities=frozenset({"manager"}),
            actor=cast.acting(writer),
        )
    assert found.value.code == "maker-is-checker"
    draft.refresh_from_db()
    assert draft.state == "pending"


def test_nothing_is_submitted_while_nobody_is_set_to_publish() -> None:
    writer, _ = shelf.two_people()
    AuthorityLimit.objects.all().delete()
    draft = shelf.next_version(shelf.product(shelf.lender()), DECEMBER, cast.acting(writer))
    with pytest.raises(Refusal) as found:
        services.version_submit(version_id=draft.pk, actor=cast.acting(writer))
    assert found.value.code == "no-publisher"
    assert not Approval.objects.exists()


def test_a_returned_version_goes_back_to_its_writer_who_alone_may_change_it() -> None:
    writer, publisher = shelf.two_people()
    made = shelf.product(shelf.lender())
    draft = shelf.next_version(made, DECEMBER, cast.acting(writer))
    pending = services.version_submit(version_id=draft.pk, actor=cast.acting(writer))
    with pytest.raises(Conflict):
        services.version_draft(
            product_id=made.pk, version_id=draft.pk, starts=DECEMBER, terms=shelf.TERMS, actor=cast.acting(writer)
        )
    assert pending.approval is not None
    decide(pending.approval, publisher, Verdict.RETURN)
    with pytest.raises(NotAllowed):
        services.version_submit(version_id=draft.pk, actor=cast.acting(publisher))
    again = services.version_draft(
        product_id=made.pk, version_id=draft.pk, starts=DECEMBER, terms=shelf.TERMS, actor=cast.acting(writer)
    )
    assert (again.pk, again.number, again.state) == (draft.pk, 2, "draft")


def test_a_published_version_is_never_written_again() -> None:
    made = shelf.product(shelf.lender())
    first = made.versions.get()
    with pytest.raises(Conflict):
        services.version_draft(
            product_id=made.pk, version_id=first.pk, starts=DECEMBER, terms=shelf.TERMS, actor=SYSTEM
        )
    with pytest.raises(Conflict):
        services.version_withdraw(version_id=first.pk, actor=SYSTEM)
    with pytest.raises(Conflict):
        services.version_submit(version_id=first.pk, actor=SYSTEM)


def test_an_approval_that_comes_after_the_first_day_publishes_nothing() -> None:
    writer, publisher = shelf.two_people()
    made = shelf.product(shelf.lender())
    draft = shelf.next_version(made, DECEMBER, cast.acting(writer))
    pending = services.version_submit(version_id=draft.pk, actor=cast.acting(writer))
    assert pending.approval is not None
    with clock.frozen(datetime(2026, 12, 2, 2, tzinfo=UTC)), pytest.raises(Refusal) as found:
        decide(pending.approval, publisher)
    assert (found.value.code, found.value.field) == ("version-late", "starts")
    draft.refresh_from_db()
    assert draft.state == "pending"


def test_a_term_over_the_limit_is_refused_with_the_limit() -> None:
    assert refused(rates={"36": "5.88", "96": "6.5"}) == [
        ("rates", "期限 96 期超过上限 84 期（政策 loan_term.consumption_long_need/2025)")
    ]


def test_a_loan_ratio_over_the_limit_is_refused_with_the_limit() -> None:
    found = refused(vehicles=["used"], rates={"36": "6.98"}, max_ltv=80)
    assert found == [("max_ltv", "贷款成数 80% 超过上限 70%（政策 loan_ratio.max/used-2018)")]


def test_a_rate_that_only_its_fees_lift_over_the_cap_is_refused_with_both_figures() -> None:
    found = refused(rates={"12": "15.8"}, fees=["服务费：6%:upfront:lender"])
    assert found == [("rates", "12 期综合年化 31.67% 超过上限 24%（政策 rate_caps.loan.financial_court/2017)")]


def test_what_contradicts_itself_is_refused_at_its_field() -> None:
    assert refused(min_down=120)[0][0] == "min_down"


def test_an_unknown_key_is_refused() -> None:
    made = shelf.product(shelf.lender())
    with pytest.raises(Refusal) as found:
        shelf.next_version(made, DECEMBER, SYSTEM, max_lvt=80)
    assert "max_lvt" in found.value.zh


def test_days_are_in_order() -> None:
    made = shelf.product(shelf.lender())
    with pytest.raises(Refusals) as found:
        services.version_draft(product_id=made.pk, starts=DECEMBER, ends=TODAY, terms=shelf.TERMS, actor=SYSTEM)
    assert found.value.field == "ends"


def test_a_product_whose_days_are_over_is_named_with_its_last_day() -> None:
    lends = shelf.lender()
    made = services.product_register(lender_id=lends.pk, code="old", name="旧产品", actor=SYSTEM)
    version = services.version_draft(
        product_id=made.pk, starts=date(2026, 1, 1), ends=date(2026, 11, 19), terms=shelf.TERMS, actor=SYSTEM
    )
    services.shipped_publish(version_id=version.pk, actor=SYSTEM)
    answer = compare(Wish(price=10_000_000, on=TODAY, down_payments=(2_000_000,)), catalogue_on(TODAY))
    (why,) = answer.why_not
    assert [(f.bound, f.figure, f.limit) for f in why.failures] == [("date", TODAY, date(2026, 11, 19))]


def test_a_region_leaves_out_what_is_not_sold_there() -> None:
    lends = shelf.lender()
    shelf.product(lends, "everywhere")
    shelf.product(lends, "north", regions=["henan"], rates={"36": "5.8"})
    assert [p.code for p in catalogue_on(TODAY).products] == ["everywhere", "north"]
    assert [p.code for p in catalogue_on(TODAY, "shanghai").products] == ["everywhere"]
    assert [p.code for p in catalogue_on(TODAY, "henan").products] == ["everywhere", "north"]


def test_the_shelf_takes_two_queries_and_is_remembered() -> None:
    shelf.product(shelf.lender())
    shelf_rule_set(conflict=Meeting.PRIORITY, cash_discount=300_000, actor=SYSTEM)
    first = catalogue_on(TODAY)
    with CaptureQueriesContext(
        connection,
    ) as made:
        second = catalogue_on(TODAY)
    assert (second is first, len(made)) == (True, 2)
    assert (first.conflict, first.cash_discount) == (Meeting.PRIORITY, 300_000)
    assert replace(first, conflict=Meeting.LOWEST_COST).products == first.products


def test_requirements_are_closed_and_not_below_zero() -> None:
    for document in ({"gsp": True}, {"lien_days": -1}):
        with pytest.raises(Refusal):
            requirements_of(document)


def test_publication_is_on_record_with_its_digest() -> None:
    made = shelf.product(shelf.lender())
    entry = AuditEntry.objects.get(action="product.published")
    assert entry.subject == f"product:{made.pk}"
    assert made.versions.get().digest in bytes(entry.body).decode()
