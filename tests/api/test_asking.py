from typing import Any

import pytest

from tests.access.world import make_world
from tests.api.asking import ask


@pytest.mark.slow
@pytest.mark.django_db
def test_the_api_keeps_what_its_schema_promises(letters: Any, settings: Any, capsys: Any) -> None:
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 0
    asked = ask(make_world(), examples=1)
    with capsys.disabled():
        print(f"\n{asked.cases} cases: {dict(sorted(asked.statuses.items()))}", end="")  # noqa: T201
    assert asked.wrong == [], "\n".join(asked.wrong)
    assert asked.cases >= 400 and asked.statuses[200] > 50
