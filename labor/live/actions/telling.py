"""Who of the crew and of the officers hears of a step of a session: parts of the other actions' transactions."""

from django.db.models import Q
from django.urls import reverse

from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.spoken import when
from jinba.notices.actions import tell_all
from labor.live.models import LiveSession, SessionEvent

RIGHT = "change_livesession"


def submitted(*, session: LiveSession, event: SessionEvent) -> None:
    """The officers who review sessions."""
    tell_all(
        recipient_ids=_officers(),
        kind="live.submitted",
        dedupe_key=_key(event),
        title=f"待审直播：{session.title}",
        body=f"{session.host_name}，{when(session.starts_at)}。",
        url=reverse("admin:live_livesession_change", args=[session.pk]),
    )


def approved(*, session: LiveSession, event: SessionEvent) -> None:
    _to_crew(
        session, event, "live.approved", "直播通过审核，已经预告",
        f"“{session.title}”{when(session.starts_at)}。记得彩排，开播前 30 分钟可以进直播间。",
    )  # fmt: skip


def returned(*, session: LiveSession, event: SessionEvent) -> None:
    _to_crew(
        session, event, "live.returned", "直播没通过审核，请改一改",
        f"“{session.title}”：{event.reason}",
    )  # fmt: skip


def cancelled(*, session: LiveSession, event: SessionEvent) -> None:
    _to_crew(
        session, event, "live.called_off", "直播取消了",
        f"“{session.title}”（{when(session.starts_at)}）：{event.reason}",
    )  # fmt: skip


def stopped(*, session: LiveSession, event: SessionEvent) -> None:
    _to_crew(
        session, event, "live.stopped", "直播停了，不能再播",
        f"“{session.title}”：{event.reason}。这一场没有回放。",
    )  # fmt: skip


def _to_crew(session: LiveSession, event: SessionEvent, kind: str, title: str, body: str) -> None:
    """Its anchors and moderators and whoever planned it, except who did this."""
    ids = {session.made_by_id, *session.crew.values_list("user_id", flat=True)} - {event.by_id}
    readers = User.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True)
    tell_all(
        recipient_ids=readers, kind=kind, dedupe_key=_key(event), title=title, body=body,
        url=reverse("studio:plan", args=[session.pk]),
    )  # fmt: skip


def _key(event: SessionEvent) -> str:
    return f"live:{event.session_id}:event:{event.pk}"


def _officers() -> list[int]:
    rights = Q(role=Role.ADMIN) | Q(
        role=Role.OFFICER, groups__permissions__codename=RIGHT,
        groups__permissions__content_type__app_label="live",
    )  # fmt: skip
    return list(User.objects.filter(rights, is_active=True).distinct().order_by("pk").values_list("pk", flat=True))
