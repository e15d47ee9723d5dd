"""Commands of detentions: show, cancel, custody, alarms."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import RenderableType

from tequio.access.domain import PurposeCode
from tequio.access.scoping import own, reach
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock, outbox
from tequio.kernel.errors import Invalid
from tequio.registries.rnd import domain, selectors, services
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.models import CustodyEvent, Detention
from tequio.ui.console import reading
from tequio.ui.console.acting import Who, Why
from tequio.ui.console.answers import Answer, facts, line, moment, table
from tequio.ui.console.entry import command
from tequio.ui.console.spanish import group
from tequio.ui.places import municipality_labels

app = group("Detenciones de su dependencia en el Registro Nacional de Detenciones.")

Which = Annotated[str, typer.Argument(metavar="[IDENTIFICADOR]", help="Identificador del registro.")]
Key = Annotated[str, typer.Option("--key", metavar="CLAVE", help="Clave del registro, en lugar del identificador.")]

_LABELS: tuple[tuple[str, str], ...] = (
    ("supplier_key", "Clave"), ("rnd_number", "Número RND"), ("iph_number", "IPH"), ("record_type", "Tipo"),
    ("detention_kind", "Tipo de detención"), ("detained_on", "Fecha de detención"), ("detained_at", "Momento de detención"),
    ("recorded_at", "Registrada"), ("presented_at", "Puesta a disposición"), ("custody_state", "Custodia"),
    ("given_names", "Nombre"), ("paternal_surname", "Primer apellido"), ("maternal_surname", "Segundo apellido"),
    ("full_name", "Nombre completo"), ("aliases", "Alias"), ("sex", "Sexo"), ("age", "Edad"), ("birth_date", "Nacimiento"),
    ("birth_date_text", "Nacimiento, como vino"), ("birth_state", "Entidad de nacimiento"), ("curp", "CURP"), ("rfc", "RFC"),
    ("nationality", "Nacionalidad"), ("phone", "Teléfono"), ("plate", "Placa"), ("state_code", "Entidad"),
    ("municipality_code", "Municipio"), ("latitude", "Latitud"), ("longitude", "Longitud"), ("fault_code", "Falta"),
    ("offence_code", "Delito"), ("authority_code", "Autoridad"), ("visible_injuries", "Lesiones visibles"),
    ("disability", "Discapacidad"), ("illness", "Padecimiento"), ("vulnerable_group", "Grupo vulnerable"),
    ("criminal_group", "Grupo delictivo, según lo informado"), ("rights_read", "Lectura de derechos"),
)  # fmt: skip


@command(app, "show")
def show(why: Why, detention: Which = "", key: Key = "") -> Answer:
    """Muestra una detención y su custodia. Exige finalidad y folio; queda en la bitácora."""
    actor, purpose = why.actor(), why.stated()
    found = services.read_detention(actor=actor, purpose=purpose, detention_id=_which(why, detention, key))
    with reach(own(actor)):
        steps = selectors.custody(found.id)
    data = {"detention": _data(found) | {"supplied": found.supplied}, "custody": [_step(step) for step in steps]}
    said = f"Registro {found.supplier_key}, versión {found.version}, de {found.agency.code}."
    if found.cancelled_at is not None:
        said += f" Cancelado el {moment(found.cancelled_at)}: {found.change_reason}"
    parts: list[RenderableType] = [line(said), facts([("Identificador", found.id), *_shown(found)])]
    rows = [(moment(s.at), s.kind, s.authority_code, s.place, s.note, s.recorded_by) for s in steps]
    parts.append(table(("Momento", "Paso", "Autoridad", "Lugar", "Nota", "Registró"), rows, "Custodia"))
    parts += (
        [line("Como se suministró:"), facts((name, value) for name, value in found.supplied.items())] if found.supplied else []
    )
    return Answer(data, parts)


@command(app, "cancel")
def cancel(
    why: Why,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXTO", help="Motivo de la cancelación.")],
    detention: Which = "",
    key: Key = "",
) -> Answer:
    """Cancela un registro: quedan clave, fechas y motivo. Repetirlo no cambia nada."""
    done = services.cancel_detention(
        actor=why.actor(), purpose=why.or_own(PurposeCode.SUPPLY), detention_id=_which(why, detention, key), reason=reason
    )
    outbox.drain()
    data = {"id": done.id, "supplier_key": done.supplier_key, "version": done.version, "cancelled_at": done.cancelled_at}
    return Answer(
        data,
        [line(f"Registro {done.supplier_key} cancelado el {moment(done.cancelled_at)}; ahora es la versión {done.version}.")],
    )


@command(app, "custody")
def custody(
    why: Why,
    step: Annotated[str, typer.Option("--step", metavar="PASO", help=", ".join(kind.value for kind in CustodyKind) + ".")],
    detention: Which = "",
    key: Key = "",
    at: Annotated[
        str, typer.Option("--at", metavar="MOMENTO", help="«AAAA-MM-DD HH:MM», hora del centro; si se omite, ahora.")
    ] = "",
    authority: Annotated[
        str, typer.Option("--authority", metavar="CLAVE", help="Autoridad del catálogo autoridad_destino.")
    ] = "",
    place: Annotated[str, typer.Option("--place", metavar="TEXTO", help="Lugar.")] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXTO", help="Nota.")] = "",
) -> Answer:
    """Agrega un paso a la custodia de una detención. Repetirlo no cambia nada."""
    taken = services.CustodyStep(
        reading.choice(step, CustodyKind, "--step"), reading.instant(at, "--at"), _authority(authority), place, note
    )
    if taken.at > clock.now():
        raise Invalid("El momento del paso es posterior a ahora.", hint="Corrija --at.")
    done = services.add_custody_event(
        actor=why.actor(), purpose=why.or_own(PurposeCode.CUSTODY), detention_id=_which(why, detention, key), step=taken
    )
    outbox.drain()
    following = ", ".join(kind.value for kind in domain.next_steps(taken.kind)) or "ninguno: la custodia terminó"
    return Answer({"step": _step(done)}, [line(f"Paso {done.kind} registrado, {moment(done.at)}. Pueden seguir: {following}.")])


@command(app, "alarms")
def alarms(why: Why) -> Answer:
    """Lista los arrestos administrativos que pasaron de su límite de horas sin salida registrada."""
    limit = selectors.arrest_limit(clock.now().astimezone(clock.MEXICO).date())
    found = services.read_overdue_arrests(actor=why.actor(), purpose=why.or_own(PurposeCode.CUSTODY), limit_hours=limit)
    late = [(d, domain.arrest_ends(d.presented_at, limit)) for d in found if d.presented_at is not None]
    rows = [
        {
            "id": d.id,
            "supplier_key": d.supplier_key,
            "presented_at": d.presented_at,
            "limit": end,
            "custody_state": d.custody_state,
        }
        for d, end in late
    ]
    data = {"limit_hours": limit, "alarms": rows}
    if not late:
        return Answer(data, [line(f"Ningún arresto pasa de {limit} horas.")])
    shown = [(d.supplier_key, moment(d.presented_at), moment(end), d.custody_state, d.id) for d, end in late]
    headers = ("Clave", "Puesta a disposición", "Terminaba", "Custodia", "Identificador")
    return Answer(data, [line(f"{len(late)} arrestos pasan de {limit} horas sin salida registrada."), table(headers, shown)])


def _which(who: Who, detention: str, key: str) -> UUID:
    """The record that the command names, by identifier or by the agency's own key."""
    if bool(detention) == bool(key):
        raise Invalid(
            "Falta decir qué registro, o se dijo de dos maneras.", hint="Dé el identificador, o bien --key con la clave."
        )
    if key:
        return services.find_detention(actor=who.actor(), purpose=None, supplier_key=key)
    return reading.identifier(detention, "registro")


