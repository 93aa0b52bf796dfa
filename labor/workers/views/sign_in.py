"""After the code: which of the people with this phone it is, or a new one."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jinba.accounts import actions as accounts
from jinba.accounts import entrance, proof
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.access import public
from jinba.core.doors import local_url
from jinba.core.errors import Refused
from jinba.core.masking import masked_name
from jinba.links.arrival import link_code
from jinba.reference.models import Region
from labor.workers import actions as workers
from labor.workers.forms import StartForm
from labor.workers.helper_forms import ClaimForm
from labor.workers.models import DelegationRequest, Worker

NEW = "new"
# Whoever looked after him so far waits for his word.
AFTER_CLAIM = {True: "workers:helpers", False: "workers:profile"}


@dataclass(frozen=True)
class Person:
    """Somebody whom a phone may belong to."""

    key: str
    name: str
    words: str
    person: User | Worker


def people_of(phone: str) -> list[Person]:
    """Users with this phone, then workers whom somebody else registered with it."""
    users = list(accounts.users_of(phone=phone))
    waiting = list(Worker.objects.active().unclaimed().with_phone(phone).select_related("registered_by").order_by("pk"))
    names = iter(told_apart([*(user.name for user in users), *(worker.name for worker in waiting)]))
    return [
        *(Person(f"user-{user.pk}", next(names) or "没留姓名", str(user.get_role_display()), user) for user in users),
        *(Person(f"worker-{worker.pk}", next(names), _registered(worker), worker) for worker in waiting),
    ]


def told_apart(names: list[str]) -> list[str]:
    """The names, masked; of those that would look alike, as much of the end as it takes to know one's own.

    No name is shown whole: what would be, loses its beginning, which those who look alike have in common.
    """
    masked = [masked_name(name) for name in names]
    for length in range(1, max(map(len, names), default=0)):
        alike = {shown for shown in masked if masked.count(shown) > 1}
        masked = [
            (shown[:-length] if length < len(name) - 1 else "*") + name[-length:]
            if shown in alike and length < len(name)
            else shown
            for shown, name in zip(masked, names, strict=True)
        ]
    return masked


def _registered(worker: Worker) -> str:
    by = worker.registered_by
    return f"{masked_name(by.name)}帮您登记的求职者" if by and by.name else "别人帮您登记的求职者"


def after_code(request: HttpRequest) -> HttpResponse:
    """One user and nobody else: he is in. Otherwise he is asked."""
    phone = proof.proven_phone(request)
    people = people_of(phone) if phone else []
    if not people:
        return redirect("accounts:new")
    if len(people) == 1 and isinstance(people[0].person, User):
        return entrance.enter(request, people[0].person)
    return redirect("accounts:who")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Which of them are you? Open as long as the proof of the phone holds, so that one may also change over."""
    phone = proof.proven_phone(request)
    if phone is None and request.user.is_authenticated:
        messages.info(request, "换一个人，要再核对一次手机号：请点“退出”，再用这个手机号登录。")
        return redirect(settings.LOGIN_REDIRECT_URL)
    if phone is None:
        return redirect("accounts:sign_in")
    people = people_of(phone)
    if request.method == "POST":
        chosen = request.POST.get("who")
        if chosen == NEW:
            return redirect("accounts:new")
        person = next((person.person for person in people if person.key == chosen), None)
        if isinstance(person, User):
            return entrance.enter(request, person)
        if isinstance(person, Worker):
            return redirect("workers:claim", pk=person.pk)
        messages.error(request, "请选一个。")
        return redirect("accounts:who")
    if not people:
        return redirect("accounts:new")
    return render(request, "accounts/who.html", {"people": people})


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over what somebody else registered: the phone is proven, now the name. A phone may have a new owner."""
    phone = proof.proven_phone(request)
    if phone is None:
        return redirect("accounts:sign_in")
    worker = Worker.objects.active().unclaimed().with_phone(phone).filter(pk=pk).first()
    if worker is None:
        return redirect("accounts:who")
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if not worker.resident_id_last4:
        form.fields["words"].label = "您的全名"
    if form.is_valid():
        try:
            claimed = workers.claim(worker=worker, words=form.cleaned_data["words"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            assert claimed.user is not None
            asked = DelegationRequest.objects.waiting().filter(worker=claimed).exists()
            return entrance.enter(request, claimed.user, otherwise=reverse(AFTER_CLAIM[asked]))
    context = {"form": form, "masked_name": worker.masked_name, "has_id": bool(worker.resident_id_last4)}
    return render(request, "workers/claim.html", context, status=422 if form.is_bound else 200)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Name and county of a newcomer who has proven his phone (or who is signed in and has no profile yet)."""
    user = request.user if request.user.is_authenticated and request.user.role == Role.SEEKER else None
    if user is not None and not Worker.objects.filter(user=user).exists():
        phone, by = user.phone or "", user
    else:
        phone, by = proof.proven_phone(request) or "", None
    if not phone:
        return redirect("workers:profile" if user else "accounts:sign_in")
    if by is not None and (wanted := local_url(request, request.GET.get("next"), otherwise="")):
        proof.remember_next(request, wanted)
    form = StartForm(request.POST if request.method == "POST" else None, initial={"name": by.name if by else ""})
    if form.is_valid() and (worker := registered(form, phone=phone, by=by, link_code=link_code(request))):
        assert worker.user is not None
        return entrance.enter(request, worker.user, otherwise=reverse("workers:profile"))
    return render(
        request, "workers/start.html", {"form": form, "next": proof.next_url(request)},
        status=422 if form.is_bound else 200,
    )  # fmt: skip


def registered(form: StartForm, *, phone: str, by: User | None = None, link_code: str = "") -> Worker | None:
    """The worker whom a valid form registers; None when that is refused, which the form then says."""
    home = form.cleaned_data["home"]
    if not isinstance(home, Region):
        home = Region.objects.get(pk=home)
    try:
        return workers.register(name=form.cleaned_data["name"], phone=phone, home=home, by=by, link_code=link_code)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None
