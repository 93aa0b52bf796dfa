"""Workers and offers by the thousand, written in bulk."""

from employers.models import JobPosting
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from labor.applications.choices import Stage
from labor.applications.consent import consent_text
from labor.applications.models import Application, ApplicationEvent
from labor.workers.models import Worker
from tests.factories.reference import region


def many_workers(count: int) -> list[Worker]:
    home = region("511921")
    users = User.objects.bulk_create(
        User(username=f"w{number}", name=f"苟老{number}", role=Role.SEEKER, password="!") for number in range(count)
    )
    return Worker.objects.bulk_create(Worker(user=user, name=user.name, home=home) for user in users)


def many_offers(pairs: list[tuple[Worker, JobPosting]]) -> list[Application]:
    """One application with an offer for each pair."""
    made = Application.objects.bulk_create(
        Application(
            worker=worker, posting=posting, stage=Stage.OFFERED, applied_by=worker.user, consent_text=consent_text("厂")
        )
        for worker, posting in pairs
    )
    ApplicationEvent.objects.bulk_create(
        ApplicationEvent(application=row, to_stage=Stage.OFFERED, by=row.applied_by) for row in made
    )
    return made
