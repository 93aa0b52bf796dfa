"""Who looks for work, what they can and want, who acts for them, and what they agreed to."""

from labor.workers.models.consent import Consent, ConsentQuerySet
from labor.workers.models.delegation import Delegation, DelegationQuerySet, DelegationRequest, WorkerAct
from labor.workers.models.intake import BatchPart, BatchProblem, DuplicatePair, MergeRecord, RegistrationBatch
from labor.workers.models.worker import Worker, WorkerGroup, WorkerQuerySet, WorkerSkill

__all__ = [
    "BatchPart",
    "BatchProblem",
    "Consent",
    "ConsentQuerySet",
    "Delegation",
    "DelegationQuerySet",
    "DelegationRequest",
    "DuplicatePair",
    "MergeRecord",
    "RegistrationBatch",
    "Worker",
    "WorkerAct",
    "WorkerGroup",
    "WorkerQuerySet",
    "WorkerSkill",
]
