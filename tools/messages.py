"""Texts of the web pages and their English translation. Needs no gettext programs.

The Spanish text is the source. `python tools/messages.py check` fails when a text of a template or of a module lacks its
English, when the catalogue has one that nothing shows, or when the compiled file is not of this catalogue. `... write` adds
what is new to the catalogue, empty, takes out what is gone, and compiles it.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path("src/tequio")
CATALOG = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEADER = "Language: en\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"

_TAG = re.compile(r"""\{%\s*trans(?:late)?\s+(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
_BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b(?P<options>[^%]*)%\}(?P<text>.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.S)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_PLACE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}


class Unreadable(Exception):
    """A text or a catalogue that this program does not understand."""


def main(words: list[str]) -> int:
    """Run `check` or `write`. Returns the exit status."""
    if words not in (["check"], ["write"]):
        print("python tools/messages.py check|write", file=sys.stderr)
        return 2
    try:
        used = texts(SOURCE)
        known = read_catalog(CATALOG)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 1
    if words == ["write"]:
        write(used, known)
        return 0
    faults = list(check(used, known))
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"messages: {len(used)} texts, each with its English")
    return 1 if faults else 0


def texts(source: Path) -> dict[str, list[str]]:
    """Every text that is shown through gettext: {text: [file:line, ...]}. Raises Unreadable."""
    found: dict[str, list[str]] = {}
    for path in sorted(source.rglob("*.html")):
        for text, line in _of_template(path):
            found.setdefault(text, []).append(f"{path}:{line}")
    for path in sorted(source.rglob("*.py")):
        for text, line in _of_module(path):
            found.setdefault(text, []).append(f"{path}:{line}")
    return found


def check(used: dict[str, list[str]], known: dict[str, str]) -> Iterator[str]:
    """What is wrong with the catalogue, one line each."""
    for text, places in used.items():
        if not known.get(text):
            yield f"{places[0]}: no English for «{text}» (python tools/messages.py write)"
        elif sorted(_PLACE.findall(text)) != sorted(_PLACE.findall(known[text])):
            yield f"{places[0]}: the English of «{text}» has other placeholders"
    yield from (f"{CATALOG}: nothing shows «{text}»" for text in known if text not in used)
    compiled = CATALOG.with_suffix(".mo")
    if not compiled.is_file() or compiled.read_bytes() != compile_catalog(known):
        yield f"{compiled}: not compiled from this catalogue (python tools/messages.py write)"


def write(used: dict[str, list[str]], known: dict[str, str]) -> None:
    """Bring catalogue and compiled file to the texts in use."""
    kept = {text: known.get(text, "") for text in used}
    entries = [_entry("", HEADER, [])] + [_entry(text, kept[text], used[text]) for text in kept]
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    CATALOG.write_text("\n".join(entries), encoding="utf-8")
    CATALOG.with_suffix(".mo").write_bytes(compile_catalog(kept))
    print(f"messages: {len(kept)} texts, {sum(not english for english in kept.values())} without English")


def read_catalog(path: Path) -> dict[str, str]:
    """{text: English} of a .po file of simple entries. Raises Unreadable."""
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    parts: dict[str, str] = {}
    last = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        word, _, quoted = line.partition('"')
        last = word.strip() or last
        if last not in {"msgid", "msgstr"}:
            raise Unreadable(f"{path}:{number}: only msgid and msgstr are understood")
        if word.strip() == "msgid":
            parts = {}
        parts[last] = parts.get(last, "") + str(ast.literal_eval('"' + quoted))
        if last == "msgstr" and parts["msgid"]:
            found[parts["msgid"]] = parts["msgstr"]
    return found


def compile_catalog(known: dict[str, str]) -> bytes:
    """The .mo form (GNU gettext manual, "MO Files"): two tables of (length, offset), then the texts. Untranslated: left out."""
    pairs = sorted((text.encode(), english.encode()) for text, english in ({"": HEADER} | known).items() if english)
    start = 28 + 16 * len(pairs)
    tables: list[bytes] = []
    body = b""
    for side in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[side]), start + len(body)))
            body += pair[side] + b"\0"
    head = struct.pack("<IIIIIII", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + b"".join(tables) + body


def _of_template(path: Path) -> Iterator[tuple[str, int]]:
    source = path.read_text(encoding="utf-8")
    for tag in _TAG.finditer(source):
        yield tag["double"] or tag["single"] or "", source.count("\n", 0, tag.start()) + 1
    for block in _BLOCK.finditer(source):
        line = source.count("\n", 0, block.start()) + 1
        if "count" in block["options"].split() or "{%" in block["text"]:
            raise Unreadable(f"{path}:{line}: plurals are not understood: write two texts")
        text = _VARIABLE.sub(r"%(\1)s", block["text"])
        trimmed = "trimmed" in block["options"].split()
        yield " ".join(part.strip() for part in text.strip().splitlines()) if trimmed else text, line


def _of_module(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS and node.args:
            first = node.args[0]
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                raise Unreadable(f"{path}:{node.lineno}: a text to translate must be written whole")
            yield first.value, node.lineno


def _entry(text: str, english: str, places: list[str]) -> str:
    files = sorted({place.rpartition(":")[0] for place in places})
    return "".join(f"#: {name}\n" for name in files) + f"msgid {_quoted(text)}\nmsgstr {_quoted(english)}\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
