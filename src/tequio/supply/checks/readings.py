"""Reading one value of each kind: what could be understood, and what to say of it. Pure, total: no text raises.

A reading never repairs: it gives the typed value beside the supplied one, or no typed value and a finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from tequio.kernel.contract import Field, Kind, Severity
from tequio.kernel.identifiers import parse_curp, parse_phone, parse_plate, parse_rfc
from tequio.kernel.text import damage, fold

WARNING, QUARANTINE, REJECTION = Severity.WARNING, Severity.QUARANTINE, Severity.REJECTION
Value = str | int | Decimal | date | time | None


@dataclass(frozen=True, slots=True)
class Reading:
    """`value` is typed, or None if it could not be understood. `absence` is 'no_aplica' or 'sin_informacion' when said so."""

    value: Value
    findings: tuple[tuple[str, Severity], ...] = ()
    absence: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What reading depends on besides the text: the day of reading and the catalogues in force (folded text -> code)."""

    today: date
    catalogs: Mapping[str, Mapping[str, str]]


NOT_APPLICABLE = frozenset({"NO APLICA", "N A", "NO APLICABLE"})
NO_INFORMATION = frozenset(
    {"SIN INFORMACION", "S I", "SIN DATO", "SIN DATOS", "S D", "SE DESCONOCE", "DESCONOCIDO", "DESCONOCIDA", "NO ESPECIFICADO",
     "NO IDENTIFICADO", "NO PROPORCIONA", "NO PROPORCIONO", "SE IGNORA", "IGNORADO", "NO DISPONIBLE", "SIN REGISTRO", "NULL"}
)  # fmt: skip
_NO_KEY = NOT_APPLICABLE | NO_INFORMATION | {"", "NA", "SN", "S N", "SIN NUMERO", "SIN FOLIO", "SIN CLAVE", "PENDIENTE", "0"}
_TEXTUAL = frozenset(Kind) - {Kind.DATE, Kind.TIME, Kind.INTEGER, Kind.DECIMAL}
_FORMULA = re.compile(r"(?![-+\s]+$)(?:[=@]|[+-](?=[^\d\s.(])|[\t\r])")
"""What a spreadsheet would run. A row of dashes is how many systems write «none»."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NAME_SIGNS = frozenset(" .,'’`´-()\"“”ªº/;")
_EARLIEST_EVENT = date(1990, 1, 1)
_EARLIEST_BIRTH = date(1900, 1, 1)


def read(field: Field, text: str, frame: Frame) -> Reading:
    """Read `text` as `field` says. `text` is not blank."""
    absence = absent(field, text)
    if absence:
        findings = (("SIN_INFORMACION_EN_OBLIGATORIO", WARNING),) if field.required and field.kind is not Kind.KEY else ()
        return Reading("" if field.required and field.kind in _TEXTUAL else None, findings, absence)
    return _READERS[field.kind](field, text, frame)


def absent(field: Field, text: str) -> str:
    """'no_aplica' or 'sin_informacion' if the text says so; empty if it is a value. Tri-state fields have their own answers."""
    if len(text) > 20 or field.kind in {Kind.TRISTATE, Kind.KEY} or text[0] in _NO_ABSENCE_BEGINS:
        return ""
    folded = fold(text.replace("/", " ").replace(".", " "))
    if folded in NOT_APPLICABLE:
        return "no_aplica"
    return "sin_informacion" if folded in NO_INFORMATION else ""


_NO_ABSENCE_BEGINS = frozenset("0123456789ABCEFGHJKLMOPQRTUVWXYZ")
"""Nearly every value: with none of these does an absence begin, and folding each to see costs more than the rest."""


def _plain(text: str) -> str:
    """The text in one Unicode form and with single spaces: a typed value, the supplied one is kept apart."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", _CONTROL.sub("", text)).split())


def _key(field: Field, text: str, frame: Frame) -> Reading:
    longest = field.bounds[1] if field.bounds else 60
    if _CONTROL.search(text) or len(text) > longest:
        return Reading(None, (("CLAVE_ILEGIBLE", REJECTION),))
    if fold(text.replace("/", " ").replace(".", " ")) in _NO_KEY:  # the next such row would become a version of this one
        return Reading(None, (("CLAVE_SIN_VALOR", REJECTION),))
    return Reading(text)


