"""The tables of collection."""

from chedai.book.collection.models.cases import CollectionCase, DebtorNumber, PlanLine, PreDue, PromiseToPay
from chedai.book.collection.models.contacts import CallHours, Contact, DebtorDay, NumberDay
from chedai.book.collection.models.outside import Agency, AgencyReview, Placement
from chedai.book.collection.models.recovery import FieldVisit, Interrupted, LegalClaim, LegalStep, Recovery, VisitReport

__all__ = [
    "Agency",
    "AgencyReview",
    "CallHours",
    "CollectionCase",
    "Contact",
    "DebtorDay",
    "DebtorNumber",
    "FieldVisit",
    "Interrupted",
    "LegalClaim",
    "LegalStep",
    "NumberDay",
    "Placement",
    "PlanLine",
    "PreDue",
    "PromiseToPay",
    "Recovery",
    "VisitReport",
]
