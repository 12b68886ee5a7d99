"""Why a file is not taken, or not erased."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class DocumentRefusal(Refusal):
    """The documents' refusals, to catch them all."""


class EmptyFile(DocumentRefusal):
    message = N_("Ce fichier est vide. Choisissez-le de nouveau, ou reprenez la photo.")


class FileTooHeavy(DocumentRefusal):
    message = N_(
        "Ce fichier est trop lourd\u00a0: 10\u00a0Mo au plus. Reprenez la photo de moins près, ou en moins de pages."
    )


class NotADocument(DocumentRefusal):
    """By its content, whatever its name says."""

    message = N_(
        "Ce fichier n’est ni un PDF ni une photo (JPEG ou PNG). Prenez une photo du document avec votre téléphone."
    )


class DocumentInUse(DocumentRefusal):
    """I6."""

    message = N_("Ce document sert encore\u00a0: il ne peut pas être supprimé.")