def _free_text(field: Field, text: str, frame: Frame) -> Reading:
    findings = []
    if _FORMULA.match(text):
        findings.append(("POSIBLE_FORMULA", WARNING))
    if _CONTROL.search(text):
        findings.append(("SIGNOS_DE_CONTROL", WARNING))
    value: str | None = _plain(text)
    if field.bounds and len(value or "") > field.bounds[1]:
        findings.append(("TEXTO_DEMASIADO_LARGO", WARNING))
        value = None
    return Reading(value, tuple(findings))


def _name(field: Field, text: str, frame: Frame) -> Reading:
    value = _plain(text)
    if text.isascii() and len(text) > 1 and text.replace(" ", "").isalpha() and text.upper() not in _UNKNOWN_PERSON:
        if field.bounds and len(value) > field.bounds[1]:
            return Reading(None, (("NOMBRE_DEMASIADO_LARGO", QUARANTINE),))
        return Reading(value, (("APELLIDO_DE_UNA_LETRA", WARNING),) if len(value) == 1 else ())
    if _FORMULA.match(text.lstrip()):
        return Reading(None, (("NOMBRE_CON_FORMULA", QUARANTINE),))
    if field.bounds and len(value) > field.bounds[1]:
        return Reading(None, (("NOMBRE_DEMASIADO_LARGO", QUARANTINE),))
    letters = sum(sign.isalpha() for sign in value)
    if not letters:
        return Reading(
            None, (("NOMBRE_SIN_LETRAS", QUARANTINE if field.required or field.name in _IDENTITY_NAMES else WARNING),)
        )
    findings = []
    lost = damage(value)
    if lost:
        findings.append(("LETRA_PERDIDA", WARNING))
    if any(sign.isdigit() for sign in value):
        findings.append(("NOMBRE_CON_CIFRAS", WARNING))
    elif not lost and any(not sign.isalpha() and sign not in _NAME_SIGNS and not unicodedata.combining(sign) for sign in value):
        findings.append(("NOMBRE_CON_SIGNOS", WARNING))
    if _CONTROL.search(text):
        findings.append(("SIGNOS_DE_CONTROL", WARNING))
    if letters == 1:
        findings.append(("APELLIDO_DE_UNA_LETRA", WARNING))
    elif fold(value) in _UNKNOWN_PERSON:
        findings.append(("PERSONA_SIN_IDENTIFICAR", WARNING))
    return Reading(value, tuple(findings))


_IDENTITY_NAMES = frozenset({"nombre", "primer_apellido", "nombre_completo"})
_UNKNOWN_PERSON = frozenset(
    {"N N", "NN", "XX", "XXX", "NO IDENTIFICADA", "PERSONA SIN IDENTIFICAR", "QUIEN RESULTE RESPONSABLE"}
)

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]0?0:00(?::00(?:\.0+)?)?)?")
_DMY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: 0?0:00(?::00)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}")
_PARTIAL = re.compile(r"(\d{4})(?:[-/](\d{1,2}|00))?(?:[-/]00)?|00[-/](?:00|\d{1,2})[-/](\d{4})")
_MONTHS = {
    "ENE": 1, "FEB": 2, "MAR": 3, "ABR": 4, "MAY": 5, "JUN": 6, "JUL": 7, "AGO": 8, "SEP": 9, "OCT": 10, "NOV": 11, "DIC": 12,
}  # fmt: skip
_WORDS = re.compile(r"(\d{1,2})[-/. ](?:DE )?([A-Z]{3})[A-Z]*\.?[-/. ](?:DEL? )?(\d{4})")
_SERIAL = re.compile(r"[1-6]\d{4}(?:\.\d+)?")


def _date(field: Field, text: str, frame: Frame) -> Reading:
    """Day of the calendar. Formats: ISO, day/month/year, AAAAMMDD, '3 de mayo de 2026'. Never month/day/year."""
    grave = REJECTION if field.required else WARNING
    parts = _date_parts(text)
    if parts is None:
        return Reading(None, ((_why_no_date(text), WARNING if _PARTIAL.fullmatch(text) and not field.required else grave),))
    try:
        value = date(*parts)
    except ValueError:
        return Reading(None, (("FECHA_IMPOSIBLE", grave),))
    if value > frame.today:
        return Reading(None, (("FECHA_FUTURA", grave),))
    earliest = _EARLIEST_BIRTH if field.name == "fecha_nacimiento" else _EARLIEST_EVENT
    if value < earliest:
        return Reading(value, (("FECHA_MUY_ANTIGUA", WARNING),))
    return Reading(value)


