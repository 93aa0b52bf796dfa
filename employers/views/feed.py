"""New postings of a filter as an Atom feed (RFC 4287), for readers, partner sites and bots of chat groups."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from employers import filters, listing
from employers.models import JobPosting
from employers.sharing import pay_words, selling_points, shared_url
from jinba.core.access import public
from jinba.core.page_cache import public_page

# What a stranger typed must not break the feed for everybody.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class PlainFeed(Atom1Feed):
    """Leaves out the signs that XML cannot hold."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(
            handler, {key: plain(value) if isinstance(value, str) else value for key, value in item.items()}
        )


def plain(text: str) -> str:
    return NOT_IN_XML.sub("", text)


@public
@require_safe
@public_page(seconds=300)
def feed(request: HttpRequest) -> HttpResponse:
    """The newest page of the list with these filters; its parameters are the list's own."""
    asked = filters.read(request.GET)
    pks = [row.pk for row in listing.page(asked).rows]
    found = JobPosting.objects.visible().with_card().in_bulk(pks)
    words = " · ".join([*([asked.q] if asked.q else []), *(choice.text for choice in asked.chosen)])
    host = request.build_absolute_uri("/").rstrip("/")
    atom = PlainFeed(
        title=plain(f"金巴就业 · {words or '最新岗位'}"),
        link=f"{host}{reverse('postings:list')}{asked.address()}",
        feed_url=f"{host}{reverse('postings:feed')}{asked.address()}",
        description="",
        subtitle="金华和巴中的岗位，找工作不收费。",
        language="zh-CN",
        feed_guid=f"{host}{reverse('postings:feed')}{asked.address()}",
    )
    for pk in pks:
        if posting := found.get(pk):
            facts = [pay_words(posting), posting.place, posting.employer.name, *selling_points(posting)]
            atom.add_item(
                title=posting.title,
                link=shared_url(request, pk),
                description="，".join(fact for fact in facts if fact),
                # Stays the same whatever is changed in the posting: readers show it once.
                unique_id=f"{host}{posting.get_absolute_url()}",
                pubdate=posting.published_at,
                updateddate=posting.updated_at,
                author_name=posting.employer.name,
                categories=[posting.trade.name] if posting.trade else [],
            )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
