"""The file that Nayarit sends in the tour: an export of a municipal system, with its habits and its bad rows.

Windows-1252, semicolons, CRLF, dates DD/MM/AAAA, Spanish headers of its own. It holds the star's detention and its homonym's.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tequio.demo.domain.detentions import DetentionMaker, Event, Row, row_of
from tequio.demo.domain.dice import Dice
from tequio.demo.domain.flaws import FLAWS
from tequio.demo.domain.nation import Nation, PlantedCase, as_registered
from tequio.demo.domain.people import PeopleMaker, Person
from tequio.demo.domain.star import HOMONYM_DAY, LOST_ENYE, STAR_DAY, STAR_HOMONYM, STAR_PERSON
from tequio.demo.domain.stories import CaseKind

NAYARIT, TEPIC = "18", "18017"
ROWS = 400
"""Rows below the header."""
FIRST_DAY, LAST_DAY = date(2026, 10, 19), date(2026, 10, 31)
_FIRST_FLAW, _FLAW_STEP = 20, 23
"""Row of the first flaw and rows from one to the next, from 0."""

HEADERS: dict[str, str] = {
    "clave_registro": "No. de registro",
    "numero_rnd": "Folio RND",
    "numero_iph": "No. IPH",
    "tipo_registro": "Falta o delito",
    "tipo_detencion": "Tipo de detención",
    "fecha_detencion": "Fecha de detención",
    "hora_detencion": "Hora de detención",
    "fecha_registro": "Fecha de captura",
    "hora_registro": "Hora de captura",
    "primer_apellido": "Apellido Paterno",
    "segundo_apellido": "Apellido Materno",
    "nombre": "Nombre(s)",
    "alias": "Alias o apodo",
    "sexo": "Sexo",
    "edad": "Edad (años)",
    "fecha_nacimiento": "Fecha de nac.",
    "curp": "C.U.R.P.",
    "nacionalidad": "Nacionalidad",
    "entidad_nacimiento": "Lugar de nacimiento",
    "entidad_detencion": "Entidad",
    "municipio_detencion": "Clave municipio",
    "localidad": "Colonia",
    "calle_numero": "Calle y número",
    "motivo": "Motivo de la detención",
    "falta": "Falta administrativa",
    "delito": "Delito",
    "autoridad_destino": "Puesta a disposición",
    "lugar_traslado": "Lugar de traslado",
    "unidad_traslado": "No. de unidad",
    "aprehensor_nombre": "Nombre del policía",
    "aprehensor_institucion": "Corporación",
    "aprehensor_cargo": "Grado",
    "aprehensor_adscripcion": "Adscripción",
    "lesiones_visibles": "¿Presenta lesiones?",
    "lesiones_descripcion": "Descripción lesiones",
    "lectura_derechos": "Lectura de derechos",
    "familiar_nombre": "Familiar",
    "familiar_telefono": "Tel. familiar",
    "telefono": "Teléfono detenido",
    "placa": "Placas del vehículo",
    "descripcion": "Señas particulares",
    "observaciones": "Observaciones",
}
"""Field of the contract to the header of the file, in the order of its columns."""

_WORDS = {
    "tipo_registro": {"falta_administrativa": "Falta administrativa", "hecho_probablemente_delictivo": "Delito"},
    "tipo_detencion": {
        "flagrancia": "Flagrancia",
        "orden_aprehension": "Orden de aprehensión",
        "caso_urgente": "Caso urgente",
        "arresto_administrativo": "Arresto administrativo",
    },
    "sexo": {"H": "Hombre", "M": "Mujer"},
}
_DATES = ("fecha_detencion", "fecha_registro", "fecha_nacimiento")


@dataclass(frozen=True, slots=True)
class PlacedFlaw:
    """Where a flaw is: the file's line (the header is line 1), the record's key as written, the field of the contract."""

    kind: str
    line: int
    key: str
    field: str
    valid: bool


@dataclass(frozen=True, slots=True)
class NayaritSample:
    """The rows as the file has them, what is wrong with them, and the truth about the star."""

    seed: int
    rows: tuple[Row, ...]
    flaws: tuple[PlacedFlaw, ...]
    truth: tuple[PlantedCase, ...]


def nayarit_sample(nation: Nation) -> NayaritSample:
    """The file's content. Depends on the nation's seed, except for the star and the homonym."""
    people = PeopleMaker(nation.names, nation.places, Dice(nation.seed, "people of nayarit"))
    maker = DetentionMaker(people, nation.places, Dice(nation.seed, "nayarit"))
    rows = [row_of(values) for values in maker.stream(ROWS - 2, FIRST_DAY, LAST_DAY, NAYARIT)]
    homonym = _star_row(nation, maker, STAR_HOMONYM, HOMONYM_DAY, 17 * 60 + 20)
    star = _star_row(nation, maker, STAR_PERSON, STAR_DAY, 23 * 60 + 41)
    star.update({name: star[name].replace("Ñ", LOST_ENYE) for name in ("primer_apellido", "alias")}, curp="")
    rows = sorted([*rows, homonym, star], key=lambda row: row["fecha_detencion"])
    for number, row in enumerate(rows, start=1):
        row["clave_registro"] = f"SSPC-{number:05d}/2026"
        row["numero_rnd"] = row["numero_rnd"].replace("PM/", "SC/", 1)
    # A flaw with quotes of its own, so that the file cannot be read as anything but Windows-1252.
    rows[7]["observaciones"] = "Remisión “en línea” – sin novedad…"
    reference = nation.star_target["reference"]
    truth = (
        PlantedCase(CaseKind.STAR, reference, star["clave_registro"], True),
        PlantedCase(CaseKind.STAR_HOMONYM, reference, homonym["clave_registro"], False),
    )
    flaws = _spoil(rows, {case.detention_key for case in truth})
    return NayaritSample(nation.seed, tuple(_as_nayarit_writes(row) for row in rows), flaws, truth)


def write_nayarit_sample(path: Path, nation: Nation | None = None) -> NayaritSample:
    """Write the file and return what it holds. The same nation gives the same bytes."""
    sample = nayarit_sample(nation or Nation(2026))
    with path.open("w", encoding="cp1252", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADERS.values())
        writer.writerows(row.values() for row in sample.rows)
    return sample


def _star_row(nation: Nation, maker: DetentionMaker, person: Person, day: date, minute: int) -> Row:
    sites = nation.places.sites[NAYARIT].options
    site = next((site for site in sites if site.code == TEPIC), sites[0])
    row = row_of(maker.record(person, Event(day, minute, site, offence=False), folio=1))
    row.update(as_registered(person, day), familiar_nombre="", familiar_telefono="", observaciones="No porta identificación")
    return row


def _spoil(rows: list[Row], spared: set[str]) -> tuple[PlacedFlaw, ...]:
    placed = []
    for number, flaw in enumerate(FLAWS):
        at = _FIRST_FLAW + number * _FLAW_STEP
        while rows[at]["clave_registro"] in spared or rows[at - 1]["clave_registro"] in spared:
            at += 1
        flaw.spoil(rows[at], rows[at - 1])
        placed.append(PlacedFlaw(flaw.kind, at + 2, rows[at]["clave_registro"], flaw.field, flaw.valid))
    return tuple(placed)


def _as_nayarit_writes(row: Row) -> Row:
    """The row under the file's headers, in its words and its date format. What has no form of its own passes unchanged."""
    out = {}
    for name, header in HEADERS.items():
        text = _WORDS.get(name, {}).get(row[name], row[name])
        if name in _DATES and len(text) == 10 and text[4] == "-":
            text = f"{text[8:]}/{text[5:7]}/{text[:4]}"
        out[header] = "".join(sign if _fits(sign) else sign.encode("utf-8").decode("cp1252") for sign in text)
    return out


def _fits(sign: str) -> bool:
    """Whether Windows-1252 has the sign. One that it lacks is written as the bytes of its UTF-8, as careless systems do."""
    return sign.isascii() or sign.encode("cp1252", errors="ignore") != b""
