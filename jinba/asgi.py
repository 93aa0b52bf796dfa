"""Sockets only (paths under /ws/); plain HTTP is answered by `jinba.wsgi`."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (needs loaded apps)
from channels.routing import URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import re_path  # noqa: E402

from jinba.routing import open_urlpatterns, websocket_urlpatterns  # noqa: E402
from labor.interviews.confined import ScreenSockets  # noqa: E402

with_session = AuthMiddlewareStack(ScreenSockets(URLRouter(websocket_urlpatterns)))

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(URLRouter([*open_urlpatterns, re_path(r"", with_session)])),
    }
)
