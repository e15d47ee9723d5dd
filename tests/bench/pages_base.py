"""A large agency's records, made by the database itself, and the pages to be asked of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from tequio.access.scoping import NATIONAL, reach
from tequio.access.walls import as_owner
from tequio.catalogs.models import Parameter
from tequio.institutions.models import Agency, Municipality
from tequio.kernel.ids import new_id
from tequio.registries.rnd.domain import LISTED_FROM, LISTED_TO
from tequio.registries.rnd.models import Detention
from tests.bench.base import EMPTIED
from tests.bench.pages import Ask
from tests.web import signed_in
from tests.world import load_reference, make_cast

PIECE = 100_000
"""Records of one change set: of one batch."""
_GIVEN = "{Ana,Bruno,Carla,Darío,Elena,Fermín,Gloria,Héctor,Inés,Jaime,Karla,Luis,María,Noé,Olga,Pablo,Rosa,Saúl,Tere,Uriel}"
_SURNAMES = (
    "{Álvarez,Benítez,Cervantes,Domínguez,Escobedo,Fuentes,García,Hernández,Íñiguez,Juárez,Lara,Muñoz,Núñez,Ochoa,Pérez,"
    "Quintero,Ríos,Sánchez,Trejo,Urrutia,Vázquez,Yáñez,Zepeda}"
)
_INSERT = """
INSERT INTO rnd_detention ({columns})
SELECT {values}
FROM generate_series(%(first)s::int, %(last)s::int) AS n
"""


def fill(records: int) -> None:
    """Empty the base and make that many records of Nayarit, three years of them, and one in twenty corrected."""
    call_command("migrate", verbosity=0)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {EMPTIED} CASCADE")
    load_reference()
    make_cast()
    Parameter.objects.filter(key__in=["search.per_hour", "search.per_day"]).update(value=1_000_000)
    agency = Agency.objects.get(code="NT-SSPC").pk
    places = list(Municipality.objects.filter(state_id="18").order_by("code").values_list("code", flat=True))
    for first in range(1, records + 1, PIECE):
        with transaction.atomic(), reach(NATIONAL), connection.cursor() as cursor:
            _piece(cursor, agency, places, first, min(first + PIECE - 1, records))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _piece(cursor: Any, agency: int, places: list[str], first: int, last: int) -> None:
    fields = [field for field in Detention._meta.concrete_fields if field.column is not None]
    values = {field.column: _literal(field.get_db_prep_save(field.get_default(), connection)) for field in fields}
    pick = "({list}::text[])[1 + ((n::bigint * {step}) %% {size})::int]"
    given = pick.format(list=f"'{_GIVEN}'", step=7_919, size=20)
    paternal, maternal = (pick.format(list=f"'{_SURNAMES}'", step=step, size=23) for step in (104_729, 1_299_709))
    day = "date '2026-10-31' - ((n::bigint * 48271) %% 1096)::int"
    fault = "n %% 5 < 3"
    values |= {
        "id": "gen_random_uuid()",
        "agency_id": "%(agency)s",
        "supplier_key": "'NAY-' || lpad(n::text, 9, '0')",
        "change_set": "%(change_set)s",
        "changed_at": "now()",
        "changed_by": "'banco'",
        "contract_version": "'1'",
        "content_hash": "md5(n::text)",
        "supplied": "jsonb_build_object('nombre', "
        + given
        + ", 'primer_apellido', "
        + paternal
        + ", 'motivo', 'alteró el orden')",
        "rnd_number": "'18/01/017/' || to_char(" + day + ", 'DDMMYYYY') || '/' || lpad((n %% 10000)::text, 4, '0')",
        "record_type": f"CASE WHEN {fault} THEN 'falta_administrativa' ELSE 'hecho_probablemente_delictivo' END",
        "detained_on": day,
        "detained_at": f"({day})::timestamptz + (n %% 1440) * interval '1 minute'",
        "recorded_at": f"({day})::timestamptz + (n %% 1440 + 25) * interval '1 minute'",
        "presented_at": f"({day})::timestamptz + (n %% 1440 + 90) * interval '1 minute'",
        "custody_state": f"CASE WHEN n %% 7 < 2 THEN 'LIBERADA' WHEN {fault} THEN 'PUESTA_A_DISPOSICION_JUEZ_CIVICO' "
        "ELSE 'PUESTA_A_DISPOSICION_MP' END",
        "given_names": given,
        "paternal_surname": paternal,
        "maternal_surname": maternal,
        "listed_name": f"translate(concat_ws(' ', {paternal}, {maternal}, {given}), '{LISTED_FROM}', '{LISTED_TO}')",
        "sex": "CASE WHEN n %% 8 = 0 THEN 'M' ELSE 'H' END",
        "age": "18 + n %% 50",
        "birth_date": "date '1975-01-01' + (n %% 9000)",
        "state_code": "'18'",
        "municipality_code": "(%(places)s::text[])[1 + (n %% %(many)s)]",
    }
    sql = _INSERT.format(columns=", ".join(values), values=", ".join(values.values()))
    told = {"agency": agency, "change_set": new_id(), "places": places, "many": len(places), "first": first, "last": last}
    cursor.execute(sql, told)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str | int) else "'{}'"  # an empty object or array


def pages() -> Iterator[tuple[str, Iterator[Ask]]]:
    """Each page by name, and what to ask of it: endlessly, each time something else."""
    call_command("collectstatic", interactive=False, verbosity=0)
    client = signed_in(Client(), "nayarit_supervisor")
    client.post("/finalidad/", {"code": "investigacion", "folio": "BANCO-1"})
    dice = random.Random(7)  # to ask for something else each time
    lists = {
        "lista": "",
        "lista, página 400": "?pagina=400",
        "lista por nombre": "?orden=nombre",
        "lista por clave, descendente": "?orden=-clave",
        "lista por municipio y custodia": "?municipio=18012&custodia=LIBERADA",
        "lista por custodia que no hay": "?custodia=INTERNADA",
        "lista por tipo y fechas, por nombre": "?tipo=falta_administrativa&desde=2025-01-01&hasta=2025-12-31&orden=nombre",
        "lista por clave que empieza": "?numero=NAY-0004567",
        "lista por número RND que empieza": "?numero=18/01/017/14022025",
    }
    for name, query in lists.items():
        yield name, cycle([lambda query=query: client.get(f"/detenciones/{query}")])
    named = signed_in(Client(), "nayarit_analyst")
    named.post("/finalidad/", {"code": "investigacion", "folio": "BANCO-1"})
    named.post("/detenciones/nombre/", {"nombre": "muñoz zep"})
    yield "lista por nombre que empieza", cycle([lambda: named.get("/detenciones/")])
    yield "ficha de un registro", _sheets(client, dice)
    yield "formulario de captura", cycle([lambda: client.get("/detenciones/nueva/")])
    yield "formulario de búsqueda", cycle([lambda: client.get("/buscar/persona/")])
    yield "búsqueda por número RND", _numbers(client, dice)
    yield "bandeja", cycle([lambda: client.get("/")])


def _sheets(client: Client, dice: random.Random) -> Iterator[Ask]:
    with reach(NATIONAL):
        ids = list(Detention.objects.order_by("supplier_key").values_list("id", flat=True)[:2_000])
    while True:
        one = dice.choice(ids)
        yield lambda one=one: client.get(f"/detenciones/{one}/")


def _numbers(client: Client, dice: random.Random) -> Iterator[Ask]:
    with reach(NATIONAL):
        numbers = list(Detention.objects.order_by("supplier_key").values_list("rnd_number", flat=True)[:2_000])
    while True:
        one = dice.choice(numbers)
        yield lambda one=one: client.post("/buscar/documento/", {"kind": "rnd", "value": one})
