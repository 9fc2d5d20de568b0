"""The whole wiring of the product, on one screen: who hears what, who does what, what comes round, who holds what."""

from __future__ import annotations

from datetime import time
from typing import Final

from chedai.book.advances.services import advance_close
from chedai.book.closing import wiring as closing
from chedai.book.collection import wiring as collection
from chedai.book.ledger import periods
from chedai.book.ledger.verify import ledger_read
from chedai.book.loans import wiring as loans
from chedai.book.loans.bulk import imports as loan_imports
from chedai.book.loans.events import (
    BucketChanged,
    LoanBecameOverdue,
    LoanCured,
    LoanRepaid,
    LoanReversed,
    LoansAged,
    LoanSettled,
)
from chedai.book.refunds.services import refund_close
from chedai.book.risk import wiring as risk
from chedai.catalog import imports as catalog_imports
from chedai.catalog.products import services as products
from chedai.crm.customers import timeline
from chedai.crm.customers.events import CustomerRecorded, CustomersRecorded
from chedai.crm.customers.services import customers_count, customers_move
from chedai.crm.reception import imports as lead_imports
from chedai.crm.reception.leads import leads_convert, leads_count, leads_move
from chedai.crm.search.services import words_write, words_write_many
from chedai.deals.applications import wiring as applications
from chedai.deals.applications.events import ApplicationSubmitted, LenderFunded, LenderWon
from chedai.deals.collateral import wiring as collateral
from chedai.deals.collateral.events import GreenBookBack
from chedai.deals.contracts import wiring as contracts
from chedai.deals.contracts.events import ApprovalVoided, ContractSigned
from chedai.deals.custody import wiring as custody
from chedai.deals.custody.services.leaving import custody_held, custody_pass_on
from chedai.deals.disbursement import wiring as disbursement
from chedai.deals.disbursement.events import FundsReleased
from chedai.deals.pipeline import imports as deal_imports
from chedai.deals.pipeline.events import DealLost, DealOpened
from chedai.deals.pipeline.services import deals_count, deals_move
from chedai.deals.quotes import wiring as quotes
from chedai.deals.quotes.bespoke import bespoke_close
from chedai.deals.quotes.events import QuoteAccepted
from chedai.deals.underwriting import wiring as underwriting
from chedai.deals.underwriting.events import CreditDecided
from chedai.journey import housekeeping, night
from chedai.journey import told as told_of
from chedai.journey.kept import CUSTOMERS
from chedai.org import handover, stages
from chedai.org import wiring as org
from chedai.org.handover import Belongings
from chedai.org.permissions import Words
from chedai.platform import clock, events
from chedai.platform.actors import system
from chedai.platform.approvals import guards
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.days.services import business_day
from chedai.platform.imports import kinds
from chedai.platform.imports import running as imports
from chedai.platform.jobs import handlers as jobs
from chedai.platform.jobs import schedule
from chedai.platform.jobs.handlers import Handler
from chedai.platform.jobs.schedule import Round
from chedai.platform.messages import services as messages
from chedai.platform.operations import proofs
from chedai.platform.operations.proofs import Proof
from chedai.platform.policies import tables
from chedai.platform.policies import wiring as policies
from chedai.platform.privacy import registry
from chedai.platform.privacy.registry import Purpose
from chedai.platform.webhooks import services as webhooks
from chedai.platform.webhooks import told


def tell_of_approval(event: ApprovalClosed) -> None:
    """Whoever subscribed hears how an approval ended."""
    facts = {"action": event.action, "of": event.subject, "state": event.state.value}
    subject = f"approval:{event.approval_id}"
    webhooks.webhook_tell(event="approval.closed", subject=subject, facts=facts, key=f"{subject}:{event.state}")


def convert_leads(event: DealOpened) -> None:
    """Whoever a deal is opened for is no lead any longer."""
    leads_convert(customer_id=event.customer_id, actor=system("deal"))


EVENTS: Final[dict[type, list[events.Handler]]] = {
    CustomerRecorded: [words_write],
    CustomersRecorded: [words_write_many],
    ApprovalClosed: [
        tell_of_approval,
        *policies.HANDLERS[ApprovalClosed],
        products.on_approval_closed,
        bespoke_close,
        *underwriting.HANDLERS[ApprovalClosed],
        *contracts.HANDLERS[ApprovalClosed],
        periods.on_approval_closed,
        *loans.HANDLERS[ApprovalClosed],
        advance_close,
        refund_close,
    ],
    DealOpened: [convert_leads],
    QuoteAccepted: [applications.HANDLERS[QuoteAccepted]],
    ApplicationSubmitted: [*underwriting.HANDLERS[ApplicationSubmitted]],
    CreditDecided: [*contracts.HANDLERS[CreditDecided]],
    LenderWon: [*underwriting.HANDLERS[LenderWon], *contracts.HANDLERS[LenderWon]],
    LenderFunded: [*disbursement.HANDLERS[LenderFunded]],
    FundsReleased: [*loans.HANDLERS[FundsReleased]],
    ContractSigned: [*collateral.HANDLERS[ContractSigned]],
    GreenBookBack: [custody.HANDLERS[GreenBookBack]],
    ApprovalVoided: [*disbursement.HANDLERS[ApprovalVoided]],
    LoanRepaid: [collection.HANDLERS[LoanRepaid]],
    LoanReversed: [collection.HANDLERS[LoanReversed], closing.HANDLERS[LoanReversed]],
    LoanBecameOverdue: [collection.HANDLERS[LoanBecameOverdue]],
    BucketChanged: [collection.HANDLERS[BucketChanged]],
    LoansAged: [collection.HANDLERS[LoansAged]],
    LoanCured: [collection.HANDLERS[LoanCured]],
    LoanSettled: [collection.HANDLERS[LoanSettled], closing.HANDLERS[LoanSettled]],
    DealLost: [applications.HANDLERS[DealLost], *contracts.HANDLERS[DealLost]],
}

