"""Writes the dictionary of names that damage disguises, and measures it:

    python tools/damaged_names.py dictionary FOLDER     writes src/tequio/people/data/marked_names.csv
    python tools/damaged_names.py report FOLDER         then writes docs/matching-names.md

FOLDER holds the three files of tools/sep_payroll.py.

The dictionary has every name with an Ñ in the files, every name with a marked letter that it had before (those are kept by
hand: a payroll in capitals writes no accents), and every plain name of the files that looks like the damage of one of them.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path

from sep_payroll import DAMAGED, PUT_FOR_ENYE, WORKERS, men, surnames, women

from tequio.kernel.text import LOST, fold, skeletons
from tequio.people.domain.damage import MARKS, images, readings
from tequio.people.domain.names import surname_tokens

ROOT = Path(__file__).resolve().parent.parent
DICTIONARY = ROOT / "src" / "tequio" / "people" / "data" / "marked_names.csv"
REPORT = ROOT / "docs" / "matching-names.md"
SOURCE = """\
## Source

The payroll was published by the Secretaría de Educación Pública in 2012 and counted by github.com/eduardofv/mexican-names (no
licence stated); only counts are used. It is of adults at work, most of them teachers: names given since 1990 are too rare or
missing, surnames weigh as the payrolls of the states do, and names of fewer than five people were left out. The prior of names
(`matching/data/name_shares.csv`, `python tools/name_shares.py FOLDER`) is counted on the same files, given names weighed to
both sexes and carried to people born twelve years later; an unknown name has the share that the tail of rare names points to.
Accents, which capitals do not write, were added to the dictionary by hand."""
_LISTED = 30

Codes = Callable[[str], Iterable[str]]


def sounds(token: str) -> frozenset[str]:
    """Sound codes under which the matcher files a token: those of all its readings."""
    return frozenset(s for reading in readings(token) for s in skeletons(reading))


# --- the dictionary ---


def bearers(folder: Path) -> tuple[Counter[str], set[str]]:
    """Bearers per million of each folded, undamaged word of the files, and the words written with Ñ."""
    per_million: Counter[str] = Counter()
    written: set[str] = set()
    given = [*men(folder), *women(folder)]
    counted = sum(entry.bearers for entry in given)
    words = [(e.text, e.bearers / WORKERS) for e in surnames(folder)] + [(e.text, e.bearers / counted) for e in given]
    for text, share in words:
        for word in text.split():
            folded = fold(word)
            if LOST not in folded:
                per_million[folded] += share * 1e6  # type: ignore[assignment]
                if "Ñ" in word and len(folded) > 2:
                    written.add(word)
    return per_million, written


def kept() -> set[str]:
    """Names with a marked letter that the dictionary has."""
    rows = DICTIONARY.read_text(encoding="utf-8").splitlines()[1:]
    return {name for row in rows if MARKS & set(name := row.split(",")[0])}


def write_dictionary(folder: Path) -> None:
    """Write the dictionary again, the most borne name first."""
    per_million, written = bearers(folder)
    before = kept()
    accented = {_without_accents(name) for name in before if _without_accents(name) != name}
    names = before | (written - accented)  # NÚÑEZ stands for NUÑEZ: its damage is that of both
    disguises = {image for name in names for image in images(name)}
    plain = {image for image in disguises if image in per_million} - {fold(name) for name in names}
    rows = sorted((-per_million[fold(name)], name) for name in names | plain)
    lines = [f"{name},{-share:.1f}" for share, name in rows]
    DICTIONARY.write_text("\n".join(["name,per_million", *lines]) + "\n", encoding="utf-8")
    print(f"{len(names)} marked names, {len(plain)} plain ones that look damaged -> {DICTIONARY}")


def _without_accents(name: str) -> str:
    """The name as a payroll in capitals writes it: without accents, Ñ kept."""
    parts = unicodedata.normalize("NFD", name.replace("Ñ", "\0"))
    return "".join(c for c in parts if unicodedata.category(c) != "Mn").replace("\0", "Ñ")


# --- what it does ---


def damaged_surnames(folder: Path) -> Iterator[tuple[str, int, str]]:
    """(damaged surname, its bearers, what it was written for)."""
    for entry in surnames(folder):
        if DAMAGED.search(entry.text):
            yield entry.text, entry.bearers, PUT_FOR_ENYE.sub("Ñ", entry.text)


def meets(one: str, other: str) -> bool:
    """Whether two surnames share a sound code in each of their tokens."""
    left, right = fold(one).split(), fold(other).split()
    return len(left) == len(right) and all(sounds(a) & sounds(b) for a, b in zip(left, right, strict=True))


def intact_tokens(folder: Path) -> Counter[str]:
    """Folded tokens of the undamaged surnames, with their bearers."""
    found: Counter[str] = Counter()
    for entry in surnames(folder):
        if not DAMAGED.search(entry.text):
            own, married = surname_tokens(entry.text)
            for token in {*own, *married}:
                found[token] += entry.bearers
    return found


def joined(tokens: Iterable[str], codes: Codes) -> set[tuple[str, str]]:
    """Pairs of different tokens that share a code, each in alphabetical order."""
    together: defaultdict[str, list[str]] = defaultdict(list)
    for token in sorted(tokens):
        for code in codes(token):
            together[code].append(token)
    return {pair for group in together.values() for pair in combinations(group, 2)}


def write_report(folder: Path) -> None:
    """Write docs/matching-names.md."""
    tokens = intact_tokens(folder)
    known = {fold(entry.text) for entry in surnames(folder) if not DAMAGED.search(entry.text)}
    damaged = list(damaged_surnames(folder))
    apart = [text for text, _, original in damaged if not meets(text, original)]
    alone = [text for text, _, original in damaged if fold(original) not in known]
    before, now = joined(tokens, skeletons), joined(tokens, sounds)
    several = Counter(len(readings(token)) for token in tokens)
    weigh = tokens.__getitem__
    pairs = len(tokens) * (len(tokens) - 1) // 2
    lines = [
        "# Damaged surnames meet, and what that costs",
        "",
        "Written by `python tools/damaged_names.py report FOLDER` from the surnames of a public payroll of 2012",
        f"({WORKERS:,} workers; source and caveats: tools/sep_payroll.py). `people.domain.damage.readings` gives the intact",
        "readings of a damaged token; two tokens meet when the skeletons of their readings have one in common.",
        "",
        f"- Damaged surnames in the file: {len(damaged)}, borne {sum(n for _, n, _ in damaged):,} times.",
        f"- That meet the surname they were written for: **{len(damaged) - len(apart)}**. Apart: {_listed(apart)}.",
        f"- Without an intact form in the file, {len(alone)}: {_listed(alone)}.",
        "  They meet the form with Ñ put back, which is a known surname; only N/A is none, and stands for no name.",
        f"- Distinct intact tokens: {len(tokens):,}; with one reading {several[1]:,}, with more {len(tokens) - several[1]}.",
        f"- Of {pairs:,} pairs of them, {len(now):,} share a sound code: by sound alone {len(before):,},",
        f"  joined by a reading **{len(now - before)}**, parted by one {len(before - now)}.",
        "",
        *SOURCE.splitlines(),
        "",
        "## Joined by a reading",
        "",
        "The scorer still compares letters: a shared code only makes two names worth comparing. Each row has a rare name that",
        "is also what damage leaves of another (ACUA of ACUÑA); it keeps its own reading beside that one.",
        "",
        *_pairs(sorted(now - before, key=lambda p: (-min(map(weigh, p)), p)), tokens, None),
        "",
        f"## Joined by sound alone: the {_listed_most(before)} most borne",
        "",
        "By the bearers of the rarer of the two: B and V, S, Z and C, LL and Y, and vowels, which skeletons leave out.",
        "",
        *_pairs(sorted(before, key=lambda p: (-min(map(weigh, p)), p)), tokens, _LISTED),
    ]
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(damaged) - len(apart)} of {len(damaged)} meet; {len(now - before)} joins by a reading -> {REPORT}")


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "none"


def _listed_most(pairs: set[tuple[str, str]]) -> int:
    return min(len(pairs), _LISTED)


def _pairs(pairs: list[tuple[str, str]], tokens: Counter[str], most: int | None) -> list[str]:
    rows = [f"| {a} | {tokens[a]:,} | {b} | {tokens[b]:,} |" for a, b in pairs[:most]]
    return ["| Surname | Bearers | Surname | Bearers |", "|---|---|---|---|", *rows]


def main(words: list[str]) -> int:
    """Do one step. The report is a step of its own: it needs a process that reads the new dictionary."""
    steps = {"dictionary": write_dictionary, "report": write_report}
    if len(words) != 2 or words[0] not in steps:
        print(f"damaged_names.py {'|'.join(steps)} FOLDER", file=sys.stderr)
        return 2
    steps[words[0]](Path(words[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
