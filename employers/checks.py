from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from employers.models import Licence


@register(Tags.database)
def this_zone_has_a_licence(
    app_configs: Any = None, databases: Iterable[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Runs with each `migrate`, that is with each deployment, and with `manage.py check --database default`."""
    if "default" not in (databases or ()):
        return []
    try:
        if Licence.objects.valid().of_platform().to_place().exists():
            return []
    except DatabaseError:  # the tables are only being made
        return []
    return [
        Warning(
            "This zone has no placement licence in force: nobody can submit or publish a posting.",
            hint="Record it in the admin: 许可与备案 → 增加 (leave 机构 empty).",
            id="employers.W001",
        )
    ]
