"""Reads supplied files of any quality: CSV, XLSX and JSONL, in any encoding, damaged or hostile.

First `inspect`, which looks at the whole file and refuses what cannot be a table; then `rows`, which streams it in chunks.
Nothing is repaired: a wrong row is returned with its problem, and `write_fix_file` writes the file for fixing it. No Django.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from tequio.supply.readers.csv_rows import csv_records
from tequio.supply.readers.fix_file import FixFinding, RowToFix, write_fix_file, write_fix_workbook
from tequio.supply.readers.headers import (
    HeaderMap,
    HeaderNote,
    guess_fields,
    header_key,
    is_own,
    known_headers,
    match_headers,
    match_profile,
)
from tequio.supply.readers.jsonl_rows import jsonl_chunks
from tequio.supply.readers.parts import (
    DEFAULT_LIMITS,
    BadEncoding,
    Chunk,
    FileFacts,
    FileRefused,
    Limits,
    RowFault,
    RowProblem,
    TooLarge,
)
from tequio.supply.readers.sniff import inspect
from tequio.supply.readers.table import Reading, chunks
from tequio.supply.readers.xlsx_rows import xlsx_records

__all__ = [
    "DEFAULT_LIMITS",
    "Chunk",
    "FileFacts",
    "FileRefused",
    "FixFinding",
    "HeaderMap",
    "HeaderNote",
    "Limits",
    "RowFault",
    "RowProblem",
    "RowToFix",
    "TooLarge",
    "guess_fields",
    "header_key",
    "inspect",
    "is_own",
    "known_headers",
    "match_headers",
    "match_profile",
    "rows",
    "write_fix_file",
    "write_fix_workbook",
]


def rows(
    path: Path, facts: FileFacts, *, chunk: int = 10_000, known: AbstractSet[str] = frozenset(), limits: Limits = DEFAULT_LIMITS
) -> Iterator[Chunk]:
    """Stream the rows of an inspected file, at most `chunk` at a time.

    `known` are the header keys of the contract (`known_headers`): with them the headers are found under titles and notes,
    among the first 20 rows with text. Raises a FileRefused, perhaps after some chunks: keep nothing until the last one.
    Memory: one chunk, and of an XLSX also its distinct texts.
    """
    try:
        if facts.format == "jsonl":
            yield from jsonl_chunks(path, facts, size=chunk, limits=limits)
        elif facts.format == "xlsx":
            how = Reading(known, chunk, limits, sheet=facts.sheet, fill_short=True)
            yield from chunks(xlsx_records(path, facts, limits), how)
        else:
            yield from chunks(csv_records(path, facts, limits), Reading(known, chunk, limits))
    except UnicodeDecodeError as error:
        raise BadEncoding(
            "El archivo no se puede leer con la codificación que tenía al recibirse.",
            hint="Envíelo de nuevo: cambió mientras se leía.",
        ) from error
