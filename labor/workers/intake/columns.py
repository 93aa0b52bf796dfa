"""The columns of the roster: what our template calls them, what people call them, and what they are for."""

import re
import unicodedata
from dataclasses import dataclass

from jinba.reference.choices import Education
from labor.workers.choices import GroupKind

EXAMPLE = "示例"  # a name that begins so is the template's own row


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    help: str
    example: str
    is_required: bool = False
    width: int = 14
    aliases: str = ""  # what else people call it
    is_carried_down: bool = False  # a cell merged downwards means the same for every row


COLUMNS = (
    Column(
        "name", "姓名", "和身份证上一样", f"{EXAMPLE}：李小明", True, 16,
        "名字 劳动者姓名 人员姓名 务工人员姓名 劳动力姓名",
    ),
    Column(
        "phone", "手机号", "11 位；一家人可以用同一个", "13800000000", True, 16,
        "手机 手机号码 电话 电话号码 联系电话 联系方式 本人电话 移动电话",
    ),
    Column(
        "county", "家庭所在县区", "写到县（市、区）", "通江县", True, 16,
        "县区 县 区县 县市区 所在县区 家庭住址 住址 家庭地址 户籍地 户籍地址 户籍所在地 地址 现住址",
        True,
    ),
    Column("town", "乡镇", "乡镇或街道", "诺江镇", False, 14, "乡镇街道 街道 镇 所在乡镇", True),
    Column("village", "村", "村或社区，写到组也行", "千佛村三组", False, 16, "村社区 社区 村组 所在村 行政村", True),
    Column(
        "resident_id", "身份证号", "18 位；可不填", "", False, 22,
        "身份证 身份证号码 公民身份号码 证件号码 身份号码 身份证件号码",
    ),
    Column(
        "birth_date", "出生日期", "如 1990-05-06；填了身份证号可不填", "1990-05-06", False, 14,
        "出生年月日 生日 出生年月",
    ),
    Column("education", "学历", "点单元格右边的箭头选", "初中", False, 16, "文化程度 最高学历 教育程度"),
    Column(
        "trades", "想干的工种", "最多 3 个，用顿号隔开", "缝纫工、包装工", False, 22,
        "工种 意向工种 求职工种 想干的活 意向岗位 就业意向 求职意向 从事工种",
    ),
    Column(
        "places", "想去的地方", "县（市、区）或“金华”“巴中”，用顿号隔开", "义乌、永康", False, 20,
        "意向地区 意向地点 想去哪里 务工地点 意向务工地 意向就业地",
    ),
    Column(
        "min_pay", "每月最少工资", "元，只写数字", "5000", False, 14,
        "最低工资 期望工资 期望薪资 工资要求 期望月薪",
    ),
    Column(
        "group", "结伴编号", "一起去的人填同一个数字，如都填 1", "1", False, 12,
        "结伴 结伴号 家庭编号 户号 户编号 分组", True,
    ),
    Column("group_kind", "结伴关系", "夫妻，或者同乡", "夫妻", False, 12, "关系 结伴类型", True),
    Column("note", "备注", "别写病情、欠债这类私事", "", False, 20, "说明 其他"),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
TITLES = {column.key: column.title for column in COLUMNS}
KNOWN = {title: column.key for column in COLUMNS for title in (column.title, *column.aliases.split())}
REQUIRED = tuple(column.key for column in COLUMNS if column.is_required)
CARRIED_DOWN = frozenset(column.key for column in COLUMNS if column.is_carried_down)

COUNTIES = ("巴州区", "恩阳区", "通江县", "南江县", "平昌县")
EDUCATIONS = tuple(str(choice.label) for choice in Education if choice != Education.ANY)
_EDUCATION_SAID = {
    Education.PRIMARY: "小学 文盲 半文盲 没上过学 小学以下 扫盲班",
    Education.JUNIOR: "初中毕业 中学 初级中学",
    Education.SENIOR: "高中 中专 技校 职高 中职 中技 职业高中 高中中专技校 高中/中专/技校 高级中学 技工学校",
    Education.COLLEGE: "专科 大学专科 高职 高专 高职高专",
    Education.BACHELOR: "大学 大学本科 学士",
    Education.GRADUATE: "硕士 博士 硕士研究生 博士研究生",
}
_GROUP_SAID = {
    GroupKind.COUPLE: "两口子 配偶 夫妇 爱人 丈夫 妻子",
    GroupKind.VILLAGERS: "老乡 同村 亲戚 朋友 家人 一家人 父子 母子 父女 母女 兄弟 姐妹 兄妹 姐弟",
}
EDUCATION_WORDS: dict[str, Education] = {str(choice.label): choice for choice in Education} | {
    word: choice for choice, said in _EDUCATION_SAID.items() for word in said.split()
}
GROUP_WORDS: dict[str, GroupKind] = {str(choice.label): choice for choice in GroupKind} | {
    word: choice for choice, said in _GROUP_SAID.items() for word in said.split()
}


def key_of(heading: object) -> str:
    """Which column a heading means, however it is decorated (“*姓 名（必填）”); empty when none of ours."""
    text = unicodedata.normalize("NFKC", heading).strip() if isinstance(heading, str) else ""
    # Below the heading people write how to fill the column in.
    for words in (text, text.partition("\n")[0]):
        plain = re.sub(r"\(.*?\)|\[.*?\]|【.*?】|[\s*:、,/\\_.·-]", "", words)
        key = KNOWN.get(plain) or KNOWN.get(re.sub(r"(必填|选填|可不填)$", "", plain))
        if key:
            return key
    return ""
