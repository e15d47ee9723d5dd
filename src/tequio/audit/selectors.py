"""Reading and verifying the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from tequio.audit import domain
from tequio.audit.domain import Action, Break, Filters, Outcome, Place
from tequio.audit.models import ChainHead, Checkpoint, Line
from tequio.kernel import signing

_CONTENT = ("username", "roles", "action", "outcome", "purpose", "folio", "subject_kind", "subjects", "facts", "key")


def moment(text: str) -> datetime:
    """The instant of a line's `at` text."""
    return datetime.fromisoformat(text)


def heads() -> dict[str, dict[str, Any]]:
    """Where each chain ends: {chain: {number, fingerprint}}."""
    return {h.chain: {"number": h.number, "fingerprint": h.fingerprint} for h in ChainHead.objects.order_by("chain")}


def checkpoint_text(at: datetime, chain_heads: dict[str, dict[str, Any]]) -> str:
    """What a checkpoint signs."""
    return json.dumps(
        {"at": at.isoformat(timespec="microseconds"), "heads": chain_heads}, sort_keys=True, separators=(",", ":")
    )


def content(line: Line) -> dict[str, Any]:
    """What a line says, in the form that its fingerprint covers."""
    return {
        "chain": line.chain,
        "number": line.number,
        "at": line.at.isoformat(timespec="microseconds"),
        **{name: getattr(line, name) for name in _CONTENT},
    }


def lines(chain: str | None = None) -> Iterator[Line]:
    """Lines in chain order, read in pieces: memory does not grow with the log."""
    rows = Line.objects.order_by("chain", "number")
    if chain is not None:
        rows = rows.filter(chain=chain)
    return rows.iterator(chunk_size=5_000)


def page(filters: Filters, limit: int, *, before: Place | None = None, after: Place | None = None) -> list[Line]:
    """Up to `limit` lines, the latest first: those before a place, or those after it and nearest to it.

    One query. Each filter has an index in the order of reading, so a page costs the same wherever it is; of two filters, the
    lines of one are looked through for the other.
    """
    exact = {
        "chain": filters.chain,
        "username": filters.username,
        "action": filters.action,
        "outcome": filters.outcome,
        "purpose": filters.purpose,
        "folio": filters.folio,
        "subjects__contains": [filters.subject] if filters.subject else None,
        "at__gte": filters.since,
        "at__lt": filters.until,
    }
    rows = Line.objects.filter(**{name: value for name, value in exact.items() if value})
    if before is not None:
        rows = rows.filter(Q(at__lt=before.at) | Q(id__lt=before.line_id), at__lte=before.at)
    if after is not None:
        rows = rows.filter(Q(at__gt=after.at) | Q(id__gt=after.line_id), at__gte=after.at)
        return list(rows.order_by("at", "id")[:limit])[::-1]
    return list(rows.order_by("-at", "-id")[:limit])


def about(subjects: Sequence[str], chain: str, limit: int) -> list[Line]:
    """Lines that name any of the records, the latest first, of one chain or, with "", of all. One query; it has an index."""
    rows = Line.objects.filter(subjects__overlap=list(subjects))
    return list((rows.filter(chain=chain) if chain else rows).order_by("-at", "-id")[:limit])


def last_verification(chain: str) -> Line | None:
    """The line of the last verification of a chain, or with "" of all of them at once. One query; index (action, at)."""
    done = Line.objects.filter(action=Action.AUDIT_VERIFIED.value, outcome=Outcome.DONE.value, subjects=[chain or "*"])
    return done.order_by("-at").first()


def last_checkpoint_at() -> datetime | None:
    """When the log was last signed, if ever. One query."""
    return Checkpoint.objects.order_by("-id").values_list("at", flat=True).first()


