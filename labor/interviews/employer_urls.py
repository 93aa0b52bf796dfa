from typing import Any

app_name = "interviewing"
urlpatterns: list[Any] = []
