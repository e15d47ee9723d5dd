"""From what a person wrote in the capture form to columns of a detention, and what is to be looked at twice. Pure.

What cannot be is an error, beside its field. What is possible and odd is a slip: the form says it and takes it at the second
click. The same rules as those of files (`checks`), with somebody there to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tequio.kernel.identifiers import parse_curp, parse_iph, parse_numero_rnd, parse_phone, parse_plate, parse_rfc
from tequio.kernel.identifiers.problems import Problem
from tequio.people.domain import parse_date
from tequio.registries.rnd.checks import Lookups, refine
from tequio.registries.rnd.contract import CONTRACT

NOT_APPLICABLE, NO_INFORMATION = "no_aplica", "sin_informacion"
SYSTEM_GIVES = frozenset(
    {"operacion", "motivo_cambio", "fecha_registro", "hora_registro", "fecha_disposicion", "hora_disposicion"}
)
"""Fields that no form asks for: the registration is now, and the presentation is a step of custody."""
FIELDS = tuple(one for one in CONTRACT.fields if one.name not in SYSTEM_GIVES)
_LONG_AGO = timedelta(hours=72)
"""An immediate record of a detention older than this is odd."""
_ERRORS = frozenset({"ENTIDAD_DESCONOCIDA", "MUNICIPIO_DESCONOCIDO"})
"""Findings that a file is forgiven and a person at a form is not."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was written in one field: the text as it was, what was understood of it, or why there is none."""

    text: str = ""
    value: Any = None
    absence: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """Something possible and odd. `code` tells one from another; `field` is the contract's, or empty."""

    field: str
    code: str
    message: str = ""


@dataclass(slots=True)
class Capture:
    """What came of a form: columns for the services, errors by field and code, and slips."""

    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[Slip] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Frame:
    """What reading depends on besides the form. `zones`: IANA zone by state code."""

    now: datetime
    lookups: Lookups
    home_state: str
    zones: Mapping[str, str]


def read(told: Mapping[str, Told], frame: Frame) -> Capture:
    """Read a form's fields. O(fields)."""
    out = Capture(key=str(_value(told, "clave_registro") or ""))
    columns: dict[str, list[Any]] = {one.name: [_value(told, one.name)] for one in CONTRACT.fields}
    if not isinstance(columns["fecha_nacimiento"][0], date):
        columns["fecha_nacimiento"] = [None]  # only a year, or a day and a month in doubt: kept as text
    raw = {"fecha_nacimiento": [told["fecha_nacimiento"].text if "fecha_nacimiento" in told else ""]}
    for _, name, code, _ in refine(columns, raw, frame.lookups, frame.home_state):
        (out.errors if code in _ERRORS else out.slips).append(Slip(name, code))
    row = {name: values[0] for name, values in columns.items()}
    out.values = _columns(row, frame) | {
        "supplied": {name: one.text for name, one in told.items() if one.text},
        "absences": {name: one.absence for name, one in told.items() if one.absence},
    }
    _identifiers(row, out)
    _moments(out)
    _when(out, frame)
    _groups(told, out)
    return out


def _value(told: Mapping[str, Told], name: str) -> Any:
    return told[name].value if name in told else None


_TEXTS = {
    "rnd_number": "numero_rnd", "iph_number": "numero_iph", "record_type": "tipo_registro", "detention_kind": "tipo_detencion",
    "given_names": "nombre", "paternal_surname": "primer_apellido", "maternal_surname": "segundo_apellido",
    "full_name": "nombre_completo", "sex": "sexo", "birth_date_text": "fecha_nacimiento_texto", "birth_state": "birth_state",
    "curp": "curp", "rfc": "rfc", "nationality": "nacionalidad", "phone": "telefono", "plate": "placa",
    "state_code": "state_code", "municipality_code": "municipality_code", "fault_code": "fault_code",
    "offence_code": "offence_code", "authority_code": "authority_code", "visible_injuries": "lesiones_visibles",
    "disability": "discapacidad", "illness": "padecimiento", "vulnerable_group": "grupo_vulnerable",
    "criminal_group": "grupo_delictivo", "rights_read": "lectura_derechos",
}  # fmt: skip
FIELD_OF = {column: name for column, name in _TEXTS.items() if name in {one.name for one in FIELDS}} | {
    "birth_date_text": "fecha_nacimiento", "birth_state": "entidad_nacimiento", "state_code": "entidad_detencion",
    "municipality_code": "municipio_detencion", "fault_code": "falta", "offence_code": "delito",
    "authority_code": "autoridad_destino", "aliases": "alias", "age": "edad", "birth_date": "fecha_nacimiento",
    "latitude": "latitud", "longitude": "longitud", "detained_on": "fecha_detencion", "detained_at": "hora_detencion",
    "notified_at": "fecha_aviso", "recorded_at": "fecha_registro", "presented_at": "fecha_disposicion",
}  # fmt: skip
"""Field of the contract that each typed column was read from."""


