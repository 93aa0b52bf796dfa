"""The public pages. `employers:detail` stands in `employers/urls.py`, in its namespace."""

from django.urls import include, path

from employers.views import crawlers, feed, posters, public, qualifications, reports, searches

postings = [
    path("", public.posting_list, name="list"),
    path("<int:pk>/", public.posting_detail, name="detail"),
    path("<int:pk>/report/", reports.report, name="report"),
    path("reports/", reports.reports, name="reports"),
    path("reports/review/", reports.report_review, name="report_review"),
    path("feed.atom", feed.feed, name="feed"),
]
saved_searches = [
    path("", searches.list_, name="list"),
    path("save/", searches.save, name="save"),
    path("<int:pk>/switch/", searches.switch, name="switch"),
    path("<int:pk>/delete/", searches.delete, name="delete"),
]
poster_pages = [
    path("new/", posters.poster_new, name="new"),
    path("<str:code>/", posters.poster, name="poster"),
]
urlpatterns = [
    path("postings/saved/", include((saved_searches, "saved_searches"))),
    path("postings/", include((postings, "postings"))),
    path("posters/", include((poster_pages, "posters"))),
    path("about/", qualifications.about, name="about"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", crawlers.sitemap_page, name="sitemap_page"),
    path("robots.txt", crawlers.robots, name="robots"),
]
