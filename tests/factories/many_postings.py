"""Any number of postings in a scratch database, quickly: some thousand different ones, copied inside PostgreSQL."""

import csv
import random
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from employers import search
from employers.choices import EmployerState, Housing, Insurance, Meals, Origin, PostingState
from employers.models import Employer, JobPosting, today
from jinba.reference.choices import Shift
from jinba.reference.models import Region, Trade, TradeFamily

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "tests" / "intake" / "data" / "postings_51job_sample.csv"
DIVISIONS = ROOT / "jinba" / "reference" / "data" / "divisions.csv"
DIFFERENT = 4000

TITLES = """
普工,包装工,缝纫工,电焊工,氩弧焊工,叉车司机,注塑操作工,数控车工,冲压工,抛光工,质检员,仓库管理员,仓管员,打包工,裁剪工,熨烫工,
木工,油漆工,喷漆工,组装工,流水线工,机修工,电工,钳工,模具工,学徒,保洁员,保安,厨师,帮厨,配菜,洗碗工,服务员,收银员,送货司机,
搬运工,分拣员,快递员,客服,文员,会计,跟单员,电商运营,主播助理,美工,导购,育婴师,月嫂,护工,养老护理员,绿化工,茶艺师
""".replace("\n", "").split(",")
PRODUCTS = """
保温杯,电动工具,防盗门,五金件,滑板车,饰品,袜子,拉链,玩具,雨伞,红木家具,木雕,影视道具,毛巾,棉纱,针织,纽扣,电机,汽车配件,轮毂,
火腿,茶叶,休闲椅,扑克牌,门锁,平衡车,太阳能板,磁性材料,中药材,茶饮,银耳,核桃,黄羊,石材
""".replace("\n", "").split(",")
SENTENCES = (
    "负责产线上{product}的生产和组装,按工艺要求操作设备",
    "负责{product}的检验与包装,做好记录",
    "服从车间主任安排,完成当班产量",
    "保持工位整洁,遵守安全生产规定",
    "能吃苦耐劳,有责任心,能适应倒班",
    "新手可学,有老师傅带,熟手优先",
    "有相关证书者优先,持证上岗",
    "会看图纸,会使用游标卡尺等量具",
    "厂区有食堂和宿舍,宿舍有空调热水,水电费分摊",
    "计件工资,多劳多得,每月{day}号发工资,从不拖欠",
    "工作八小时,加班按国家规定另算",
    "车间有降温设备,发放劳保用品",
    "入职签劳动合同,缴纳社会保险",
    "提供老乡拼车,春节包车返乡",
)


def spread_regions() -> None:
    """The divisions that the product ships, when the table is empty."""
    if Region.objects.exists():
        return
    paths: dict[str, str] = {"": ""}
    regions = []
    with DIVISIONS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code, parent = row["code"], row["parent"] or ""
            paths[code] = paths.get(parent, "") + row["name"]
            regions.append(
                Region(code=code, name=row["name"], path=paths[code], parent_id=parent or None, level=row["level"])
            )
    Region.objects.bulk_create(regions, batch_size=1000)


def different_postings(rng: random.Random, number: int) -> list[JobPosting]:
    """Postings that differ in words, place, pay and terms; a quarter of them are the office jobs of the sample."""
    spread_regions()
    if not Trade.objects.exists():
        family = TradeFamily.objects.create(code=1, name="工厂普工")
        Trade.objects.bulk_create(Trade(code=101 + n, name=name, family=family) for n, name in enumerate(TITLES))
    trades = list(Trade.objects.all())
    regions = list(Region.objects.filter(level__in=("county", "township")))
    near = [region for region in regions if region.code.startswith(("3307", "5119"))]
    employers = Employer.objects.bulk_create(
        Employer(
            name=f"{rng.choice(near).name}{rng.choice(PRODUCTS)}厂{number}",
            origin=Origin.DEMO,
            uscc=f"BENCH{number:013d}",
            state=EmployerState.VERIFIED,
            verified_at=timezone.now(),
        )
        for number in range(400)
    )
    with SAMPLE.open(encoding="utf-8", errors="replace") as file:
        sample = list(csv.DictReader(file))
    made = []
    for n in range(number):
        product, title, benefits = rng.choice(PRODUCTS), rng.choice(TITLES), ["年终奖"]
        duties = "。".join(rng.sample(SENTENCES, rng.randint(3, 9))).format(product=product, day=rng.randint(5, 25))
        if n % 4 == 0:
            row = rng.choice(sample)
            title, benefits = row["jobName"][:80], [tag[:30] for tag in row["tags"].split(",") if tag]
        pay = rng.choice((3500, 4000, 4500, 5000, 5500, 6000, 7000, 8000, 10000))
        made.append(
            JobPosting(
                employer=rng.choice(employers),
                title=title if n % 4 == 0 else f"{product}{title}",
                trade=rng.choice(trades),
                region=rng.choice(near if rng.random() < 0.7 else regions),
                duties=duties,
                requirements=rng.choice(SENTENCES).format(product=product, day=5),
                benefits=benefits,
                base_pay_min=pay,
                base_pay_max=pay + 2000,
                monthly_min=pay,
                monthly_max=pay + 2000,
                headcount=rng.randint(1, 60),
                shift=rng.choice(Shift.values),
                housing=rng.choice(Housing.values),
                meals=rng.choice(Meals.values),
                social_insurance=rng.choice(Insurance.values),
                couple_rooms=rng.random() < 0.2,
                valid_until=today() + timedelta(days=rng.randint(1, 60)),
                state=PostingState.PUBLISHED,
                published_at=timezone.now() - timedelta(minutes=rng.randint(0, 60 * 24 * 60)),
            )
        )
    for posting in made:
        search.fill(posting)
    return made


def seed(number: int, *, different: int = DIFFERENT) -> None:
    """`number` published postings in the table; indexes are built after the rows, statistics are fresh."""
    have = JobPosting.objects.count()
    if not have:
        JobPosting.objects.bulk_create(different_postings(random.Random(7), min(number, different)), batch_size=500)
        have = min(number, different)
    columns = ", ".join(f.column for f in JobPosting._meta.concrete_fields if f.column not in ("id", "published_at"))
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'employers_jobposting'"
            " AND indexdef LIKE 'CREATE INDEX%'"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        copies = -(-max(0, number - have) // different)
        cursor.execute(
            f"INSERT INTO employers_jobposting ({columns}, published_at)"
            f" SELECT {columns}, published_at - random() * interval '30 days' - nth * interval '1 second'"
            " FROM (SELECT * FROM employers_jobposting ORDER BY id LIMIT %s) base, generate_series(1, %s) nth"
            " ORDER BY nth LIMIT %s",
            [different, copies, max(0, number - have)],
        )
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE employers_jobposting")
