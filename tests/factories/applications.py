"""Applications at any stage. A stage beyond the first is written as it is, without the road that leads there."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from labor.applications.choices import CLOSED, CloseReason, Stage
from labor.applications.consent import consent_text
from labor.applications.models import Application, ApplicationEvent, PostingInvitation
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.workers import WorkerFactory


class ApplicationFactory(DjangoModelFactory):
    """An application with its one event; `stage=` puts it anywhere, an accepted one takes no seat."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    worker = factory.SubFactory(WorkerFactory)
    posting = factory.SubFactory(JobPostingFactory)
    stage = Stage.APPLIED
    applied_by = factory.SelfAttribute("worker.user")
    consent_text = factory.LazyAttribute(lambda made: consent_text(made.posting.employer.name))
    close_reason = factory.LazyAttribute(lambda made: CloseReason.SKILLS if made.stage in CLOSED else "")

    @factory.post_generation
    def events(self: Application, create: bool, extracted: Any, **kwargs: Any) -> None:
        ApplicationEvent.objects.create(
            application=self, to_stage=self.stage, reason=self.close_reason, by=self.applied_by, at=self.stage_since
        )


def offered(**fields: Any) -> Application:
    """An application whose worker has to answer an offer."""
    return ApplicationFactory(stage=Stage.OFFERED, **fields)


class PostingInvitationFactory(DjangoModelFactory):
    class Meta:
        model = PostingInvitation

    posting = factory.SubFactory(JobPostingFactory)
    worker = factory.SubFactory(WorkerFactory)
    invited_by = factory.LazyAttribute(lambda made: owner_of(made.posting.employer))
