"""Where Django finds the models of the rooms."""

from chedai.platform.accounts.models import ApiToken, SignInCount, User
from chedai.platform.approvals.models import Approval, ApprovalDecision
from chedai.platform.audit.models import AuditCheckpoint, AuditEntry, AuditHead, AuditReason
from chedai.platform.calls.models import CallWindow, KeyedCall
from chedai.platform.days.models import BusinessDay, DayClose, DayStep
from chedai.platform.files.models import Paper, Upload
from chedai.platform.imports.models import Batch, BatchRow, Mapping
from chedai.platform.jobs.models import Job
from chedai.platform.messages.models import Message, OptOut, Template
from chedai.platform.policies.models import PolicyDraft, PolicyEdition
from chedai.platform.privacy.models import Consent, Erasure
from chedai.platform.webhooks.models import Delivery, Endpoint

__all__ = [
    "ApiToken",
    "Approval",
    "ApprovalDecision",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditHead",
    "AuditReason",
    "Batch",
    "BatchRow",
    "BusinessDay",
    "CallWindow",
    "Consent",
    "DayClose",
    "DayStep",
    "Delivery",
    "Endpoint",
    "Erasure",
    "Job",
    "KeyedCall",
    "Mapping",
    "Message",
    "OptOut",
    "Paper",
    "PolicyDraft",
    "PolicyEdition",
    "SignInCount",
    "Template",
    "Upload",
    "User",
]
