"""The WSGI application: probes first, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from shop.platform.health import with_probes  # noqa: E402 - needs the app registry

application = with_probes(_django)
