"""Two questions that a supervisor or a load balancer asks: is this process alive, is the whole site ready?"""

from __future__ import annotations

from functools import cache as once

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from jinba.core import pulse
from jinba.core.access import public


@public
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nothing of anyone."""
    return JsonResponse({"live": True})


@public
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part is there, else 503 with `missing`: part → reason."""
    missing = missing_in_database() | missing_behind_redis()
    answer = {"ready": not missing, "missing": missing}
    response = JsonResponse(answer, status=503 if missing else 200, json_dumps_params={"ensure_ascii": False})
    response._has_been_logged = True  # type: ignore[attr-defined]  # an answer, not an error of ours
    return response


def missing_in_database() -> dict[str, str]:
    try:
        applied = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    except DatabaseError as problem:
        # The table of migrations is created by the first of them.
        if getattr(problem.__cause__, "sqlstate", None) == "42P01":
            return {"migrations": "数据库还没有建表"}
        return {"database": "数据库连接不上"}
    waiting = known_migrations() - applied
    return {"migrations": f"有 {len(waiting)} 个数据库变更尚未执行"} if waiting else {}


@once
def known_migrations() -> frozenset[tuple[str, str]]:
    """Those of the code, which does not change while the process lives."""
    return frozenset(MigrationLoader(None).disk_migrations or ())


def missing_behind_redis() -> dict[str, str]:
    queues = sorted({"celery", *(route["queue"] for route in settings.CELERY_TASK_ROUTES.values())})
    try:
        silent = pulse.silent(pulse.BEAT, *(pulse.queue(name) for name in queues))
    except RedisError:
        return {"redis": "Redis 连接不上"}
    reasons = {pulse.BEAT: "定时任务进程(beat)没有运行"} if pulse.BEAT in silent else {}
    idle = [name for name in queues if pulse.queue(name) in silent]
    if idle:
        reasons["worker"] = f"没有后台任务进程(worker)在处理队列：{'、'.join(idle)}"
    return reasons
