"""docs/api.md leads nowhere that is not there."""

import re
from pathlib import Path

from django.conf import settings
from django.urls import resolve

from jinba.accounts.choices import Scope

TEXT = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_address_of_the_document_resolves() -> None:
    found = re.findall(r"(?:localhost:8000|`)(/(?:api|accounts)/[\w/]*)", TEXT)
    names = {resolve(path).view_name for path in found if path != "/api/v1/"}
    assert "api:nothing" not in names
    assert {"api:postings", "api:docs", "api:schema", "accounts:tokens", "api:applications_move"} <= names


def test_the_document_names_every_scope_and_setting() -> None:
    assert all(f"`{scope}`" in TEXT for scope in Scope.values)
    assert "API_USER_PER_MINUTE" in TEXT and hasattr(settings, "API_USER_PER_MINUTE")
