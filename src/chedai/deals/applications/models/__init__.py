"""The tables of applications."""

from chedai.deals.applications.models.answers import Answer, BureauReport, Difference
from chedai.deals.applications.models.application import Application, Party
from chedai.deals.applications.models.links import PhoneLink
from chedai.deals.applications.models.papers import CheckItem, CheckStep, Flag, Statement, StatementLine
from chedai.deals.applications.models.submissions import LenderAnswer, PaperAsk, Submission, SubmissionRound

__all__ = [
    "Answer",
    "Application",
    "BureauReport",
    "CheckItem",
    "CheckStep",
    "Difference",
    "Flag",
    "LenderAnswer",
    "PaperAsk",
    "Party",
    "PhoneLink",
    "Statement",
    "StatementLine",
    "Submission",
    "SubmissionRound",
]
