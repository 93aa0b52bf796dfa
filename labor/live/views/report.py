"""What came of a session, as a page and as a file; and what may be done with its replay."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.spoken import when_range
from jinba.privacy.exports import sheets
from labor.live import report_words
from labor.live.actions import replaying
from labor.live.choices import ReplayState
from labor.live.crew import side_of
from labor.live.models import LiveSession, Replay
from labor.live.replays import is_recruiting
from labor.live.report import report as figures
from labor.live.views.desk import STUDIO, base_of, session_of


@roles(*STUDIO)
@never_cache
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of one session, with what each of them means, and the replay's state."""
    return _page(request, session_of(request, pk))


@roles(*STUDIO)
@never_cache
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The same figures as a table; nobody is named in it."""
    session = session_of(request, pk)
    content = sheets.written("xlsx", report_words.COLUMNS, report_words.rows(figures(session)))
    response = HttpResponse(content, content_type=sheets.CONTENT_TYPES["xlsx"])
    response.headers["Content-Disposition"] = f'attachment; filename="live-{session.pk}.xlsx"'
    return response


@roles(*STUDIO)
@never_cache
@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, "回放已隐藏，谁也看不到了。",
        lambda session: replaying.hide(session=session, by=request.user, reason=_reason(request)),
    )  # fmt: skip


@roles(*STUDIO)
@never_cache
@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, "回放又可以看了。", lambda session: replaying.show(session=session, by=request.user)
    )  # fmt: skip


@roles(*STUDIO)
@never_cache
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, "回放已撤下，画面正在删除。",
        lambda session: replaying.withdraw(session=session, by=request.user, reason=_reason(request)),
    )  # fmt: skip


@roles(*STUDIO)
@never_cache
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, "正在重新做，过一会儿刷新看看。", lambda session: replaying.again(session=session, by=request.user)
    )  # fmt: skip


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\0", "")


def _act(request: HttpRequest, pk: int, done: str, act: Callable[[LiveSession], Replay]) -> HttpResponse:
    session = session_of(request, pk)
    try:
        act(session)
    except Refused as refusal:
        return _page(request, session, refusal=refusal)
    messages.success(request, done)
    return redirect("studio:report", pk=pk)


def _page(request: HttpRequest, session: LiveSession, *, refusal: Refused | None = None) -> HttpResponse:
    found = figures(session)
    replay = Replay.objects.filter(session=session).select_related("hidden_by").first()
    context = {
        "base": base_of(request),
        "session": session,
        "when": when_range(session.starts_at, session.ends_at),
        "was_on": session.live_at is not None,
        "report": found,
        "stats": report_words.stats(found),
        "counties": report_words.county_bars(found),
        "curve": report_words.curve(found),
        "words": report_words.words(found),
        "cards": report_words.cards(found),
        "funnel": report_words.funnel(found),
        "notes": report_words.NOTES,
        "replay": replay,
        "replay_words": _replay_words(replay),
        "is_recruiting": bool(replay) and is_recruiting(session),
        "may_act": side_of(session=session, user=request.user) is not None,
        "may_withdraw": replaying.may_withdraw(session=session, user=request.user),
        "refusal": refusal.message if refusal else "",
        "reason": _reason(request),
    }
    return render(request, "studio/report.html", context, status=(422 if refusal.field else 409) if refusal else 200)


def _replay_words(replay: Replay | None) -> str:
    """How the replay stands, in a sentence."""
    if replay is None:
        return ""
    until = f"{replay.retain_until:%Y年%-m月%-d日}" if replay.retain_until else ""
    match replay.state:
        case ReplayState.MAKING:
            return "回放正在做，一般一分钟内就好。"
        case ReplayState.READY:
            return f"可以看，{report_words.long(round(replay.seconds))}，保存到 {until}。"
        case ReplayState.HIDDEN:
            return f"已隐藏，现在谁也看不到。原因：{replay.hidden_reason}。"
        case ReplayState.FAILED:
            return f"没做成：{replay.error or '原因不明'}"
        case _:
            day = f"（{timezone.localtime(replay.deleted_at):%-m月%-d日}）" if replay.deleted_at else ""
            return f"已删除{day}。原因：{replay.hidden_reason}。"
