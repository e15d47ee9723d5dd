"""From the headers of a real file to the field names of a contract.

Headers arrive with other case, accents, punctuation, synonyms and damage: Año, ANIO, A?o, Aï¿½o and Ao are one header. Nothing
is guessed: a header that could be two fields is unknown, and two headers that are one field refuse the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from tequio.kernel.contract import Contract, Field, Kind
from tequio.supply.readers.parts import BadProfile, MissingColumns, RepeatedHeader

OWN_PREFIX: Final = "tequio_"
"""Our columns in a file for fixing. They come back with it and are not data."""

_MARKS: Final = ("\ufeff", "ï»¿", "Ï»¿")
_LOST: Final = "\ufffd"
_GARBLED: Final = re.compile(r"[ÂÃâã].", re.DOTALL)
_DAMAGE: Final = re.compile(rf"(?<=[^\W_])[*?!#%¤¶ðÿ¿]+(?=[^\W_])|{_LOST}+")
_NI: Final = re.compile(r"ni(?=[aeou])")
_PARENTHESIS: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_LIKENESS: Final = 65.0
"""Least rapidfuzz ratio (0 to 100) for a header to be suggested as the missing one."""


def _garbled_letters() -> dict[str, str]:
    """UTF-8 pairs read as latin-1 or cp1252, with the letter that they were: 'Ã±' -> 'ñ'."""
    table: dict[str, str] = {}
    for code in range(0xA0, 0x100):
        letter = chr(code)
        raw = letter.encode("utf-8")
        for seen in (raw.decode("latin-1"), raw.decode("cp1252", errors="replace")):
            if _LOST not in seen:
                table[seen] = letter
                table.setdefault(seen.lower(), letter)
    return table


_LETTER_OF: Final = _garbled_letters()


def header_key(text: str) -> str:
    """The form in which headers are compared: ASCII letters and digits, and `*` where a letter was lost.

    'ni' before a vowel becomes 'n', so that the usual transliteration of ñ (anio, companiero) meets the letter itself.
    """
    for mark in _MARKS:
        text = text.replace(mark, "")
    text = text.replace("ï¿½", _LOST).replace("Ï¿½", _LOST)
    text = _GARBLED.sub(lambda pair: _LETTER_OF.get(pair.group(), pair.group()), text)
    text = text.translate({ord("º"): None, ord("ª"): None, ord("°"): None}).casefold()
    text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    text = _DAMAGE.sub(_LOST, text)
    return _NI.sub("n", "".join(char for char in text if char.isalnum() or char == _LOST)).replace(_LOST, "*")


def _key_with_letters_lost(text: str) -> str:
    """The key of a text whose accented letters vanished ('Extorsin', 'Dao'), as in the SESNSP file of 2020."""
    return header_key("".join(char for char in text if char.isascii()))


def is_own(header: str) -> bool:
    """Whether the column is one of ours, added to a file for fixing."""
    return header.strip().casefold().startswith(OWN_PREFIX)


@dataclass(frozen=True, slots=True)
class HeaderNote:
    """Something about the headers that does not stop the file and must be said."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Which column holds each field."""

    columns: Mapping[str, int]
    """Field name -> index of its column, from 0."""
    headers: Mapping[str, str]
    """Field name -> header in the file, for messages in the supplier's own words."""
    unknown: tuple[str, ...]
    """Headers of the file that are no field. Their data is not taken."""
    absent: tuple[str, ...]
    """Optional fields that the file does not bring: 'sin informacion' for every row."""
    notes: tuple[HeaderNote, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A header that is a field."""

    index: int
    header: str
    field: str
    by_profile: bool
    damaged: bool


class _Names:
    """The names by which a contract's fields are known, strongest first: profile, name, label, synonyms, with lost letters."""

    def __init__(self, contract: Contract, profile: Mapping[str, str]) -> None:
        self.profile = {header_key(header): name for header, name in profile.items()}
        self.tiers: list[dict[str, set[str]]] = [{}, {}, {}, {}]
        for field in contract.fields:
            for tier, texts in enumerate(((field.name,), (field.label,), field.synonyms)):
                for text in texts:
                    self.tiers[tier].setdefault(header_key(text), set()).add(field.name)
                    if not text.isascii():
                        self.tiers[3].setdefault(_key_with_letters_lost(text), set()).add(field.name)
        for known in self.tiers:
            known.pop("", None)

    def keys(self) -> frozenset[str]:
        return frozenset(self.profile).union(*self.tiers)

    def find(self, key: str) -> tuple[str | None, bool]:
        """The one field of a key, and whether it was recognised despite damage. O(1); O(names) for a damaged key."""
        for tier, known in enumerate(self.tiers):
            if key in known:
                return _only(known[key]), tier == 3
        if "*" not in key.strip("*"):
            return None, False
        pattern = re.compile(".?".join(map(re.escape, key.split("*"))))
        found = {name for known in self.tiers[:3] for text, names in known.items() if pattern.fullmatch(text) for name in names}
        return _only(found), True


def _only(names: set[str]) -> str | None:
    return next(iter(names)) if len(names) == 1 else None


def known_headers(contract: Contract, profile: Mapping[str, str] | None = None) -> frozenset[str]:
    """Keys of every header that the contract or the profile knows: what `rows` needs to find the header under a title."""
    return _Names(contract, profile or {}).keys()


def find_header(candidates: Sequence[Sequence[str]], known: AbstractSet[str]) -> int:
    """Index of the row that holds the headers among a file's first rows (not blank).

    It is the row with most known names. With fewer than two anywhere, the first nearly as full as most rows are: a title fills
    one cell, headers fill them all.
    """
    hits: list[int] = []
    for cells in candidates:
        if any(is_own(cell.lstrip("'")) for cell in cells):
            return len(hits)
        hits.append(len({header_key(cell) for cell in cells} & known) if known else 0)
    if max(hits) >= 2:
        return hits.index(max(hits))
    filled = [sum(1 for cell in cells if cell.strip()) for cells in candidates]
    usual, _ = max(Counter(filled).items(), key=lambda item: (item[1], item[0]))
    return next(index for index, count in enumerate(filled) if count >= 0.8 * usual)


def match_profile(profile: Mapping[str, str], contract: Contract) -> None:
    """Check that a header profile only names fields of the contract, or "" for a column left out. Raises BadProfile."""
    fields = {field.name for field in contract.fields} | {""}
    wrong = sorted(name for name in profile.values() if name not in fields)
    if wrong:
        raise BadProfile(
            f"El perfil de encabezados de la institución usa campos que no existen: {', '.join(wrong)}.",
            hint=f"Corrija el perfil. Consulte los campos con: tequio contract {contract.registry}",
            facts={"unknown_fields": wrong},
        )


def match_headers(
    headers: Sequence[str],
    contract: Contract,
    profile: Mapping[str, str] | None = None,
    *,
    sample: Sequence[Sequence[str]] = (),
) -> HeaderMap:
    """Say which column holds each field of the contract.

    `profile` (header -> field name) is the institution's own and wins over everything; a header sent to "" is left out on
    purpose. `sample` are the first values of each column (as `Chunk.cells`): with them, shifted headers are noticed.
    Raises BadProfile, RepeatedHeader, MissingColumns.
    """
    profile = profile or {}
    match_profile(profile, contract)
    names = _Names(contract, profile)
    claims: dict[str, _Claim] = {}
    unknown: list[str] = []
    replaced: list[str] = []
    for index, header in enumerate(headers):
        if is_own(header):
            continue
        claim = _claim(index, header, names)
        if claim is None:
            unknown.append(header)
        elif claim.field:
            loser = _settle(claims, claim, contract)
            replaced.extend([loser] if loser is not None else [])
    _refuse_missing(contract, claims, headers, unknown)
    columns = {name: claim.index for name, claim in claims.items()}
    return HeaderMap(
        columns=columns,
        headers={name: claim.header for name, claim in claims.items()},
        unknown=tuple(unknown + replaced),
        absent=tuple(field.name for field in contract.fields if field.name not in claims),
        notes=tuple(_notes(claims, unknown, replaced, contract)) + tuple(_shift_note(columns, contract, sample)),
    )


def guess_fields(headers: Sequence[str], contract: Contract, profile: Mapping[str, str] | None = None) -> list[str | None]:
    """What each header by itself would be: a field, "" for one that the profile leaves out, None for one that is no field.

    Says so even of a file that `match_headers` refuses, so that whoever sent it can see what is missing. Our own columns: "".
    """
    names = _Names(contract, profile or {})
    claims = [None if is_own(header) else _claim(index, header, names) for index, header in enumerate(headers)]
    return ["" if is_own(header) else claim.field if claim else None for header, claim in zip(headers, claims, strict=True)]


def _claim(index: int, header: str, names: _Names) -> _Claim | None:
    """Which field a header is, if any. The text between parentheses counts only when without it nothing is found."""
    for text in (header, _PARENTHESIS.sub("", header)):
        key = header_key(text)
        if not key:
            continue
        if key in names.profile:
            return _Claim(index, header, names.profile[key], by_profile=True, damaged=False)
        field, damaged = names.find(key)
        if field is not None:
            return _Claim(index, header, field, by_profile=False, damaged=damaged)
    return None


def _settle(claims: dict[str, _Claim], claim: _Claim, contract: Contract) -> str | None:
    """Give the field to the claim. Returns the header left out when the profile decides between two. Raises RepeatedHeader."""
    rival = claims.get(claim.field)
    if rival is None:
        claims[claim.field] = claim
        return None
    if rival.by_profile == claim.by_profile:
        raise RepeatedHeader(
            f"Las columnas «{rival.header}» ({rival.index + 1}) y «{claim.header}» ({claim.index + 1}) son el mismo campo: "
            f"{contract.field_named(claim.field).label}.",
            hint="Deje una sola, o indique en el perfil de encabezados de la institución cuál vale.",
            facts={
                "field": claim.field,
                "headers": [rival.header, claim.header],
                "columns": [rival.index + 1, claim.index + 1],
            },
        )
    if rival.by_profile:
        return claim.header
    claims[claim.field] = claim
    return rival.header


def _refuse_missing(contract: Contract, claims: Mapping[str, _Claim], headers: Sequence[str], unknown: Sequence[str]) -> None:
    missing = [field for field in contract.fields if field.required and field.name not in claims]
    if contract.operation in claims and not any(field.kind is Kind.KEY for field in missing):
        return  # it may hold only cancellations; a row that is none is refused by itself
    groups = [group for group in contract.any_of if not any(name in claims for name in group)]
    if not missing and not groups:
        return
    labels = [field.label for field in missing]
    labels += ["una de: " + ", ".join(contract.field_named(name).label for name in group) for group in groups]
    wanted = missing + [contract.field_named(name) for group in groups for name in group]
    nearest = {field.name: near for field in wanted if (near := _nearest(field, unknown)) is not None}
    found = [header for header in headers if not is_own(header)]
    guesses = [f"«{near}» podría ser «{contract.field_named(name).label}»" for name, near in nearest.items()]
    raise MissingColumns(
        f"Faltan columnas obligatorias: {'; '.join(labels)}.",
        hint=f"{'. '.join(guesses)}{'. ' if guesses else ''}El archivo trae: {', '.join(found[:60]) or 'ningún encabezado'}. "
        "Cambie el nombre de la columna o regístrelo en el perfil de encabezados de la institución.",
        facts={
            "missing": [field.name for field in missing],
            "any_of": [list(group) for group in groups],
            "found": found,
            "suggestions": nearest,
        },
    )


def _nearest(field: Field, unknown: Sequence[str]) -> str | None:
    """The unknown header most like any name of the field. O(names x headers)."""
    keys = {header: header_key(header) for header in unknown if header_key(header)}
    best: tuple[float, str] | None = None
    for name in (field.name, field.label, *field.synonyms):
        hit = process.extractOne(header_key(name), keys, scorer=fuzz.ratio, score_cutoff=_LIKENESS)
        if hit is not None and (best is None or hit[1] > best[0]):
            best = (hit[1], hit[2])
    return best[1] if best else None


def _notes(
    claims: Mapping[str, _Claim], unknown: Sequence[str], replaced: Sequence[str], contract: Contract
) -> Iterator[HeaderNote]:
    damaged = [
        f"«{claim.header}» se tomó como «{contract.field_named(claim.field).label}»"
        for claim in claims.values()
        if claim.damaged
    ]
    if damaged:
        yield HeaderNote(
            "ENCABEZADO_DANADO",
            f"Hay encabezados con letras perdidas: {'; '.join(damaged)}. Guarde el archivo como «CSV UTF-8» para no perderlas.",
        )
    named = [header for header in unknown if header.strip()]
    if named:
        yield HeaderNote(
            "ENCABEZADO_DESCONOCIDO",
            f"Columnas que el registro no usa y no se toman: {', '.join(f'«{name}»' for name in named)}.",
        )
    if len(named) < len(unknown):
        yield HeaderNote("COLUMNA_SIN_ENCABEZADO", f"Columnas sin nombre que no se toman: {len(unknown) - len(named)}.")
    if replaced:
        yield HeaderNote(
            "ENCABEZADO_SUSTITUIDO",
            f"El perfil de la institución eligió otra columna en lugar de: {', '.join(f'«{name}»' for name in replaced)}.",
        )


_SHAPES: Final[dict[Kind, re.Pattern[str]]] = {
    Kind.DATE: re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*"),
    Kind.TIME: re.compile(r"\d{1,2}:\d{2}.*"),
    Kind.INTEGER: re.compile(r"-?\d+"),
    Kind.DECIMAL: re.compile(r"-?\d+([.,]\d+)?"),
    Kind.CURP: re.compile(r"[A-Za-z]{4}\d{6}[A-Za-z].*"),
    Kind.RFC: re.compile(r"[A-Za-zÑñ&]{3,4}\d{6}\w{0,3}"),
    Kind.PHONE: re.compile(r"[+(]?\d[\d ()-]{8,}"),
}
_SAMPLE_ROWS: Final = 200


def _shift_note(columns: Mapping[str, int], contract: Contract, sample: Sequence[Sequence[str]]) -> Iterator[HeaderNote]:
    """Warn when fields of recognisable shape do not fit their column and do fit the next, or the one before."""
    shaped = [
        (_SHAPES[field.kind], columns[field.name])
        for field in contract.fields
        if field.kind in _SHAPES and field.name in columns
    ]
    for step, way in ((1, "izquierda"), (-1, "derecha")):
        votes: Counter[bool] = Counter()
        for shape, index in shaped:
            own, other = _fit(shape, sample, index), _fit(shape, sample, index + step)
            if own is not None and other is not None:
                votes[own <= 0.2 and other >= 0.8] += 1
        if votes[True] >= 2 and votes[True] > 2 * votes[False]:
            yield HeaderNote(
                "ENCABEZADOS_DESPLAZADOS",
                f"Los encabezados parecen corridos una columna hacia la {way}: los datos corresponden al encabezado vecino. "
                "Revise el archivo antes de enviarlo de nuevo.",
            )


def _fit(shape: re.Pattern[str], sample: Sequence[Sequence[str]], index: int) -> float | None:
    """Share of the column's values with that shape; None when there is no such column or it is blank."""
    if not 0 <= index < len(sample):
        return None
    values = [value.strip() for value in sample[index][:_SAMPLE_ROWS] if value.strip()]
    return sum(1 for value in values if shape.fullmatch(value)) / len(values) if values else None
