"""Mail: kept in the pod, handed to a server inside the pod, or sent."""

from collections.abc import Iterator

from shop.stateless.places import MAIL_SERVER, NOWHERE, OUTPUT, POD_DISK, POD_MEMORY
from shop.stateless.project import Project, is_kind
from shop.stateless.rows import Question, Row
from shop.stateless.rules.local_services import service

KEPT, LOCAL_SERVER, STRANGE = 80, 81, 82
BACKENDS = "django.core.mail.backends"
SENDERS = (
    "anymail.",
    "django_ses",
    "post_office",
    "mailer.",
    "sendgrid_backend",
    "djcelery_email",
    "postmarker",
    "sparkpost",
)
MAIL = Question("Mail to customers", "whoever it is for")
REMEDY = 'EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST = "<a name all pods reach>"'
LOST = "Mails that were never sent: order confirmations, password resets."


def rows(project: Project) -> Iterator[Row]:
    name = str(project.setting("EMAIL_BACKEND"))
    cls = project.load(name)
    if is_kind(cls, f"{BACKENDS}.filebased.EmailBackend"):
        yield MAIL.broken(KEPT, f"files in {project.setting('EMAIL_FILE_PATH')}", POD_DISK, LOST, REMEDY)
    elif is_kind(cls, f"{BACKENDS}.locmem.EmailBackend"):
        yield MAIL.broken(KEPT, "memory", POD_MEMORY, LOST, REMEDY)
    elif is_kind(cls, f"{BACKENDS}.console.EmailBackend"):
        yield MAIL.unknown(KEPT, "standard output: nothing is sent", OUTPUT, LOST, REMEDY)
    elif is_kind(cls, f"{BACKENDS}.dummy.EmailBackend"):
        yield MAIL.shared(KEPT, "nowhere: nothing is sent", NOWHERE)
    elif is_kind(cls, f"{BACKENDS}.smtp.EmailBackend"):
        host = project.setting("EMAIL_HOST") or "localhost"
        yield service(project, MAIL, LOCAL_SERVER, host, place=MAIL_SERVER, lost=LOST, remedy=REMEDY)
    elif name.startswith(SENDERS):
        yield MAIL.shared(KEPT, name, MAIL_SERVER)
    else:
        yield MAIL.unknown(STRANGE, name, MAIL_SERVER, "Not known: a mail backend of its own.", REMEDY)
