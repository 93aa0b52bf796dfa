from django.db.models import TextChoices


class Role(TextChoices):
    SEEKER = "seeker", "求职者"
    EMPLOYER = "employer", "用人单位"
    BROKER = "broker", "劳务经纪人"
    PARK = "park", "园区工作人员"
    OFFICER = "officer", "人社干部"
    ADMIN = "admin", "系统管理员"


STAFF_ROLES = frozenset({Role.OFFICER, Role.ADMIN})


class Side(TextChoices):
    EAST = "east", "金华"
    WEST = "west", "巴中"


class CodePurpose(TextChoices):
    SIGN_IN = "sign_in", "登录"
    DELEGATE = "delegate", "委托代办"


class Scope(TextChoices):
    """What a program may do in the name of its user; never more than the user himself."""

    READ = "read", "读取"
    POSTINGS = "postings", "管理岗位"
    APPLICATIONS = "applications", "报名和处理报名"
    PROFILE = "profile", "修改自己的资料"
