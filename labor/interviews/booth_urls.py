from typing import Any

app_name = "booths"
urlpatterns: list[Any] = []
