"""Two addresses for machines: is the process alive, and may it be given work."""

import shutil
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backoffice.kernel.grants import PUBLIC
from backoffice.kernel.lag import get_lag

FREE_BYTES = 200 * 1024 * 1024

View = Callable[[HttpRequest], JsonResponse]


def _for_anyone(view: View) -> View:
    view.audience = "entrance"  # type: ignore[attr-defined]
    view.grant = PUBLIC  # type: ignore[attr-defined]
    return view


@_for_anyone
@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked, so a slow database never gets it restarted."""
    return JsonResponse({"alive": True})


@_for_anyone
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when this process can serve people, 503 with the reason when it cannot.

    Late background work is reported, but does not take web processes out of service: that would help nobody.
    """
    problems: list[str] = []
    answer: dict[str, Any] = {"ready": True, "problems": problems}
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            problems.append("migrations")
        else:
            lag = get_lag()
            answer["work"] = {
                "late": lag.is_late,
                "delivery_seconds": lag.delivery_seconds,
                "job_seconds": lag.job_seconds,
                "parked_deliveries": lag.parked_deliveries,
            }
    except DatabaseError:
        problems.append("database")
    if shutil.disk_usage(settings.VAR_DIR).free < FREE_BYTES:
        problems.append("disk")
    answer["ready"] = not problems
    return JsonResponse(answer, status=503 if problems else 200)
