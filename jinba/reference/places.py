"""From a place as people write it to the deepest division that the text proves.

Pure: built once from the data files beside, no database. Rule: never guess. A name that several divisions bear
resolves only inside a parent that the text names (北京朝阳区, but not 朝阳区 alone), and a short name counts only where
no street, square or gate is made of it (上海南京路 is no Nanjing, 广州黄埔大道 is no Huangpu district).
"""

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
LEVELS = {2: "province", 4: "city", 6: "county", 9: "township"}
PSEUDO_CITIES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")

ETHNIC = (
    "维吾尔族|维吾尔|哈萨克族|哈萨克|柯尔克孜族|柯尔克孜|蒙古族|蒙古|朝鲜族|土家族|布依族|哈尼族|傈僳族|拉祜族|"
    "东乡族|纳西族|景颇族|达斡尔族|达斡尔|仫佬族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|普米族|塔吉克族|塔吉克|"
    "鄂温克族|鄂伦春族|裕固族|保安族|独龙族|"
    "各族|壮族|藏族|回族|苗族|彝族|满族|侗族|瑶族|白族|傣族|黎族|佤族|畲族|水族|羌族|怒族|土族"
)
ETHNIC_TAIL = re.compile(rf"^(.{{2,}}?)(?:{ETHNIC})+(自治州|自治县|自治旗|区|乡|镇)$")

SEPARATORS = " \t\r\n-·•・.,,、/\\|>»→:;()[]{}【】《》「」—–―−_~*+\"'"
SEPARATOR_SET = frozenset(SEPARATORS) | frozenset(unicodedata.normalize("NFKC", SEPARATORS))

# What makes another name out of a short one: 南京+路, 朝阳+门, 洪山+广场, 西湖+文化广场.
_ROAD = r"[东西南北中前后新老一二三四五六七八九十]{0,2}环?(?:路|街|巷|弄|胡同|大道|大街)"
_SPOT = r"门|桥|湾|湖|山|寺|园|站|港|口|河|江|岛|海|塔|宫|村|里|营|庄|屯|井|坊|墩|岭|坡|坝|洲|滩|堤|镇|乡"
_HALL = r"广场|大厦|酒店|商城|机场|火?车站|体育场|码头|医院|公园|步行街"
OTHER_THAN_CITY = re.compile(rf"{_ROAD}|(?:{_SPOT})(?![^\s\d{re.escape(SEPARATORS)}])|{_HALL}")
OTHER_THAN_COUNTY = re.compile(rf"{_ROAD}|{_SPOT}|.{{0,3}}(?:{_HALL}|中心)")

HIGH_TECH = tuple(
    [
        "高新技术产业开发区",
        "高新技术产业园区",
        "高新技术开发区",
        "高新技术产业区",
        "高新技术园区",
        "高新开发区",
        "高新园区",
        "高新区",
        "高技术产业开发区",
    ]
)
ECONOMIC = tuple(["经济技术开发区", "经济开发区", "经济技术产业开发区", "经开区", "经济区"])

# Divisions renamed or merged as a whole; where a former division was split, the text proves only the city.
FORMER = {
    "310101": ["卢湾区"],
    "310106": ["闸北区"],
    "310115": ["南汇区", "浦东"],
    "110101": ["崇文区"],
    "110102": ["宣武区"],
    "120116": ["塘沽区", "汉沽区", "大港区", "塘沽", "汉沽", "大港"],
    "330105": ["下城区"],
    "330402": ["秀城区"],
    "330603": ["绍兴县"],
    "320106": ["下关区"],
    "320104": ["白下区"],
    "320508": ["沧浪区", "平江区", "金阊区"],
    "320213": ["崇安区", "南长区", "北塘区"],
    "320214": ["无锡新区", "新区", "无锡高新区"],
    "320505": ["苏州新区", "新区", "高新区", "苏州高新区", "苏州高新技术产业开发区"],
    "320411": ["常州高新区", "高新区"],
    "320576": ["苏州工业园", "工业园区", "SIP"],
    "321003": ["维扬区"],
    "440104": ["东山区"],
    "440103": ["芳村区"],
    "440112": ["萝岗区"],
    "440115": ["南沙新区"],
    "440309": ["龙华新区"],
    "440311": ["光明新区"],
    "440310": ["坪山新区"],
    "370203": ["四方区"],
    "370211": ["胶南市", "西海岸新区", "青岛西海岸新区"],
    "370116": ["莱芜市", "莱芜"],
    "370117": ["钢城"],
    "330212": ["江东区"],
    "210112": ["东陵区"],
    "230110": ["动力区"],
    "230104": ["太平区"],
    "360112": ["湾里区"],
    "360113": ["红谷滩新区"],
    "520111": ["小河区"],
    "520115": ["金阳新区"],
    "610118": ["户县"],
    "340207": ["三山区"],
    "340181": ["巢湖"],
    "511703": ["达县"],
    "511504": ["宜宾县"],
    "500110": ["万盛区"],
    "500111": ["双桥区"],
    "4206": ["襄樊市", "襄樊"],
    "5308": ["思茅市", "思茅地区"],
    "5205": ["毕节地区"],
    "5206": ["铜仁地区"],
    "1306": ["雄安新区", "雄安"],
    "50": ["两江新区", "北部新区"],
    "52": ["贵安新区"],
    "61": ["西咸新区"],
    "36": ["赣江新区"],
    "53": ["滇中新区"],
    "3309": ["舟山群岛新区"],
    "2102": ["金普新区"],
    "2201": ["长春新区"],
    "2301": ["哈尔滨新区"],
    "4301": ["湘江新区"],
    "3501": ["福州新区"],
}

