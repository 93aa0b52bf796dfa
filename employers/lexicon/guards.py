"""When a phrase says the opposite: “不限户籍”, “无需交押金”, “服装费公司承担”, “招女装设计师”."""

import re

from employers.choices import PhraseFamily

F = PhraseFamily
MONEY = frozenset({F.FEE, F.DEPOSIT, F.PAPERS})
REACH = 14  # so many characters before and after a hit are looked at
# A clause ends here; what stands beyond does not bear on the hit.
CLAUSE = re.compile(r"[,;.!?:()\[\]/。\n]")

NO = (
    r"(?:(?<![性特个区类级])别|不存在|没有|无需|无须|毋须|不需|不用|不要|不得|不准|不许|不能|不可|不会|不再|不曾|不应|"
    r"并不|绝不|从不|决不|概不|一律不|禁止|严禁|拒绝|谢绝|杜绝|反对|抵制|取消|废除|举报|警惕|谨防|小心|远离|打击|"
    r"不|无|未|非|勿|没|莫|免|零|(?<!\d)0)"
)
LIMIT_FILLERS = (
    r"(?:任何|有|过|所谓|因|对|设|做|作|去|的|会|需要|需|要求|要|招|收|"
    r"使用|招用|雇用|雇佣|招收|录用|招聘|聘用|用|涉及|参与|从事)*"
)
MONEY_FILLERS = (
    r"(?:任何|一切|其他|其它|各种|各类|形式的?|名义|以|额外|另外|另行|另|先行|先|再|需要|需|须|要|用|会|得|准|许|可|应|"
    r"能|向|对|跟|您|你|大家|员工|工人|求职者|劳动者|应聘者|新人|新员工|的|入职|上岗|费用|费|去|让|有|存在|涉及|包括|收取|"
    r"收|缴纳|缴|交纳|交|支付|付|扣押|扣留|扣|乱|代|私自|强制|"
    r"(?:押金|保证金|服装费|培训费|体检费|报名费|介绍费|中介费|工装费|资料费|住宿费|费用)(?:、|和|或|及|与|以及))*"
)
LIMITS_NOT = re.compile(NO + LIMIT_FILLERS + "$")
TAKES_NOT = re.compile(NO + MONEY_FILLERS + "$")
# Said within a gap (收…押金): then it is not taken. “收入高无押金”.
GAP = r"[^,;.!?:()\[\]/。\n、不无免没零拒勿]{0,6}?"
PAID_BY_OTHERS = re.compile(
    r"[、:等]*(?:全部|一律|一概|都|均|全)?(?:由)?(?:本?公司|厂里|厂方|工厂|企业|单位|我司|我们|甲方)?"
    r"(?:全额|统一)?(?:承担|报销|负担|全包|全免|免费|免除|免|出资|为?0元|0(?!\d)|无(?!需面)|没有|不收(?!外)|不用交|无需交|不需|不交)"
)
# Warnings: 凡要押金的都是骗子.
WARNED = re.compile(r"的?(?:都|就|均|全)?是?(?:骗子|骗局|诈骗|违法|违规)")
COPIES = re.compile(r"(?:正反面)?(?:的)?(?:复印件|扫描件|照片|信息|号码|原件及复印件)")
# Whose money it is when it is not the worker's: an accountant's or a receptionist's daily work.
OTHERS_MONEY = re.compile(
    r"客户|客人|宾客|会员|租客|租户|商户|投标|履约|业主|车主|代理商|供应商|质量|工程|项目|农民工工资"
)

NOUGHT = re.compile(r"(?<!\d)0元")

OTHER_SEX = {"男": "女", "女": "男"}
# 招女装设计师, 男科医生: goods and wards, not people.
NO_PERSON = re.compile(r"[装鞋包袜裤裙衣帽款表科厕浴宾婿神友]|士?内衣|性用品|性健康")
# 户籍不限, 性别限制：无.
OPEN_TO_ALL = re.compile(
    r"(?:制|定)?(?:要求)?[、:]?(?:不限|不作|不做|没有?限制|无限制|没有?要求|无要求|不要求|无(?![\u4e00-\u9fff])|均可|都可|皆可|都行|都要|不看)"
)
FREE_OF_IT = re.compile(r"(?:要求|限制|方面的?要求)")
EXCEPTIONS = {
    "包过": (re.compile(r"[外承打面钱书皮总分转]$"), re.compile(r"来|程|磅")),
    "跑分": (re.compile(r"[短长赛]$"), re.compile(r"[数析部组类享布队]")),
}


def is_denied(family: str, phrase: str, plain: str, start: int, end: int) -> bool:
    """Whether the words around a hit take back what the phrase says."""
    before, after = plain[max(0, start - REACH) : start], plain[end : end + REACH]
    money = family in MONEY
    # Lists go on over 、 where money is spoken of: 不收押金、服装费.
    ends = [match.end() for match in CLAUSE.finditer(before)]
    clause = before[ends[-1] if ends else 0 :]
    if phrase in EXCEPTIONS:
        left, right = EXCEPTIONS[phrase]
        if left.search(clause) or right.match(after):
            return True
    says_no = phrase[0] in "不无未非勿没"
    if not says_no and (TAKES_NOT if money else LIMITS_NOT).search(clause):
        return True
    if money:
        if WARNED.match(after):
            return True
        said = clause[-6:] + plain[start:end]
        if NOUGHT.search(said):
            return True
        if family != F.PAPERS and (OTHERS_MONEY.search(said) or PAID_BY_OTHERS.match(after)):
            return True
        return family == F.PAPERS and bool(COPIES.match(after))
    if OPEN_TO_ALL.match(after) and not says_no:
        return True
    if family == F.GENDER:
        return _speaks_of_no_sex(phrase, clause, after)
    if family in (F.RELIGION, F.HEALTH, F.MARRIAGE) and phrase[0] == "无":
        return bool(FREE_OF_IT.match(after))
    return False


def _speaks_of_no_sex(phrase: str, clause: str, after: str) -> bool:
    if phrase[-1] in OTHER_SEX and (after.startswith(OTHER_SEX[phrase[-1]]) or NO_PERSON.match(after)):
        return True
    # 男女优先 picks nobody, 子女优先 and 儿女优先 speak of relatives.
    return phrase[0] in OTHER_SEX and clause.endswith(("子", "儿", OTHER_SEX[phrase[0]]))
