"""Kinds of the town's own things."""

from enum import StrEnum


class SchoolLevel(StrEnum):
    NURSERY = "NURSERY"
    ELEMENTARY = "ELEMENTARY"


class Grade(StrEnum):
    """The French school grades, in the order of promotion."""

    PS = "PS"
    MS = "MS"
    GS = "GS"
    CP = "CP"
    CE1 = "CE1"
    CE2 = "CE2"
    CM1 = "CM1"
    CM2 = "CM2"


class DayKindStored(StrEnum):
    """What a calendar day is; week-ends are known without being stored."""

    SCHOOL = "SCHOOL"
    HOLIDAY = "HOLIDAY"
    PUBLIC_HOLIDAY = "PUBLIC_HOLIDAY"
    CLOSED = "CLOSED"
