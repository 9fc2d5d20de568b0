"""Where Django finds the models of the rooms."""

from chedai.platform.accounts.models import User
from chedai.platform.approvals.models import Approval, ApprovalDecision
from chedai.platform.audit.models import AuditCheckpoint, AuditEntry, AuditHead
from chedai.platform.files.models import Paper, Upload
from chedai.platform.imports.models import Batch, BatchRow, Mapping
from chedai.platform.jobs.models import Job
from chedai.platform.messages.models import Message, OptOut, Template
from chedai.platform.privacy.models import Consent, Erasure

__all__ = [
    "Approval",
    "ApprovalDecision",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditHead",
    "Batch",
    "BatchRow",
    "Consent",
    "Erasure",
    "Job",
    "Mapping",
    "Message",
    "OptOut",
    "Paper",
    "Template",
    "Upload",
    "User",
]
