"""What lies behind the addresses with a number in them, and to whom it belongs: a store, a person, or the house.

Every address with a parameter has a line in one of the tables; a room that adds one adds its line here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from chedai.org import reviews, stages
from chedai.org.models import AuthorityLimit, RoleGrant, Staff, Store
from chedai.org.permissions import Words, table
from chedai.platform import clock
from chedai.platform.accounts.tokens import token_make
from chedai.platform.actors import system
from chedai.platform.approvals.models import Approval
from chedai.platform.files.services import paper_hand_in
from chedai.platform.imports.models import Batch
from chedai.platform.jobs.services import job_ask
from chedai.platform.messages.services import template_write
from chedai.platform.messages.states import Category
from chedai.platform.policies.laying_over import digest_of, shipped_text
from chedai.platform.policies.services import PUBLISH, draft_write
from chedai.platform.webhooks.services import endpoint_add, endpoint_test
from tests import cast
from tests.security import (
    applications,
    catalog,
    collection,
    custody,
    customers,
    debits,
    ledger,
    loan_calls,
    loans,
    papers,
    quotes,
    reception,
    risk,
    underwriting,
)

ROLES: Final = tuple(table().roles)
Values = dict[str, Any]
PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


class House:
    """Two stores with the same things in each, and in each a person for every role and somebody things belong to."""

    def __init__(self) -> None:
        self.here, self.there = cast.store(), cast.store("B1", "城西店")
        stages.install({"quote": Words("报价", "quoting")})
        self.people = {role: cast.person(f"r-{role}", role, self.here, role) for role in ROLES}
        self.away = {role: cast.person(f"a-{role}", role, self.there, role) for role in ROLES}
        self.targets = {s.pk: cast.person(f"target-{s.pk}", "目标", s, "officer") for s in (self.here, self.there)}
        AuthorityLimit.objects.create(action=PUBLISH, role="compliance", amount=0, since=cast.JOINED)
        self._made: dict[tuple[str, object], Values] = {}

    def of_store(self, name: str, store: Store) -> Values:
        """The record of a store behind an address."""
        return self._once((name, store.pk), lambda: OF_STORE[name](self, store))

    def of_person(self, name: str, staff: Staff) -> Values:
        """The record somebody made behind an address."""
        return self._once((name, f"person {staff.pk}"), lambda: OF_PERSON[name](staff))

    def of_house(self, name: str) -> Values:
        """The record of the house behind an address."""
        return self._once((name, "house"), lambda: OF_HOUSE[name](self))

    def everything(self, name: str, staff: Staff) -> list[Values]:
        """Every record an address is tried with: own and other."""
        if name in OF_STORE:
            return [self.of_store(name, store) for store in (self.here, self.there)]
        if name in OF_PERSON:
            return [self.of_person(name, one) for one in (staff, *self.targets.values())]
        return [self.of_house(name)] if name in OF_HOUSE else [{}]

    def furnish(self) -> None:
        """Make all of it now, so that what a call changes can be told from it."""
        for name in OF_STORE:
            for store in (self.here, self.there):
                self.of_store(name, store)
        for name in OF_PERSON:
            for one in (*self.people.values(), *self.targets.values()):
                self.of_person(name, one)
        for name in OF_HOUSE:
            self.of_house(name)

    def _once(self, key: tuple[str, object], make: Callable[[], Values]) -> Values:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def _target(house: House, store: Store) -> Values:
    return {"pk": house.targets[store.pk].pk}


def _grant(house: House, store: Store) -> RoleGrant:
    return RoleGrant.objects.get(staff=house.targets[store.pk])


def _review(house: House, store: Store) -> Any:
    open_ = reviews.AccessReview.objects.filter(store=store).first()
    return open_ or reviews.review_begin(store_id=store.pk, actor=cast.acting(house.people["compliance"]))


def _approval(by: Staff, store: Store) -> Approval:
    return Approval.objects.create(
        action="rate.override",
        subject=f"deal:{by.pk}",
        unit=store.pk,
        frozen=b"{}",
        digest="0" * 64,
        steps=["approver"],
        requested_by_id=by.user_id,
        requested_at=clock.now(),
    )


def _paper(house: House, store: Store) -> Values:
    by = house.targets[store.pk]
    approval = _approval(by, store)
    paper = paper_hand_in(subject=approval.subject, purpose="报价单", name="a.png", content=PNG, actor=cast.acting(by))
    return {"approval_id": approval.pk, "paper_id": paper.pk}


def _token(by: Staff) -> Values:
    expires_at = clock.now() + timedelta(days=1)
    new = token_make(user_id=by.user_id, name="t", scopes=["home.read"], expires_at=expires_at, actor=system("test"))
    return {"pk": new.token.pk}


def _session(by: Staff) -> Values:
    key = f"session-of-{by.pk}"
    return {"pk": UserSession.objects.create(user=by.user, session_key=key, ip="127.0.0.1", user_agent="x").pk}


def _passkey(by: Staff) -> Values:
    kind = Authenticator.Type.WEBAUTHN
    return {"pk": Authenticator.objects.create(user=by.user, type=kind, data={"name": "key", "credential": {}}).pk}


def _batch(by: Staff) -> Values:
    actor, body = cast.acting(by), b"\xef\xbb\xbf" + f"工号,姓名\nX{by.pk},某人\n".encode()
    allowed = frozenset({"text/csv"})
    paper = paper_hand_in(
        subject="import:staff", purpose="导入", name="a.csv", content=body, actor=actor, allowed=allowed
    )
    at = clock.now()
    batch = Batch.objects.create(kind="staff", paper=paper, state="brought", brought_by=actor.key, brought_at=at)
    return {"pk": batch.pk}


def _bank_file(by: Staff) -> Values:
    actor, body = cast.acting(by), b"\xef\xbb\xbf" + f"交易日期,收入金额\n2026-11-20,{by.pk}\n".encode()
    allowed = frozenset({"text/csv"})
    paper = paper_hand_in(
        subject="import:bank_file", purpose="导入", name="a.csv", content=body, actor=actor, allowed=allowed
    )
    of = {"paper": paper, "state": "checked", "brought_by": actor.key, "brought_at": clock.now()}
    return {"batch_id": Batch.objects.create(kind="bank_file", **of).pk}


def _draft(by: Staff) -> Values:
    text = shipped_text("lpr.toml")
    newer = text.replace("4.25", "4.26", 1)
    return {"pk": draft_write(name="lpr.toml", content=newer, base_digest=digest_of(text), actor=cast.acting(by)).pk}


def _job(house: House) -> Values:
    return {"job_id": job_ask(kind="none", payload={}, actor=system("test")).pk}


def _endpoint(house: House) -> Any:
    return endpoint_add(url="https://hooks.example/x", events=["approval.closed"], actor=system("test"))[0]


def _delivery(house: House) -> Values:
    return {"pk": endpoint_test(endpoint_id=_endpoint(house).pk, actor=system("test")).pk}


def _template(house: House) -> Values:
    words: dict[str, Any] = {"title": "您好", "body": "您好", "category": Category.SERVICE}
    made = template_write(code="matrix", channel="sms", language="zh-hans", actor=system("test"), **words)
    return {"pk": made.pk}


def _webhook(house: House) -> Values:
    return {"pk": _endpoint(house).pk}


def _own_draft(house: House) -> Values:
    return _draft(house.targets[house.here.pk])


STAFF_ADDRESSES: Final = (
    "staff_one", "staff_describe", "staff_grant", "staff_leave", "staff_factors", "staff_unlock", "staff_sign_out",
    "staff_link",
)  # fmt: skip

OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    "store_change": lambda house, store: {"pk": store.pk},
    **dict.fromkeys(STAFF_ADDRESSES, _target),
    "grant_withdraw": lambda house, store: {"pk": _grant(house, store).pk},
    "review": lambda house, store: {"pk": _review(house, store).pk},
    "review_close": lambda house, store: {"pk": _review(house, store).pk},
    "review_withdraw": lambda house, store: {"pk": _review(house, store).lines.get(grant=_grant(house, store)).pk},
    "duties_publish": lambda house, store: {"pk": store.pk},
    "approval": lambda house, store: {"approval_id": _approval(house.targets[store.pk], store).pk},
    "approval_paper": _paper,
    "token_revoke": lambda house, store: _token(house.targets[store.pk]),
    "get /approvals/{approval_id}": lambda house, store: {"approval_id": _approval(house.targets[store.pk], store).pk},
    "post /approvals/{approval_id}/decisions": lambda house, store: {
        "approval_id": _approval(house.targets[store.pk], store).pk
    },
    **customers.OF_STORE,
    **applications.OF_STORE,
    **quotes.OF_STORE,
    **underwriting.OF_STORE,
    **papers.OF_STORE,
    **custody.OF_STORE,
    **loans.OF_STORE,
    **debits.OF_STORE,
    **loan_calls.OF_STORE,
    **reception.OF_STORE,
    **collection.OF_STORE,
    **risk.OF_STORE,
}
"""A record of a store, of somebody else than who asks: a reach of the whole store has it, one's own reach has not."""