# Bare short names that common speech gives to two places.
DOUBTFUL = frozenset({"朝阳"})
# A city whose name half the streets, gates and parks of China bear: alone or with 市 only.
STREET_WORD = frozenset({"中山"})
NOWHERE = frozenset(
    [
        "异地",
        "异地招聘",
        "全国",
        "不限",
        "地点不限",
        "不限地点",
        "远程",
        "远程办公",
        "居家",
        "居家办公",
        "线上",
        "面议",
        "多地",
        "待定",
        "无",
        "-",
        "nan",
        "null",
        "none",
    ]
) | {""}
ABROAD = tuple(
    [
        "国外",
        "海外",
        "境外",
        "欧洲",
        "美洲",
        "非洲",
        "亚洲",
        "中东",
        "东南亚",
        "美国",
        "日本",
        "韩国",
        "新加坡",
        "越南",
        "泰国",
        "德国",
        "英国",
        "印度",
        "马来西亚",
        "印尼",
        "印度尼西亚",
        "加拿大",
        "澳大利亚",
        "法国",
        "俄罗斯",
        "柬埔寨",
        "缅甸",
        "老挝",
        "菲律宾",
        "墨西哥",
        "匈牙利",
        "迪拜",
        "阿联酋",
        "沙特",
    ]
)


@dataclass(frozen=True, slots=True)
class Division:
    code: str
    name: str
    parent: str
    level: str


@dataclass(frozen=True, slots=True)
class ZoneRow:
    code: str
    name: str
    aliases: tuple[str, ...]
    parent: str


@dataclass(frozen=True, slots=True)
class Place:
    """A resolved place: `code` of the deepest division proven, `zone` if a zone of ours is meant, the unread `rest`."""

    code: str
    path: str
    rest: str = ""
    zone: str = ""

    @property
    def level(self) -> str:
        return LEVELS[len(self.code)]


def is_stated(text: str) -> bool:
    """Whether the text means a place at all: 异地招聘, 全国 and the like name none."""
    return _clean(text)[0].strip(SEPARATORS).lower() not in NOWHERE


def why_unresolved(text: str) -> str:
    """A sentence for the person who has to mend an unresolved place."""
    clean = _clean(text)[0].strip(SEPARATORS)
    if clean.startswith(ABROAD):
        return f"地点在境外，没有对应的行政区划：{text}"
    return f"认不出或有多个同名地点，请写明省、市：{text}"


def _clean(text: str) -> tuple[str, bool]:
    """The text in one form of writing, and whether bytes were lost from it."""
    plain = unicodedata.normalize("NFKC", text or "")
    broken = "\ufffd" in plain
    return "".join(c for c in plain if c.isprintable() or c in SEPARATOR_SET).replace("\ufffd", "").strip(), broken


@dataclass(slots=True)
class _Names:
    """The names by which one context knows the divisions in it; a name of several divisions maps to all of them."""

    codes: dict[str, set[str]] = field(default_factory=dict)
    short: dict[str, bool] = field(default_factory=dict)
    longest: int = 0

    def add(self, name: str, code: str, short: bool) -> None:
        if len(name) < 2:
            return
        known = self.codes.setdefault(name, set())
        if not known or (self.short[name] and not short):
            known.clear()  # a full name outranks somebody else's short one
            self.short[name] = short
        if self.short[name] == short:
            known.add(code)
        self.longest = max(self.longest, len(name))


