"""What the house promises about itself (design: README.md, "Map of the house")."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template.loader import get_template

from jinba.celery import app as celery_app
from jinba.schedule import SCHEDULE

ROOT = Path(settings.BASE_DIR)
FLOORS = [
    {"core"},
    {"accounts", "reference", "privacy", "links"},
    {"notices"},
    {"workers", "employers"},
    {"applications"},
    {"matching", "interviews", "live"},
    {"dashboards"},
]
FLOOR = {label: number for number, labels in enumerate(FLOORS) for label in labels}
OURS = ("jinba/", "employers/", "labor/", "tests/", "manage.py")


def python_files() -> list[Path]:
    return [
        path
        for folder in ("jinba", "employers", "labor")
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
    ]


def test_relations_between_models_point_down() -> None:
    upward = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not field.concrete or target is None or isinstance(target, str):
                continue
            here, there = FLOOR.get(model._meta.app_label), FLOOR.get(target._meta.app_label)
            if here is not None and there is not None and (there > here):
                upward.append(f"{model.__name__}.{field.name} → {target.__name__}")
    assert upward == []


def test_every_letter_names_a_registered_task() -> None:
    celery_app.loader.import_default_modules()
    named = set()
    for path in python_files():
        named |= set(re.findall(r'later\(\s*"([\w.]+)"', path.read_text(encoding="utf-8")))
    assert named
    assert named - set(celery_app.tasks) == set()


def test_every_scheduled_task_is_registered() -> None:
    celery_app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} - set(celery_app.tasks) == set()


def test_every_template_compiles_and_is_used() -> None:
    folder = ROOT / "templates"
    text = "\n".join(
        [path.read_text(encoding="utf-8") for path in python_files()]
        + [path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.is_file()]
    )
    found_by_django = ("403.html", "404.html", "400.html", "500.html", "admin/", "django/", "account/")
    unused = []
    for path in sorted(path for path in folder.rglob("*.*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        get_template(name)
        if re.fullmatch(r"notices/.+/(sms\.txt|email\.txt|email\.html)", name):
            continue  # found by their kind; tests/notices/test_rules.py knows the kinds
        if not name.startswith(found_by_django) and f'"{name}"' not in text and f"'{name}'" not in text:
            unused.append(name)
    assert unused == []


def test_no_template_carries_inline_style_or_behaviour() -> None:
    forbidden = re.compile(r"<style(?![^>]*nonce)|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in (ROOT / "templates").rglob("*.html")
        for match in forbidden.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_no_module_has_a_name_that_says_nothing(name: str) -> None:
    assert [path for path in python_files() if path.stem == name] == []


def test_public_functions_of_actions_take_keywords_only() -> None:
    positional = []
    for path in python_files():
        if path.stem != "actions" and path.parent.name != "actions":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.args.args:
                positional.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert positional == []


def test_no_posting_field_asks_for_gender_age_marriage_ethnicity_or_height() -> None:
    fields = {field.name for field in apps.get_model("employers.JobPosting")._meta.get_fields()}
    assert not fields & {"gender", "sex", "age", "age_min", "age_max", "marital", "married", "ethnicity", "height"}


def test_django_settings_are_complete_in_the_example() -> None:
    named = set(re.findall(r"^#?\s*([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "jinba/settings.py").read_text(encoding="utf-8")))
    assert read - named == set()
