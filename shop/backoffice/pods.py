"""The operators' page: who serves which release, what is away, what waits, what was found, and what lives where."""

from collections import Counter
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop.backoffice.dead_letters import queues_seen
from shop.backoffice.lists import RecordAdmin
from shop.backoffice.pills import pill
from shop.platform import asking, backlog, contract
from shop.platform.models import Inspection, Pod
from shop.stateless import state_map
from shop.stateless.audit import audit
from shop.stateless.project import Project
from shop.stateless.startup import WEB


@admin.register(Pod)
class PodAdmin(RecordAdmin):
    """One page in place of the list: a pod alone says little."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Pods and services"),
            "opts": self.opts,
            "now": timezone.now(),
            **_processes(),
            **_work(),
            "services": _services(),
            "inspections": Inspection.objects.order_by("name"),
            "map": state_map.picture(audit(Project(), WEB)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "backoffice/pods.html", context)

    def has_change_permission(self, request: HttpRequest, obj: Pod | None = None) -> bool:
        return False


def _processes() -> dict[str, Any]:
    """Those of the last hour; a role counts those that are heard now."""
    pods = list(Pod.objects.lately())
    heard = [pod for pod in pods if pod.is_heard]
    roles, releases = (dict(Counter(getattr(pod, name) for pod in heard)) for name in ("role", "release"))
    return {"pods": pods, "heard": len(heard), "roles": roles, "releases": releases}


def _work() -> dict[str, Any]:
    """What waits in the outbox, and what relays last saw on the queues; `waiting` is None where it is too much."""
    try:
        waiting = backlog.count()
    except OperationalError:
        waiting = None
    found = (waiting or {}).values()
    return {
        "waiting": waiting,
        "oldest": max((row.age for row in found), default=0.0),
        "dead": sum(row.dead for row in found),
        "queues": queues_seen(),
    }


def _services() -> list[dict[str, Any]]:
    return [{**facts, "pill": _state(facts["state"])} for facts in asking.recent().values()]


def _state(state: str) -> SafeString:
    if state == contract.OK:
        return pill("good", _("there"))
    if state == contract.UNUSED:
        return pill("", _("not in use"))
    return pill("over", state)
