"""The harness itself: each of its walls stands."""

from __future__ import annotations

import warnings
from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import RequestFactory

from config.gate import ReadOnlyGetMiddleware
from espace.accounts.models import RoleGrant, User
from espace.kernel.actor import Permission
from espace.kernel.db import WriteInGet
from tests.support.cast import make_account
from tests.support.pages import defects_of
from tests.support.strict_querysets import UnorderedSlice
from tests.support.strict_templates import UndefinedInTemplate


def render(source: str, **values: object) -> str:
    engine = Engine(libraries={"i18n": "django.templatetags.i18n"}, builtins=["django.templatetags.i18n"])
    return engine.from_string(source).render(Context(values))


@pytest.mark.parametrize(
    "source",
    [
        "{{ absent }}",
        "{{ child.absent }}",
        "{{ absent|upper }}",
        "{% for day in absent %}{% endfor %}",
        "{% for day in child.absent %}{% endfor %}",
        "{% with name=absent %}{% endwith %}",
        "{% blocktranslate %}Bonjour {{ absent }}{% endblocktranslate %}",
    ],
)
def test_an_undefined_name_fails(source: str) -> None:
    with pytest.raises(UndefinedInTemplate):
        render(source, child={"name": "Zoé"})


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{% if absent %}oui{% else %}non{% endif %}", "non"),
        ("{{ absent|default:'rien' }}", "rien"),
        ("{% for day in days %}{{ day }}{% endfor %}", "12"),
        ("{% blocktranslate %}Bonjour {{ name }}{% endblocktranslate %}", "Bonjour Zoé"),
        ("{{ none }}{{ name|lower }}", "Nonezoé"),
    ],
)
def test_what_is_defined_or_only_asked_about_passes(source: str, shown: str) -> None:
    assert render(source, days=[1, 2], name="Zoé", none=None) == shown


@pytest.mark.django_db
def test_an_unordered_query_comes_back_shuffled() -> None:
    in_order = list(ContentType.objects.order_by("pk"))
    assert len(in_order) > 2
    for found in (list(ContentType.objects.all()), list(ContentType.objects.iterator())):
        assert found not in (in_order, in_order[::-1])
        assert {row.pk for row in found} == {row.pk for row in in_order}
    assert list(ContentType.objects.order_by("pk")) == in_order
    assert list(ContentType.objects.order_by("pk").iterator()) == in_order
    two = list(ContentType.objects.filter(pk__in=[row.pk for row in in_order[:2]]))
    assert two == in_order[1::-1]


@pytest.mark.django_db
def test_an_unordered_prefetch_comes_back_shuffled() -> None:
    user = make_account("Alice", "Moreau")
    for day in range(1, 5):
        RoleGrant.objects.create(user=user, permission=Permission.KEYS, start=date(2026, 1, day))
    found = User.objects.order_by("pk").prefetch_related("role_grants").get(pk=user.pk)
    days = [grant.start.day for grant in found.role_grants.all()]
    assert sorted(days) == [1, 2, 3, 4]
    assert days not in ([1, 2, 3, 4], [4, 3, 2, 1])


@pytest.mark.django_db
def test_a_slice_of_no_order_fails() -> None:
    for rows in (lambda: ContentType.objects.all()[0], lambda: list(ContentType.objects.all()[:3])):
        with pytest.raises(UnorderedSlice):
            rows()
    assert ContentType.objects.first() == ContentType.objects.order_by("pk")[0]
    ContentType.objects.get(pk=ContentType.objects.order_by("pk")[0].pk)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_get_cannot_write(method: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        ContentType.objects.create(app_label="intrus", model=request.method or "")
        return HttpResponse()

    request = getattr(RequestFactory(), method)("/")
    with pytest.raises(WriteInGet), transaction.atomic():
        ReadOnlyGetMiddleware(view)(request)
    assert not ContentType.objects.filter(app_label="intrus").exists()
    ReadOnlyGetMiddleware(view)(RequestFactory().post("/"))
    assert ContentType.objects.filter(app_label="intrus").exists()


def test_the_wall_against_writes_stands_in_every_environment(settings: object) -> None:
    assert "config.gate.ReadOnlyGetMiddleware" in settings.MIDDLEWARE  # type: ignore[attr-defined]


def test_a_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("ancien", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize(
    "html",
    [
        '<form method="post" action="/connexion/"><input name="user"></form>',
        '<form method="POST"></form>',
        '<p style="color:red">Bonjour</p>',
        "<style>p { color: red }</style>",
        "<script>alert(1)</script>",
        '<button onclick="partir()">Partir</button>',
        '<a href="javascript:void(0)">Partir</a>',
        "<p>{{ name }}</p>",
        "<p>{% if name %}</p>",
        '<a href="/{{ pk }}/">Voir</a>',
        "<td>None</td>",
    ],
)
def test_a_bad_page_is_seen(html: str) -> None:
    assert defects_of(html)


@pytest.mark.parametrize(
    "html",
    [
        '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="x"></form>',
        '<form method="get" action="/tarifs/"></form>',
        '<form method="post" action="https://banque.example/payer"></form>',
        '<script src="/static/app.js" defer></script>',
        '<script type="application/json" id="jours">{"a": "{{"}</script>',
        "<p>None à Paris</p>",
    ],
)
def test_a_good_page_passes(html: str) -> None:
    assert defects_of(html) == []
