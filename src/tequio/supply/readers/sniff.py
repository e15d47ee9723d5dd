"""What a file is, before any row is read: its hash, its format, its encoding, its separator, and whether it can be read at all.

Nothing is trusted but the bytes: neither the file's name nor what its sender says of it.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

from tequio.supply.readers.parts import (
    DEFAULT_LIMITS,
    MIB,
    BadEncoding,
    EmptyFile,
    FileFacts,
    HasNuls,
    Limits,
    LineTooLong,
    NotTabular,
    TooLarge,
)
from tequio.supply.readers.xlsx_package import OLE_SIGNATURE, Package, refuse_ole

_BLOCK: Final = MIB
_SAMPLE: Final = 64 * 1024
_SAMPLE_ROWS: Final = 50
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BOM_AS_CP1252: Final = "ï»¿"
_UNDEFINED_IN_CP1252: Final = b"\x81\x8d\x8f\x90\x9d"
_DELIMITERS: Final = (",", ";", "\t", "|")
_STRAY_CONTROLS: Final = 8
"""Control characters that a text may hold by accident."""
_CONTROLS: Final = bytes(code for code in range(32) if code not in b"\x00\t\n\v\f\r\x1a")
_DAMAGE: Final = re.compile(
    "[ÂÃ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|[ïÏ]¿½|\ufffd|(?<=[A-Za-z])\\?(?=[A-Za-z])"
)
_SIGNS_OF_DAMAGE: Final = "ÂÃïÏ\ufffd?"
"""Without one of these there is nothing to look for: most files are spared the slow search."""

_SIGNATURES: Final = (
    (b"\x89PNG", "una imagen PNG"),
    (b"\xff\xd8\xff", "una imagen JPEG"),
    (b"GIF8", "una imagen GIF"),
    (b"%PDF", "un PDF"),
    (b"II*\x00", "una imagen TIFF"),
    (b"MM\x00*", "una imagen TIFF"),
    (b"\x1f\x8b", "un archivo comprimido (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "un archivo comprimido (7z)"),
    (b"Rar!\x1a", "un archivo comprimido (RAR)"),
    (b"\xfd7zXZ\x00", "un archivo comprimido (xz)"),
    (b"SQLite format 3\x00", "una base de datos SQLite"),
    (b"\x7fELF", "un programa"),
    (b"{\\rtf", "un documento RTF"),
)


def inspect(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> FileFacts:
    """Look through the whole file once and say what it is. Reads no row. O(bytes), one block of 1 MiB in memory.

    Raises a FileRefused: EmptyFile, NotTabular, HasNuls, BadEncoding, TooLarge, LineTooLong; of an XLSX also ExpandedXlsx,
    UnsafeXlsx, EncryptedXlsx, DamagedXlsx.
    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise TooLarge(
            f"El archivo mide {size / MIB:,.0f} MiB y el máximo es {limits.file_bytes / MIB:,.0f} MiB.",
            hint="Divídalo por periodo o por municipio y envíe las partes.",
            facts={"bytes": size, "limit": limits.file_bytes},
        )
    with path.open("rb") as source:
        start = source.read(_SAMPLE)
    if start.startswith(b"PK"):
        return _workbook(path, size, limits)
    _refuse_binary(path, start)
    return _text(path, size, start, limits)


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text with its line breaks untouched, past any byte order mark, even one read as letters."""
    source: TextIO = path.open(encoding=encoding, newline="")
    if encoding in ("cp1252", "latin-1") and source.read(3) != _BOM_AS_CP1252:
        source.seek(0)
    return source


def is_separator_line(line: str) -> bool:
    """Whether this is Excel's first line that names the separator, as `sep=;`."""
    text = line.strip("\ufeff\r\n")
    return len(text) == 5 and text[:4].casefold() == "sep="


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block


def _workbook(path: Path, size: int, limits: Limits) -> FileFacts:
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    with Package(path, limits) as package:
        package.refuse_unsafe()
        sheets = package.sheets_with_data()
        return FileFacts(
            sha256=digest.hexdigest(),
            bytes=size,
            format="xlsx",
            encoding="utf-8",
            sheet=sheets[0],
            other_sheets=tuple(sheets[1:]),
            macros=package.has_macros(),
        )


