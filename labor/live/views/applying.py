"""Applying without leaving the picture: a sheet that asks for phone, code, name where needed, and the consent.

Each answer is the sheet's next look, as a piece of the room's page for htmx, or as a page of its own without scripts.
The steps are those of the ordinary way in; what is typed wrongly comes back with a sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jinba.accounts import actions as accounts
from jinba.accounts import entrance, proof
from jinba.accounts.choices import Role
from jinba.accounts.forms import CodeForm, PhoneForm
from jinba.accounts.models import User
from jinba.accounts.views import ask_for_code
from jinba.core.access import public
from jinba.core.errors import Refused
from jinba.links.arrival import link_code
from labor.applications.actions.applying import asks_birth_date
from labor.applications.actions.history import live_one
from labor.applications.consent import consent_text
from labor.applications.forms import BirthDateForm
from labor.applications.models import Application
from labor.live import moments, page
from labor.live.actions import applying
from labor.live.cards import card_json, why_not, with_posting
from labor.live.choices import OPEN_ROOM
from labor.live.models import Card, LiveSession
from labor.live.views.watch import shown_session
from labor.workers import actions as workers
from labor.workers.forms import StartForm
from labor.workers.helper_forms import ClaimForm
from labor.workers.models import Worker
from labor.workers.views import sign_in
from labor.workers.views.people import HELPERS, found_people, looked_for, number_in, own_person

PEOPLE = 8
TITLES = {
    "phone": "填手机号，就能说话",
    "code": "填短信里的 6 位数字",
    "who": "您是哪一位？",
    "claim": "是您本人吗？",
    "start": "您是谁？",
    "in": "登录好了，可以说话了",
}
GONE = "等得太久，验证码过期了，请再填一次手机号。"


@dataclass
class Sheet:
    """One look of the sheet, while it is being made up."""

    request: HttpRequest
    session: LiveSession
    card: Card | None
    step: str = ""
    status: int = 200
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def user(self) -> Any:
        return self.request.user

    def show(self, step: str, *, status: int = 200, **context: Any) -> HttpResponse:
        request, posting = self.request, self.card.posting if self.card else None
        context |= {
            "step": step,
            "title": self.title(step, is_new=context.get("is_new", False)),
            "session": self.session,
            "card": card_json(self.card) if self.card else None,
            "posting": posting,
            "consent": consent_text(posting.employer.name) if posting else "",
            "tapped": request.POST.get("tapped", "")[:100] or moments.stamp(),
            "position": request.POST.get("position", "")[:20],
            "me": {
                **page.me(request, self.session),
                "csrf": get_token(request),
                "step": step,
                "is_helper": _is_helper(request),
            },
        }
        name = "live/_sheet.html" if request.headers.get("HX-Request") else "live/sheet.html"
        return render(request, name, context, status=status)

    def title(self, step: str, *, is_new: bool) -> str:
        if step == "done":
            return "报名成功" if is_new else "已经报过名了"
        if self.card is None:
            return TITLES.get(step, "登录")
        return f"{'现在不能报名' if step == 'closed' else '报名'}：{self.card.posting.title}"


def _is_helper(request: HttpRequest) -> bool:
    return getattr(request.user, "role", None) in HELPERS


@public
@never_cache
@sensitive_post_parameters("phone", "code", "words", "name", "q")
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, pk: int, card_id: int) -> HttpResponse:
    """The sheet of one card."""
    session = shown_session(pk)
    card = get_object_or_404(with_posting(Card.objects.filter(session=session)), pk=card_id)
    return _answer(Sheet(request, session, card))


@public
@never_cache
@sensitive_post_parameters("phone", "code", "words", "name")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of somebody who wants to speak: the same way in, without a card."""
    return _answer(Sheet(request, shown_session(pk), None))


def _answer(sheet: Sheet) -> HttpResponse:
    if sheet.card is not None:
        if sheet.session.state not in OPEN_ROOM:
            return sheet.show("closed", status=410, words=applying.SHUT)
        if why := why_not(sheet.card):
            return sheet.show("closed", status=410, words=why)
    steps: dict[str, Callable[[Sheet], HttpResponse]] = {
        "phone": _phone,
        "code": _code,
        "again": _again,
        "who": _who,
        "claim": _claim,
        "start": _start,
        "apply": _apply,
        "find": _person,
        "apply_for": _apply_for,
    }
    wanted = steps.get(sheet.request.POST.get("step", ""))
    return wanted(sheet) if wanted else _next(sheet)


def _next(sheet: Sheet) -> HttpResponse:
    """What is to be asked of this visitor now."""
    request, user = sheet.request, sheet.user
    if not user.is_authenticated:
        if phone := proof.proven_phone(request):
            return _after_code(sheet, phone)
        return _show_code(sheet) if proof.asked(request) else sheet.show("phone", form=PhoneForm())
    if sheet.card is None:
        return sheet.show("in")
    if user.role in HELPERS:
        return _person(sheet)
    if user.role != Role.SEEKER:
        return sheet.show("wrong", role=user.get_role_display(), status=403)
    worker = Worker.objects.filter(user=user).first()
    if worker is None:
        return sheet.show("start", form=StartForm(initial={"name": user.name}))
    return _consent(sheet, worker)


