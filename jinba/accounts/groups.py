"""What officers may do, in groups that administrators hand out: each group has only the rights of its work.

`load` brings the database's groups to this table; `manage.py load_groups` runs it with each deployment. An officer in
no group signs in to an empty desk. Administrators are superusers and need none.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

REFERENCE = tuple(
    f"reference.view_{model}"
    for model in ("region", "zone", "occupation", "tradefamily", "trade", "skill", "certificate", "minimumwage")
)
EMPLOYERS_SEEN = (
    *("employers.view_employer", "employers.view_employerevent", "employers.view_member"),
    *("employers.view_memberinvitation", "employers.view_licence"),
)
POSTINGS_SEEN = ("employers.view_jobposting", "employers.view_postingevent", "employers.view_postinganswer")
WORKERS_SEEN = (
    *("workers.view_worker", "workers.view_workerskill", "workers.view_workergroup", "workers.view_delegation"),
    *("workers.view_workeract", "workers.view_consent"),
)
APPLICATIONS_SEEN = (
    *("applications.view_application", "applications.view_applicationevent"),
    *("applications.view_postinginvitation", "applications.view_groupapplication"),
)
INTERVIEWS_SEEN = (
    *("interviews.view_interview", "interviews.view_sitting", "interviews.view_slot", "interviews.view_interviewevent"),
    *("interviews.view_seat", "interviews.view_reminder", "interviews.view_callreport", "interviews.view_letin"),
    *("interviews.view_booth", "interviews.view_openinghours", "interviews.view_boothday", "interviews.view_walkin"),
)
LIVE_SEEN = (
    *("live.view_livesession", "live.view_card", "live.view_crewmember", "live.view_sessionevent"),
    *("live.view_studio", "live.view_studiotime", "live.view_message", "live.view_ban"),
)
# To see a person's number in clear: a POST with a reason, written down (`jinba.privacy`).
REVEAL = ("privacy.add_personaldataaccess",)

GROUPS: dict[str, tuple[str, ...]] = {
    "认证审核": (
        *EMPLOYERS_SEEN,
        *("employers.change_employer", "employers.view_employerdocument", "employers.change_employerdocument"),
        "employers.view_employerdocumentevent",
        *POSTINGS_SEEN,
    ),
    "许可管理": (*EMPLOYERS_SEEN, "employers.add_licence", "employers.change_licence"),
    "岗位审核": (
        *EMPLOYERS_SEEN,
        *POSTINGS_SEEN,
        *("employers.change_jobposting", "employers.view_postingflag", "employers.change_postingflag"),
        "employers.change_postinganswer",
        *("employers.view_phrase", "employers.add_phrase", "employers.change_phrase"),
    ),
    "举报处理": (
        *EMPLOYERS_SEEN,
        *POSTINGS_SEEN,
        *("employers.view_postingreport", "employers.change_postingreport", "employers.view_postingreportevent"),
        *("employers.view_postingflag", *REVEAL),
    ),
    "资料管理": (
        *WORKERS_SEEN,
        *APPLICATIONS_SEEN,
        *("workers.change_worker", "workers.view_duplicatepair", "workers.change_duplicatepair"),
        *("workers.view_registrationbatch", "workers.change_registrationbatch", "workers.view_batchproblem"),
        "workers.view_mergerecord",
        *REVEAL,
    ),
    "面试管理": (
        *INTERVIEWS_SEEN,
        *("interviews.add_booth", "interviews.change_booth", "interviews.view_seattext", "interviews.view_recording"),
        *("interviews.view_recordingconsent", *APPLICATIONS_SEEN),
    ),
    "直播管理": (
        *LIVE_SEEN,
        *("live.change_livesession", "live.add_studio", "live.change_studio", *EMPLOYERS_SEEN, *POSTINGS_SEEN),
        *("live.change_message", "live.change_ban"),
    ),
    "单位和岗位导入": (
        *EMPLOYERS_SEEN,
        *POSTINGS_SEEN,
        *("employers.add_employer", "employers.add_jobposting"),
    ),
    "匹配管理": ("matching.view_matchrun", "matching.change_matchrun"),
    "消息管理": (
        *("notices.view_notice", "notices.view_delivery", "notices.change_delivery", "notices.view_preference"),
        *("links.view_shortlink",),
    ),
    "导出": ("privacy.view_exportrecord", "privacy.add_exportrecord"),
    # Numbers in clear, at most a hundred people at once. Handed out for a while, to few.
    "导出明文": ("privacy.view_exportrecord", "privacy.add_exportrecord", "privacy.export_unmasked"),
    "个人信息检查": ("privacy.view_personaldataaccess", "privacy.view_exportrecord"),
    "只读统计": (
        *(*EMPLOYERS_SEEN, *POSTINGS_SEEN, *APPLICATIONS_SEEN, *INTERVIEWS_SEEN, *LIVE_SEEN),
        *("matching.view_matchrun", "links.view_shortlink"),
    ),
    "参考数据": ("reference.add_minimumwage", "reference.change_minimumwage"),
}
ALL = tuple(GROUPS)


def rights_of(name: str) -> frozenset[str]:
    """The permissions of a group, `app.codename`; everybody may look at the shared codes."""
    return frozenset((*GROUPS[name], *REFERENCE))


@transaction.atomic
def load() -> list[str]:
    """Make the groups, give them exactly their rights, take away groups that are no more. Returns unknown rights."""
    known = {
        f"{app}.{codename}": pk
        for app, codename, pk in Permission.objects.values_list("content_type__app_label", "codename", "pk")
    }
    Group.objects.exclude(name__in=ALL).delete()
    Group.objects.bulk_create([Group(name=name) for name in ALL], ignore_conflicts=True)
    group_ids = dict(Group.objects.values_list("name", "pk"))
    wanted = {(group_ids[name], known[right]) for name in ALL for right in rights_of(name) if right in known}
    through = Group.permissions.through
    present = {(row.group_id, row.permission_id): row.pk for row in through.objects.all()}
    through.objects.filter(pk__in=[pk for pair, pk in present.items() if pair not in wanted]).delete()
    through.objects.bulk_create(
        [through(group_id=group, permission_id=permission) for group, permission in wanted - present.keys()],
        ignore_conflicts=True,
    )
    return sorted({right for name in ALL for right in rights_of(name)} - known.keys())


def named(names: Iterable[str]) -> list[Group]:
    """The groups of these names, loaded when they are not there yet."""
    names = list(names)
    found = list(Group.objects.filter(name__in=names))
    if len(found) < len(names):
        load()
        found = list(Group.objects.filter(name__in=names))
    return found
