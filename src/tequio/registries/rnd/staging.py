"""From a batch's staging table to detentions, set-wise.

The intake makes the staging table (temporary, of this transaction) with one column per contract field in its type, the codes
that `checks.refine` found, and `line`, `new_id`, `content_hash`, `supplied`, `absences`, `verdict`, `verdict_code`. Rows with a
verdict already are not stored. `store` gives every other row its verdict: nueva, nueva_version, cancelada, sin_cambio, or a
refusal with its code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from tequio.access.domain import Actor, Permission
from tequio.registries.rnd.domain import LISTED_FROM, LISTED_TO

BLANKS: dict[str, Any] = {
    "supplied": {}, "absences": {}, "rnd_number": "", "iph_number": "", "detention_kind": "", "custody_state": "",
    "notified_at": None, "recorded_at": None, "presented_at": None, "given_names": "", "paternal_surname": "",
    "maternal_surname": "", "full_name": "", "aliases": [], "sex": "", "age": None, "birth_date": None, "birth_date_text": "",
    "birth_state": "", "listed_name": "", "curp": "", "rfc": "", "nationality": "", "phone": "", "plate": "",
    "municipality_code": "", "latitude": None, "longitude": None, "fault_code": "", "offence_code": "", "authority_code": "",
    "visible_injuries": "", "disability": "", "illness": "", "vulnerable_group": "", "criminal_group": "", "rights_read": "",
}  # fmt: skip
"""What a tombstone no longer says, and the empty value of each. Key, type, day and state of the detention stay."""

TYPED = frozenset(
    {
        "numero_rnd", "numero_iph", "tipo_registro", "tipo_detencion", "fecha_detencion", "hora_detencion", "fecha_aviso",
        "hora_aviso", "fecha_registro", "hora_registro", "fecha_disposicion", "hora_disposicion", "nombre", "primer_apellido",
        "segundo_apellido", "nombre_completo", "alias", "sexo", "edad", "fecha_nacimiento", "entidad_nacimiento", "curp", "rfc",
        "nacionalidad", "telefono", "placa", "entidad_detencion", "municipio_detencion", "latitud", "longitud", "falta",
        "delito", "autoridad_destino", "lesiones_visibles", "discapacidad", "padecimiento", "grupo_vulnerable",
        "grupo_delictivo", "lectura_derechos", "clave_registro", "operacion", "motivo_cambio",
    }
)  # fmt: skip
"""Fields of the contract that a typed column holds, or that say what to do with a record. The others are kept as supplied."""

_ZONED = "((s.{day} + coalesce(s.{hour}, time '00:00')) AT TIME ZONE coalesce(st.time_zone, 'America/Mexico_City'))"
"""Supplied times are local times of the state of the detention."""


def _moment(of: str) -> str:
    """SQL of an instant that came as a day and an hour; none where the hour is not known."""
    return f"CASE WHEN s.hora_{of} IS NOT NULL THEN {_ZONED.format(day=f'fecha_{of}', hour=f'hora_{of}')} END"


_NAMED = """CASE WHEN coalesce(s.primer_apellido, '') <> ''
        THEN concat_ws(' ', s.primer_apellido, nullif(s.segundo_apellido, ''), nullif(s.nombre, ''))
        ELSE btrim(coalesce(nullif(s.nombre_completo, ''), concat(s.nombre, ' ', s.segundo_apellido))) END"""
"""SQL of the name as lists sort it: `domain.listed_name` before its letters are folded."""

_COLUMNS: dict[str, str] = {
    "rnd_number": "coalesce(s.numero_rnd, '')",
    "iph_number": "coalesce(s.numero_iph, '')",
    "record_type": "s.tipo_registro",
    "detention_kind": "coalesce(s.tipo_detencion, '')",
    "detained_on": "s.fecha_detencion",
    "detained_at": _moment("detencion"),
    "notified_at": _moment("aviso"),
    "recorded_at": _moment("registro"),
    "presented_at": _moment("disposicion"),
    "custody_state": """CASE WHEN s.fecha_disposicion IS NULL OR s.hora_disposicion IS NULL THEN 'REGISTRADA'
        WHEN s.authority_code = 'JUEZ_CIVICO' OR (s.authority_code IS NULL AND s.tipo_registro = 'falta_administrativa')
        THEN 'PUESTA_A_DISPOSICION_JUEZ_CIVICO' ELSE 'PUESTA_A_DISPOSICION_MP' END""",
    "given_names": "coalesce(s.nombre, '')",
    "paternal_surname": "coalesce(s.primer_apellido, '')",
    "maternal_surname": "coalesce(s.segundo_apellido, '')",
    "full_name": "coalesce(s.nombre_completo, '')",
    "aliases": "coalesce(string_to_array(s.alias_list, chr(31)), '{}')::varchar[]",
    "sex": "coalesce(s.sexo, '')",
    "age": "s.edad",
    "birth_date": "s.fecha_nacimiento",
    "birth_date_text": "coalesce(s.fecha_nacimiento_texto, '')",
    "birth_state": "coalesce(s.birth_state, '')",
    "listed_name": f"translate({_NAMED}, '{LISTED_FROM}', '{LISTED_TO}')",
    "curp": "coalesce(s.curp, '')",
    "rfc": "coalesce(s.rfc, '')",
    "nationality": "coalesce(s.nacionalidad, '')",
    "phone": "coalesce(s.telefono, '')",
    "plate": "coalesce(s.placa, '')",
    "state_code": "coalesce(s.state_code, '')",
    "municipality_code": "coalesce(s.municipality_code, '')",
    "latitude": "s.latitud",
    "longitude": "s.longitud",
    "fault_code": "coalesce(s.fault_code, '')",
    "offence_code": "coalesce(s.offence_code, '')",
    "authority_code": "coalesce(s.authority_code, '')",
    "visible_injuries": "coalesce(s.lesiones_visibles, '')",
    "disability": "coalesce(s.discapacidad, '')",
    "illness": "coalesce(s.padecimiento, '')",
    "vulnerable_group": "coalesce(s.grupo_vulnerable, '')",
    "criminal_group": "coalesce(s.grupo_delictivo, '')",
    "rights_read": "coalesce(s.lectura_derechos, '')",
    "supplied": "s.supplied",
    "absences": "s.absences",
    "content_hash": "s.content_hash",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What storing a batch did."""

    inserted: int
    updated: int
    cancelled: int
    unchanged: int