def _refuse_binary(path: Path, start: bytes) -> None:
    if start.startswith(OLE_SIGNATURE):
        refuse_ole(path)
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise _not_tabular(f"El archivo es {what}, no una tabla.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    controls = len(start) - len(start.translate(None, _CONTROLS))
    if controls > max(_STRAY_CONTROLS, 0.02 * len(start)):
        raise _not_tabular("El archivo no es texto ni una hoja de cálculo.")


def _not_tabular(message: str, hint: str = "") -> NotTabular:
    return NotTabular(message, hint=hint or "Envíe un CSV (de preferencia UTF-8), un XLSX o un JSONL con un objeto por línea.")


class _TextScan:
    """One pass over the bytes of a text: encoding, damage, NULs, longest line."""

    def __init__(self, start: bytes, limits: Limits) -> None:
        self._limits = limits
        self.bom = next((name for mark, name in _BOMS if start.startswith(mark)), "")
        self._decoder = codecs.getincrementaldecoder(self.bom or "utf-8")("strict")
        self._is_utf = True
        self._undefined = False
        self._beyond_ascii = 0
        self._breaks = 0
        self._after_return = False
        self._tail = 0
        self.damaged = 0
        self.has_text = False

    @property
    def encoding(self) -> str:
        if self._is_utf:
            return self.bom or "utf-8"
        return "latin-1" if self._undefined else "cp1252"

    def take(self, block: bytes, *, last: bool) -> None:
        """Look at one block; `last` is an empty one after the end."""
        self._undefined = self._undefined or len(block.translate(None, _UNDEFINED_IN_CP1252)) < len(block)
        text = self._decode(block, last)
        nul = text.find("\x00")
        if nul >= 0:
            raise self._nuls(text, nul)
        if not self.has_text:
            self.has_text = bool(text.strip().strip("\ufeff"))
        if self._is_utf and self.bom != "utf-16":
            self._beyond_ascii += max(0, len(block) - len(text))
        if any(mark in text for mark in _SIGNS_OF_DAMAGE):
            self.damaged += sum(1 for _ in _DAMAGE.finditer(text))
        self._measure(text)

    def _decode(self, block: bytes, last: bool) -> str:
        if not self._is_utf:
            return block.decode("latin-1")
        try:
            return self._decoder.decode(block, last)
        except UnicodeDecodeError as error:
            if self.bom == "utf-16":
                raise BadEncoding(
                    f"El archivo dice ser UTF-16 y se daña después de la línea {self._breaks + 1}.",
                    hint="Guárdelo de nuevo como «CSV UTF-8 (delimitado por comas)».",
                ) from error
            self._is_utf = False
            self.damaged += self._beyond_ascii
            return block.decode("latin-1")

    def _nuls(self, text: str, position: int) -> HasNuls:
        line = self._breaks + _breaks(text[:position]) + 1
        hint = "El archivo está dañado o truncado. Expórtelo de nuevo desde su sistema."
        if text.count("\x00") > len(text) // 4:
            hint = "Parece UTF-16 sin su marca inicial. Guárdelo como «CSV UTF-8 (delimitado por comas)»."
        return HasNuls(f"El archivo tiene caracteres nulos en la línea {line}.", hint=hint, facts={"line": line})

    def _measure(self, text: str) -> None:
        """Count line breaks and refuse an endless line. A CRLF cut between two blocks is one break."""
        if not text:
            return
        self._breaks += _breaks(text) - (1 if self._after_return and text[0] == "\n" else 0)
        self._after_return = text[-1] == "\r"
        last = max(text.rfind("\n"), text.rfind("\r"))
        self._tail = self._tail + len(text) if last < 0 else len(text) - last - 1
        if self._tail > self._limits.line_chars:
            raise LineTooLong(
                f"La línea {self._breaks + 1} pasa de {self._limits.line_chars:,} caracteres.",
                hint="El archivo no parece una tabla con un registro por línea. Expórtelo de nuevo.",
                facts={"line": self._breaks + 1},
            )


def _breaks(text: str) -> int:
    returns = text.count("\r")
    return text.count("\n") + (returns - text.count("\r\n") if returns else 0)


def _text(path: Path, size: int, start: bytes, limits: Limits) -> FileFacts:
    digest = hashlib.sha256()
    scan = _TextScan(start, limits)
    for block in _blocks(path):
        digest.update(block)
        scan.take(block, last=False)
    scan.take(b"", last=True)
    if not scan.has_text:
        raise EmptyFile("El archivo está vacío.", hint="Revise que guardó el archivo correcto.")
    sample = start.decode(scan.encoding, errors="ignore").removeprefix(_BOM_AS_CP1252).removeprefix("\ufeff")
    facts = FileFacts(
        sha256=digest.hexdigest(),
        bytes=size,
        format="csv",
        encoding=scan.encoding,
        damaged=scan.damaged,
    )
    return _as_table(facts, sample, whole=size <= len(start))


def _as_table(facts: FileFacts, sample: str, *, whole: bool) -> FileFacts:
    """Decide between CSV and JSONL by the first text, and find the separator of a CSV."""
    text = sample.lstrip()
    if text.startswith("{"):
        return replace(facts, format="jsonl")
    if text.startswith("[") and text[1:].lstrip().startswith("{"):
        raise _not_tabular("El archivo es una lista JSON.", "Envíelo como JSONL: un objeto por línea, sin corchetes ni comas.")
    if re.match(r"<(!doctype|html|table|\?xml|meta|head)", text, re.IGNORECASE):
        raise _not_tabular(
            "El archivo es una página HTML o un XML, aunque su nombre diga otra cosa.",
            "Ábralo en Excel y guárdelo como «CSV UTF-8» o como libro XLSX.",
        )
    return replace(facts, delimiter=find_delimiter(sample, whole=whole))


def find_delimiter(sample: str, *, whole: bool = True) -> str:
    """The separator of a CSV, from its beginning: what Excel's `sep=` says, else the one that cuts rows into equal widths.

    Two separators can cut equally well (a semicolon file with decimal commas): the first row with any separator, almost always
    the headers, decides. With none, the comma: a file of one column.
    """
    lines = re.split(r"\r\n|\r|\n", sample)
    if is_separator_line(lines[0]):
        return lines[0].strip("\ufeff")[4]
    if not whole and len(lines) > 1:
        lines.pop()
    lines = [line for line in lines if line.strip()][:_SAMPLE_ROWS]
    scores = {delimiter: _evenness(lines, delimiter) for delimiter in _DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > 0 else ","


def _evenness(lines: list[str], delimiter: str) -> float:
    """How evenly a separator cuts the lines: share with the commonest width, times columns gained; less if not the headers."""
    widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    several = Counter(width for width in widths if width > 1)
    if not several:
        return 0.0
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    headers = next(line for line in lines if any(mark in line for mark in _DELIMITERS))
    fits = len(next(csv.reader([headers], delimiter=delimiter))) == width
    return count / len(widths) * (width - 1) * (1.0 if fits else 0.3)
