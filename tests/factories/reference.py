"""Places, trades and the like, made on demand: `region("511921")` brings its city and province along."""

import factory
from factory.django import DjangoModelFactory

from jinba.accounts.choices import Side
from jinba.reference.choices import RegionLevel, ZoneKind
from jinba.reference.models import Certificate, Occupation, Region, Skill, Trade, TradeFamily, Zone

NAMES = {
    "33": "浙江省",
    "3307": "金华市",
    "330702": "婺城区",
    "330703": "金东区",
    "330723": "武义县",
    "330726": "浦江县",
    "330727": "磐安县",
    "330781": "兰溪市",
    "330782": "义乌市",
    "330783": "东阳市",
    "330784": "永康市",
    "51": "四川省",
    "5119": "巴中市",
    "511902": "巴州区",
    "511903": "恩阳区",
    "511921": "通江县",
    "511922": "南江县",
    "511923": "平昌县",
    "511921100": "诺江镇",
    "5117": "达州市",
    "511722": "宣汉县",
}
LEVELS = {2: RegionLevel.PROVINCE, 4: RegionLevel.CITY, 6: RegionLevel.COUNTY, 9: RegionLevel.TOWNSHIP}
BAZHONG = ("511902", "511903", "511921", "511922", "511923")
JINHUA = ("330702", "330703", "330723", "330726", "330727", "330781", "330782", "330783", "330784")


def region(code: str = "511921", name: str = "") -> Region:
    """The region with that code; it and all above it are made when they are missing."""
    above = region(code[: {4: 2, 6: 4, 9: 6}[len(code)]]) if len(code) > 2 else None
    name = name or NAMES.get(code, f"地方{code}")
    found, _ = Region.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "parent": above,
            "level": LEVELS[len(code)],
            "path": f"{above.path if above else ''}{name}",
        },
    )
    return found


def both_cities() -> None:
    """Every county of Bazhong and of Jinhua."""
    for code in BAZHONG + JINHUA:
        region(code)


class ZoneFactory(DjangoModelFactory):
    class Meta:
        model = Zone
        django_get_or_create = ("code",)

    code = "330702-kfq"
    name = "金华经济技术开发区"
    short_name = "金华经开区"
    region = factory.LazyFunction(lambda: region("330702"))
    kind = ZoneKind.ZONE
    side = Side.EAST

    class Params:
        park = factory.Trait(
            code="511921-lxtj",
            name="兰溪—通江东西部协作产业园",
            short_name="兰溪—通江产业园",
            region=factory.LazyFunction(lambda: region("511921")),
            kind=ZoneKind.PARK,
            side=Side.WEST,
        )


class OccupationFactory(DjangoModelFactory):
    class Meta:
        model = Occupation
        django_get_or_create = ("code",)

    code = "61801"
    name = "机械冷加工人员"
    level = 3


class TradeFamilyFactory(DjangoModelFactory):
    class Meta:
        model = TradeFamily
        django_get_or_create = ("code",)

    code = 2
    name = "五金机械"


class TradeFactory(DjangoModelFactory):
    class Meta:
        model = Trade
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: 201 + number)
    name = factory.LazyAttribute(lambda trade: f"工种{trade.code}")
    family = factory.SubFactory(TradeFamilyFactory)


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: 1 + number)
    name = factory.LazyAttribute(lambda skill: f"手艺{skill.code}")
    family = factory.SubFactory(TradeFamilyFactory)


class CertificateFactory(DjangoModelFactory):
    class Meta:
        model = Certificate
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: number % 64)
    name = factory.LazyAttribute(lambda certificate: f"证书{certificate.code}")
