"""Workers tell what they can and want."""

from typing import Any

from django.db import transaction

from jinba.core.errors import Refused
from labor.workers import answers
from labor.workers.acting import own, record
from labor.workers.actions import consents
from labor.workers.choices import ActKind, ConsentPurpose
from labor.workers.letters import match_again
from labor.workers.models import Worker, WorkerSkill


@transaction.atomic
def answer(
    *, worker: Worker, by: Any, question: str = "", skills: dict[int, int] | None = None, **fields: Any
) -> Worker:
    """Write what the worker says of himself; `question` is remembered as answered. `skills`: all levels by skill.

    The worker may, or whom he has entrusted with it. One letter for each change.
    """
    worker, delegation = own(worker, by)
    cleaned = {}
    for name, value in fields.items():
        if name not in answers.FIELDS:
            raise Refused("这一项不能这样改。", field=name)
        cleaned[name] = answers.FIELDS[name](value)
    changed = [name for name, value in cleaned.items() if getattr(worker, name) != value]
    for name in changed:
        setattr(worker, name, cleaned[name])
    answers.check_together(worker, next(iter(cleaned), ""))
    new_skills = skills is not None and _set_skills(worker, answers.skills(skills))
    if question and question not in worker.answered:
        worker.answered = [*worker.answered, question]
        worker.save(update_fields=["answered"])
    if "name" in changed and worker.user:
        worker.user.name = worker.name
        worker.user.save(update_fields=["name"])
    if changed or new_skills:
        worker.save(update_fields=[*changed, "updated_at"])
        match_again(worker)
        named = [_WORDS.get(name, name) for name in changed] + ["手艺"] * new_skills
        record(worker=worker, by=by, delegation=delegation, kind=ActKind.ANSWER, note=f"改了：{'、'.join(named)}")
    return worker


# Its name in the model is not always how one would say it.
_WORDS = {name: str(getattr(Worker._meta.get_field(name), "verbose_name", name)) for name in answers.FIELDS}
_WORDS["home"] = "家在哪里"


def _set_skills(worker: Worker, levels: dict[int, int]) -> bool:
    """True when anything differs."""
    before = dict(worker.skills.values_list("skill_id", "level"))
    if before == levels:
        return False
    worker.skills.exclude(skill_id__in=levels).delete()
    WorkerSkill.objects.bulk_create(
        [WorkerSkill(worker=worker, skill_id=code, level=level) for code, level in levels.items()],
        update_conflicts=True,
        unique_fields=["worker", "skill"],
        update_fields=["level"],
    )
    return True


@transaction.atomic
def set_personalised(*, worker: Worker, by: Any, on: bool) -> Worker:
    """Recommendations by the worker's own data, or in a neutral order (PIPL art. 24). His word alone counts."""
    if by.pk != worker.user_id:
        raise Refused("只有本人可以开关个性化推荐。")
    worker, _ = own(worker, by)
    if worker.is_personalised != on:
        consents.switch(worker=worker, purpose=ConsentPurpose.RECOMMEND, by=by, on=on)
        worker.refresh_from_db()
    return worker
