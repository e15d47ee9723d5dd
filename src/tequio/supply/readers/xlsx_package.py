"""An XLSX as what it is, a ZIP of XML from a stranger: checked before it is expanded and metered while it is.

The XML is read as a stream, with document types refused, so that neither a zip bomb nor an entity bomb ever gets memory. It
does not go through openpyxl's loader, which keeps a node per row and answers broken XML with a dozen kinds of exception.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from xml.parsers import expat

from tequio.supply.readers.parts import (
    MIB,
    DamagedXlsx,
    EmptyFile,
    EncryptedXlsx,
    ExpandedXlsx,
    Limits,
    NotTabular,
    UnsafeXlsx,
)

OLE_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BLOCK: Final = 64 * 1024
_SMALL_MEMBER: Final = 16 * MIB
_PROLOGUE: Final = MIB
_SAVE_AS: Final = "Ábralo en Excel y guárdelo como «CSV UTF-8» o como libro XLSX sin contraseña."
_OTHER_PACKAGES: Final = (
    ("xl/workbook.bin", "un libro binario de Excel (.xlsb)"),
    ("word/document.xml", "un documento de Word"),
    ("ppt/presentation.xml", "una presentación"),
    ("content.xml", "un documento de OpenDocument"),
)
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    expat.ExpatError,
    LookupError,
    ValueError,
)
"""What the ZIP and XML parsers raise on broken input (unknown encodings: LookupError, ValueError)."""

Attributes = dict[str, str]


def refuse_ole(path: Path) -> None:
    """Refuse an OLE file: an XLSX with password is wrapped in one; old Excel and Word are one."""
    needle, tail = "EncryptedPackage".encode("utf-16-le"), b""
    with path.open("rb") as source:
        while block := source.read(MIB):
            if needle in tail + block:
                raise _encrypted()
            tail = block[-len(needle) :]
    raise NotTabular("El archivo es un libro de Excel 97-2003 (.xls) u otro documento antiguo de Office.", hint=_SAVE_AS)


def _encrypted() -> EncryptedXlsx:
    return EncryptedXlsx(
        "El libro de Excel tiene contraseña.",
        hint="Quítela (Archivo, Información, Proteger libro) y envíelo de nuevo: el canal de envío ya va cifrado.",
    )


def damaged(what: str) -> DamagedXlsx:
    """The refusal for a workbook that breaks while it is read."""
    return DamagedXlsx(f"El libro de Excel está dañado: {what}.", hint="Ábralo en Excel, guárdelo con otro nombre y envíe ese.")


@contextmanager
def damage_is_refused(part: str) -> Iterator[None]:
    """Turn what the parsers raise on broken input into a refusal."""
    try:
        yield
    except _BROKEN as error:
        raise damaged(f"no se puede leer {part}") from error


class SharedStrings:
    """The distinct texts of a workbook, packed as UTF-8: a quarter of the memory of a list. Lookup O(length)."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def size(self) -> int:
        """Bytes of text held."""
        return len(self._bytes)

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", errors="replace")
        self._ends.append(len(self._bytes))

    def __getitem__(self, index: int) -> str:
        return self._bytes[self._ends[index - 1] if index else 0 : self._ends[index]].decode("utf-8")


