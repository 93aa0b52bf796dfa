"""What did not get out of the house."""

from jinba.core.queues import Waiting, queue, waiting
from jinba.notices.choices import DeliveryState
from jinba.notices.models import Delivery


@queue(
    title="没送到的消息", url="admin:notices_delivery_changelist", perm="notices.change_delivery",
    query="state__exact=failed", order=40,
)  # fmt: skip
def failed_deliveries() -> Waiting:
    return waiting(Delivery.objects.filter(state=DeliveryState.FAILED), since="created_at", by="id")
