"""Why a message is not sent again."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class NothingToResend(Refusal):
    message = N_("Ce courriel n’est plus à renvoyer : il est déjà reparti.")
