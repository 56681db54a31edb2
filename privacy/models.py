"""Gathers the models of privacy's rooms, since Django looks here."""

from privacy.audit.models import AuditEntry, AuditHead
from privacy.breaches.models import Breach, BreachStatement
from privacy.commitments.models import CommitmentCheck, WatchedCommitment
from privacy.consents.models import Consent, ConsentEvent, WithdrawalRequest, Wording
from privacy.continuity.models import Backup, Drill, LedgerHead
from privacy.directives.models import Directive, Executor, HeirsMeasure
from privacy.holds.models import HeldRows, Hold, HoldReview
from privacy.letters.models import Letter
from privacy.limits.models import LimitCount
from privacy.links.models import SingleUseLink
from privacy.objections.models import Objection
from privacy.papers.models import Paper, PaperChunk
from privacy.policy.models import PolicyAnnouncement, PolicyNotice, PolicyVersion
from privacy.restrictions.models import RestrictedRows, Restriction, RestrictionUse
from privacy.retention.models import RetentionCount, RetentionRun
from privacy.rights.desk.models import ReplyTemplate
from privacy.rights.fulfilment.models import (
    Correction,
    ErasedCount,
    ErasureReceipt,
    FreeTextReview,
    RecipientNotice,
    Redaction,
    Result,
    ResultChunk,
)
from privacy.rights.models import CaseEvent, CaseFile, CaseParty, RightsRequest

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Backup",
    "Breach",
    "BreachStatement",
    "CaseEvent",
    "CaseFile",
    "CaseParty",
    "CommitmentCheck",
    "Consent",
    "ConsentEvent",
    "Correction",
    "Directive",
    "Drill",
    "ErasedCount",
    "ErasureReceipt",
    "Executor",
    "FreeTextReview",
    "HeirsMeasure",
    "HeldRows",
    "Hold",
    "HoldReview",
    "LedgerHead",
    "Letter",
    "LimitCount",
    "Objection",
    "Paper",
    "PaperChunk",
    "PolicyAnnouncement",
    "PolicyNotice",
    "PolicyVersion",
    "RecipientNotice",
    "Redaction",
    "ReplyTemplate",
    "RestrictedRows",
    "Restriction",
    "RestrictionUse",
    "Result",
    "ResultChunk",
    "RetentionCount",
    "RetentionRun",
    "RightsRequest",
    "SingleUseLink",
    "WatchedCommitment",
    "WithdrawalRequest",
    "Wording",
]
