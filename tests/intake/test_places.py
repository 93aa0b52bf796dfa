import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinba.reference import places
from jinba.reference.places import Division, Gazetteer, gazetteer, resolve

SAYS = {
    "浙江省杭州富阳区": "330111",
    "深圳深圳宝安区": "440306",
    "上海上海徐汇区漕河泾": "310104",
    "北京北京安定门": "1101",
    "江苏省昆山": "320583",
    "云南省云南省": "53",
    "四川省成都高新区": "5101",
    "安徽省合肥高新区": "340176",
    "广东省珠海珠海高新区": "4404",
    "湖北省武汉武汉经济开发区": "4201",
    "广东省东莞大朗镇": "4419",
    "广西南宁青秀区": "450103",
    "内蒙古包头": "1502",
    "辽宁省大连高新园区": "2102",
    "江苏省苏州苏州工业园区苏州工业园区": "320576",
    "山东省青岛万广场": "3702",
    # the municipality and its only city step are one place; Chongqing has two steps, so only the province is proven
    "北京": "1101",
    "上海上海": "3101",
    "天津市": "1201",
    "重庆重庆": "50",
    "重庆重庆渝北区": "500112",
    "重庆-重庆-城口县": "500229",
    # prefectures and counties of nationalities, short and long
    "云南省楚雄": "5323",
    "云南省楚雄市": "532301",
    "楚雄彝族自治州": "5323",
    "河南省郑州管城回族区": "410104",
    "郑州管城区": "410104",
    "凉山": "5134",
    "四川凉山州": "5134",
    "黔东南": "5226",
    "延边": "2224",
    "湖北恩施": "4228",
    "新疆伊犁": "6540",
    "青海海南": "6325",
    "重庆石柱县": "500240",
    "内蒙古锡林郭勒盟": "1525",
    "锡林郭勒": "1525",
    "大理": "5329",
    "新疆喀什地区喀什市": "653101",
    # divisions directly under a province
    "湖北仙桃": "429004",
    "河南济源": "419001",
    "新疆石河子": "659001",
    "海南琼海": "469002",
    "广东省中山": "4420",
    "广东-东莞": "4419",
    # county-level cities without their prefecture
    "昆山": "320583",
    "义乌": "330782",
    "永康": "330784",
    "福建晋江": "350582",
    "江苏省昆山花桥": "320583",
    "延吉": "222401",
    # separators, blanks, full-width, with and without 省 市 区
    "上海-浦东新区": "310115",
    "北京·朝阳区": "110105",
    "北京 朝阳": "110105",
    "杭州-西湖区": "330106",
    "浙江/金华/义乌": "330782",
    "浙江省金华市 义乌市": "330782",
    "广东，深圳": "4403",
    "中国浙江省杭州市": "3301",
    "上海浦东张江": "310115",
    "广东省(佛山)": "4406",
    # the same name in several places is told apart by its parent
    "江苏省南京鼓楼区": "320106",
    "福建省福州鼓楼区": "350102",
    "大连中山区": "210202",
    "湖南省长沙长沙县": "430121",
    "兰州城关区": "620102",
    "吉林省吉林": "2202",
    "吉林市": "2202",
    "吉林": "22",
    "山东省济南市中区": "370103",
    "山东省青岛市北区": "370203",
    "山东省青岛市市北区": "370203",
    # old names
    "苏州新区": "320505",
    "江苏省苏州高新区": "320505",
    "富阳市": "330111",
    "山东即墨市": "370215",
    "成都市双流县": "510116",
    "襄樊": "4206",
    "上海闸北区": "310106",
    "江西省南昌红谷滩新区": "360113",
    "杭州江干区": "3301",
    "杭州下城区": "330105",
    "河北省雄安新区": "1306",
    # names made of a place's name are other places
    "北京朝阳门": "1101",
    "上海南京路": "3101",
    "广州黄埔大道": "4401",
    "武汉洪山广场": "4201",
    "杭州西湖文化广场": "3301",
    "上海四川北路": "3101",
    # a county named further on
    "辽宁省大连高新园区沙河口区": "210204",
    "南京江北新区浦口区": "320111",
    # damaged first characters
    "湖\ufffd省武汉洪山区": "420111",
    "\ufffd江省金华金东区": "330703",
    # ours: townships
    "东阳横店": "330783123",
    "永康市芝英镇": "330784115",
    "四川巴中通江县诺江镇": "511921100",
    "巴州区": "511902",
    "通江": "511921",
    "香港": "81",
    "台湾省": "71",
}

