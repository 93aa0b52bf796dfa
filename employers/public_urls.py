"""The public pages. `employers:detail` stands in `employers/urls.py`, in its namespace."""

from django.urls import include, path

from employers.views import crawlers, public

postings = [
    path("", public.posting_list, name="list"),
    path("<int:pk>/", public.posting_detail, name="detail"),
]
urlpatterns = [
    path("postings/", include((postings, "postings"))),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", crawlers.sitemap_page, name="sitemap_page"),
    path("robots.txt", crawlers.robots, name="robots"),
]