def store(
    cursor: CursorWrapper, *, table: str, actor: Actor, change_set: UUID, moment: datetime, contract_version: str
) -> Counts:
    """Give each row its verdict and store it. Cost: one hash join with the agency's records by key, O(rows of the batch)."""
    facts: dict[str, Any] = {
        "agency": actor.agency_id,
        "change_set": change_set,
        "moment": moment,
        "by": actor.username,
        "contract": contract_version,
        "may_cancel": Permission.DETENTION_CANCEL in actor.permissions,
    }
    cursor.execute(f"ANALYZE {table} (line, clave_registro)")  # nobody analyses a temporary table, and the planner needs it
    cursor.execute(_VERDICTS.format(t=table), facts)
    cursor.execute(_insert(table), facts)
    inserted = cursor.rowcount
    cursor.execute(_update(table), facts)
    updated = cursor.rowcount
    cursor.execute(_cancel(table), facts)
    cancelled = cursor.rowcount
    cursor.execute(_EVENTS.format(t=table), facts)
    cursor.execute(f"SELECT count(*) FROM {table} WHERE verdict = 'sin_cambio'")
    row = cursor.fetchone()
    return Counts(inserted, updated, cancelled, int(row[0]) if row else 0)


_VERDICTS = """
UPDATE {t} AS s SET verdict = v.verdict, verdict_code = v.code
FROM (
    SELECT s.line,
        CASE
            WHEN s.operacion = 'cancelacion' AND NOT %(may_cancel)s THEN 'cuarentena'
            WHEN d.id IS NULL AND s.operacion = 'cancelacion' THEN 'rechazada'
            WHEN d.cancelled_at IS NOT NULL AND s.operacion = 'cancelacion' THEN 'sin_cambio'
            WHEN d.cancelled_at IS NOT NULL THEN 'cuarentena'
            WHEN s.operacion = 'cancelacion' THEN 'cancelada'
            WHEN d.id IS NULL THEN 'nueva'
            WHEN d.content_hash = s.content_hash THEN 'sin_cambio'
            ELSE 'nueva_version'
        END AS verdict,
        CASE
            WHEN s.operacion = 'cancelacion' AND NOT %(may_cancel)s THEN 'CANCELACION_SIN_PERMISO'
            WHEN d.id IS NULL AND s.operacion = 'cancelacion' THEN 'CANCELA_LO_QUE_NO_EXISTE'
            WHEN d.cancelled_at IS NOT NULL AND s.operacion IS DISTINCT FROM 'cancelacion' THEN 'REGISTRO_CANCELADO'
            WHEN d.id IS NULL AND s.operacion = 'correccion' THEN 'CORRIGE_LO_QUE_NO_EXISTE'
        END AS code
    FROM {t} s LEFT JOIN rnd_detention d ON d.agency_id = %(agency)s AND d.supplier_key = s.clave_registro
    WHERE s.verdict IS NULL
) AS v WHERE v.line = s.line
"""