# The way in ----------------------------------------------------------------------------------------------------------


def _phone(sheet: Sheet) -> HttpResponse:
    if sheet.user.is_authenticated:
        return _next(sheet)
    form = PhoneForm(sheet.request.POST)
    if form.is_valid():
        try:
            ask_for_code(sheet.request, form.cleaned_data["phone"])
        except Refused as refusal:
            form.add_error("phone", refusal.message)
        else:
            return _show_code(sheet)
    return sheet.show("phone", form=form, status=422)


def _show_code(sheet: Sheet, form: CodeForm | None = None, said: str = "", bad: str = "") -> HttpResponse:
    asked = proof.asked(sheet.request)
    if asked is None:
        return sheet.show("phone", form=PhoneForm(), refused=GONE, status=422)
    phone = asked.phone
    status = 422 if bad or (form is not None and form.errors) else 200
    shown = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    return sheet.show(
        "code", form=form or CodeForm(), phone=shown, seconds=asked.seconds_to_wait, said=said, refused=bad,
        status=status,
    )  # fmt: skip


def _again(sheet: Sheet) -> HttpResponse:
    """Another text, or another number."""
    asked = proof.asked(sheet.request)
    if asked is None or "other" in sheet.request.POST:
        return sheet.show("phone", form=PhoneForm())
    try:
        is_new = ask_for_code(sheet.request, asked.phone)
    except Refused as refusal:
        return _show_code(sheet, bad=refusal.message)
    return _show_code(sheet, said="新的验证码已经发出，旧的作废了。" if is_new else "刚刚发过一条了，请再等一等。")


def _code(sheet: Sheet) -> HttpResponse:
    request = sheet.request
    if sheet.user.is_authenticated:
        return _next(sheet)
    if (asked := proof.asked(request)) is None:
        # A second tap on what was right: the phone is proven already.
        return _next(sheet) if proof.proven_phone(request) else _show_code(sheet)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            accounts.check_code(phone=asked.phone, code=form.cleaned_data["code"], sent=asked.sent)
        except Refused as refusal:
            form.add_error("code", refusal.message)
        else:
            proof.remember_proven(request, phone=asked.phone)
            return _after_code(sheet, asked.phone)
    return _show_code(sheet, form)


def _after_code(sheet: Sheet, phone: str) -> HttpResponse:
    """One account and nobody else: he is in. Otherwise he is asked."""
    people = sign_in.people_of(phone)
    if not people:
        return sheet.show("start", form=StartForm())
    if len(people) == 1 and isinstance(people[0].person, User):
        return _in(sheet, people[0].person)
    return sheet.show("who", people=people)


def _in(sheet: Sheet, user: User) -> HttpResponse:
    """Signed in, and on with what he came for."""
    proof.remember_next(sheet.request, sheet.session.get_absolute_url())
    answer = entrance.enter(sheet.request, user)
    if not sheet.request.user.is_authenticated:  # something more is asked of this account, on a page of its own
        if sheet.request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": answer.headers.get("Location", "/")})
        return answer
    return _next(sheet)


def _who(sheet: Sheet) -> HttpResponse:
    phone = proof.proven_phone(sheet.request)
    if sheet.user.is_authenticated:
        return _next(sheet)
    if phone is None:
        return sheet.show("phone", form=PhoneForm(), refused=GONE, status=422)
    chosen, people = sheet.request.POST.get("who", ""), sign_in.people_of(phone)
    if chosen == sign_in.NEW:
        return sheet.show("start", form=StartForm())
    person = next((one.person for one in people if one.key == chosen), None)
    if isinstance(person, User):
        return _in(sheet, person)
    if isinstance(person, Worker):
        return _show_claim(sheet, person, ClaimForm())
    return _after_code(sheet, phone)


def _show_claim(sheet: Sheet, worker: Worker, form: ClaimForm) -> HttpResponse:
    if not worker.resident_id_last4:
        form.fields["words"].label = "您的全名"
    status = 422 if form.is_bound else 200
    return sheet.show("claim", form=form, masked_name=worker.masked_name, claimed=worker.pk, status=status)