def _columns(row: Mapping[str, Any], frame: Frame) -> dict[str, Any]:
    zone = ZoneInfo(frame.zones.get(row["state_code"] or "", "America/Mexico_City"))
    return {column: row[name] or "" for column, name in _TEXTS.items()} | {
        "aliases": (row["alias_list"] or "").split("\x1f") if row["alias_list"] else [],
        "age": row["edad"],
        "birth_date": row["fecha_nacimiento"],
        "latitude": row["latitud"],
        "longitude": row["longitud"],
        "detained_on": row["fecha_detencion"],
        "detained_at": _moment(row["fecha_detencion"], row["hora_detencion"], zone),
        "notified_at": _moment(row["fecha_aviso"], row["hora_aviso"], zone),
    }


def _moment(day: date | None, hour: time | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, hour, zone) if day is not None and hour is not None else None


class _Parsed(Protocol):
    @property
    def problems(self) -> tuple[Problem, ...]: ...


_PARSERS: dict[str, Callable[[object], _Parsed]] = {
    "curp": parse_curp, "rfc": parse_rfc, "telefono": parse_phone, "placa": parse_plate, "familiar_telefono": parse_phone,
    "numero_rnd": parse_numero_rnd, "numero_iph": parse_iph,
}  # fmt: skip


def _identifiers(row: Mapping[str, Any], out: Capture) -> None:
    for name, parse in _PARSERS.items():
        if row[name]:
            out.slips += [Slip(name, problem.code, problem.message) for problem in parse(row[name]).problems]


def _moments(out: Capture) -> None:
    detained, notified = out.values["detained_at"], out.values["notified_at"]
    if detained and notified and notified < detained:
        out.slips.append(Slip("fecha_aviso", "AVISO_ANTES_DE_DETENCION"))


def _when(out: Capture, frame: Frame) -> None:
    """A detention is not to come; one long past is odd in an immediate record."""
    day, at = out.values["detained_on"], out.values["detained_at"]
    if day is None:
        return
    if at is not None and at > frame.now:
        out.errors.append(Slip("hora_detencion", "DETENCION_FUTURA"))
    elif at is None and day > frame.now.astimezone(ZoneInfo("America/Mexico_City")).date():
        out.errors.append(Slip("fecha_detencion", "DETENCION_FUTURA"))
    elif (at or datetime.combine(day, time(), frame.now.tzinfo)) < frame.now - _LONG_AGO - (
        timedelta() if at else timedelta(days=1)
    ):
        out.slips.append(Slip("fecha_detencion", "DETENCION_LEJANA"))


def _groups(told: Mapping[str, Told], out: Capture) -> None:
    """Groups of fields of which the contract needs, or advises, one."""
    for groups, code, into in (
        (CONTRACT.any_of, "FALTA_ALGUNO", out.errors),
        (CONTRACT.advised, "FALTA_RECOMENDADO", out.slips),
    ):
        for group in groups:
            if not any(name in told and (told[name].text or told[name].absence) for name in group):
                into.append(Slip(group[0], code, ", ".join(CONTRACT.field_named(name).label for name in group)))


def birth(text: str) -> tuple[date | None, bool]:
    """(day, understood) of a date of birth that may be only a year, or a year and a month."""
    if not text.strip():
        return None, True
    found = parse_date(text)
    return (found.as_date() if found and not found.ambiguous else None), found is not None
