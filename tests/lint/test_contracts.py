"""Each lint step fails for what it is there to find: a copy of the tree gets one fault, and the Makefile's step must say so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = ("Makefile", "pyproject.toml", "requirements.lock", "README.md")

SEEDS = {
    "Rooms import downwards only": ("catalogs/selectors.py", "from tequio.audit import domain"),
    "Inside a room: delivery, forms, services, selectors, models, domain": (
        "notices/selectors.py",
        "from tequio.notices import services",
    ),
    "A registry knows no other registry": ("registries/incidence/selectors.py", "from tequio.registries.rnd import models"),
    "The matcher knows no registry": ("matching/memory.py", "from tequio.registries.rnd import contract"),
    "Pure modules know neither Django nor the database": ("notices/domain.py", "from django.db import models"),
}
"""Contract -> (file of src/tequio, line that breaks it and nothing else)."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the lint steps look at, with an environment that counts as installed."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    for folder in ("src", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    stamp = tmp_path / ".venv" / ".tequio-installed"
    stamp.parent.mkdir()
    stamp.touch()
    return tmp_path


def lint(tree: Path, step: str) -> tuple[int, str]:
    """Exit status and words of `make lint-STEP` in the tree, with this interpreter's environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TEQUIO_", "DJANGO_", "PYTEST_", "MAKE"))}
    command = ["make", f"lint-{step}", f"BIN={Path(sys.executable).parent}"]
    done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def seed(path: Path, text: str) -> None:
    """Add a line to the end of a file."""
    path.write_text(path.read_text(encoding="utf-8") + text + "\n", encoding="utf-8")


def contracts() -> list[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return [one["name"] for one in tomllib.load(file)["tool"]["importlinter"]["contracts"]]


def test_the_tree_as_it_is_keeps_every_contract(tree: Path) -> None:
    status, said = lint(tree, "rooms")
    assert status == 0, said


def test_every_contract_has_a_seed() -> None:
    assert sorted(contracts()) == sorted(SEEDS)


@pytest.mark.parametrize("contract", SEEDS)
def test_a_forbidden_import_breaks_its_contract_and_no_other(tree: Path, contract: str) -> None:
    file, line = SEEDS[contract]
    seed(tree / "src" / "tequio" / file, line)
    status, said = lint(tree, "rooms")
    assert status != 0
    assert [name for name in SEEDS if f"{name} BROKEN" in said] == [contract], said


def test_a_room_that_the_layers_do_not_name_fails(tree: Path) -> None:
    (tree / "src" / "tequio" / "sideroom").mkdir()
    (tree / "src" / "tequio" / "sideroom" / "__init__.py").touch()
    status, said = lint(tree, "rooms")
    assert status != 0 and "sideroom" in said, said


def test_every_room_with_layers_of_its_own_is_held_to_them() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found = {one["id"]: one for one in tomllib.load(file)["tool"]["importlinter"]["contracts"]}
    layered = ("services.py", "services", "selectors.py", "models.py", "views.py", "commands.py", "commands")
    every = (path for name in layered for path in (ROOT / "src" / "tequio").rglob(name))
    rooms = {path.parent for path in every if path.parent.name != "management"}  # Django's folder for commands of its own
    named = {".".join(("tequio", *room.relative_to(ROOT / "src" / "tequio").parts)) for room in rooms}
    assert named - {"tequio.config", "tequio.kernel"} == set(found["inside"]["containers"])


def test_a_style_error_fails(tree: Path) -> None:
    seed(tree / "src" / "tequio" / "kernel" / "ids.py", "import json")
    status, said = lint(tree, "style")
    assert status != 0 and "F401" in said, said


def test_an_unformatted_file_fails(tree: Path) -> None:
    seed(tree / "src" / "tequio" / "kernel" / "ids.py", "\n\nHOUSE = {'a' : 1}")
    status, said = lint(tree, "style")
    assert status != 0 and "kernel/ids.py" in said, said


@pytest.mark.slow
def test_a_type_error_fails_as_does_a_function_without_annotations(tree: Path) -> None:
    seed(tree / "src" / "tequio" / "kernel" / "ids.py", '\n\nWRONG: int = "seven"\n\n\ndef loose(value):\n    return value')
    status, said = lint(tree, "types")
    assert status != 0 and "kernel/ids.py" in said and "[assignment]" in said and "[no-untyped-def]" in said, said


def test_a_model_change_without_its_migration_fails(tree: Path) -> None:
    models = tree / "src" / "tequio" / "notices" / "models.py"
    text = models.read_text(encoding="utf-8")
    assert text.count("    class Meta:") >= 1
    models.write_text(
        text.replace("    class Meta:", "    extra = models.TextField(blank=True)\n\n    class Meta:", 1), encoding="utf-8"
    )
    status, said = lint(tree, "migrations")
    assert status != 0 and "extra" in said, said
    assert not list(tree.glob(".tequio*"))


def test_a_text_without_its_english_fails(tree: Path) -> None:
    seed(tree / "src" / "tequio" / "ui" / "templates" / "ui" / "error.html", '{% translate "Sin traducir" %}')
    status, said = lint(tree, "texts")
    assert status != 0 and "«Sin traducir»" in said, said


def test_a_file_of_501_lines_fails(tree: Path) -> None:
    (tree / "src" / "tequio" / "kernel" / "long.py").write_text('"""Long."""\n' + "#\n" * 500, encoding="utf-8")
    status, said = lint(tree, "shape")
    assert status != 0 and "kernel/long.py:1: 501 lines" in said, said


def test_a_function_of_61_lines_fails(tree: Path) -> None:
    seed(tree / "src" / "tequio" / "kernel" / "ids.py", "\n\ndef long() -> None:\n" + "    pass\n" * 60)
    status, said = lint(tree, "shape")
    assert status != 0 and "long has 61 lines" in said, said


def test_a_function_of_nine_arguments_fails(tree: Path) -> None:
    names = ", ".join(f"a{number}: int" for number in range(9))
    seed(tree / "src" / "tequio" / "kernel" / "ids.py", f"\n\ndef wide({names}) -> None:\n    pass")
    status, said = lint(tree, "shape")
    assert status != 0 and "wide takes 9 arguments" in said, said
