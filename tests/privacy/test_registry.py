"""Every column that may hold somebody's number, name or address is encrypted, or stands here with a reason."""

import re

from django.apps import apps
from django.db import models

from jinba.core.encryption import EncryptedTextField

PERSONAL = re.compile(r"phone|mobile|id_no|resident|identity|email|(^|_)name$|contact|address")
DIGEST = "a digest or blind index"
PLACE = "a firm, a place or a thing, not a person"
ROW = "names of people are read in lists, searched by their beginning and sorted; masked where a stranger looks"
PLAIN = {
    "accounts.User.name": ROW,
    "accounts.User.username": "made up by the machine, or an officer's own",
    "accounts.UserVersion.name": ROW,
    "workers.Worker.name": ROW,
    "workers.WorkerVersion.name": ROW,
    "workers.Worker.resident_id_last4": "the last four alone say nothing",
    "workers.WorkerVersion.resident_id_last4": "the last four alone say nothing",
    "employers.Employer.contact_name": "whom applicants ask for",
    "employers.EmployerVersion.contact_name": "whom applicants ask for",
    "employers.MemberInvitation.name": "how the invitation addresses a colleague",
    "interviews.Seat.name": "how the others in the room address him",
    "interviews.Interview.by_phone_side": "a side, not a number",
    "interviews.Booth.name": PLACE,
    "interviews.Criterion.name": PLACE,
    "live.CrewMember.shown_name": "how viewers are to call who is on air",
    "live.Message.shown_name": "王**, or a number of the room",
    "live.Studio.name": PLACE,
    "accounts.OneTimeCode.address": "where from: limits; gone after two days",
}
FIRMS = ("work_address", "supervision_phone", "source_name", "original_name", "file_name", "short_name", "address")
THINGS = ("Employer", "EmployerVersion", "JobPosting", "JobPostingVersion", "Licence", "LicenceVersion")


def columns() -> list[tuple[str, models.Field]]:
    ours = [model for model in apps.get_models() if model.__module__.startswith(("jinba", "labor", "employers"))]
    return [
        (f"{model._meta.app_label}.{model.__name__}.{field.name}", field)
        for model in ours
        for field in model._meta.local_fields
        if isinstance(field, (models.CharField, models.TextField, models.GenericIPAddressField, models.BinaryField))
    ]


def is_excused(name: str) -> bool:
    _, model, field = name.split(".")
    if name in PLAIN or field.endswith(("_index", "_digest")):
        return True
    if name.startswith("reference."):
        return True  # places and trades
    if model in THINGS and (field == "name" or field in FIRMS):
        return True
    return field in ("source_name", "original_name", "file_name") or (model == "ApiToken" and field == "name")


def test_whatever_sounds_personal_is_encrypted_or_has_a_reason() -> None:
    bare = [
        name
        for name, field in columns()
        if PERSONAL.search(field.name) and not isinstance(field, EncryptedTextField) and not is_excused(name)
    ]
    assert bare == [], "encrypt it, or say in PLAIN why not"


def test_no_reason_is_given_for_what_is_not_there() -> None:
    there = {name for name, field in columns() if not isinstance(field, EncryptedTextField)}
    assert set(PLAIN) - there == set()
