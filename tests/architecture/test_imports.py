"""How imports and foreign keys flow: only downwards. `.importlinter` holds the ladder, once."""

from __future__ import annotations

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.db.models.fields.related import ForeignObject, ManyToManyField

ROOT = Path(__file__).resolve().parents[2]


def ladder() -> dict[str, int]:
    """Each app's rung, the lowest 0; apps of one rung do not know each other."""
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    rungs = contracts["importlinter:contract:ladder"]["layers"].split("\n")
    return {
        name.strip(" ()"): rank
        for rank, rung in enumerate(reversed([r for r in rungs if r.strip()]))
        for name in rung.split("|")
    }


def test_imports_keep_their_contracts() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_app_stands_on_the_ladder() -> None:
    packages = {p.parent.name for p in (ROOT / "espace").glob("*/__init__.py")}
    assert packages <= set(ladder())


def test_every_app_says_what_it_owns() -> None:
    silent = [
        p for p in (ROOT / "espace").glob("*/__init__.py") if '"""' not in p.read_text(encoding="utf-8")
    ]
    assert silent == []


def app_of(model: type[Model]) -> str | None:
    """The name of our app that owns a model, None for a third party's."""
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "espace" else None


def test_foreign_keys_follow_the_ladder() -> None:
    rank = ladder()
    climbing = []
    for model in apps.get_models(include_auto_created=False):
        owner = app_of(model)
        if owner is None:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignObject | ManyToManyField):
                continue
            target = field.related_model
            if target._meta.label == settings.AUTH_USER_MODEL:
                continue
            other = app_of(target)
            if other is not None and other != owner and rank[other] >= rank[owner]:
                climbing.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert climbing == []