def verify(chain: str | None = None) -> tuple[int, list[Break]]:
    """Check every line, every head and every checkpoint. Returns (lines read, breaks found). O(lines), constant memory.

    The log may grow meanwhile: heads are read before the lines and again after them, and lines must end between the two.
    """
    breaks: list[Break] = []
    ends: dict[str, tuple[int, str]] = {}
    prints_wanted = _checkpointed()
    before = heads()
    total = 0
    for line in lines(chain):
        total += 1
        number, previous = ends.get(line.chain, (0, domain.GENESIS))
        if line.number > number + 1:
            breaks.append(_missing(line.chain, number + 1, line.number - 1))
        elif line.previous != previous:
            breaks.append(
                Break(
                    line.chain,
                    line.number,
                    "ENLACE",
                    f"La línea {line.chain}#{line.number} no sigue a la anterior: fue movida o la anterior cambió.",
                )
            )
        if domain.fingerprint(line.previous, content(line)) != line.fingerprint:
            breaks.append(
                Break(
                    line.chain,
                    line.number,
                    "ALTERADA",
                    f"La línea {line.chain}#{line.number} fue alterada: su huella no corresponde a su contenido.",
                )
            )
        wanted = prints_wanted.pop((line.chain, line.number), None)
        if wanted is not None and wanted != line.fingerprint:
            breaks.append(
                Break(
                    line.chain,
                    line.number,
                    "PUNTO_DE_CONTROL",
                    f"La línea {line.chain}#{line.number} no es la que firmó el punto de control.",
                )
            )
        ends[line.chain] = (line.number, line.fingerprint)
    breaks += _check_heads(before, heads(), ends, chain)
    breaks += [
        Break(c, n, "PUNTO_DE_CONTROL", f"Falta la línea {c}#{n}, que un punto de control firmado da por escrita.")
        for (c, n) in sorted(prints_wanted)
        if chain in (None, c)
    ]
    breaks += _check_signatures()
    return total, breaks


def _check_heads(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]], ends: dict[str, tuple[int, str]], chain: str | None
) -> list[Break]:
    out = []
    none = {"number": 0, "fingerprint": domain.GENESIS}
    for name in sorted(c for c in after.keys() | ends.keys() if chain in (None, c)):
        last, last_print = ends.get(name, (0, domain.GENESIS))
        first, final = before.get(name, none), after.get(name, none)
        if first["number"] > last:
            out.append(_missing(name, last + 1, first["number"]))
        elif last > final["number"] or any(h["number"] == last and h["fingerprint"] != last_print for h in (first, final)):
            out.append(Break(name, last, "CABEZA", f"La cadena {name} termina en la línea {last}, y su cabeza dice otra cosa."))
    return out


def _missing(chain: str, first: int, last: int) -> Break:
    which = f"la línea {chain}#{first}" if first == last else f"las líneas {chain}#{first} a #{last}"
    return Break(
        chain, first, "FALTANTE", f"Falta {which}: fue retirada." if first == last else f"Faltan {which}: fueron retiradas."
    )


def _checkpointed() -> dict[tuple[str, int], str]:
    wanted: dict[tuple[str, int], str] = {}
    for checkpoint in Checkpoint.objects.order_by("id").iterator():
        for name, head in checkpoint.heads.items():
            if head["number"]:
                wanted[(name, head["number"])] = head["fingerprint"]
    return wanted


def _check_signatures() -> list[Break]:
    key = signing.node_key()
    out = []
    for checkpoint in Checkpoint.objects.order_by("id").iterator():
        name = f"El punto de control del {checkpoint.at:%Y-%m-%d %H:%M}"
        if checkpoint.key_id != key.key_id:
            said = (
                f"{name} dice llevar la firma de otra clave ({checkpoint.key_id}): no se puede comprobar con la de este nodo."
            )
            out.append(Break("punto de control", checkpoint.pk, "FIRMA", said))
        elif not key.verifies(checkpoint_text(checkpoint.at, checkpoint.heads), checkpoint.signature):
            out.append(Break("punto de control", checkpoint.pk, "FIRMA", f"{name} no lleva una firma válida."))
    return out
