"""Another family's ids, all of them real: in a form's body, then in an address. A sentence or a 404, nothing changed.

Unlike the walk's, these ids exist: a view that only looked whether a row is there would take them.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.bad_input.forms import Form, _none
from tests.bad_input.samples import Kind
from tests.bad_input.sending import EVERYTHING, changed_to, good, send, sent_to
from tests.bad_input.table import FORMS, IN_MONTH
from tests.support.small_world import World

pytestmark = pytest.mark.django_db
# What an address may name, and the same of Charlie's family.
OTHERS = {
    "child_id": "other_child",
    "household_id": "other_household",
    "person_id": "other_adult",
    "order_id": "other_order",
    "booking_id": "other_waits",
    "declaration_id": "other_absence",
    "document_id": "other_document",
}
OTHER_REFERENCES = {"pay": "other_reference", "invoice": "other_reference", "invoice_pdf": "other_reference"}
OTHER_REFERENCES |= {"book_done": "other_submission", "book_calendar": "other_submission"}
# What no form asks for, and a view must not read from one.
SMUGGLED = {
    "child": "other_child", "child_id": "other_child", "participant": "other_child", "household": "other_household",
    "household_id": "other_household", "foyer": "other_household", "person_id": "other_adult",
    "adult_id": "other_adult", "enrolment": "other_enrolment", "enrolment_ids": "other_enrolment",
    "booking": "other_booking", "slot": "other_slot", "period": "other_period", "change_ids": "other_changes",
    "invoice": "other_invoice", "invoice_id": "other_invoice", "reference": "other_reference",
    "declaration": "other_absence", "declaration_id": "other_absence", "document": "other_document",
    "document_id": "other_document", "submission": "other_submission", "order_id": "other_order",
    "user": "other_user", "user_id": "other_user",
}  # fmt: skip
# They show the boxes as they were ticked, or the week that they make.
JUDGING_NOTHING = ("book_child", "book_all", "book_copy", "book_all_copy")
BY_PARENTS = ("alice", "acting")
NAMED = [name for name, form in FORMS.items() if callable(form.fields)]
ADDRESSED = [
    name
    for name, entry in EVERYTHING.items()
    if entry.who in BY_PARENTS and name != "agent_stop_acting" and entry.args not in (_none, IN_MONTH)
]


@pytest.mark.parametrize("name", NAMED)
def test_another_family_s_id_in_a_form_changes_nothing_and_is_told(name: str, world: World) -> None:
    form, problems = FORMS[name], []
    fields = form.of(world)
    for field, one in fields.items():
        for value in one.foreign:
            answer = sent_to(name, world, changed_to(fields, **{field: value}), follow=True)
            told = answer.is_told or "alert-sun" in answer.page or name in JUDGING_NOTHING
            if answer.wrong or answer.changed - form.leaves or not told:
                changed = sorted(answer.changed)
                problems.append(f"{field}={value}: {answer.wrong or answer.status} {changed} {answer.to}")
    assert not problems, "\n".join(problems)


def test_each_field_that_holds_ids_has_another_family_s() -> None:
    """A new form that lets one choose a row says which rows are not to be chosen."""

    class Any_(dict[str, object]):
        def __missing__(self, name: str) -> str:
            return "1-1" if name == "weekday" else "1"

    world = World(town=None, people={}, ids=Any_())  # type: ignore[arg-type]
    missing = [
        f"{name}.{field}"
        for name in NAMED
        for field, one in FORMS[name].of(world).items()
        if one.kind in (Kind.IDS, Kind.KEY)
        or (one.kind is Kind.CHOICE and any(c.isdigit() for c in str(one.good)))
        if not one.foreign
    ]
    assert missing == []


@pytest.mark.parametrize("name", ADDRESSED)
def test_another_family_s_address_is_not_found(name: str, world: World) -> None:
    """Alice asks, shows and sends what is Charlie's: a 404 each time."""
    entry, problems = EVERYTHING[name], []
    known = dict(entry.args(world))
    swapped = {argument: world.ids[OTHERS[argument]] for argument in known if argument in OTHERS}
    if name in OTHER_REFERENCES:
        swapped["reference"] = world.ids[OTHER_REFERENCES[name]]
    if name == "receipt_pdf":
        swapped["receipt"] = world.ids["other_receipt"]
    assert swapped, "an address of a family's names something of a family's"
    url = reverse(name, kwargs=known | swapped)
    data = good(entry.of(world)) if isinstance(entry, Form) else {}
    for method in ("GET", "POST"):
        answer = send(world, entry.who, method, url, data if method == "POST" else None, follow=True)
        if method == "GET" and answer.status == 302:  # to a page that is a 404
            answer = send(world, entry.who, "GET", answer.to)
        if answer.wrong or answer.changed or answer.status not in (404, 405):
            problems.append(f"{method} {url}: {answer.wrong or answer.status} {sorted(answer.changed)}")
    assert not problems, "\n".join(problems)


def _unnumbered(address: str) -> str:
    """An address without the number and the check character of what was just made: a database counts on, whatever is
    rolled back."""
    return re.sub(r"\d+(-[0-9A-Z])?", "#", address)


@pytest.mark.parametrize("name", [n for n, form in FORMS.items() if form.who in BY_PARENTS])
def test_what_a_form_does_not_ask_for_is_not_read(name: str, world: World) -> None:
    """The same as without: the same tables changed, the same answer, and nothing of the other family's rows."""
    form = FORMS[name]
    data = good(form.of(world))
    extra = {key: str(world.ids[value]) for key, value in SMUGGLED.items() if key not in data}
    plain, smuggled = sent_to(name, world, data), sent_to(name, world, {**data, **extra})
    assert (smuggled.wrong, smuggled.status, smuggled.changed) == ("", plain.status, plain.changed)
    assert _unnumbered(smuggled.to) == _unnumbered(plain.to) or name == "pay"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("agent_key_new", {"household_id": "household", "adult_id": "mother"}),
        ("agent_key_new", {"household_id": "home", "adult_id": "other_adult"}),
        ("agent_health", {"household_id": "household", "child_id": "other_child"}),
        ("agent_health", {"household_id": "other_household", "child_id": "child"}),
    ],
)
def test_an_agent_s_address_that_mixes_two_families(name: str, args: dict[str, str], world: World) -> None:
    url = reverse(name, kwargs={argument: world.ids[value] for argument, value in args.items()})
    method = "POST" if name in FORMS else "GET"
    answer = send(world, EVERYTHING[name].who, method, url, {} if method == "POST" else None, follow=True)
    assert (answer.wrong, answer.changed) == ("", set())
    assert answer.status == 404 or answer.is_refused