def _authority(code: str) -> str:
    if not code:
        return ""
    return reading.one_of(code, catalogs.items("autoridad_destino", clock.now().astimezone(clock.MEXICO).date()), "--authority")


def _data(detention: Detention) -> dict[str, Any]:
    values = {name: getattr(detention, name) for name, _ in _LABELS}
    for name in ("latitude", "longitude"):
        values[name] = float(values[name]) if values[name] is not None else None
    about = {"id": detention.id, "agency": detention.agency.code, "version": detention.version}
    return about | {"cancelled_at": detention.cancelled_at, "change_reason": detention.change_reason} | values


def _shown(detention: Detention) -> list[tuple[str, object]]:
    out: list[tuple[str, object]] = []
    places = municipality_labels([detention.municipality_code])
    for name, label in _LABELS:
        value: Any = getattr(detention, name)
        if name == "municipality_code":
            value = places[value]
        out.append((label, moment(value) if name.endswith("_at") else "; ".join(value) if name == "aliases" else value))
    return out


def _step(step: CustodyEvent) -> dict[str, object]:
    return {
        "kind": step.kind,
        "at": step.at,
        "authority": step.authority_code,
        "place": step.place,
        "note": step.note,
        "recorded_by": step.recorded_by,
        "recorded_at": step.recorded_at,
        "signature": step.signature,
    }
