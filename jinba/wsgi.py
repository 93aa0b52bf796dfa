"""Pages and the API. Measured: the same page costs several times the CPU under ASGI, so only sockets run there."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
application = get_wsgi_application()
