"""Why a day of the calendar can't be corrected: one class per reason, with the sentence the agent reads."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class CalendarRefusal(Refusal):
    """The refusals of the calendar, to catch them all."""


class NotYourCalendar(CalendarRefusal):
    message = N_("Votre habilitation ne permet pas de corriger le calendrier.")


class NoDays(CalendarRefusal):
    message = N_("Le dernier jour est avant le premier.")


class DaysNotKnown(CalendarRefusal):
    """Some of the days are outside what the town has entered: nothing says yet what they are."""

    message = N_(
        "Le calendrier de la commune va du %(first)s au %(last)s\u00a0: ces jours n’y sont pas tous. "
        "Une année s’ajoute une fois publiée par le ministère."
    )


class CalendarEmpty(CalendarRefusal):
    message = N_("Aucun calendrier n’est encore enregistré pour la commune.")


class LabelNeeded(CalendarRefusal):
    message = N_("Nommez ces jours, par exemple « Pont de l’Ascension »\u00a0: les familles le liront.")


class CorrectionReasonNeeded(CalendarRefusal):
    message = N_("Indiquez le motif\u00a0: il est gardé au journal et montré sur le calendrier.")


class NotYourMenus(CalendarRefusal):
    message = N_("Votre habilitation ne permet pas d’écrire les menus.")


class MenuTooLong(CalendarRefusal):
    message = N_("%(day)s\u00a0: un menu tient en %(most)s lignes de %(longest)s caractères au plus.")


class NotInThisWeek(CalendarRefusal):
    message = N_("Un menu s’écrit du lundi au vendredi de la semaine montrée.")


class NothingToCorrect(CalendarRefusal):
    message = N_("Rien ne change\u00a0: ces jours sont déjà ainsi, ou ne sont que des week-ends.")
