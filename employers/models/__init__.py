"""Who hires, are they real, what do they offer, and what was said against it."""

from employers.models.answers import PostingAnswer
from employers.models.employer import (
    SIDE_BY_CITY,
    VALID_DAYS,
    Employer,
    EmployerEvent,
    EmployerQuerySet,
    Member,
    MemberInvitation,
)
from employers.models.oversight import Phrase, PostingFlag, PostingReport, PostingReportEvent, PostingReportQuerySet
from employers.models.papers import (
    EmployerDocument,
    EmployerDocumentEvent,
    EmployerDocumentQuerySet,
    Licence,
    LicenceQuerySet,
)
from employers.models.posting import JobPosting, JobPostingQuerySet, PostingEvent, PostingSkill, today
from employers.models.searches import SavedSearch

__all__ = [
    "SIDE_BY_CITY",
    "VALID_DAYS",
    "Employer",
    "EmployerDocument",
    "EmployerDocumentEvent",
    "EmployerDocumentQuerySet",
    "EmployerEvent",
    "EmployerQuerySet",
    "JobPosting",
    "JobPostingQuerySet",
    "Licence",
    "LicenceQuerySet",
    "Member",
    "MemberInvitation",
    "Phrase",
    "PostingAnswer",
    "PostingEvent",
    "PostingFlag",
    "PostingReport",
    "PostingReportEvent",
    "PostingReportQuerySet",
    "PostingSkill",
    "SavedSearch",
    "today",
]