class Gazetteer:
    """All names, arranged by the context in which they are unique."""

    def __init__(self, divisions: Iterable[Division], zones: Iterable[ZoneRow] = ()) -> None:
        self.divisions = {row.code: row for row in divisions}
        self.zones = {row.code: row for row in zones}
        self.children: dict[str, list[str]] = {}
        for row in self.divisions.values():
            self.children.setdefault(row.parent, []).append(row.code)
        self._own = {code: self._names_of(row) for code, row in self.divisions.items()}
        self._inside: dict[str, _Names] = {}
        self._everywhere = self._build_everywhere()

    # -- names ---------------------------------------------------------------------------------------------------

    def path(self, code: str) -> str:
        """Full name from the province down, without the nameless steps: 上海市浦东新区, 河南省济源市."""
        names: list[str] = []
        step: str | None = code
        while step:
            row = self.divisions[step]
            if row.name not in PSEUDO_CITIES and (not names or names[-1] != row.name):
                names.append(row.name)
            step = row.parent
        return "".join(reversed(names))

    def _names_of(self, row: Division) -> list[tuple[str, bool]]:
        """(name, is short) pairs; a short name has lost the word that says what kind of division it is."""
        if row.name in PSEUDO_CITIES:
            # The only city step of a municipality bears the municipality's name.
            if row.name == "市辖区" and len(self.children[row.parent]) == 1:
                return [(name, True) for name, _ in self._names_of(self.divisions[row.parent])]
            return []
        names: dict[str, bool] = {row.name: False}
        self._add_forms(names, row)
        for former in FORMER.get(row.code, ()):
            names.setdefault(former, former[-1] not in "区市县园")
        return list(names.items())

    def _add_forms(self, names: dict[str, bool], row: Division) -> None:
        def add(name: str, short: bool) -> None:
            if len(name) >= 2:
                names.setdefault(name, short)

        name = row.name
        if row.level == "province":
            base = re.sub(r"(壮族|回族|维吾尔)?(自治区|特别行政区|省|市)$", "", name)
            add(base, True)
            add(base + "省", False) if name.endswith("省") else None
            if "自治区" in name:
                add(base + "自治区", False)
                add(base + "省", False)
            if name.endswith("特别行政区"):
                add("中国" + base, False)
            return
        ethnic = ETHNIC_TAIL.match(name)
        if ethnic:
            base, kind = ethnic.groups()
            while (again := re.match(rf"^(.{{2,}})(?:{ETHNIC})$", base)) is not None:
                base = again.group(1)
            add(base, True)
            add(base + kind[-1], False)
            add(base + kind, False)
            return
        if name.endswith("自治旗"):
            add(name[:-3], True)
            add(name[:-3] + "旗", False)
            return
        if row.level == "city":
            base = re.sub(r"(市|地区|盟|自治州)$", "", name)
            add(base, True)
            if name.endswith(("地区", "盟")):
                add(base + "市", False)
            return
        if row.level == "township":
            base = re.sub(r"(街道|地区|镇|乡)$", "", name)
            add(base, True)
            add(base + "街道办事处", False) if name.endswith("街道") else None
            add(base + "街道办", False) if name.endswith("街道") else None
            add(base + "镇", False) if name.endswith(("街道", "乡")) else None
            return
        if self._add_zone_forms(names, row):
            return
        if name.endswith(("新区", "矿区", "林区")):
            add(name[:-2], True)
        else:
            add(re.sub(r"(区|县|市|旗)$", "", name) if name[-1] in "区县市旗" else name, True)
        # A county that rose to city or district is often still written the old way.
        if name.endswith("区"):
            add(name[:-1] + "市", True)
            add(name[:-1] + "县", True)
        elif name.endswith("市"):
            add(name[:-1] + "县", True)
            add(name[:-1] + "区", True)

    def _add_zone_forms(self, names: dict[str, bool], row: Division) -> bool:
        """Development zones that the Bureau gives a code: 合肥高新技术产业开发区 is 高新区, 合肥高新区 and so on."""
        name = row.name
        kind = next((kinds for kinds in (HIGH_TECH, ECONOMIC) for tail in kinds if name.endswith(tail)), None)
        if kind is None:
            return False
        core = re.sub("|".join(sorted(kind, key=len, reverse=True)) + "$", "", name)
        city = self.divisions[row.parent]
        city_base = re.sub(r"(市|地区|盟)$", "", city.name)
        province_base = re.sub(r"(省|市|自治区|壮族自治区)$", "", self.divisions[city.parent].name)
        core = core.removeprefix(province_base).removeprefix(city.name).removeprefix(city_base).removeprefix("市")
        core = "" if core == "火炬" else core
        for tail in kind:
            names.setdefault(core + tail, False)
            names.setdefault(city_base + core + tail, False)
            names.setdefault(city.name + core + tail, False)
        if core:
            names.setdefault(core + "区", False)
            names.setdefault(core, True)
        return True

    def _descendants(self, code: str) -> Iterable[str]:
        for child in self.children.get(code, ()):
            yield child
            yield from self._descendants(child)

    def _context(self, code: str) -> _Names:
        """The names known inside a division: itself once more, and all divisions in it down to the county."""
        if code in self._inside:
            return self._inside[code]
        names = _Names()
        row = self.divisions[code]
        below = [c for c in self._descendants(code) if len(c) <= 6 or row.level in ("city", "county")]
        for child in below:
            # A city that is its own only county (东莞市) or a nameless step adds nothing to tell apart.
            if self._is_double(child):
                continue
            for name, short in self._own[child]:
                names.add(name, child, short)
        for city in below:
            if len(city) == 4:  # between 楚雄州 and its 楚雄市, the short name means the prefecture
                for name, short in self._own[city]:
                    if short and names.short.get(name):
                        names.codes[name] = {city}
        for name, short in self._own[code]:
            if name not in names.codes:
                names.add(name, code, short)
        for zone in self.zones.values():
            if zone.parent.startswith(code):
                for name in zone.aliases:
                    names.add(name, zone.code, False)
        self._inside[code] = names
        return names

    def _is_double(self, code: str) -> bool:
        row = self.divisions[code]
        return len(code) == 6 and row.parent in self.divisions and self.divisions[row.parent].name == row.name

    def _build_everywhere(self) -> _Names:
        names = _Names()
        shorts: dict[str, dict[str, set[str]]] = {"province": {}, "city": {}, "county": {}}
        for code, row in self.divisions.items():
            if row.level == "township" or self._is_double(code) or row.name in PSEUDO_CITIES:
                continue
            generic = set(HIGH_TECH) | set(ECONOMIC) | {"新区", "工业园区"}
            for name, short in self._own[code]:
                if name in generic:
                    continue
                if short:
                    shorts[row.level].setdefault(name, set()).add(code)
                else:
                    names.add(name, code, False)
        taken: set[str] = set(names.codes)
        for level in ("province", "city", "county"):
            for name, codes in shorts[level].items():
                if name not in taken and name not in DOUBTFUL:
                    for code in codes:
                        names.add(name, code, True)
            taken |= set(shorts[level])
        for zone in self.zones.values():
            for name in zone.aliases:
                names.add(name, zone.code, False)
        return names

    # -- reading -------------------------------------------------------------------------------------------------

    def _step(self, names: _Names, text: str, at: int) -> tuple[str | None, int]:
        """What the longest name at `at` proves, and where that name ends; (None, at) when it proves no division."""
        for length in range(min(names.longest, len(text) - at), 1, -1):
            name = text[at : at + length]
            codes = names.codes.get(name)
            if codes is None:
                continue
            if names.short[name] and not self._stands_alone(codes, text, at + length):
                continue
            if len(codes) > 1:
                return None, at
            (code,) = codes
            end = at + length
            if name.endswith("市") and code in self.divisions and self._starts_county(code, text, end - 1):
                end -= 1  # 济南|市中区, not 济南市|中区
            return code, end
        return None, at

    def _starts_county(self, city: str, text: str, at: int) -> bool:
        return any(text.startswith(self.divisions[county].name, at) for county in self.children.get(city, ()))

    def _stands_alone(self, codes: set[str], text: str, end: int) -> bool:
        """A short name counts when nothing makes another name of it. A county's short name must end the word."""
        if end == len(text) or text[end] in SEPARATOR_SET:
            return True
        tail = text[end:]
        if text[:end] in STREET_WORD:
            return False
        if any(len(code) <= 4 for code in codes):
            return not OTHER_THAN_CITY.match(tail) or self._continues(codes, text, end)
        if all(self._is_county_city(code) for code in codes):
            return not OTHER_THAN_COUNTY.match(tail)
        return self._continues(codes, text, end)

    def _is_county_city(self, code: str) -> bool:
        row = self.divisions.get(code)
        return row is not None and ((row.level == "county" and row.name.endswith("市")) or row.name == "浦东新区")

    def _continues(self, codes: set[str], text: str, end: int) -> bool:
        """Whether a full name from inside the division follows at once, which proves the short name before it."""
        for code in codes:
            if code in self.divisions:
                names = self._context(code)
                for length in range(min(names.longest, len(text) - end), 1, -1):
                    name = text[end : end + length]
                    found = names.codes.get(name)
                    if found and found != {code} and not names.short[name]:
                        return True
                    if found and end + length == len(text):
                        return True
        return False

    def resolve(self, text: str) -> Place | None:
        """The deepest division that the text proves, or None. Never raises."""
        plain, broken = _clean(text)
        if not is_stated(plain) or plain.startswith(ABROAD):
            return None
        at = self._skip(plain, 0)
        if plain.startswith("中国", at) and not plain.startswith(("中国台湾", "中国香港", "中国澳门"), at):
            at = self._skip(plain, at + 2)
        code, at = self._step(self._everywhere, plain, at)
        if code is None and (broken or re.match(r"^.{0,3}(省|自治区)", plain)):
            # The first characters were damaged: read on behind the first word that ends like a province.
            damaged = re.match(r"^.{0,8}?(省|自治区)", plain)
            if damaged:
                code, at = self._step(self._everywhere, plain, self._skip(plain, damaged.end()))
        if code is None:
            return None
        while True:
            if code in self.zones:
                zone = self.zones[code]
                return Place(zone.parent, self.path(zone.parent), plain[at:].strip(SEPARATORS), zone.code)
            start = self._skip(plain, at)
            found, end = self._step(self._context(code), plain, start)
            if found is None or end == start:
                break
            at = end
            if found == code:
                if len(code) == 2 and self._lone_city(code):
                    code = self._lone_city(code)
                continue
            code = found
        code = self._later_county(code, plain, at)
        if len(code) == 2:
            code = self._lone_city(code) or code
        return Place(code, self.path(code), plain[at:].strip(SEPARATORS))

    def _lone_city(self, code: str) -> str:
        """The only city step of 北京, 天津 and 上海, which covers all of the municipality."""
        cities = self.children.get(code, [])
        return cities[0] if len(cities) == 1 and self.divisions[cities[0]].name == "市辖区" else ""

    def _later_county(self, code: str, text: str, at: int) -> str:
        """A county named in full further on (高新园区沙河口区) counts when it is the only one in the text."""
        if len(code) != 4 and not (len(code) == 2 and self._lone_city(code)):
            return code
        names = self._context(code)
        found: set[str] = set()
        for name, codes in names.codes.items():
            if not names.short[name] and len(name) >= 3 and len(codes) == 1 and name in text[at:]:
                (one,) = codes
                if one in self.divisions and len(one) == 6 and name == self.divisions[one].name:
                    found.add(one)
        return found.pop() if len(found) == 1 else code

    @staticmethod
    def _skip(text: str, at: int) -> int:
        while at < len(text) and text[at] in SEPARATOR_SET:
            at += 1
        return at


def read_divisions(folder: Path = DATA) -> list[Division]:
    rows = []
    for name in ("divisions.csv", "divisions_extra.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows += [Division(r["code"], r["name"], r["parent"], r["level"]) for r in csv.DictReader(file)]
    return rows


def read_zones(folder: Path = DATA) -> list[ZoneRow]:
    with (folder / "zones.csv").open(encoding="utf-8", newline="") as file:
        return [
            ZoneRow(
                r["code"],
                r["name"],
                (r["name"], r["short_name"], *filter(None, r["aliases"].split("|"))),
                r["parent"],
            )
            for r in csv.DictReader(file)
        ]


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the shipped data files, built on first use (about 0.1 s)."""
    return Gazetteer(read_divisions(), read_zones())


@lru_cache(maxsize=50_000)
def resolve(text: str) -> Place | None:
    return gazetteer().resolve(text)
