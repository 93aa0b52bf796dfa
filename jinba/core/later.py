"""Work for a Celery worker, posted after commit."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def later(task: str, **kwargs: object) -> None:
    """Post `task` by name once the transaction is committed; nothing is posted when it is rolled back.

    Arguments are ids and other small JSON values: each letter names a row that records its own state. When Redis is
    away the letter is dropped with a line in the log, because the sweep of that task finds the row again.
    """

    def post() -> None:
        try:
            current_app.send_task(task, kwargs=kwargs, retry=False)
        except (OperationalError, OSError) as error:
            logger.warning("later: %s not posted (%s); its sweep will", task, type(error).__name__)

    transaction.on_commit(post)
