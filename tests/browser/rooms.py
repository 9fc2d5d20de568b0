"""Something to see on the pages of policies and of imports."""

from __future__ import annotations

import io
from datetime import date, timedelta

import xlsxwriter

from chedai.org.models import AuthorityLimit
from chedai.org.policies import publication_steps
from chedai.org.wiring import import_kinds
from chedai.platform import clock
from chedai.platform.accounts.tokens import token_make
from chedai.platform.actors import Actor
from chedai.platform.imports import kinds, running
from chedai.platform.imports.services import batch_bring, batch_check
from chedai.platform.jobs.handlers import Progress
from chedai.platform.policies.laying_over import digest_of, shipped_text
from chedai.platform.policies.services import PUBLISH, draft_submit, draft_write
from chedai.platform.webhooks.services import endpoint_add, endpoint_test
from tests import cast
from tests.house import SINCE, House


def furnish(house: House) -> list[str]:
    """A draft that waits, one with a fault, a file to match and one that was checked; the addresses of all that."""
    AuthorityLimit.objects.create(action=PUBLISH, role="compliance", amount=0, since=SINCE)
    writer = cast.acting(house.approver)
    text, base = shipped_text("lpr.toml"), digest_of(shipped_text("lpr.toml"))
    newer = text.replace("verified_on = 2026-01-20", "verified_on = 2026-11-20").replace("4.25", "4.26", 1)
    draft = draft_write(name="lpr.toml", content=newer, base_digest=base, actor=writer)
    waiting = draft_submit(draft_id=draft.pk, steps=publication_steps(date(2026, 11, 20)), actor=writer)
    faulty = draft_write(name="lpr.toml", content=text.replace('"4.25"', '"?"', 1), base_digest=base, actor=writer)
    kinds.install(import_kinds())
    admin = cast.acting(house.admin)
    unmatched, batch = (
        batch_bring(kind="staff", name="新员工.xlsx", content=_workbook(rows), actor=admin) for rows in (1, 2)
    )
    batch_check(batch_id=batch.pk, places=batch.places, actor=admin)
    batch.refresh_from_db()
    running.check(batch, admin, Progress(lambda done, total: None))
    return [
        *_interface(admin),
        "/policies/keys/loan_ratio.max/",
        "/policies/files/",
        "/policies/files/new/",
        "/policies/files/lpr.toml/",
        "/policies/files/lpr.toml/compare/",
        "/policies/drafts/",
        f"/policies/drafts/{draft.pk}/",
        f"/policies/drafts/{faulty.pk}/",
        f"/policies/drafts/{faulty.pk}/write/",
        f"/approvals/{waiting.approval_id}/",
        "/imports/new/",
        f"/imports/{unmatched.pk}/",
        f"/imports/{batch.pk}/",
    ]


def _interface(admin: Actor) -> list[str]:
    """A token, and a webhook with a line in its log."""
    expires_at = clock.now() + timedelta(days=20)
    token_make(user_id=admin.ref, name="月报", scopes=["staff.read"], expires_at=expires_at, actor=admin)
    endpoint, _ = endpoint_add(url="https://hooks.example/chedai", events=["approval.closed"], actor=admin)
    endpoint_test(endpoint_id=endpoint.pk, actor=admin)
    return [f"/webhooks/{endpoint.pk}/", f"/webhooks/{endpoint.pk}/events/", "/webhooks/new/"]


def _workbook(rows: int) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["工号", "姓名", "登录名", "门店编号", "备注"])
        for at in range(1, rows + 1):
            sheet.write_row(at, 0, [f"X{at}", "某人", f"new{at}", "A1" if at == 1 else "Z9", ""])
    return out.getvalue()
