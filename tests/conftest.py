"""The strict harness: what would be a silent defect elsewhere fails a test here.

An undefined template variable, a warning, a query that relies on an order nobody asked for, a form without its
csrf token, inline code, a GET that writes: see `tests/support/strict_*.py` and `tests/support/pages.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.support import environment

environment.settle()  # before anything reads the settings

import pytest  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

from tests.support.browser import CHROMIUM_ARGUMENTS, CHROMIUM_PATH  # noqa: E402
from tests.support.pages import StrictClient  # noqa: E402

TESTS = Path(__file__).parent
# The same examples each time: a merge must not fail by chance. bin/test --deep looks for new ones.
hypothesis_settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
hypothesis_settings.register_profile("deep", max_examples=600, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--deep` also runs what is marked so."""
    parser.addoption("--deep", action="store_true", help="also run the tests marked deep (minutes)")


def pytest_configure(config: pytest.Config) -> None:
    """Makes templates and querysets strict once Django can be imported."""
    import django

    from tests.support import frozen_rows, one_connection, strict_querysets, strict_templates

    django.setup()  # here rather than by pytest-django: the environment had to be settled first
    one_connection.install()
    strict_templates.install()
    strict_querysets.install()
    frozen_rows.install()
    shared = ("town", "cast", "bills", "bank", "family")
    for plugin in (f"tests.support.{name}" for name in shared):  # they import models: only now
        config.pluginmanager.import_plugin(plugin)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks by place, so that nobody has to remember it; leaves out deep tests unless asked for."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder in ("e2e", "architecture", "deep"):
            item.add_marker(folder)
        if item.path.name == "test_rules.py":
            item.add_marker("pure")
    if not config.getoption("--deep"):
        deep = [item for item in items if item.get_closest_marker("deep")]
        if deep:
            config.hook.pytest_deselected(items=deep)
            items[:] = [item for item in items if item not in deep]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file rather than in memory: threads and other processes see it, as in production."""
    from django.db import connections

    default = connections["default"]
    if default.vendor == "sqlite":
        default.settings_dict["TEST"]["NAME"] = str(environment.DATA / "test.sqlite3")


@pytest.fixture
def client() -> StrictClient:
    """A visitor who never signed in, and who looks at each page closely."""
    return StrictClient()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """The browser of `tests/support/browser.py` for every journey."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM_PATH, "args": CHROMIUM_ARGUMENTS}
