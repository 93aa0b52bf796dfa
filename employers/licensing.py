"""May anybody be recruited through this zone today? It fails closed: a licence that is missing or has run out stops it.

人力资源市场暂行条例 §18 (no placement without a licence), §32 (it is shown); 网络招聘服务管理规定 §9, §13.
"""

from employers.choices import LicenceKind, OrgType
from employers.models import Employer, Licence
from jinba.core.errors import Refused
from jinba.core.memory import Memory

OURS_IS_MISSING = "本站的人力资源服务许可证不在有效期内，现在不能发布岗位。写好的内容都在，恢复后再提交。"
THEIRS_IS_MISSING = (
    "人力资源服务机构要有在有效期内的许可证才能招人，本站没有登记到。"
    "请在“认证材料”里上传许可证，审核人员登记后就可以了。"
)

# Why a posting rests while nobody may recruit by it. What rested for ours goes on by itself (`licences.watch_ours`).
OURS_ENDED = "本站的人力资源服务许可证不在有效期内，恢复后自动继续招聘"
THEIRS_ENDED = "人力资源服务许可证不在有效期内"

# What stands at the foot of every page may be a minute old.
_shown = Memory(size=1, seconds=60)


def check_may_recruit(employer: Employer) -> None:
    """Refused unless this zone, and an agency itself besides, has a placement licence in force today."""
    if not is_ours_in_force():
        raise Refused(OURS_IS_MISSING)
    if is_unlicensed_agency(employer):
        raise Refused(THEIRS_IS_MISSING)


def reason_to_pause(employer: Employer) -> str:
    """Why its postings have to rest today; empty when it may recruit. For what no person asks for, so no Refused."""
    if not is_ours_in_force():
        return OURS_ENDED
    return THEIRS_ENDED if is_unlicensed_agency(employer) else ""


def is_ours_in_force() -> bool:
    return Licence.objects.valid().of_platform().to_place().exists()


def is_unlicensed_agency(employer: Employer) -> bool:
    return employer.org_type == OrgType.AGENCY and not employer.licences.valid().to_place().exists()


def shown_licences() -> tuple[Licence, ...]:
    """This zone's own licences in force, the one to place workers first; remembered for a minute."""
    return _shown.get_or_make("platform", _ask)[0]


def forget_shown() -> None:
    """What this process remembers is asked anew; others follow within the minute."""
    _shown.clear()


def _ask() -> tuple[tuple[Licence, ...]]:
    rows = Licence.objects.valid().of_platform().order_by("-valid_to")
    return (tuple(sorted(rows, key=lambda row: row.kind != LicenceKind.PLACEMENT)),)
