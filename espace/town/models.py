"""The town's identity and calendar. One installation is one town."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.kernel.fields import choices_of, one_of
from espace.town.enums import DayKindStored, Grade, SchoolLevel


class Municipality(models.Model):
    """The town: the one source of every name, address, colour and contact shown or printed."""

    name = models.CharField(max_length=100)
    tagline = models.CharField(max_length=100, default="Espace Citoyens")
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    phone = models.CharField(max_length=20)
    email = models.EmailField()
    website = models.URLField(blank=True)
    colour = models.CharField(max_length=7, default="#00606e")
    logo_path = models.TextField(blank=True)
    mail_from = models.EmailField()
    changes_need_review = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="town_one_municipality"),
            models.CheckConstraint(
                condition=Q(colour__regex=r"^#[0-9a-f]{6}$"), name="town_colour_is_hexadecimal"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A service of the town hall; `guichet-unique` is the one families know."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    place = models.CharField(max_length=100)
    street = models.CharField(max_length=200)
    phone = models.CharField(max_length=20)
    email = models.EmailField()
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One opening of a department on a weekday (0 = Monday); two rows for a lunch break."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="town_hours_weekday"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="town_hours_open_before_closing"),
            models.UniqueConstraint(fields=["department", "weekday", "opens"], name="town_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}–{self.closes}"


class School(models.Model):
    name = models.CharField(max_length=100, unique=True)
    level = models.CharField(max_length=12, choices=choices_of(SchoolLevel))
    street = models.CharField(max_length=200)

    class Meta:
        constraints = [one_of(SchoolLevel, "level", "town_school_level_known")]

    def __str__(self) -> str:
        return self.name


class SchoolYear(models.Model):
    """`[start, end)`: from the first day of school to the eve of the next one."""

    label = models.CharField(max_length=20, unique=True)
    start = models.DateField(unique=True)
    end = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="town_school_year_has_days")
        ]

    def __str__(self) -> str:
        return self.label


class SchoolClass(models.Model):
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="classes")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    grade = models.CharField(max_length=3, choices=choices_of(Grade))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "year", "name"], name="town_class_once_a_year"),
            one_of(Grade, "grade", "town_class_grade_known"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """What a day is for schools. A date without a row is unknown: an error, never "no holiday".

    A day that an agent corrected keeps what was published, to come back to it, and who corrected it, when and why.
    """

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=16, choices=choices_of(DayKindStored))
    label = models.CharField(max_length=100, blank=True)
    published_kind = models.CharField(max_length=16, choices=choices_of(DayKindStored), blank=True)
    published_label = models.CharField(max_length=100, blank=True)
    corrected_at = models.DateTimeField(null=True)
    corrected_by = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [
            one_of(DayKindStored, "kind", "town_calendar_day_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    corrected_at__isnull=True,
                    published_kind="",
                    published_label="",
                    corrected_by="",
                    reason="",
                )
                | (Q(corrected_at__isnull=False, published_kind__in=list(DayKindStored)) & ~Q(reason="")),
                name="town_corrected_day_keeps_what_was_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class CashOffice(models.Model):
    """A régie de recettes: who collects, under which act; invoices are numbered per office and year."""

    name = models.CharField(max_length=100, unique=True)
    creditor = models.CharField(max_length=100)
    siret = models.CharField(max_length=14)
    acte_ref = models.CharField(max_length=100)
    invoice_prefix = models.CharField(max_length=6, unique=True)
    payment_days = models.PositiveSmallIntegerField(default=30)

    def __str__(self) -> str:
        return self.name


class AccountingCode(models.Model):
    code = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class PublicDocument(models.Model):
    """A document anyone may download; its PDF is made from `template` (see `town.queries.public_documents`)."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=150)
    description = models.CharField(max_length=300)
    template = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class Menu(models.Model):
    """What the canteens serve on a day: a dish a line, the same in every school. A day without a row is not known yet."""

    date = models.DateField(unique=True)
    lines = models.TextField()

    class Meta:
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(condition=~Q(lines=""), name="town_menu_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y}"
