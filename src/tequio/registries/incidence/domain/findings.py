"""What is wrong with a file, place by place, and what is only worth saying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tequio.kernel.errors import Conflict, Invalid

MOST_SHOWN = 100
"""Findings that an answer carries; the rest are counted."""
_VALUE_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: physical line of the file (header is 1), column, code, the value as supplied, what to do."""

    line: int
    field: str
    code: str
    value: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"línea {self.line}, {self.field}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that does not stop the load. `rows` is how many rows (or cells, for blanks) it concerns."""

    code: str
    message: str
    rows: int
    value: str = ""
    proposed_name: str = ""
    """What the text probably said before it lost letters: for display, never stored in its place."""


class IncidenceFileInvalid(Invalid):
    """The file is not a monthly incidence file, or has cells that cannot be read. Nothing of it is stored."""

    code = "INCIDENCIA_RECHAZADA"

    def __init__(self, findings: Sequence[Finding], total: int | None = None) -> None:
        self.findings = tuple(findings[:MOST_SHOWN])
        self.total = len(findings) if total is None else total
        first = self.findings[0]
        others = self.total - 1
        rest = "" if not others else " Hay otra falta." if others == 1 else f" Hay {others:,} faltas más."
        super().__init__(
            f"El archivo de incidencia no se cargó: {first}.{rest}",
            hint=first.hint,
            facts={"total": self.total, "findings": [asdict(finding) for finding in self.findings]},
        )


class Faults:
    """Faults found so far: all are counted, the first are kept, so that a hostile file costs no memory."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.total = 0

    def add(self, finding: Finding) -> None:
        """Count a fault, and keep it if it is among the first."""
        self.total += 1
        if len(self.kept) < MOST_SHOWN:
            self.kept.append(finding)

    def refuse(self) -> None:
        """Raise IncidenceFileInvalid if there is any, in the order of the file."""
        if self.total:
            raise IncidenceFileInvalid(sorted(self.kept, key=lambda finding: finding.line), self.total)


class OlderFile(Conflict):
    """The file reaches fewer months than the figures in force: putting it in force would lose data."""

    code = "INCIDENCIA_MAS_ANTIGUA"


def whole_file(code: str, message: str, hint: str) -> IncidenceFileInvalid:
    """A fault of the file as a whole."""
    return IncidenceFileInvalid([Finding(1, "archivo", code, "", message, hint)])


def shown(value: str) -> str:
    """A supplied value, cut for display."""
    return value if len(value) <= _VALUE_SHOWN else value[:_VALUE_SHOWN] + "…"