def _claim(sheet: Sheet) -> HttpResponse:
    """Take over what somebody else registered with this phone."""
    phone = proof.proven_phone(sheet.request)
    if sheet.user.is_authenticated or phone is None:
        return _who(sheet)
    waiting = Worker.objects.active().unclaimed().with_phone(phone)
    worker = waiting.filter(pk=number_in(sheet.request.POST.get("claimed", ""))).first()
    if worker is None:
        return _after_code(sheet, phone)
    form = ClaimForm(sheet.request.POST)
    if form.is_valid():
        try:
            claimed = workers.claim(worker=worker, words=form.cleaned_data["words"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            assert claimed.user is not None
            return _in(sheet, claimed.user)
    return _show_claim(sheet, worker, form)


def _start(sheet: Sheet) -> HttpResponse:
    """A newcomer's name and county. With a card the same tap applies: the consent stands above the button."""
    request = sheet.request
    user = sheet.user if sheet.user.is_authenticated else None
    if user is not None and (user.role != Role.SEEKER or Worker.objects.filter(user=user).exists()):
        return _apply(sheet) if sheet.card and user.role == Role.SEEKER else _next(sheet)
    phone = (user.phone or "") if user else proof.proven_phone(request)
    if not phone:
        return sheet.show("phone", form=PhoneForm(), refused=GONE, status=422)
    form = StartForm(request.POST)
    worker = sign_in.registered(form, phone=phone, by=user, link_code=link_code(request)) if form.is_valid() else None
    if worker is None:
        return sheet.show("start", form=form, status=422)
    assert worker.user is not None
    if user is None:
        entrance.enter(request, worker.user)
    return _apply(sheet) if sheet.card else _next(sheet)


# The application -----------------------------------------------------------------------------------------------------


def _consent(sheet: Sheet, worker: Worker, form: BirthDateForm | None = None, refused: str = "") -> HttpResponse:
    assert sheet.card is not None
    posting = sheet.card.posting
    running = live_one(worker_id=worker.pk, posting_id=posting.pk)
    if running:
        return _done(sheet, running, worker, is_new=False)
    if form is None and asks_birth_date(worker=worker, posting=posting):
        form = BirthDateForm()
    is_bad = bool(refused) or (form is not None and form.is_bound)
    return sheet.show("consent", worker=worker, form=form, refused=refused, status=422 if is_bad else 200)


def _apply(sheet: Sheet) -> HttpResponse:
    user = sheet.user
    if sheet.card is None or not user.is_authenticated or user.role != Role.SEEKER:
        return _next(sheet)
    worker = Worker.objects.filter(user=user).first()
    return _next(sheet) if worker is None else _applied(sheet, worker)


def _apply_for(sheet: Sheet) -> HttpResponse:
    """A helper applies for one of his people. GET-like without `sure`: it asks first."""
    user = sheet.user
    if sheet.card is None or not user.is_authenticated or user.role not in HELPERS:
        return _next(sheet)
    worker = own_person(sheet.request, number_in(sheet.request.POST.get("worker", "")))
    return _applied(sheet, worker) if "sure" in sheet.request.POST else _consent(sheet, worker)


def _applied(sheet: Sheet, worker: Worker) -> HttpResponse:
    assert sheet.card is not None
    request, posting = sheet.request, sheet.card.posting
    running = live_one(worker_id=worker.pk, posting_id=posting.pk)
    if running:
        return _done(sheet, running, worker, is_new=False)
    form: BirthDateForm | None = None
    try:
        if asks_birth_date(worker=worker, posting=posting):
            # Who has just registered could not know that it is asked.
            form = BirthDateForm(request.POST) if "birth_date" in request.POST else BirthDateForm()
            if not form.is_bound or not form.is_valid():
                return _consent(sheet, worker, form)
            workers.answer(worker=worker, by=sheet.user, question="birth", **form.cleaned_data)
        application = applying.apply(
            session=sheet.session, card=sheet.card, worker=worker, by=sheet.user, link_code=link_code(request),
            **_moment(sheet),
        )  # fmt: skip
    except Refused as refusal:
        if form is not None and refusal.field in form.fields:
            form.add_error(refusal.field, refusal.message)
            return _consent(sheet, worker, form)
        return _consent(sheet, worker, form, refused=refusal.message)
    return _done(sheet, application, worker, is_new=True)


def _moment(sheet: Sheet) -> dict[str, Any]:
    """When he tapped; the time that signing in took does not count."""
    assert sheet.card is not None
    posted = sheet.request.POST
    at = moments.moment(posted.get("tapped", ""))
    return moments.of_tap(sheet.session, sheet.card, at, posted.get("position", ""))


def _done(sheet: Sheet, application: Application, worker: Worker, *, is_new: bool) -> HttpResponse:
    return sheet.show("done", application=application, worker=worker, is_new=is_new)


def _person(sheet: Sheet) -> HttpResponse:
    """For whom of his people?"""
    user = sheet.user
    if sheet.card is None or not user.is_authenticated or user.role not in HELPERS:
        return _next(sheet)
    words = looked_for(sheet.request)
    shown = list(found_people(user, words)[:PEOPLE])
    live = Application.objects.live().filter(posting=sheet.card.posting, worker__in=shown)
    applied = {row.worker_id: row for row in live}
    people = [{"worker": worker, "application": applied.get(worker.pk)} for worker in shown]
    return sheet.show("person", people=people, words=words)
