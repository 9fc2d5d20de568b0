"""The interface as one object: its routers, its errors, its published document."""

from __future__ import annotations

from ninja import NinjaAPI

from chedai.api import problems
from chedai.api.caller import Token
from chedai.api.v1 import (
    advances,
    applications,
    approvals,
    audit,
    bank_files,
    catalog,
    closing,
    collection,
    contracts,
    custody,
    customers,
    deals,
    debits,
    disbursement,
    jobs,
    ledger,
    loans,
    me,
    quotes,
    reception,
    staff,
    submissions,
    underwriting,
    webhooks,
)

api = NinjaAPI(
    title="chedai",
    version="1",
    description="车贷业务系统接口 · The interface of the car-loan business. Amounts in fen, moments in UTC.",
    auth=Token(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
problems.install(api)
for module in (
    me,
    staff,
    approvals,
    audit,
    jobs,
    webhooks,
    customers,
    reception,
    deals,
    quotes,
    underwriting,
    catalog,
    contracts,
    disbursement,
    custody,
    ledger,
    loans,
    closing,
    advances,
    bank_files,
    debits,
    collection,
    applications,
    submissions,
):
    api.add_router("", module.router)
