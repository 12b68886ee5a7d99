"""People, households and what links them. Periods are half-open `[start, end)`; an open end is None."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from espace.families.enums import (
    ChangeState,
    GuardianRole,
    KeyRequestState,
    MemberRole,
    QuotientSource,
    TariffCategory,
)
from espace.kernel.fields import choices_of, one_of
from espace.town.models import School, SchoolClass


def has_days(name: str) -> models.CheckConstraint:
    """A dated row covers at least one day."""
    return models.CheckConstraint(
        condition=Q(end__isnull=True) | Q(start__lt=F("end")),
        name=name,
        violation_error_message="La date de fin vient après la date de début.",
    )


class Person(models.Model):
    """Anyone in a family. `user` is the account that this adult has linked with a Clé Enfance."""

    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    search_text = models.CharField(max_length=200)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="person"
    )

    class Meta:
        indexes = [models.Index(fields=["search_text"], name="families_person_search")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Organisation(models.Model):
    """An institution that answers or pays for a child (ASE, CCAS, employer)."""

    name = models.CharField(max_length=150)
    siret = models.CharField(max_length=14, blank=True)

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """Whoever owes, pays or answers for a child: exactly one person or one organisation."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="party")
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, null=True, related_name="party"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
                name="families_party_is_one_person_or_organisation",
            )
        ]

    def __str__(self) -> str:
        return str(self.person or self.organisation)


class Household(models.Model):
    """The unit of address and quotient. A merge is `merged_into`; issued rows keep their household."""

    name = models.CharField(max_length=170)
    number = models.CharField(max_length=12, unique=True)
    street = models.CharField(max_length=200)
    street_extra = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    search_text = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="families_not_merged_into_itself",
            )
        ]
        indexes = [models.Index(fields=["search_text"], name="families_household_search")]

    def __str__(self) -> str:
        return self.name


class HouseholdMember(models.Model):
    """A person in a household for a time; a child of shared custody is in two."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=5, choices=choices_of(MemberRole))
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of(MemberRole, "role", "families_member_role_known"),
            has_days("families_member_has_days"),
            models.UniqueConstraint(
                fields=["household", "person"],
                condition=Q(end__isnull=True),
                name="families_member_once",
                violation_error_message="Cette personne est déjà dans ce foyer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.person_id} in {self.household_id}"


class Guardianship(models.Model):
    """What an adult or an institution may do for a child, dated (I1: at least one AUTHORITY)."""

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardianships")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="guardianships")
    role = models.CharField(max_length=12, choices=choices_of(GuardianRole))
    can_book = models.BooleanField(default=True)
    can_view_bills = models.BooleanField(default=True)
    can_see_agenda = models.BooleanField(default=True)
    can_pick_up = models.BooleanField(default=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of(GuardianRole, "role", "families_guardian_role_known"),
            has_days("families_guardianship_has_days"),
            models.UniqueConstraint(
                fields=["child", "party"],
                condition=Q(end__isnull=True),
                name="families_guardian_once",
                violation_error_message="Cette personne répond déjà de cet enfant.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.child_id}"


class FamilyQuotient(models.Model):
    """A household's quotient in hundredths of a euro, dated (I4: no overlap; 0 is a value)."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="quotients")
    amount = models.PositiveIntegerField()
    source = models.CharField(max_length=10, choices=choices_of(QuotientSource))
    reference_month = models.DateField(null=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of(QuotientSource, "source", "families_quotient_source_known"),
            has_days("families_quotient_has_days"),
            models.UniqueConstraint(
                fields=["household", "start"],
                name="families_quotient_one_start",
                violation_error_message="Ce foyer a déjà un quotient à partir de cette date.",
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(end__isnull=True),
                name="families_quotient_one_open",
                violation_error_message="Ce foyer a déjà un quotient en cours.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount / 100:.2f}"


class TariffStatus(models.Model):
    """The category of a household or of one person (a pupil of ULIS), dated; without a row, RESIDENT."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="tariff_statuses"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="tariff_statuses")
    category = models.CharField(max_length=12, choices=choices_of(TariffCategory))
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of(TariffCategory, "category", "families_tariff_category_known"),
            has_days("families_tariff_status_has_days"),
            models.CheckConstraint(
                condition=Q(household__isnull=False, person__isnull=True)
                | Q(household__isnull=True, person__isnull=False),
                name="families_tariff_status_of_one",
            ),
        ]

    def __str__(self) -> str:
        return self.category


class Schooling(models.Model):
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="schoolings")
    school = models.ForeignKey(School, on_delete=models.PROTECT)
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, null=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [
            has_days("families_schooling_has_days"),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(end__isnull=True),
                name="families_schooling_one",
                violation_error_message="Cet enfant est déjà dans une école.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} at {self.school_id}"


class HealthPlan(models.Model):
    """A PAI. The detail is encrypted and read under its own permission; the packed lunch is all that a price
    needs to know, and the only thing kept in clear."""

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="health_plans")
    packed_lunch = models.BooleanField(default=False)
    detail = models.BinaryField()
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [has_days("families_health_plan_has_days")]

    def __str__(self) -> str:
        return "PAI"


class AuthorizedPickup(models.Model):
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="authorized_pickups")
    name = models.CharField(max_length=160)
    relation = models.CharField(max_length=60)
    phone = models.CharField(max_length=20)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [has_days("families_pickup_has_days")]

    def __str__(self) -> str:
        return self.name


class FamilyKey(models.Model):
    """The Clé Enfance: one adult, one use, dated, revocable (I5). Only a keyed hash remains once the letter
    is made: until then `sealed` holds the key, encrypted, and `letter_made_at` is None."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="keys")
    adult = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="keys")
    key_hash = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    letter_made_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="families_key_used_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(letter_made_at__isnull=True) | Q(sealed__isnull=True),
                name="families_key_erased_with_its_letter",
            ),
            models.UniqueConstraint(
                fields=["adult"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="families_key_one_live_per_adult",
                violation_error_message="Cette personne a déjà une Clé Enfance qui n’a pas servi.",
            ),
        ]

    def __str__(self) -> str:
        return f"Clé Enfance {self.pk}"


class KeyRequest(models.Model):
    """« Je n’ai pas de clé »: what an account says of itself, so that the guichet finds the family or opens one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="key_requests")
    already_known = models.BooleanField()
    child_first_name = models.CharField(max_length=80)
    child_last_name = models.CharField(max_length=80)
    child_birth_date = models.DateField()
    message = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=choices_of(KeyRequestState), default=KeyRequestState.OPEN)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            one_of(KeyRequestState, "state", "families_key_request_state_known"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state="OPEN"),
                name="families_key_request_one_open",
                violation_error_message="Votre demande est déjà chez nous.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.created_at:%d/%m/%Y}"


class RecordChange(models.Model):
    """A change a family asks for, or a difference seen when a key was used: a task of the guichet.

    `field` is a column of the person, or of the household when `person` is None.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="changes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="changes")
    field = models.CharField(max_length=30)
    old_value = models.CharField(max_length=250, blank=True)
    new_value = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=8, choices=choices_of(ChangeState), default=ChangeState.PENDING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [one_of(ChangeState, "state", "families_change_state_known")]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state="PENDING"), name="families_changes_pending")
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.state}"
