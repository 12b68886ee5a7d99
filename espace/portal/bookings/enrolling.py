"""« Inscrire »: the right to book. Booking the days comes next, and the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from espace.accounts.access import ActorRequest, citizen
from espace.activities.enums import BookingMode
from espace.bookings import queries, services
from espace.bookings.enums import EnrolmentState
from espace.bookings.errors import StampReasonNeeded, StampRefusal
from espace.bookings.queries import EnrolmentOption
from espace.families.queries import child_for
from espace.kernel import clock
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import de_nom, join_fr
from espace.portal.bookings import pages
from espace.portal.bookings.forms import EnrolForm
from espace.portal.bookings.stamp import StampForm

if TYPE_CHECKING:
    from espace.bookings.models import Enrolment


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
            _tell(request, child.first_name, made, options, actor.on_behalf_of is not None)
            return _to_days(child_id, [o for o in options if o.period.id in chosen])
    context = {
        "child": child,
        "options": pages.enrolment_groups(options, form),
        "form": form,
        "stamp": stamp,
        "steps": pages.steps(),
    }
    return render(request, "bookings/enrol.html", context)


def _tell(
    request: HttpRequest, child: str, made: list[Enrolment], options: list[EnrolmentOption], acting: bool
) -> None:
    """What became of each, by its name, and what happens next: one message."""
    names = {option.period.id: option.activity.name for option in options}
    given = [names[e.period_id].lower() for e in made if e.state == EnrolmentState.ACCEPTED]
    waiting = [f"«\u00a0{names[e.period_id]}\u00a0»" for e in made if e.state == EnrolmentState.PENDING]
    said = []
    if given:
        facts = {"of_child": de_nom(child), "activities": join_fr(dict.fromkeys(given))}
        said.append(
            _("Inscription %(of_child)s faite : %(activities)s. Il reste à réserver les jours.") % facts
        )
    if waiting:
        words = ngettext(
            "%(activities)s attend l’accord du service, qui répond par e-mail.",
            "%(activities)s attendent l’accord du service, qui répond par e-mail.",
            len(waiting),
        )
        if acting:
            words = ngettext(
                "%(activities)s attend l’accord du service, qui répond à la famille par e-mail.",
                "%(activities)s attendent l’accord du service, qui répond à la famille par e-mail.",
                len(waiting),
            )
        said.append(words % {"activities": join_fr(waiting)})
        said.append(_("Les jours se réservent dès maintenant : leur place est gardée jusqu’à la réponse."))
    (messages.success if given else messages.info)(request, " ".join(said))


def _to_days(child_id: int, options: list[EnrolmentOption]) -> HttpResponse:
    """Where the days are booked: the weekly pattern, or the first month of a holiday."""
    if any(o.activity.mode is BookingMode.PATTERN for o in options):
        return see_other("pattern", child_id=child_id)
    first = min(o.period.start for o in options)
    month, week = pages.first_week(first, clock.today())
    return see_other("book_child", week, child_id=child_id, month=month)