@dataclass(slots=True)
class Workbook:
    """What the workbook says of itself: its worksheets in order, and where the rest is."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    """Name, part, visible."""
    strings_part: str = ""
    styles_part: str = ""
    from_1904: bool = False
    """Days are counted from 1904 (old Excel for Mac) instead of 1900."""


@dataclass(slots=True)
class Styles:
    """Number format code of each cell style."""

    formats: list[str | int] = field(default_factory=list)
    """Code as text, or the number of a built-in format."""


class Package:
    """An open XLSX. Use as a context. Raises a FileRefused from any method."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._expanded = 0
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise damaged("no es un ZIP completo") from error
        self._names = {info.filename.casefold(): info for info in self._zip.infolist()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._zip.close()

    def has_macros(self) -> bool:
        return any(name.endswith("vbaproject.bin") for name in self._names)

    def refuse_unsafe(self) -> None:
        """Check the directory, then the prologue of every XML. O(members). If the directory lies, `blocks` still meters."""
        members = self._zip.infolist()
        if any(info.flag_bits & 1 for info in members):
            raise _encrypted()
        if len(members) > self._limits.zip_members or sum(info.file_size for info in members) > self._limits.expanded_bytes:
            raise self._bomb()
        if any(_is_bomb(info, self._limits) for info in members):
            raise self._bomb()
        if len(self._names) < len(members):
            raise UnsafeXlsx("El libro repite partes con el mismo nombre.", hint=_SAVE_AS)
        for name, what in _OTHER_PACKAGES:
            if name in self._names:
                raise NotTabular(f"El archivo es {what}.", hint=_SAVE_AS)
        if "[content_types].xml" not in self._names:
            raise NotTabular("El archivo es un ZIP que no contiene un libro de Excel.", hint=_SAVE_AS)
        for info in members:
            if info.filename.lower().endswith((".xml", ".rels")):
                self._refuse_document_type(info)

    def _bomb(self) -> ExpandedXlsx:
        return ExpandedXlsx(
            "El libro de Excel crece demasiado al abrirse.",
            hint="Quite imágenes y hojas que no hagan falta, o envíe los datos en CSV.",
            facts={"limit": self._limits.expanded_bytes},
        )

    def _refuse_document_type(self, info: zipfile.ZipInfo) -> None:
        """A document type can only stand before the root: read up to there. A broken part that nobody reads is no harm."""
        parser = new_parser()
        started: list[str] = []
        parser.StartElementHandler = lambda name, attributes: started.append(name)
        read = 0
        with damage_is_refused(info.filename), self._zip.open(info) as source:
            while not started and (block := source.read(_BLOCK)):
                read += len(block)
                if read > _PROLOGUE:
                    raise UnsafeXlsx(f"La parte {info.filename} del libro no empieza como debe.", hint=_SAVE_AS)
                try:
                    parser.Parse(block, False)
                except expat.ExpatError:
                    return

    def has(self, part: str) -> bool:
        return part.casefold() in self._names

    def blocks(self, part: str) -> Iterator[bytes]:
        """The expanded bytes of a part, metered over the whole package."""
        info = self._names.get(part.casefold())
        if info is None:
            raise damaged(f"falta {part}")
        with damage_is_refused(part), self._zip.open(info) as source:
            while block := source.read(_BLOCK):
                self._expanded += len(block)
                if self._expanded > self._limits.expanded_bytes:
                    raise self._bomb()
                yield block

    def read(self, part: str, parser: expat.XMLParserType) -> None:
        """Run a whole part through a parser that has its handlers."""
        for block in self.blocks(part):
            with damage_is_refused(part):
                parser.Parse(block, False)
        with damage_is_refused(part):
            parser.Parse(b"", True)

    def elements(self, part: str) -> list[tuple[str, Attributes]]:
        """Every element of a small part, in order, without its namespace prefix. Raises when there are too many."""
        found: list[tuple[str, Attributes]] = []

        def start(name: str, attributes: Attributes) -> None:
            found.append((local(name), attributes))
            if len(found) > 200_000:
                raise self._bomb()

        parser = new_parser()
        parser.StartElementHandler = start
        self.read(part, parser)
        return found

    def workbook(self) -> Workbook:
        main = next(
            (target for _, kind, target in self._relations("_rels/.rels", "") if kind == "officeDocument"), "xl/workbook.xml"
        )
        folder, name = posixpath.split(main)
        relations = self._relations(f"{folder}/_rels/{name}.rels", folder)
        parts = {key: (kind, target) for key, kind, target in relations}
        book = Workbook()
        for _, kind, target in relations:
            if kind == "sharedStrings":
                book.strings_part = target
            elif kind == "styles":
                book.styles_part = target
        for tag, attributes in self.elements(main):
            if tag == "workbookPr":
                book.from_1904 = attributes.get("date1904", "0") in ("1", "true")
            elif tag == "sheet":
                key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
                kind, target = parts.get(key, ("", ""))
                if kind == "worksheet" and self.has(target):
                    book.sheets.append((attributes.get("name", ""), target, attributes.get("state", "visible") == "visible"))
        return book

    def _relations(self, part: str, folder: str) -> list[tuple[str, str, str]]:
        """Key, kind and part of each internal relation; none if the part is not there."""
        if not self.has(part):
            return []
        return [
            (
                attributes.get("Id", ""),
                attributes.get("Type", "").rpartition("/")[2],
                _resolve(folder, attributes.get("Target", "")),
            )
            for tag, attributes in self.elements(part)
            if tag == "Relationship" and attributes.get("TargetMode") != "External"
        ]

    def styles(self, book: Workbook) -> Styles:
        styles = Styles()
        if not self.has(book.styles_part):
            return styles
        codes: dict[str, str] = {}
        in_cells = False
        for tag, attributes in self.elements(book.styles_part):
            if tag == "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                in_cells = tag == "cellXfs"
            elif tag == "xf" and in_cells:
                number = attributes.get("numFmtId", "0")
                styles.formats.append(codes.get(number) or (int(number) if number.isdecimal() else 0))
        return styles

    def strings(self, book: Workbook) -> SharedStrings:
        """The shared texts, each cut at one character beyond the limit of a cell, so that its rows are seen to be too long."""
        strings = SharedStrings()
        if not self.has(book.strings_part):
            return strings
        text = TextCollector(self._limits.cell_chars + 1)

        def end(name: str) -> None:
            if text.end(name):
                strings.append(text.take())
                if strings.size > self._limits.shared_text_bytes:
                    raise self._bomb()

        parser = new_parser()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = text.start, end, text.data
        self.read(book.strings_part, parser)
        return strings

    def sheets_with_data(self) -> list[str]:
        """Names of the visible sheets with any value, in order. Raises EmptyFile when there is none."""
        names = [name for name, part, visible in self.workbook().sheets if visible and self._has_value(part)]
        if not names:
            raise EmptyFile(
                "El libro de Excel no tiene datos en ninguna hoja visible.", hint="Revise si la hoja quedó oculta o vacía."
            )
        return names

    def _has_value(self, part: str) -> bool:
        """Whether a sheet has a cell with a value. Reads only up to the first."""
        found: list[str] = []

        def data(text: str) -> None:
            if text.strip() and inside:
                found.append(text)

        inside: list[str] = []

        def start(name: str, attributes: Attributes) -> None:
            if local(name) in ("v", "t", "f"):
                inside.append(name)

        def end(name: str) -> None:
            if inside and name == inside[-1]:
                inside.pop()

        parser = new_parser()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
        for block in self.blocks(part):
            with damage_is_refused(part):
                parser.Parse(block, False)
            if found:
                return True
        return False


class TextCollector:
    """Collects the text of an `si` or `is` element: its `t` runs, not the phonetic ones. Keeps at most `most` characters."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: list[str] = []
        self._length = 0
        self._taking = False
        self._phonetic = False

    def start(self, name: str, attributes: Attributes) -> None:
        name = local(name)
        if name == "t":
            self._taking = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def data(self, text: str) -> None:
        if self._taking and self._length < self._most:
            self._pieces.append(text[: self._most - self._length])
            self._length += len(text)

    def end(self, name: str) -> bool:
        """Whether a whole text ended."""
        name = local(name)
        if name == "t":
            self._taking = False
        elif name == "rPh":
            self._phonetic = False
        return name in ("si", "is")

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return text


def local(name: str) -> str:
    """The name of an element without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


def new_parser() -> expat.XMLParserType:
    """A streaming parser that refuses document types, hence entities of any kind."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def _refuse_document_type(name: str, system: str | None, public: str | None, internal: bool) -> None:
    raise UnsafeXlsx("El libro contiene declaraciones XML que un libro de Excel nunca lleva.", hint=_SAVE_AS)


def _is_bomb(info: zipfile.ZipInfo, limits: Limits) -> bool:
    return info.file_size > _SMALL_MEMBER and info.file_size > limits.expansion_ratio * max(1, info.compress_size)


def _resolve(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
