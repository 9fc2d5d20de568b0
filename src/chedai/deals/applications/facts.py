"""What a decision may know of an application: one frozen value, with source and date at every figure.

Amounts in fen, spans in months. `None` is "not collected", which a decision answers with "refer", never with a guess.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from chedai.deals.applications.states import FlagKind, Liability, Role


class Figure(Struct, frozen=True):
    """One amount (fen): where it comes from, of which day, and whether that is too long ago by policy."""

    amount: int
    source: str
    as_of: date
    stale: bool


class BureauFacts(Struct, frozen=True):
    """The summary of one credit report. `stale` by policy; every count is the report's own."""

    consent_id: int
    queried_on: date
    stale: bool
    open_loans: int
    balance: int  # fen owed in all
    monthly: int  # fen to pay a month
    card_limit: int  # fen
    card_used: int  # fen
    overdue_now: int  # fen
    overdue_accounts: int
    worst_run: int  # 连三: most months in a row overdue within 24 months
    overdue_months: int  # 累六: months overdue within 24 months
    queries_3_months: int  # asked by lenders
    queries_6_months: int
    guarantees: int  # fen guaranteed for others
    bad_debt: bool  # 呆账、代偿、资产处置


class PartyFacts(Struct, frozen=True):
    """One person of the application."""

    party_id: int
    customer_id: int
    role: Role
    liability: Liability
    liability_amount: int | None  # fen, of a limited guarantee
    kind: str  # person or firm
    born: date | None
    id_region: str  # the first two digits of the identity number, 33 = 浙江; empty where there is none
    marital: str | None  # single married divorced widowed
    residence: str | None  # owned mortgaged rented family employer
    residence_months: int | None
    residence_region: str | None  # as id_region, where they live now
    job: str | None  # salaried civil_servant self_employed firm_owner freelance farmer retired unemployed
    job_months: int | None
    licence: str | None  # own family none
    income_stated: Figure | None  # a month
    income_verified: Figure | None  # a month
    debt_monthly: Figure | None  # all other instalments and rent, a month
    debt_balance: Figure | None
    bureau: BureauFacts | None
    guaranteed_elsewhere: int  # fen this person guarantees in other open deals of the house


class Match(Struct, frozen=True):
    """The same paper, phone, address or employer in other deals."""

    kind: FlagKind
    deals: tuple[str, ...]  # numbers of the other deals
    resolved: bool


class Facts(Struct, frozen=True):
    """The whole file as a decision reads it, on the day it was asked for."""

    application_id: int
    deal_id: int
    deal_number: str
    mode: str
    round: int
    on: date
    region: str  # of the store, as `Region` names it; empty where none is on file
    down_payment_payer: str | None  # self spouse parent third_party
    down_payment_proved: bool
    title_moved_on: date | None  # 过户日, of a used car
    parties: tuple[PartyFacts, ...]
    matches: tuple[Match, ...]
    statement_faults: int  # bank statements whose balances do not add up and that nobody has explained
    differences_open: int
    papers_missing: tuple[str, ...]  # codes

    @property
    def applicant(self) -> PartyFacts:
        """Who borrows; every application has one."""
        return next(party for party in self.parties if party.role is Role.APPLICANT)
