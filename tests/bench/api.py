"""script/bench api [EXAMPLES] [SEED]: Schemathesis asks the API at length, as several people; prints what it found."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from tests.access.world import make_world  # noqa: E402
from tests.api.asking import ask  # noqa: E402
from tests.bench.web import drop_scratch_database, scratch_database  # noqa: E402

EXAMPLES, SEED = 25, 1


def main() -> int:
    given = [int(text) for text in sys.argv[1:3]]
    examples, number = [*given, *(EXAMPLES, SEED)[len(given) :]]
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 0
    settings.STAFF_TOTP = False
    original = connection.settings_dict["NAME"]
    scratch_database()
    try:
        with transaction.atomic():
            asked = ask(make_world(), examples=examples, number=number)
            transaction.set_rollback(True)
    finally:
        drop_scratch_database(original)
    print(f"{asked.cases} cases: {dict(sorted(asked.statuses.items()))}")
    print(*dict.fromkeys(asked.wrong), sep="\n\n")
    print(f"{len(asked.wrong)} broken promises")
    return 1 if asked.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
