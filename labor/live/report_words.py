"""The figures of a report in words, bars and lines: for the page, and row by row for the file."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from labor.live.report import FEW, OTHERS, Report

COLUMNS = ("部分", "项目", "数", "怎么算的")
NOTHING = "暂无数据"
WIDTH, HEIGHT, TOP = 600, 200, 24  # of the curve's drawing; its lines stay below TOP
NARROW = 14  # a band that is narrower has no room for its number

NOTES = {
    "visitors": "登录了的按人算，直播和回放都看了、换了手机看都只算一个；没登录的按浏览器算，"
    "同一个浏览器 7 天内算一个。同一片网络一小时里新来的浏览器太多时，多出来的不算，免得有人刷数。",
    "peak": "同一时刻在看的人，按每分钟里最多的时候算。",
    "total": "每个人开着直播间页面的时间加起来，开播前等着的不算。",
    "median": "一半人看得比这久，一半人没有这么久。",
    "replay": "回放到现在为止的观看，之后还会增加。",
    "counties": f"按看的人填过的区县，没填过的按海报所在的区县。不到 {FEW} 人的区县不单独写，合成“{OTHERS}”；"
    "只有一个这样的区县时，连人最少的另一个一起合，免得从总数里算出来。",
    "curve": "每分钟里最多同时有几人在看；色块是正在讲解岗位的时候，编号和下面的表对得上。",
    "words": "显示出来的发言；待看和隐藏的不算在内。",
    "applications": "在直播间或回放里报名的，按报名数算，一个人报两个岗位算两个。",
    "pinned": "报名的时候，主播正在讲这个岗位。",
    "interviewed": "后来面试过的，不管结果怎样。",
    "hired": "接受了录用的，后来没去的也算在内。",
    "arrived": "企业记下已经到岗的。",
    "stays": "要有到岗以后的跟踪记录才算得出来，现在还没有，所以不写数字，也不写 0。",
}


def long(seconds: int | None) -> str:
    """“1 小时 2 分”, “3 分 20 秒”; nothing counted is said so."""
    if seconds is None:
        return NOTHING
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    if minutes:
        return f"{minutes} 分 {left} 秒" if left else f"{minutes} 分钟"
    return f"{left} 秒"


def stats(report: Report) -> list[dict[str, Any]]:
    """The first figures of the page."""
    live, replay = report.live, report.replay
    return [
        {
            "label": "看过的人",
            "value": report.visitors,
            "unit": "人",
            "note": f"登录的 {report.signed_in} 人，没登录的浏览器 {report.visitors - report.signed_in} 个。",
        },
        {"label": "最多同时在看", "value": report.peak, "unit": "人", "note": NOTES["peak"]},
        {"label": f"直播总共看了（{live.visitors} 人）", "value": long(live.seconds), "note": NOTES["total"]},
        {"label": "直播一般看多久", "value": long(live.median), "note": NOTES["median"]},
        {"label": f"回放总共看了（{replay.visitors} 人）", "value": long(replay.seconds), "note": NOTES["replay"]},
        {"label": "回放一般看多久", "value": long(replay.median), "note": NOTES["median"]},
    ]


def county_bars(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "label": county.name, "percent": round(100 * county.share, 1), "value": "",
            "text": f"{county.visitors} 人",
        }
        for county in report.counties
    ]  # fmt: skip


def words(report: Report) -> list[dict[str, Any]]:
    share = f"{100 * report.answered / report.asked:.0f}%" if report.asked else NOTHING
    return [
        {"label": "发言和提问", "value": report.said, "unit": "条", "note": NOTES["words"]},
        {"label": "提问", "value": report.asked, "unit": "个", "note": f"答了 {report.answered} 个（{share}）"},
        {"label": "隐藏的发言", "value": report.hidden, "unit": "条", "note": "主播和场控隐藏的，每条都有原因。"},
    ]


def funnel(report: Report) -> list[dict[str, Any]]:
    """From who watched to who was hired."""
    steps = [
        ("看过的人", report.visitors), ("报名", report.applications), ("面试过", report.interviewed),
        ("录用", report.hired), ("到岗", report.arrived),
    ]  # fmt: skip
    most = max(count for _, count in steps) or 1
    bars: list[dict[str, Any]] = [
        {"label": label, "value": count, "percent": round(100 * count / most, 1)} for label, count in steps
    ]
    return [*bars, {"label": "满 3 个月还在岗", "value": "", "percent": 0, "text": NOTHING}]


def cards(report: Report) -> dict[str, Any]:
    """Parameters of the table component."""
    labels = ("讲了多久", "报名", "直播中", "看回放", "讲解时", "面试过", "录用", "到岗")
    return {
        "columns": [{"label": "岗位"}, *({"label": label, "number": True} for label in labels)],
        "rows": [
            {
                "cells": [
                    f"{card.title}（{card.employer}）" + ("，中途撤下" if card.is_removed else ""),
                    long(card.seconds) if card.seconds else "没讲", card.applications, card.live, card.replay,
                    card.pinned, card.interviewed, card.hired, card.arrived,
                ]
            }
            for card in report.cards
        ],
    }  # fmt: skip


def curve(report: Report) -> dict[str, Any] | None:
    """The drawing of viewers by minute, and the tables that say the same; None when nobody was counted."""
    if not report.minutes or report.session.live_at is None:
        return None
    most = max(minute.viewers for minute in report.minutes) or 1
    count = len(report.minutes)
    step = WIDTH / max(count - 1, 1)
    points = [(round(at * step, 1), _height(minute.viewers, most)) for at, minute in enumerate(report.minutes)]
    if count == 1:
        points.append((WIDTH, points[0][1]))
    line = " ".join(f"{x},{y}" for x, y in points)
    seconds = max((count - 1) * 60, 60)
    bands = []
    for number, shown in enumerate(report.shown, 1):
        left = min(shown.begins / seconds, 1) * WIDTH
        width = max(min(shown.ends / seconds, 1) * WIDTH - left, 1)
        bands.append(
            {
                "number": number, "x": round(left, 1), "width": round(width, 1), "middle": round(left + width / 2, 1),
                "has_room": width >= NARROW, "title": shown.title, "from_at": shown.from_at,
                "lasts": long(max(round(shown.ends - shown.begins), 0)),
            }
        )  # fmt: skip
    return {
        "line": line, "area": f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}", "bands": bands, "most": most,
        "width": WIDTH, "height": HEIGHT, "from_at": report.minutes[0].at, "to_at": report.minutes[-1].at,
        "minutes": report.minutes,
    }  # fmt: skip


def _height(viewers: int, most: int) -> float:
    return round(HEIGHT - (HEIGHT - TOP) * viewers / most, 1)


def rows(report: Report) -> Iterator[tuple[str, str, Any, str]]:
    """The file, line by line, in COLUMNS."""
    session, live, replay = report.session, report.live, report.replay
    begun = timezone.localtime(session.live_at).strftime("%Y-%m-%d %H:%M") if session.live_at else "没有开播"
    yield "场次", "标题", session.title, ""
    yield "场次", "主办", session.host_name, ""
    yield "场次", "开播时间", begun, "北京时间"
    yield "场次", "直播时长（分钟）", report.minutes_on_air, "从开播到结束"
    yield "观看", "看过的人", report.visitors, NOTES["visitors"]
    yield "观看", "其中登录的人", report.signed_in, ""
    yield "观看", "其中没登录的浏览器", report.visitors - report.signed_in, ""
    yield "观看", "最多同时在看", report.peak, NOTES["peak"]
    for name, watched in (("直播", live), ("回放", replay)):
        yield "观看", f"{name}看过的人", watched.visitors, ""
        yield "观看", f"{name}总观看时长（秒）", watched.seconds, NOTES["total"]
        yield "观看", f"{name}观看时长中位数（秒）", _or_nothing(watched.median), NOTES["median"]
    for county in report.counties:
        yield "区县", county.name, county.visitors, NOTES["counties"]
    yield "互动", "发言和提问", report.said, NOTES["words"]
    yield "互动", "提问", report.asked, ""
    yield "互动", "答了的提问", report.answered, ""
    for label, count, note in (
        ("报名", report.applications, "applications"), ("面试过", report.interviewed, "interviewed"),
        ("录用", report.hired, "hired"), ("到岗", report.arrived, "arrived"),
    ):  # fmt: skip
        yield "结果", label, count, NOTES[note]
    yield "结果", "满 3 个月还在岗", NOTHING, NOTES["stays"]
    for card in report.cards:
        name = f"岗位：{card.title}（{card.employer}）"
        for label, count in (
            ("讲解（秒）", card.seconds), ("报名", card.applications), ("直播中报名", card.live),
            ("看回放时报名", card.replay), ("讲解时报名", card.pinned), ("面试过", card.interviewed),
            ("录用", card.hired), ("到岗", card.arrived),
        ):  # fmt: skip
            yield name, label, count, ""
    for minute in report.minutes:
        yield "每分钟在看", timezone.localtime(minute.at).strftime("%H:%M"), minute.viewers, ""


def _or_nothing(value: int | None) -> Any:
    return NOTHING if value is None else value