_EVENTS = """
INSERT INTO rnd_custodyevent
    (id, detention_id, agency_id, kind, at, authority_code, place, note, recorded_by, recorded_at, batch, signature)
SELECT gen_random_uuid(), d.id, d.agency_id, d.custody_state,
    coalesce(d.presented_at, d.recorded_at, d.detained_at, %(moment)s),
    d.authority_code, '', '', %(by)s, %(moment)s, %(change_set)s, ''
FROM {t} s JOIN rnd_detention d ON d.agency_id = %(agency)s AND d.supplier_key = s.clave_registro
WHERE s.verdict IN ('nueva', 'nueva_version') AND (
    s.verdict = 'nueva'
    OR NOT EXISTS (SELECT 1 FROM rnd_custodyevent e WHERE e.detention_id = d.id AND e.kind = d.custody_state)
)
ON CONFLICT DO NOTHING
"""


def _insert(table: str) -> str:
    names = ", ".join(_COLUMNS)
    values = ", ".join(_COLUMNS.values())
    return f"""
        INSERT INTO rnd_detention (id, agency_id, supplier_key, version, change_set, changed_at, changed_by, change_reason,
            cancelled_at, contract_version, {names})
        SELECT s.new_id, %(agency)s, s.clave_registro, 1, %(change_set)s, %(moment)s, %(by)s, coalesce(s.motivo_cambio, ''),
            NULL, %(contract)s, {values}
        FROM {table} s LEFT JOIN institutions_state st ON st.code = s.state_code
        WHERE s.verdict = 'nueva' ORDER BY s.clave_registro
    """


def _update(table: str) -> str:
    kept = "CASE WHEN d.custody_state IN ('', 'REGISTRADA', 'EN_TRASLADO') THEN {new} ELSE d.custody_state END"
    pairs = ", ".join(f"{n} = {kept.format(new=v) if n == 'custody_state' else v}" for n, v in _COLUMNS.items())
    return f"""
        UPDATE rnd_detention AS d SET version = d.version + 1, change_set = %(change_set)s, changed_at = %(moment)s,
            changed_by = %(by)s, change_reason = coalesce(s.motivo_cambio, ''), contract_version = %(contract)s, {pairs}
        FROM {table} s LEFT JOIN institutions_state st ON st.code = s.state_code
        WHERE d.agency_id = %(agency)s AND d.supplier_key = s.clave_registro AND s.verdict = 'nueva_version'
    """


def _cancel(table: str) -> str:
    pairs = ", ".join(f"{name} = {_blank(value)}" for name, value in BLANKS.items())
    return f"""
        UPDATE rnd_detention AS d SET version = d.version + 1, change_set = %(change_set)s, changed_at = %(moment)s,
            changed_by = %(by)s, change_reason = coalesce(s.motivo_cambio, ''), cancelled_at = %(moment)s,
            content_hash = s.content_hash, {pairs}
        FROM {table} s
        WHERE d.agency_id = %(agency)s AND d.supplier_key = s.clave_registro AND s.verdict = 'cancelada'
    """


def _blank(value: object) -> str:
    if value is None:
        return "NULL"
    return "''" if value == "" else "'{}'"
