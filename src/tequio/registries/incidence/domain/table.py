"""From rows of text to a checked table: years, states, keys, counts, duplicates, completeness.

Work is done on columns and on distinct values, so that a file of 18,816 rows costs tenths of a second. Faults are gathered,
not raised one by one: whoever mends the file sees them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from tequio.institutions.domain import StateBook
from tequio.kernel.text import damage
from tequio.registries.incidence.domain import text as reading
from tequio.registries.incidence.domain.findings import Faults, Finding, Remark, shown
from tequio.registries.incidence.domain.names import LEVELS, Key, Names
from tequio.registries.incidence.domain.text import LABELS, MONTHS, Rows

FIRST_YEAR = 1997  # the oldest year that SESNSP publishes
MOST_IN_A_CELL = 10_000_000  # a month of one state: more than that is a misplaced column
_LONGEST_NAME = 200
_MONTH_FIELDS = tuple(f"m{number}" for number in range(1, 13))
_YEAR = re.compile(r"[12][0-9]{3}")


@dataclass(frozen=True, slots=True)
class MonthlyTable:
    """What a file says. `frame` has `year`, `state` (INEGI code), `item` (key code) and `m1`..`m12` (null: unknown)."""

    frame: pl.DataFrame
    keys: tuple[Key, ...]
    years: tuple[int, ...]
    states: tuple[str, ...]
    encoding: str
    delimiter: str
    blank_cells: int
    remarks: tuple[Remark, ...]

    @property
    def rows(self) -> int:
        """Rows of the file, header apart."""
        return self.frame.height

    def cells(self) -> pl.DataFrame:
        """One row for each month: `year`, `state`, `item`, `month`, `count` (null: unknown)."""
        long = self.frame.unpivot(
            list(_MONTH_FIELDS), index=["year", "state", "item"], variable_name="month", value_name="count"
        )
        return long.with_columns(pl.col("month").str.slice(1).cast(pl.Int16))

    def last_months(self) -> dict[tuple[str, int], int]:
        """Last month with a datum of each state and year; 0 if all are unknown."""
        known = pl.max_horizontal(
            pl.when(pl.col(name).is_not_null()).then(number).otherwise(0) for number, name in enumerate(_MONTH_FIELDS, start=1)
        )
        latest = self.frame.group_by("state", "year").agg(known.max().alias("last"))
        return {(state, year): last for state, year, last in latest.iter_rows()}


def parse(data: bytes, *, book: StateBook, names: Names, today: date) -> MonthlyTable:
    """The checked table of a file. Raises IncidenceFileInvalid with every fault found (the first hundred in full). O(cells)."""
    rows = reading.read(data)
    faults = Faults()
    years = _years(rows, today, faults)
    states, remarks = _states(rows, book, faults)
    keys = _keys(rows, faults)
    months = _months(rows, faults)
    faults.refuse()
    codes = {path: key.code for path, key in keys.items()}
    items = [codes[path] for path in _paths(rows)]
    frame = pl.DataFrame({"line": rows.lines, "year": years, "state": states, "item": items, **months})
    _duplicates(frame, faults)
    faults.refuse()
    frame = frame.drop("line")
    distinct = tuple({key.code: key for key in keys.values()}.values())
    return MonthlyTable(
        frame=frame,
        keys=distinct,
        years=tuple(sorted(set(years))),
        states=tuple(sorted(set(states))),
        encoding=rows.encoding,
        delimiter=rows.delimiter,
        blank_cells=sum(frame[name].null_count() for name in _MONTH_FIELDS),
        remarks=(
            *remarks,
            *_lost_letters(rows, names),
            *_gaps(frame, book, len(distinct)),
            *_blanks(frame),
            *_future(frame, today),
        ),
    )


def _years(rows: Rows, today: date, faults: Faults) -> list[int]:
    good: dict[str, int] = {}
    last = today.year + 1  # a clock may be slow; months to come are remarked on, not refused
    for value in set(rows.columns["year"]):
        plain = value.strip()
        if _YEAR.fullmatch(plain) and FIRST_YEAR <= int(plain) <= last:
            good[value] = int(plain)
    for line, value in zip(rows.lines, rows.columns["year"], strict=True):
        if value not in good:
            message = f"«{shown(value)}» no es un año entre {FIRST_YEAR} y {last}"
            faults.add(
                Finding(line, LABELS["year"], "ANIO_INVALIDO", shown(value), message, "Escriba el año con cuatro dígitos.")
            )
    return [good.get(value, 0) for value in rows.columns["year"]]


def _states(rows: Rows, book: StateBook, faults: Faults) -> tuple[list[str], list[Remark]]:
    """INEGI code of each row. The key decides; the name must agree with it."""
    pairs = list(zip(rows.columns["state"], rows.columns["state_name"], strict=True))
    names = {entry.code: entry.name for entry in book.entries}
    codes: dict[tuple[str, str], str] = {}
    remarks = []
    for pair in dict.fromkeys(pairs):
        key, name = pair
        code = key.strip().zfill(2)
        if key.strip().isdigit() and code in names and book.find(name) == code:
            codes[pair] = code
            if book.is_damaged(name):
                message = f"«{name}» perdió letras; por su clave {code} es «{names[code]}»"
                remarks.append(Remark("ENTIDAD_CON_LETRAS_PERDIDAS", message, pairs.count(pair), name, names[code]))
    for line, pair in zip(rows.lines, pairs, strict=True):
        if pair not in codes:
            faults.add(_state_fault(line, *pair, book, names))
    return [codes.get(pair, "") for pair in pairs], remarks


def _state_fault(line: int, key: str, name: str, book: StateBook, names: dict[str, str]) -> Finding:
    code = key.strip().zfill(2)
    if not key.strip().isdigit() or code not in names:
        message = f"la clave de entidad «{shown(key)}» no existe"
        return Finding(line, LABELS["state"], "ENTIDAD_DESCONOCIDA", shown(key), message, "Use la clave del INEGI, de 01 a 32.")
    if book.find(name) is None:
        message = f"«{shown(name)}» no es una entidad federativa"
        return Finding(
            line, LABELS["state_name"], "ENTIDAD_DESCONOCIDA", shown(name), message, f"La clave {code} es {names[code]}."
        )
    message = f"la clave {code} es {names[code]} y el nombre dice «{shown(name)}»"
    return Finding(line, LABELS["state_name"], "ENTIDAD_NO_COINCIDE", shown(name), message, "Corrija la clave o el nombre.")


def _paths(rows: Rows) -> Iterator[tuple[str, ...]]:
    return zip(*(rows.columns[level] for level in LEVELS), strict=True)


def _keys(rows: Rows, faults: Faults) -> dict[tuple[str, ...], Key]:
    """Key by the four texts as supplied."""
    keys = {path: Key(*(name.strip() for name in path)) for path in dict.fromkeys(_paths(rows))}
    wrong = {path for path in keys if any(map(_is_no_name, path))}
    if wrong:
        for line, path in zip(rows.lines, _paths(rows), strict=True):
            if path in wrong:
                level = next(at for at, name in enumerate(path) if _is_no_name(name))
                message = "el nombre está vacío, pasa de 200 letras o lleva saltos de línea"
                hint = "Escriba el nombre del catálogo del SESNSP."
                faults.add(Finding(line, LABELS[LEVELS[level]], "NOMBRE_INVALIDO", shown(path[level]), message, hint))
    return keys


def _is_no_name(text: str) -> bool:
    return not text.strip() or len(text) > _LONGEST_NAME or "\n" in text or "\r" in text


def _months(rows: Rows, faults: Faults) -> dict[str, pl.Series]:
    """Counts by month; a blank cell is null, which is not zero."""
    out = {}
    for name in _MONTH_FIELDS:
        plain = pl.Series(name, rows.columns[name], dtype=pl.String).str.strip_chars()
        blank = plain.str.len_bytes() == 0
        digits = plain.str.contains(r"^[0-9]{1,8}$")
        count = plain.set(~digits, None).cast(pl.Int32)
        wrong = (~blank & ~digits) | (count > MOST_IN_A_CELL).fill_null(False)
        for at in wrong.arg_true():
            faults.add(_cell_fault(rows.lines[at], LABELS[name], rows.columns[name][at].strip()))
        out[name] = count
    return out


def _cell_fault(line: int, month: str, value: str) -> Finding:
    if re.fullmatch(r"-[0-9]+(\.0*)?", value):
        return Finding(
            line, month, "NEGATIVO", shown(value), f"«{shown(value)}» es negativo", "Una cuenta no baja de cero; pida el dato."
        )
    if re.fullmatch(r"[0-9]+", value):
        message = f"«{shown(value)}» pasa de {MOST_IN_A_CELL:,}"
        return Finding(line, month, "FUERA_DE_RANGO", shown(value), message, "Revise si la columna está corrida.")
    if re.fullmatch(r"[0-9]+\.[0-9]*|[0-9]{1,3}(,[0-9]{3})+", value):
        hint = "Escriba solo dígitos: sin decimales ni separador de miles."
        return Finding(line, month, "NO_ES_ENTERO", shown(value), f"«{shown(value)}» no es un entero escrito con dígitos", hint)
    hint = "Si el dato se desconoce, deje la celda vacía; vacío no es cero."
    return Finding(line, month, "TEXTO_EN_MES", shown(value), f"«{shown(value)}» no es un número", hint)


def _duplicates(frame: pl.DataFrame, faults: Faults) -> None:
    """The same state, year and key twice: which one counts cannot be told."""
    repeated = frame.group_by("year", "state", "item", maintain_order=True).agg("line").filter(pl.col("line").list.len() > 1)
    for year, state, _item, lines in repeated.iter_rows():
        message = f"entidad {state}, año {year} y delito ya están en la línea {lines[0]}"
        for line in lines[1:]:
            faults.add(Finding(line, "línea", "CLAVE_DUPLICADA", f"{state} {year}", message, "Deje un solo renglón."))


def _lost_letters(rows: Rows, names: Names) -> list[Remark]:
    """One remark for each distinct name that is not of the catalogue as it stands."""
    used: dict[str, int] = {}
    for path in _paths(rows):
        for name in {part.strip() for part in path}:
            used[name] = used.get(name, 0) + 1
    remarks = []
    for name, count in used.items():
        if names.has(name):
            continue
        proposed = names.propose(name)
        if proposed:
            message = f"«{name}» perdió letras: parece «{proposed}». Se conserva como vino"
            remarks.append(Remark("LETRAS_PERDIDAS", message, count, name, proposed))
        else:
            lost = f" ({damage(name)[0]})" if damage(name) else ""
            message = f"«{name}» no está en el catálogo de nombres{lost}. Se conserva como vino"
            remarks.append(Remark("NOMBRE_FUERA_DE_CATALOGO", message, count, name))
    return remarks


def _gaps(frame: pl.DataFrame, book: StateBook, keys: int) -> list[Remark]:
    """States and combinations that the file lacks."""
    remarks = []
    present = set(frame["state"])
    absent = [entry.name for entry in book.entries if entry.code not in present]
    if absent:
        message = f"faltan {len(absent)} entidades: {', '.join(absent)}. Sus cifras no cambian"
        remarks.append(Remark("ENTIDADES_FALTANTES", message, len(absent)))
    expected = frame.select("state", "year").unique().height * keys
    if frame.height < expected:
        lacking = expected - frame.height
        message = f"faltan {lacking:,} renglones para que cada entidad y año tenga los {keys} delitos; son «sin información»"
        remarks.append(Remark("COMBINACIONES_FALTANTES", message, lacking))
    return remarks


def _blanks(frame: pl.DataFrame) -> list[Remark]:
    """Blank cells by year, with their months."""
    remarks = []
    for (year,), part in sorted(frame.partition_by("year", as_dict=True).items()):
        empty = [part[name].null_count() for name in _MONTH_FIELDS]
        if any(empty):
            months = ", ".join(MONTHS[at].lower() for at, count in enumerate(empty) if count)
            message = f"{year}: {sum(empty):,} celdas en blanco ({months}): sin información, no cero"
            remarks.append(Remark("CELDAS_EN_BLANCO", message, sum(empty)))
    return remarks


def _future(frame: pl.DataFrame, today: date) -> list[Remark]:
    """Counts for months that have not begun: often zeros written where nothing is known."""
    filled = 0
    for at, name in enumerate(_MONTH_FIELDS, start=1):
        ahead = frame.filter((pl.col("year") > today.year) | ((pl.col("year") == today.year) & (at > today.month)))
        filled += ahead.height - ahead[name].null_count()
    if not filled:
        return []
    return [
        Remark("MES_FUTURO", f"{filled:,} celdas de meses que no han llegado traen cifra (¿ceros en vez de blancos?)", filled)
    ]
