"""The tables of docs/ that come from the code.

Imported once Django is set up: by `make docs`, which writes them, and by the test that fails when one is behind.

A table stands between `<!-- table NAME -->` and `<!-- end -->`. Cells that only a person can write are None here; what the
document says there is kept, row by row, by the row's key.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.main import get_command

import tequio
from tequio.access.domain import PERMISSIONS, Permission, PurposeCode, Role
from tequio.audit.domain import Action
from tequio.config.commands import app
from tequio.kernel import outbox
from tequio.kernel.errors import TequioError
from tequio.supply.checks.codes import CODES
from tequio.ui.console import faults
from tequio.ui.console.spanish import NotUnderstood, in_spanish

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "tequio"

Row = tuple[str | None, ...]
_END = "<!-- end -->"
COMMON = ("--json", "--as", "--purpose", "--folio")
"""Options that most commands have."""


class MarkerMissing(Exception):
    """A document lacks the place of a table."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of one document. The first `keys` cells of a row tell it apart."""

    doc: str
    name: str
    headers: tuple[str, ...]
    rows: Callable[[], list[Row]]
    keys: int = 1

    def written(self, document: str) -> str:
        """The document with this table as the code has it. Raises MarkerMissing."""
        start, end = _place(document, self)
        known = {tuple(cells[: self.keys]): cells for cells in _cells(document[start:end])}
        lines = [_line(self.headers), "|" + "---|" * len(self.headers)]
        for row in self.rows():
            told = known.get(tuple(_escaped(cell or "") for cell in row[: self.keys]), [])
            cells = [
                _escaped(cell) if cell is not None else told[place] if place < len(told) else ""
                for place, cell in enumerate(row)
            ]
            lines.append(_line(cells))
        return document[:start] + "\n".join(lines) + "\n" + document[end:]

    def unwritten(self, document: str) -> list[str]:
        """Keys of the rows in which a cell that only a person can write is blank."""
        start, end = _place(document, self)
        by_hand = {place for row in self.rows() for place, cell in enumerate(row) if cell is None}
        return [cells[0] for cells in _cells(document[start:end]) if any(not cells[place] for place in by_hand)]


def permissions() -> list[Row]:
    """Permission, what it allows, who has it."""
    return [
        (f"`{one.value}`", None, ", ".join(role.value for role in Role if one in PERMISSIONS[role]) or "nadie")
        for one in Permission
    ]


def roles() -> list[Row]:
    """Role, for whom."""
    return [(f"`{role.value}`", None) for role in Role]


def purposes() -> list[Row]:
    """Purpose of use, when it is stated."""
    return [(f"`{code.value}`", None) for code in PurposeCode]


def actions() -> list[Row]:
    """Action of the log, what happened."""
    return [(f"`{action.value}`", None) for action in Action]


def breaks() -> list[Row]:
    """Kinds of break that the verification tells, from the code that finds them."""
    return [(f"`{kind}`", None) for kind in _codes_of(SOURCE / "audit" / "selectors.py", "Break", 2)]


def events() -> list[Row]:
    """Reaction, its event, when it runs, what it does."""
    said = {"within": "same transaction", "after": "after the commit"}
    return [(f"`{event}`", said[when], f"`{reaction}`", None) for event, when, reaction in outbox.wiring_table()]