OF_PERSON: Final[dict[str, Callable[[Staff], Values]]] = {
    "own_session_end": _session,
    "own_token_revoke": _token,
    "mfa_remove_webauthn": _passkey,
    "mfa_edit_webauthn": _passkey,
    "approval_withdraw": lambda by: {"approval_id": _approval(by, by.home).pk},
    "policy_draft_submit": _draft,
    "policy_draft_withdraw": _draft,
    "import": _batch,
    "import_progress": _batch,
    "import_bad": _batch,
    "import_write": _batch,
    "import_undo": _batch,
    "get /bank-files/{batch_id}": _bank_file,
    "post /bank-files/{batch_id}/bad-rows": _bank_file,
    "post /bank-files/{batch_id}/booking": _bank_file,
    "post /bank-files/{batch_id}/withdrawal": _bank_file,
    **catalog.OF_PERSON,
    **underwriting.OF_PERSON,
}
"""A record that belongs to who made it: to nobody else, be they of the same store or of another."""

OF_HOUSE: Final[dict[str, Callable[[House], Values]]] = {
    "audit_entry": lambda house: {"seq": 1},
    "job_retry": _job,
    "job_cancel": _job,
    "policy": lambda house: {"key": "loan_ratio.max"},
    "policy_file": lambda house: {"name": "lpr.toml"},
    "policy_compare": lambda house: {"name": "lpr.toml"},
    "policy_file_write": lambda house: {"name": "lpr.toml"},
    "policy_draft": _own_draft,
    "policy_draft_edit": _own_draft,
    "template": _template,
    "webhook": _webhook,
    "webhook_events": _webhook,
    "webhook_switch": _webhook,
    "webhook_test": _webhook,
    "delivery_retry": _delivery,
    "import_template": lambda house: {"code": "staff"},
    "post /jobs/{job_id}/retries": _job,
    "get /webhooks/{webhook_id}": lambda house: {"webhook_id": _endpoint(house).pk},
    "put /webhooks/{webhook_id}": lambda house: {"webhook_id": _endpoint(house).pk},
    "get /webhooks/{webhook_id}/deliveries": lambda house: {"webhook_id": _endpoint(house).pk},
    **catalog.OF_HOUSE,
    **collection.OF_HOUSE,
    **ledger.OF_HOUSE,
    **papers.OF_HOUSE,
    **quotes.OF_HOUSE,
    **underwriting.OF_HOUSE,
}
"""A record of the house: its right stands under [house] in the permission table, and every store finds the same."""

BY_ASKER: Final = {"draft": "a draft is found by its form and by who asks", "draft_drop": "the same"}
"""Addresses whose word names something of everybody's own; another's cannot be named."""

BY_BODY: Final = {
    "post /deals": ("get /customers/{customer_id}", "customer"),
    "post /custody-counts": ("duties_publish", "store_id"),
}
"""Operations that name a record in their body: where that of a store is found, and its name there."""

FOR_EVERYBODY: Final = {"import_template": "an empty workbook holds nothing of anybody"}
"""Addresses of the house whose right is no right of the house, and why."""

NEEDS_TOO: Final = {
    **dict.fromkeys(("import", "import_progress", "import_bad", "import_write", "import_undo"), "staff.manage"),
    "import_template": "staff.manage",
    "approval_paper": "approval.read",
}
"""A second right the view asks for: that of the kind that is imported, that of the approval a paper belongs to."""
