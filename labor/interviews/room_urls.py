from typing import Any

app_name = "rooms"
urlpatterns: list[Any] = []