JOBS: Final = {
    **messages.HANDLERS,
    **imports.HANDLERS,
    **webhooks.HANDLERS,
    **quotes.JOBS,
    **applications.JOBS,
    **collateral.JOBS,
    **collection.JOBS,
    night.KIND: Handler(night.close_night, words=night.WORDS),
    "audit.seal": Handler(housekeeping.seal, words=("签署审计日志", "sign the audit log")),
    "leads.pool": Handler(housekeeping.pool, words=("闲置线索进公海", "give idle leads to the pool")),
    "privacy.retention": Handler(housekeeping.retention, words=("到期个人信息删除", "delete what has had its time")),
    "house.tidy": Handler(housekeeping.tidy, words=("日常清理", "tidy up")),
}

ROUNDS: Final = (
    Round(night.KIND, at=time(0, 20)),
    Round("audit.seal", every=60),
    Round("leads.pool", at=time(1, 30)),
    Round("privacy.retention", at=time(2, 30)),
    Round("house.tidy", at=time(3, 30)),
    *quotes.ROUNDS,
    *applications.ROUNDS,
    *collateral.ROUNDS,
    *collection.ROUNDS,
)

PURPOSES: Final = {
    "credit_bureau": Purpose("查询个人征信", "ask the credit bureau", separate=True),
    "share_lender": Purpose("向贷款机构提供资料", "give the papers to lenders", separate=True),
    "share_insurer": Purpose("向保险机构提供资料", "give the papers to insurers", separate=True),
    "location": Purpose("采集车辆位置", "follow where the car is", separate=True),
    "sensitive": Purpose("处理敏感个人信息", "use sensitive personal data", separate=True),
    "marketing": Purpose("接收营销信息", "get marketing messages", separate=False),
}

TOLD: Final = {"approval.closed": ("审批有结论", "an approval was decided")}
"""What webhooks tell of: the codes the handlers above tell, in words."""

GUARDS: Final = {**underwriting.GUARDS}
"""What kinds of approval ask of their checker beside authority."""

HOLDERS: Final = {"customer": CUSTOMERS}

BELONGINGS: Final = {
    "customers": Belongings("客户", "customers", customers_count, customers_move),
    "leads": Belongings("线索", "leads", leads_count, leads_move),
    "deals": Belongings("案卷", "deals", deals_count, deals_move),
    "custody": Belongings("权证", "papers and keys", custody_held, custody_pass_on),
}

PROOFS: Final = {"ledger": Proof("总账", "ledger", "book_journal_entry", ledger_read)}
"""What proves itself beside the audit log, after an upgrade and after a restore."""

TIMELINES: Final[dict[str, timeline.Source]] = {
    "visits": told_of.visits,
    "leads": told_of.leads,
    "deals": told_of.deals,
    "losses": told_of.losses,
    "contacts": told_of.contacts,
    "promises": told_of.promises,
}
"""What a room has to tell on the timeline of a customer: {"visits": visits_told}."""


STAGES: Final = {
    "reception": Words("接待", "reception"),
    "quote": Words("报价", "quote"),
    "application": Words("进件", "application"),
    "decision": Words("审批", "decision"),
    "contract": Words("合同", "contract"),
    "disbursement": Words("放款", "disbursement"),
    "collateral": Words("抵押", "collateral"),
    "collection": Words("催收", "collection"),
}


def wire() -> None:
    """Install every table."""
    events.install(EVENTS)
    guards.install(GUARDS)
    jobs.install(JOBS)
    schedule.install(ROUNDS)
    registry.install(PURPOSES, HOLDERS)
    handover.install(BELONGINGS)
    timeline.install(TIMELINES)
    stages.install(STAGES)
    proofs.install(PROOFS)
    every = (
        org.import_kinds(),
        catalog_imports.import_kinds(),
        lead_imports.import_kinds(),
        deal_imports.import_kinds(),
        loan_imports.import_kinds(),
    )
    kinds.install(dict(pair for kinds_of in every for pair in kinds_of.items()))
    told.install(TOLD)
    tables.install({**collection.TABLES, **risk.TABLES})
    clock.install(business_day)
