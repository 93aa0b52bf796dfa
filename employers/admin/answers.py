"""Questions that were answered in public, as officers read them: what does not fit the posting is hidden."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from employers.actions import answers
from employers.models import PostingAnswer
from jinba.core.staff_admin import DeskAdmin, act_on_each, id_in, reasoned


@admin.register(PostingAnswer)
class PostingAnswerAdmin(DeskAdmin):
    noun = "answer"
    list_display = ("id", "posting", "question", "answer", "source", "answered_at", "hidden_at")
    list_select_related = ("posting",)
    search_fields: ClassVar[Any] = ("=id",)
    search_help_text: ClassVar[Any] = "编号，或者岗位的编号"
    fields = readonly_fields = (
        *("posting", "question", "answer", "source", "answered_by", "answered_at"),
        *("hidden_at", "hidden_by", "hidden_why"),
    )
    actions = (
        reasoned(word="隐藏", act=answers.hide, name="hide", note="岗位页上不再显示；用人单位看得到原因。"),
        "show",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("posting__search", "posting__duties", "posting__requirements")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        return queryset.filter(Q(pk=number) | Q(posting=number)), False

    def deeds_for(self, request: HttpRequest, row: Any) -> Iterable[str]:
        return ["show"] if row.hidden_at else ["hide"]

    @admin.action(description="重新显示", permissions=["change"])
    def show(self, request: HttpRequest, queryset: Any) -> None:
        def act(row: PostingAnswer) -> None:
            answers.show(answer=row, by=request.user)
            self.log_change(request, row, "重新显示")

        act_on_each(request, queryset, act, done="重新显示")
