"""Documented or red: what a person or a program can meet is in docs/, and what docs/ name is in the code."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from tequio.config.commands import app
from tools import doc_tables

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "README.es.md"]
FOR_DEVELOPERS = [DOCS / name for name in ("tour.md", "where-to-put-it.md", "eventos.md")] + sorted(
    (DOCS / "decisions").glob("*.md")
)
ROOMS = {path.name for path in (ROOT / "src" / "tequio").iterdir() if (path / "__init__.py").is_file()}

_DOTTED = re.compile(r"`([a-z_]+(?:\.\w+)+)`")
_NOT_A_NAME = (".md", ".py", ".csv", ".conf", ".toml", ".log", ".json")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", doc_tables.generated())
def test_what_comes_from_the_code_is_as_the_code_has_it(name: str) -> None:
    document = (DOCS / name).read_text(encoding="utf-8")
    assert document == doc_tables.written(name, document), "make docs"


@pytest.mark.parametrize("table", doc_tables.TABLES, ids=lambda table: f"{table.doc}:{table.name}")
def test_every_code_says_what_it_means(table: doc_tables.Table) -> None:
    assert table.unwritten((DOCS / table.doc).read_text(encoding="utf-8")) == []


def test_every_command_argument_and_option_says_what_it_is_for() -> None:
    silent = [line for line in doc_tables.commands_text().splitlines() if line.startswith("- ") and line.rstrip().endswith(":")]
    assert silent == []
    assert [path for path, command in doc_tables._commands("tequio", get_command(app)) if not command.help] == []


@pytest.mark.parametrize("page", FOR_DEVELOPERS, ids=lambda page: page.name)
def test_every_name_of_the_code_resolves(page: Path) -> None:
    names = [name for name in _DOTTED.findall(page.read_text(encoding="utf-8")) if not name.endswith(_NOT_A_NAME)]
    assert [name for name in names if name.split(".")[0] in ROOMS and not resolves(f"tequio.{name}")] == []
    assert names or page.parent.name == "decisions" or page.name == "eventos.md"


def test_the_tour_names_only_the_code() -> None:
    names = _DOTTED.findall((DOCS / "tour.md").read_text(encoding="utf-8"))
    assert [name for name in names if not resolves(f"tequio.{name}")] == []
    assert len(names) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_shown_exists_with_its_options(page: Path) -> None:
    assert [line for line in shown_commands(page.read_text(encoding="utf-8")) if not understood(line)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_make_target_shown_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    shown = {
        target for page in PAGES for target in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", page.read_text("utf-8"), re.M)
    }
    assert {name for pair in shown for name in pair if name} <= targets


def resolves(dotted: str) -> bool:
    """Whether a module, or something inside one, has that name."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def shown_commands(text: str) -> list[str]:
    """Lines of code blocks, and texts in backticks, that begin with the command's name; continued lines joined."""
    blocks = re.findall(r"^```\n(.*?)^```$", text, re.M | re.S)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    inline = re.findall(r"`(tequio [^`]+)`", text)
    return [line for line in [*lines, *inline] if line.startswith("tequio ")]


def understood(line: str) -> bool:
    """Whether the words lead to a command, or a group of them, that has every option named."""
    command: Any = get_command(app)
    words = shlex.split(line.split("   ")[0])[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    if words and getattr(command, "commands", None) is not None:
        return words[0] in {"--help", "-h"} or words == ["COMANDO", "--help"]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    return all(word in known for word in words if word.startswith("--"))
