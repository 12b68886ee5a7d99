"""Why a month cannot be closed."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class AttendanceRefusal(Refusal):
    """The attendance refusals, to catch them all."""


class MonthNotOver(AttendanceRefusal):
    message = N_(
        "Le mois %(month)s n’est pas terminé\u00a0: il pourra être clôturé à partir du %(from_day)s."
    )


class MonthAlreadyClosed(AttendanceRefusal):
    message = N_("Le mois %(month)s est déjà clôturé. Rien n’a été changé.")


class DayUnknown(AttendanceRefusal):
    """The calendar says nothing of a day of the month: it might have been a school day, or not."""

    message = N_(
        "Le calendrier ne dit pas ce qu’est le %(day)s. Complétez-le dans les réglages, puis clôturez le mois."
    )