def errors() -> list[Row]:
    """Error code, meaning, HTTP status, exit status."""
    for module in pkgutil.walk_packages(tequio.__path__, "tequio."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
    found: dict[str, set[tuple[int, int]]] = {}
    for kind in _subclasses(TequioError):
        found.setdefault(kind.code, set()).add((kind.status, _exit(kind)))
    return [
        (
            f"`{code}`",
            None,
            ", ".join(sorted({str(http) for http, _ in pairs})),
            ", ".join(sorted({str(end) for _, end in pairs})),
        )
        for code, pairs in sorted(found.items())
    ]


def findings() -> list[Row]:
    """Finding of a supplied row: code, what happens, what to do."""
    return [(f"`{code.code}`", code.message, code.hint) for code in CODES.values()]


def file_notes() -> list[Row]:
    """Notes on a supplied file as a whole."""
    codes = {code for path in sorted((SOURCE / "supply").rglob("*.py")) for code in _codes_of(path, "HeaderNote", 0)}
    return [(f"`{code}`", None) for code in sorted(codes)]


def incidence_codes() -> list[Row]:
    """Faults and remarks of a monthly incidence file: code, what they do to the load, meaning."""
    places = {"whole_file": (0, "se rechaza"), "Finding": (2, "se rechaza"), "Remark": (0, "se carga y se dice")}
    found: dict[str, str] = {}
    for path in sorted((SOURCE / "registries" / "incidence").rglob("*.py")):
        for name, (place, effect) in places.items():
            found |= dict.fromkeys(_codes_of(path, name, place), effect)
    return [(f"`{code}`", effect, None) for code, effect in sorted(found.items())]


def parameters() -> list[Row]:
    """Dated parameter as the package ships it."""
    rows: list[Row] = []
    for one in json.loads((SOURCE / "catalogs" / "data" / "parameters.json").read_text(encoding="utf-8")):
        value = (
            "sin valor" if one["value"] is None else one["value"] if isinstance(one["value"], str) else json.dumps(one["value"])
        )
        until = f" a {one['valid_to']}" if one["valid_to"] else ""
        standing = "sí" if one["confirmed"] else "por confirmar"
        rows.append((f"`{one['key']}`", None, str(value), one["unit"], one["valid_from"] + until, standing, one["source"]))
    return rows


def settings() -> list[Row]:
    """Environment variables that the code of src reads."""
    shape = re.compile(r"\bTEQUIO_[A-Z][A-Z_]*[A-Z]\b")
    found = {name for path in SOURCE.rglob("*.py") for name in shape.findall(path.read_text(encoding="utf-8"))}
    return [(f"`{name}`", None) for name in sorted(found)]


TABLES = (
    Table("permisos.md", "permissions", ("Permiso", "Qué permite", "Roles que lo tienen"), permissions),
    Table("permisos.md", "roles", ("Rol", "Para quién"), roles),
    Table("permisos.md", "purposes", ("Finalidad", "Cuándo se indica"), purposes),
    Table("bitacora.md", "actions", ("Acción", "Qué pasó"), actions),
    Table("bitacora.md", "breaks", ("Falta", "Qué quiere decir"), breaks),
    Table("eventos.md", "events", ("Event", "When", "Reaction", "What it does"), events, keys=3),
    Table("errores.md", "errors", ("Código", "Qué significa", "HTTP", "Salida"), errors),
    Table("errores.md", "incidence", ("Código", "Efecto", "Qué significa"), incidence_codes),
    Table("acuses.md", "findings", ("Código", "Qué pasa", "Qué hacer"), findings),
    Table("acuses.md", "notes", ("Código", "Qué significa"), file_notes),
    Table(
        "parametros.md",
        "parameters",
        ("Parámetro", "Qué gobierna", "Valor", "Unidad", "Vigente desde", "Confirmado", "Fuente"),
        parameters,
    ),
    Table("operations.md", "settings", ("Variable", "Meaning"), settings),
)


def commands_text() -> str:
    """Every command with its arguments and options, as their help says them. What many share is told once, at the top."""
    found = list(_commands("tequio", get_command(app)))
    common = {_parameter(one): one.opts[0] for _, command in found for one in command.params if one.opts[0] in COMMON}
    lines = ["### Opciones comunes", "", *common, ""]
    for path, command in found:
        lines += [f"### `{path}`", "", in_spanish(command.help or "").strip(), ""]
        own = [_parameter(one) for one in command.params if one.opts[0] not in COMMON and "--help" not in one.opts]
        shared = [f"`{one.opts[0]}`" for one in command.params if one.opts[0] in COMMON]
        lines += [*own, *([f"- Comunes: {', '.join(shared)}"] if shared else []), ""]
    return "\n".join(lines).rstrip() + "\n"


def written(name: str, document: str) -> str:
    """A document with all that comes from the code as the code has it. Raises MarkerMissing."""
    for table in TABLES:
        if table.doc == name:
            document = table.written(document)
    if name == "comandos.md":
        start, end = _span(document, "commands", name)
        document = document[:start] + "\n" + commands_text() + "\n" + document[end:]
    return document


def generated() -> list[str]:
    """Documents that have something from the code."""
    return sorted({table.doc for table in TABLES} | {"comandos.md"})


def main() -> int:
    """Write what comes from the code into each document. Returns the exit status: 1 if a person still has something to say."""
    blank = []
    for name in generated():
        path = DOCS / name
        before = path.read_text(encoding="utf-8")
        after = written(name, before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"docs: {name} written")
        blank += [f"docs/{name}: {key}" for table in TABLES if table.doc == name for key in table.unwritten(after)]
    for line in blank:
        print(f"{line}: say what it means")
    return 1 if blank else 0


def _place(document: str, table: Table) -> tuple[int, int]:
    return _span(document, table.name, table.doc)


def _span(document: str, name: str, doc: str) -> tuple[int, int]:
    start = document.find(f"<!-- table {name} -->\n")
    end = document.find(_END, start)
    if start < 0 or end < 0:
        raise MarkerMissing(f"docs/{doc} lacks <!-- table {name} --> ... {_END}")
    return start + len(f"<!-- table {name} -->\n"), end


def _cells(text: str) -> list[list[str]]:
    """Cells of the rows under the headers, as written."""
    rows = [re.split(r"(?<!\\)\|", line.strip()[1:-1]) for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _subclasses(kind: type[TequioError]) -> Iterator[type[TequioError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__.startswith("tequio."):
            yield from _subclasses(below)


def _exit(kind: type[TequioError]) -> int:
    if issubclass(kind, NotUnderstood):
        return faults.USAGE
    return next((status for base, status in faults.EXITS if issubclass(kind, base)), 1)


def _codes_of(path: Path, called: str, place: int) -> list[str]:
    """Texts in upper case that the calls of `called` in a module give at `place`, in order, each once."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == called and len(node.args) > place:
            said = node.args[place]
            if isinstance(said, ast.Constant) and isinstance(said.value, str) and said.value not in found:
                found.append(said.value)
    return sorted(found)


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    for name in sorted(below):
        yield from _commands(f"{path} {name}", below[name])


def _parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        needed = "" if parameter.required else " (opcional)"
        return f"- `{parameter.metavar or parameter.name}`{needed}: {parameter.help or ''}"
    names = "/".join([*parameter.opts, *parameter.secondary_opts])
    metavar = "" if parameter.is_flag else f" {parameter.metavar or 'VALOR'}"
    extra = ["obligatorio"] if parameter.required else []
    if not parameter.required and not parameter.is_flag and parameter.default not in (None, "", [], ()):
        extra.append(f"si se omite: {parameter.default}")
    if parameter.envvar:
        extra.append(f"variable {parameter.envvar}")
    aside = f" ({'; '.join(extra)})" if extra else ""
    return f"- `{names}{metavar}`{aside}: {parameter.help or ''}"
