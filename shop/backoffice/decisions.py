"""What a person may decide about dead letters, and what is said afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextareaWidget

from shop.platform import dead_letters

LONGEST_REASON = 400


@dataclass(frozen=True)
class Decision:
    """`needs_reason`: the page that asks wants to know why."""

    code: str
    title: Promise
    text: Promise
    button: Promise
    needs_reason: bool = False


RETRY = Decision(
    "retry",
    _("Try again"),
    _("The work is done as if it were new: ten failures are allowed again. Do it when the cause is mended."),
    _("Try again"),
)
DISCARD = Decision(
    "discard",
    _("Discard"),
    _("The work is never done. The letter stays in the list of discarded ones for a while, with your name and reason."),
    _("Discard"),
    needs_reason=True,
)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autofocus": True}),
        error_messages={"required": _("Say why: whoever asks later finds it here.")},
    )


def settle(request: HttpRequest, decision: Decision, ids: Sequence[int], reason: str) -> None:
    by = str(request.user)
    done = dead_letters.redrive(ids, by=by) if decision is RETRY else dead_letters.discard(ids, by=by, reason=reason)
    tell(request, decision, done)


def tell(request: HttpRequest, decision: Decision, count: int) -> None:
    if not count:
        messages.warning(request, _("Somebody else was faster: there was nothing left to decide."))
    elif decision is RETRY:
        done = ngettext("%(count)d letter is on its way again.", "%(count)d letters are on their way again.", count)
        messages.success(request, done % {"count": count})
    else:
        done = ngettext("%(count)d letter was discarded.", "%(count)d letters were discarded.", count)
        messages.success(request, done % {"count": count})
