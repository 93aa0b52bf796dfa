"""How well the search finds: every query against ILIKE over the same text."""

from dataclasses import dataclass

from django.db import connection

from employers.models import JobPosting
from employers.search import matching, text_of

# Words of the sample (office and factory work of a national site), as people type them.
SAMPLE_QUERIES = """
工程师,软件,软件工程师,java,python,c++,测试,数据分析,大数据,会计,财务,销售,客服,运营,产品经理,项目管理,机械,电气,五险一金,年终奖金,
定期体检,本科,大专,杭州,杭州市,浙江省,上海,深圳,成都,武汉,有限公司,科技,技术支持,前端,算法,嵌入式,助理,实习,管培生,linux,工,
浙江 工程师,java 上海,数据 分析,高级 软件 工程师
""".replace("\n", "").split(",")
FACTORY_QUERIES = """
普工,缝纫工,电焊工,焊工,保温杯,防盗门,木雕,叉车,注塑,质检,包装工,义乌,永康,东阳,巴州,通江县,平昌,夫妻房,包住,长白班,计件,宿舍,
空调,老师傅,新手可学,劳保用品,学徒,保洁,
厨师,茶艺师,育婴师,红木家具,会看图纸,从不拖欠,火腿,义乌 缝纫工,永康 防盗门 电焊工,包住 夫妻房
""".replace("\n", "").split(",")


@dataclass
class Quality:
    """Over all queries together: hits found of those there are, and hits right of those shown."""

    queries: int
    recall: float
    precision: float
    worst_recall: tuple[float, str]
    worst_precision: tuple[float, str]


def measure(queries: list[str] | tuple[str, ...]) -> Quality:
    """Recall and precision over the postings in the table; queries without any true hit are left out."""
    rows = JobPosting.objects.select_related("employer", "trade", "region", "zone").iterator(chunk_size=500)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE truth (id bigint, text text)")
        cursor.executemany("INSERT INTO truth VALUES (%s, %s)", [(row.pk, text_of(row)) for row in rows])
    right = shown = true = 0
    recalls, precisions = [], []
    for query in queries:
        truth, found = _truth(query), set(JobPosting.objects.filter(matching(query)).values_list("pk", flat=True))
        if not truth:
            continue
        both = len(truth & found)
        right, shown, true = right + both, shown + len(found), true + len(truth)
        recalls.append((both / len(truth), query))
        precisions.append((both / len(found) if found else 1.0, query))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE truth")
    return Quality(len(recalls), right / true, right / shown, min(recalls), min(precisions))


def _truth(query: str) -> set[int]:
    words = [f"%{word}%" for word in query.split()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM truth WHERE {' AND '.join(['text ILIKE %s'] * len(words))}", words)
        return {pk for (pk,) in cursor.fetchall()}
