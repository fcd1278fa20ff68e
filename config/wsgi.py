"""The WSGI application: a name for the request, probes, a span if traced, kept pages, bodies, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from shop.platform import secret_watch  # noqa: E402 - the same
from shop.platform.body import with_bodies  # noqa: E402 - the same
from shop.platform.health import with_probes  # noqa: E402 - needs the app registry
from shop.platform.pages.front import with_pages  # noqa: E402 - the same
from shop.platform.request_id import with_request_id  # noqa: E402 - beside the others
from shop.platform.traces import with_traces  # noqa: E402 - the same
from shop.stateless import startup  # noqa: E402 - the same

startup.refuse_pod_local_state(startup.WEB)
application = with_request_id(with_probes(with_traces(with_pages(with_bodies(_django)))))
secret_watch.watch_if_wanted()
