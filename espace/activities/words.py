"""The deadlines in French words, from the tiers that the services obey: for the families' pages and the agents'."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from espace.activities.enums import Action, Anchor, OffsetUnit, Timing
from espace.activities.rules import END_OF_DAY, Admission, Tier
from espace.families.enums import TariffCategory
from espace.kernel.calendar import PARIS
from espace.kernel.text import N_, NBSP, format_date_long, format_time

_SENTENCES = {
    (Action.BOOK, Timing.IN_TIME): N_("Sans majoration jusqu’%(until)s"),
    (Action.BOOK, Timing.LATE): N_("Avec majoration jusqu’%(until)s"),
    (Action.BOOK, Timing.AGENT_ONLY): N_("Au guichet seulement jusqu’%(until)s"),
    (Action.CANCEL, Timing.IN_TIME): N_("Sans frais jusqu’%(until)s"),
    (Action.CANCEL, Timing.LATE): N_("En ligne mais facturé jusqu’%(until)s"),
    (Action.CANCEL, Timing.AGENT_ONLY): N_("Au guichet et facturé jusqu’%(until)s"),
}


CATEGORIES = {
    TariffCategory.RESIDENT: N_("habitants de la commune"),
    TariffCategory.NON_RESIDENT: N_("familles hors commune"),
    TariffCategory.STAFF: N_("agents de la ville"),
    TariffCategory.ULIS: N_("élèves d’ULIS"),
    TariffCategory.FOSTER: N_("accueil familial"),
}


def category_words(category: TariffCategory) -> str:
    """Whom an opening is for: « familles hors commune »."""
    return _(CATEGORIES[category])


def admission_words(rule: Admission, school: str) -> str:
    """Whom a rule lets in: « de 3 à 5 ans, École du Lavoir, habitants de la commune »."""
    parts = []
    if rule.min_age is not None and rule.max_age is not None:
        parts.append(_("de %(min)s à %(max)s ans") % {"min": rule.min_age, "max": rule.max_age})
    elif rule.min_age is not None:
        parts.append(_("à partir de %(min)s ans") % {"min": rule.min_age})
    elif rule.max_age is not None:
        parts.append(_("jusqu’à %(max)s ans") % {"max": rule.max_age})
    if school:
        parts.append(school)
    if rule.category is not None:
        parts.append(category_words(rule.category))
    return ", ".join(parts)


def sentence(action: Action, tier: Tier) -> str:
    """« Sans majoration jusqu’à 15 jours avant à minuit »."""
    words = until(tier, midnight=True)
    # « jusqu’au jour même », « jusqu’au mercredi 30 septembre »
    words = f"au {words.removeprefix('le ')}" if _is_definite(tier, words) else f"à {words}"
    return _(_SENTENCES[action, tier.timing]) % {"until": words}


def until(tier: Tier, *, midnight: bool = False) -> str:
    """« 15 jours avant le premier jour des vacances à 12 h »; the end of a day is said only with `midnight`."""
    hour = tier.at
    if tier.anchor is Anchor.FIXED_DATE and tier.fixed is not None:
        local = tier.fixed.astimezone(PARIS)
        words, hour = format_date_long(local.date()), local.time()
    else:
        words = f"{offset(tier)}{_after(tier.anchor)}"
    if hour == END_OF_DAY:
        return words + _(" à minuit") if midnight else words
    return words + _(" à %(hour)s") % {"hour": format_time(hour)}


def offset(tier: Tier) -> str:
    """« 15 jours avant », « la veille ouvrée », « 4 semaines avant »."""
    n = tier.offset
    match tier.unit:
        case OffsetUnit.WEEKS:
            return _number(ngettext("%(n)s semaine avant", "%(n)s semaines avant", n), n)
        case OffsetUnit.WORKING_DAYS:
            if n == 1:
                return _("la veille ouvrée")
            return _number(ngettext("%(n)s jour ouvré avant", "%(n)s jours ouvrés avant", n), n)
        case OffsetUnit.SCHOOL_DAYS:
            return _number(ngettext("%(n)s jour d’école avant", "%(n)s jours d’école avant", n), n)
        case OffsetUnit.CLEAR_DAYS:
            return _number(ngettext("%(n)s jour franc avant", "%(n)s jours francs avant", n), n)
        case _:
            if n == 0:
                return _("le jour même")
            return _("la veille") if n == 1 else _number(_("%(n)s jours avant"), n)


def _is_definite(tier: Tier, words: str) -> bool:
    return tier.anchor is Anchor.FIXED_DATE or words.startswith("le ")


def _number(words: str, n: int) -> str:
    return (words % {"n": n}).replace(f"{n} ", f"{n}{NBSP}", 1)


def _after(anchor: Anchor) -> str:
    match anchor:
        case Anchor.WEEK_START:
            return _(" le lundi de la semaine")
        case Anchor.PERIOD_START:
            return _(" le premier jour des vacances")
        case Anchor.PERIOD_FIRST_OPEN_DAY:
            return _(" le premier jour d’ouverture")
        case _:
            return ""
