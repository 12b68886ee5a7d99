"""« Inscrire »: the right to book. Booking the days comes next, and the page says so."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from espace.accounts.access import ActorRequest, citizen
from espace.activities.enums import BookingMode
from espace.bookings import queries, services
from espace.bookings.enums import EnrolmentState
from espace.bookings.errors import StampReasonNeeded, StampRefusal
from espace.bookings.queries import EnrolmentOption
from espace.families.queries import child_for
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.portal.bookings import pages
from espace.portal.bookings.forms import EnrolForm
from espace.portal.bookings.stamp import StampForm


@citizen
@never_cache
def enrol(request: HttpRequest, child_id: int) -> HttpResponse:
    """What the child may be enrolled in, with the family's own prices; then straight to the weekly pattern."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        child = child_for(actor, child_id, to_book=True)
        options = queries.options_for(actor, child_id)
    sent = request.POST if request.method == "POST" else None
    form, stamp = EnrolForm(options, sent), StampForm(actor, sent)
    if sent is not None and form.is_valid() and stamp.is_valid():
        chosen = form.choices()
        try:
            made = services.enrol_in(
                actor,
                child_id=child_id,
                choices=chosen,
                stamped_at=stamp.stamped_at,
                reason=stamp.cleaned_data["motif"],
            )
        except StampRefusal as refusal:
            stamp.add_error("demande_jour", told(refusal))
        except StampReasonNeeded as refusal:
            stamp.add_error("motif", told(refusal))
        except Refusal as refusal:
            form.add_error("p", told(refusal))
        else:
            _tell(request, {enrolment.state for enrolment in made})
            return _to_days(child_id, [o for o in options if o.period.id in chosen])
    context = {
        "child": child,
        "options": pages.enrolment_groups(options, form),
        "form": form,
        "stamp": stamp,
        "steps": pages.steps(),
    }
    return render(request, "bookings/enrol.html", context)


def _tell(request: HttpRequest, states: set[str]) -> None:
    """What became of it: given at once, or waiting for the service."""
    if EnrolmentState.ACCEPTED in states:
        messages.success(request, _("Inscrit. Il reste à réserver les jours."))
    if EnrolmentState.PENDING in states:
        messages.info(
            request,
            _("Demande envoyée. Les jours que vous réservez gardent leur place en attendant la réponse."),
        )


def _to_days(child_id: int, options: list[EnrolmentOption]) -> HttpResponse:
    """Where the days are booked: the weekly pattern, or the first month of a holiday."""
    if any(o.activity.mode is BookingMode.PATTERN for o in options):
        return see_other("pattern", child_id=child_id)
    first = min(o.period.start for o in options)
    return see_other("book_child", child_id=child_id, month=pages.slug(first))
