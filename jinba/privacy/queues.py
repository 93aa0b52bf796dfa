"""Files of records that are still being written."""

from jinba.core.queues import Waiting, queue, waiting
from jinba.privacy.choices import ExportState
from jinba.privacy.models import ExportRecord


@queue(title="导出", url="admin:privacy_exportrecord_changelist", perm="privacy.view_exportrecord", order=70)
def exports() -> Waiting:
    under_way = ExportRecord.objects.filter(state__in=(ExportState.WAITING, ExportState.RUNNING))
    return waiting(under_way, since="at")
