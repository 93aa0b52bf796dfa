"""Where sessions are planned, run and looked back on."""

from django.urls import URLPattern, path

from labor.live.views import console, covers, crew, desk, keys, moderating, plan, poster, rehearsal, report, rundown

app_name = "studio"
urlpatterns: list[URLPattern] = [
    path("", desk.list_, name="list"),
    path("new/", desk.new, name="new"),
    path("<int:pk>/", plan.plan, name="plan"),
    path("<int:pk>/edit/", plan.edit, name="edit"),
    path("<int:pk>/cover/", covers.change, name="cover"),
    path("<int:pk>/cards/", rundown.cards, name="cards"),
    path("<int:pk>/cards/add/", rundown.add, name="card_add"),
    path("<int:pk>/cards/<int:card_id>/move/", rundown.move, name="card_move"),
    path("<int:pk>/cards/<int:card_id>/note/", rundown.note, name="card_note"),
    path("<int:pk>/cards/<int:card_id>/remove/", rundown.remove, name="card_remove"),
    path("<int:pk>/crew/", crew.crew, name="crew"),
    path("<int:pk>/crew/<int:member_id>/remove/", crew.remove, name="crew_remove"),
    path("<int:pk>/submit/", plan.submit, name="submit"),
    path("<int:pk>/take-back/", plan.take_back, name="take_back"),
    path("<int:pk>/cancel/", plan.cancel, name="cancel"),
    path("<int:pk>/rehearsal/", rehearsal.rehearsal, name="rehearsal"),
    path("<int:pk>/rehearsal/upload/", rehearsal.upload, name="rehearsal_upload"),
    path("<int:pk>/poster/", poster.poster, name="poster"),
    path("<int:pk>/console/", console.console, name="console"),
    path("<int:pk>/go-live/", console.go_live, name="go_live"),
    path("<int:pk>/end/", console.end, name="end"),
    path("<int:pk>/abort/", console.abort, name="abort"),
    path("<int:pk>/key/", keys.new_key, name="key"),
    path("<int:pk>/pin/", moderating.pin, name="pin"),
    path("<int:pk>/unpin/", moderating.unpin, name="unpin"),
    path("<int:pk>/announce/", moderating.announce, name="announce"),
    path("<int:pk>/slow/", moderating.slow, name="slow"),
    path("<int:pk>/answer/", moderating.answer, name="answer"),
    path("<int:pk>/hide/", moderating.hide, name="hide"),
    path("<int:pk>/show/", moderating.show, name="show"),
    path("<int:pk>/ban/", moderating.ban, name="ban"),
    path("<int:pk>/unban/", moderating.unban, name="unban"),
    path("<int:pk>/desk/", moderating.desk, name="desk"),
    path("<int:pk>/report/", report.report, name="report"),
    path("<int:pk>/report.xlsx", report.file, name="report_file"),
    path("<int:pk>/replay/hide/", report.hide, name="replay_hide"),
    path("<int:pk>/replay/show/", report.show, name="replay_show"),
    path("<int:pk>/replay/withdraw/", report.withdraw, name="replay_withdraw"),
    path("<int:pk>/replay/again/", report.again, name="replay_again"),
]
