"""The WSGI application: probes first, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from shop.platform.health import with_probes  # noqa: E402 - needs the app registry
from shop.stateless import startup  # noqa: E402 - the same

startup.refuse_pod_local_state(startup.WEB)
application = with_probes(_django)
