"""The columns in which workers leave the house."""

from typing import Any

from jinba.privacy.choices import Subject
from jinba.privacy.exports.resource import DeskResource, column
from jinba.reference.choices import Education
from labor.workers.models import Worker


class WorkerResource(DeskResource):
    title = "劳动者"
    related = ("home", "group")
    deferred = ("refused_places", "answered", "resident_id_index", "phone_index")
    subject = Subject.WORKER
    clear_fields = ("phone", "resident_id")

    number = column("编号", "pk")
    name = column("姓名")
    phone_number = column("手机号")
    identity = column("身份证号")
    born = column("出生年份")
    home_path = column("家在哪里")
    village = column("村（社区）", "village")
    learned = column("学历")
    years = column("干了几年", "years")
    status = column("找工作状态", "get_job_status_display")
    together = column("结伴")
    way = column("登记方式", "get_registered_via_display")
    active = column("有效")
    since = column("登记日期")

    def dehydrate_name(self, worker: Worker) -> str:
        return worker.name if self.clear else worker.masked_name

    def dehydrate_phone_number(self, worker: Worker) -> str:
        return self.phone(worker.phone)

    def dehydrate_identity(self, worker: Worker) -> str:
        return str(worker.resident_id or "") if self.clear else worker.masked_resident_id

    def dehydrate_born(self, worker: Worker) -> str:
        return str(worker.birth_date.year) if worker.birth_date else ""

    def dehydrate_home_path(self, worker: Worker) -> str:
        return worker.home.path

    def dehydrate_learned(self, worker: Worker) -> str:
        return str(Education(worker.education).label)

    def dehydrate_together(self, worker: Worker) -> str:
        return worker.group.code if worker.group else ""

    def dehydrate_active(self, worker: Worker) -> str:
        return "是" if worker.is_active else "否"

    def dehydrate_since(self, worker: Worker) -> Any:
        return f"{worker.created_at:%Y-%m-%d}"