def _date_parts(text: str) -> tuple[int, int, int] | None:
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        year, month, day = match.groups()
        return (int(year), int(month), int(day)) if month.strip("0") and day.strip("0") else None
    match = _DMY.fullmatch(text)
    if match:
        day, month, year = match.groups()
        return (int(year), int(month), int(day)) if month.strip("0") and day.strip("0") else None
    match = _WORDS.fullmatch(fold(text.replace("/", " ").replace("-", " "))) if len(text) < 40 else None
    if match and match[2] in _MONTHS:
        return int(match[3]), _MONTHS[match[2]], int(match[1])
    return None


def _why_no_date(text: str) -> str:
    if _TWO_DIGIT_YEAR.fullmatch(text):
        return "FECHA_ANIO_DOS_CIFRAS"
    if _PARTIAL.fullmatch(text):
        return "FECHA_PARCIAL"
    return "FECHA_COMO_NUMERO" if _SERIAL.fullmatch(text) else "FECHA_ILEGIBLE"


_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(?:h|hrs?|horas)?\.?", re.IGNORECASE)
_TIME_COMPACT = re.compile(r"(\d{2})(\d{2})")


def _time(field: Field, text: str, frame: Frame) -> Reading:
    match = _TIME.fullmatch(text) or _TIME_COMPACT.fullmatch(text)
    if match is None:
        return Reading(None, (("HORA_ILEGIBLE", WARNING),))
    hour, minute, second = (int(group or 0) for group in (*match.groups(), None)[:3])
    try:
        return Reading(time(hour, minute, second))
    except ValueError:
        return Reading(None, (("HORA_IMPOSIBLE", WARNING),))


_INTEGER = re.compile(r"[+-]?\d{1,9}(?:\.0+)?")
_DECIMAL = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,12})?")


def _integer(field: Field, text: str, frame: Frame) -> Reading:
    text = text.lower().removesuffix("años").removesuffix("anos").strip()
    if not _INTEGER.fullmatch(text):
        return Reading(None, (("NUMERO_ILEGIBLE", WARNING),))
    value = int(text.split(".")[0])
    if field.bounds and not field.bounds[0] <= value <= field.bounds[1]:
        return Reading(None, (("NUMERO_FUERA_DE_RANGO", WARNING),))
    return Reading(value)


def _decimal(field: Field, text: str, frame: Frame) -> Reading:
    if not _DECIMAL.fullmatch(text):
        return Reading(None, (("NUMERO_ILEGIBLE", WARNING),))
    value = Decimal(text.replace(",", ".")).quantize(Decimal("0.000001"))
    if field.bounds and not field.bounds[0] <= value <= field.bounds[1]:
        return Reading(None, (("NUMERO_FUERA_DE_RANGO", WARNING),))
    return Reading(value)


def _catalog(field: Field, text: str, frame: Frame) -> Reading:
    code = frame.catalogs[field.catalog].get(fold(text))
    if code is None:
        return Reading(
            None, (("VALOR_FUERA_DE_CATALOGO", REJECTION if field.required or field.name == "operacion" else WARNING),)
        )
    return Reading(code)


_TRISTATE = {
    "si": {"SI", "S", "1", "TRUE", "VERDADERO", "X", "CON", "PRESENTA"},
    "no": {"NO", "N", "0", "FALSE", "FALSO", "SIN", "NINGUNA", "NINGUNO", "NO PRESENTA"},
    "no_aplica": NOT_APPLICABLE,
    "sin_informacion": NO_INFORMATION,
}
_TRISTATE_OF = {text: answer for answer, texts in _TRISTATE.items() for text in texts}


def _tristate(field: Field, text: str, frame: Frame) -> Reading:
    answer = _TRISTATE_OF.get(fold(text.replace("/", " ").replace(".", " ")))
    return Reading(answer) if answer else Reading(None, (("SI_NO_ILEGIBLE", WARNING),))


def _identifier(parse: Callable[[object], object]) -> Callable[[Field, str, Frame], Reading]:
    def reader(field: Field, text: str, frame: Frame) -> Reading:
        parsed = parse(text)
        findings = tuple((problem.code, WARNING) for problem in parsed.problems)  # type: ignore[attr-defined]
        return Reading(_plain(text).upper()[:40], findings)

    return reader


_READERS: dict[Kind, Callable[[Field, str, Frame], Reading]] = {
    Kind.KEY: _key,
    Kind.TEXT: _free_text,
    Kind.NAME: _name,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.CATALOG: _catalog,
    Kind.TRISTATE: _tristate,
    Kind.CURP: _identifier(parse_curp),
    Kind.RFC: _identifier(parse_rfc),
    Kind.PHONE: _identifier(parse_phone),
    Kind.PLATE: _identifier(parse_plate),
}