SAYS_NOTHING = (
    "朝阳区",
    "朝阳",
    "鼓楼区",
    "通州区",
    "南山区",
    "城关区",
    "和平区",
    "西湖区",
    "南京路",
    "中山路",
    "四川北路",
    "江干区",
    "玉山镇",
    "珠三角",
    "高新区",
    "经济技术开发区",
    "新区",
    "市辖区",
    "省",
    "农村",
    "ABC",
    "123",
    "日本东京",
    "国外",
    "海外",
    "异地招聘",
    "",
    "全国",
)


@pytest.mark.parametrize(("text", "code"), SAYS.items())
def test_a_place_resolves_to_the_deepest_division_that_its_text_proves(text, code):
    place = resolve(text)
    assert place and place.code == code


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_what_proves_no_division_resolves_to_none(text):
    assert resolve(text) is None


@pytest.mark.parametrize(
    ("text", "code", "zone"),
    [
        ("浙江省金华金华经济技术开发区", "330702", "330702-kfq"),
        ("金华开发区", "330702", "330702-kfq"),
        ("金华经开区秋滨街道", "330702", "330702-kfq"),
        ("巴中经开区", "511902", "511902-jkq"),
        ("四川巴中兰溪—通江产业园", "511921", "511921-lxtj"),
    ],
)
def test_our_own_zones_are_known_though_they_have_no_code(text, code, zone):
    place = resolve(text)
    assert place and (place.code, place.zone) == (code, zone)


def test_the_unread_rest_and_the_full_path_are_kept():
    place = resolve("上海上海徐汇区漕河泾")
    assert (place.path, place.rest, place.level) == ("上海市徐汇区", "漕河泾", "county")
    assert resolve("河南济源").path == "河南省济源市"
    assert resolve("广东省东莞大朗镇").path == "广东省东莞市"


def test_whether_a_place_is_stated_differs_from_whether_it_is_known():
    assert not places.is_stated(" ")
    assert not places.is_stated("异地招聘")
    assert places.is_stated("国外")
    assert "境外" in places.why_unresolved("国外")
    assert "写明省" in places.why_unresolved("朝阳区")


# Each of these is a city without counties; Jinba keeps it at the city's level, so its county row is never returned.
OWN_COUNTY = {"441900", "442000", "460400", "620201"}


def test_every_county_of_china_resolves_to_itself_from_its_full_and_its_short_path():
    book = gazetteer()
    wrong, tried = [], 0
    for row in book.divisions.values():
        if row.level != "county":
            continue
        city = book.divisions[row.parent]
        province = book.divisions[city.parent].name
        short = "" if city.name in places.PSEUDO_CITIES else city.name.removesuffix("市").removesuffix("地区")
        for text in (province + short + row.name, f"{province}-{short}-{row.name}", book.path(row.code)):
            tried += 1
            found = book.resolve(text)
            if not found or found.code != row.code:
                wrong.append((text, found and found.code))
                assert row.code in OWN_COUNTY, wrong[-1]
    assert tried > 8900
    assert len(wrong) <= 0.005 * tried


def test_every_city_of_china_resolves_to_itself_with_and_without_its_province():
    book = gazetteer()
    for row in book.divisions.values():
        if row.level == "city" and row.name not in places.PSEUDO_CITIES:
            for text in (row.name, book.divisions[row.parent].name + row.name):
                found = book.resolve(text)
                assert found and found.code == row.code, text


def test_every_township_of_ours_resolves_to_itself_below_its_county():
    book = gazetteer()
    for row in book.divisions.values():
        if row.level == "township":
            assert book.resolve(book.path(row.code)).code == row.code


def test_places_of_the_sample_resolve_and_agree_with_the_province_they_name(sample):
    book = gazetteer()
    with sample.open(encoding="utf-8", errors="replace", newline="") as file:
        areas = [row["area"] for row in csv.DictReader(file)]
    found = [resolve(area) for area in areas]
    assert sum(place is not None for place in found) >= 0.95 * len(areas)
    for area, place in zip(areas, found, strict=True):
        for province in book.children[""]:
            if place and area.startswith(book.divisions[province].name[:2]):
                assert place.code.startswith(province), area


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_or_yields_an_unknown_code(text):
    place = gazetteer().resolve(text)
    assert place is None or place.code in gazetteer().divisions


@given(
    st.sampled_from([d for d in places.read_divisions() if d.level == "county" and d.code not in OWN_COUNTY]),
    st.sampled_from(["", "-", " ", "·", "/", " - ", "，"]),
    st.sampled_from(["", "人民路1号", "(总部)", "科技园"]),
)
def test_a_full_path_resolves_with_any_separator_and_any_address_behind_it(row: Division, between: str, behind: str):
    book: Gazetteer = gazetteer()
    city = book.divisions[row.parent]
    steps = [book.divisions[city.parent].name, *([] if city.name in places.PSEUDO_CITIES else [city.name]), row.name]
    found = book.resolve(between.join(steps) + behind)
    assert found and found.code == row.code
