"""Names and addresses: what the site answers to, and services that settings look for on the same machine."""

from collections.abc import Iterator

from shop.stateless.places import THIS_MACHINE, loopback_values, without_password
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.rules.local_services import ONE_MACHINE

ALLOWED, LOOPBACK = 100, 101
# Settings with rules of their own, and those in which an address of this machine is right.
ELSEWHERE = (
    "DATABASES", "CACHES", "CELERY", "BROKER_URL", "RESULT_BACKEND", "EMAIL_", "CHANNEL_LAYERS", "HAYSTACK_CONNECTIONS",
    "WAGTAILSEARCH_BACKENDS", "ELASTICSEARCH_DSL", "OPENSEARCH_DSL", "ALLOWED_HOSTS", "INTERNAL_IPS", "CSRF_", "CORS_",
    "CONTENT_SECURITY_POLICY", "CSP_", "LOGGING", "THUMBNAIL_REDIS", "RQ_QUEUES", "HUEY", "TASKS",
    "SPECTACULAR_SETTINGS",
)  # fmt: skip
SERVED = Question("The names the site answers to", "everybody")


def rows(project: Project) -> Iterator[Row]:
    yield _allowed(project)
    yield from _loopback(project)


def _allowed(project: Project) -> Row:
    hosts = list(project.setting("ALLOWED_HOSTS") or [])
    remedy = 'ALLOWED_HOSTS = ["<the public name>", "<the name probes ask for>"]'
    if not hosts and not project.setting("DEBUG"):
        lost = "Every request is refused with 400."
        return SERVED.unknown(ALLOWED, "ALLOWED_HOSTS is empty", THIS_MACHINE, lost, remedy)
    if project.serves_this_machine_only:
        lost = "Nothing yet: nobody else is served. Addresses of this machine are therefore not counted as pod-local."
        return SERVED.unknown(ALLOWED, ", ".join(hosts) or "this machine (DEBUG)", THIS_MACHINE, lost, remedy)
    return SERVED.shared(ALLOWED, ", ".join(hosts), "release")


def _loopback(project: Project) -> Iterator[Row]:
    for name in project.names():
        if name.startswith(ELSEWHERE):
            continue
        for path, value in loopback_values(project.setting(name), name):
            yield _address(project, path, value)


def _address(project: Project, path: str, value: str) -> Row:
    asked = Question(f"Service of {path}", "the site")
    remedy = f"{path} = an address that all pods reach, from the environment"
    if project.serves_this_machine_only:
        return asked.unknown(LOOPBACK, without_password(value), THIS_MACHINE, ONE_MACHINE, remedy)
    lost = "Whatever this service does: in a pod there is nothing at this address, or one of its own."
    return asked.weak(LOOPBACK, without_password(value), THIS_MACHINE, lost, remedy)
