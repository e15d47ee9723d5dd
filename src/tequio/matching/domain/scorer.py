"""The scorer: an ordered list of features, whose weights in bits are added. Symmetric, additive, and explained.

Two subjects without anything in common have a score of zero or less. Evidence that agrees never lowers a score. One compiled
function weighs every pair, wherever it is asked from: the index in memory, the live search, screening, an explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.bands import band_of
from tequio.matching.domain.compiled import compiled, inlined, record
from tequio.matching.domain.explanation import NAME_ONLY, Evidence, Explanation, sentence_of
from tequio.matching.domain.features import FEATURES, LEVELS, MISSING_BOTH, MISSING_ONE
from tequio.matching.domain.features.aliases import weigh as weigh_aliases
from tequio.matching.domain.features.base import EQUAL, FEATURE_COUNT, FINDINGS, NEAR, Level, Place
from tequio.matching.domain.features.births import weigh as weigh_births
from tequio.matching.domain.features.births import weigh_age
from tequio.matching.domain.features.codes import weigh_curp, weigh_rfc, weigh_sex, weigh_state
from tequio.matching.domain.features.contacts import weigh_contacts, weigh_places
from tequio.matching.domain.features.names import weigh as weigh_names
from tequio.matching.domain.features.similarity import SCRATCH
from tequio.matching.domain.model import WEIGHTS, Model, Weight, Weights, shipped
from tequio.matching.domain.packing import SECTIONS, Pooled, pool, read_sections
from tequio.matching.domain.rarity import PRIOR, Context
from tequio.matching.domain.sharing import shared_name
from tequio.people.domain import Subject

IDENTIFYING = tuple(feature.identifying for feature in FEATURES)
_MISSING = frozenset({MISSING_ONE, MISSING_BOTH})
NAME_ALONE_STEP = 4
"""Where nothing but the name speaks, bits above NAME_ALONE_KNEE count one for this many: a namesake looks just so."""


BENCH = record([("left", SECTIONS), ("right", SECTIONS), ("findings", FINDINGS), ("scratch", SCRATCH)])
"""Room for weighing one pair at a time."""


def new_bench() -> NDArray[Any]:
    """Room for one thread, as an array of one record."""
    return np.zeros(1, BENCH)


CAPPED, EXACT = 1, 2
"""Flags of a pair: its band is kept low (conflict, or nothing but the name); an exact look-up (code, or name and date)."""


class Findings(NamedTuple):
    """Findings of many pairs, one line a pair; see `features.base.FINDINGS`."""

    centibits: NDArray[np.int32]
    level: NDArray[np.uint8]
    conflict: NDArray[np.uint8]
    used: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    """CAPPED, EXACT: one number a pair."""


@inlined
def has_exact_code(found: Any) -> bool:
    """Whether an equal CURP or RFC speaks for the pair."""
    by_curp = found.level[Place.CURP] == Level.EQUAL
    return by_curp or (found.level[Place.RFC] == Level.EQUAL and found.centibits[Place.RFC] > 0)


@inlined
def flags_of(found: Any) -> int:
    """CAPPED and EXACT of the pair whose findings these are."""
    identified, conflict = False, False
    for place in range(FEATURE_COUNT):
        identified = identified or (IDENTIFYING[place] and found.centibits[place] > 0)
        conflict = conflict or found.conflict[place] > 0
    exact = has_exact_code(found) or (found.level[Place.NAME] == Level.EQUAL and found.level[Place.BIRTH_DATE] == Level.EQUAL)
    return (0 if identified and not conflict else CAPPED) | (EXACT if exact else 0)


@inlined
def weigh_rows(a: Any, b: Any, bench: Any, weights: Any) -> int:
    """Weigh the rows whose sections stand in the bench. Findings stay there. Returns the score in hundredths of a bit."""
    left, right, found = bench.left, bench.right, bench.findings
    for k in range(WEIGHTS):
        found.used[k] = 0
    for place in range(FEATURE_COUNT):
        found.conflict[place] = 0
    weigh_names(a, left, b, right, weights, bench.scratch, found)
    weigh_aliases(a, left, b, right, weights, bench.scratch, found)
    weigh_births(a, left, b, right, weights, found)
    weigh_age(a, left, b, right, weights, found)
    weigh_sex(left, right, weights, found)
    weigh_state(left, right, weights, found)
    weigh_curp(a, left, b, right, weights, bench.scratch, found)
    weigh_rfc(a, left, b, right, weights, bench.scratch, found)
    weigh_contacts(a, left, b, right, weights, found)
    weigh_places(a, left, b, right, weights, found)
    exact = has_exact_code(found)
    identified = False
    for place in range(FEATURE_COUNT):
        identified = identified or (IDENTIFYING[place] and found.centibits[place] > 0)
    if exact and found.centibits[Place.NAME] < weights[Weight.NAME_BESIDE_IDENTIFIER]:
        found.centibits[Place.NAME] = weights[Weight.NAME_BESIDE_IDENTIFIER]
    over = found.centibits[Place.NAME] - weights[Weight.NAME_ALONE_KNEE]
    if not identified and over > 0:
        found.centibits[Place.NAME] -= over - over // NAME_ALONE_STEP
    total = 0
    for place in range(FEATURE_COUNT):
        total += found.centibits[place]
    if exact and total < weights[Weight.IDENTIFIER_AT_LEAST]:
        place = Place.CURP if found.level[Place.CURP] == Level.EQUAL else Place.RFC
        found.centibits[place] += weights[Weight.IDENTIFIER_AT_LEAST] - total
        total = weights[Weight.IDENTIFIER_AT_LEAST] + 0
    return total


@compiled
def weigh_pairs(a: Any, rows_a: Any, b: Any, rows_b: Any, weights: Any, benches: Any, out: Any) -> None:
    """Scores of pairs of rows, into `out`, in hundredths of a bit. O(pairs), about a microsecond each."""
    bench = benches[0]
    for k in range(rows_a.size):
        read_sections(a.words, a.starts[rows_a[k]], bench.left)
        read_sections(b.words, b.starts[rows_b[k]], bench.right)
        out[k] = weigh_rows(a, b, bench, weights)


@compiled
def find_all(a: Any, rows_a: Any, b: Any, rows_b: Any, weights: Any, benches: Any, lines: Any) -> None:
    """The findings of pairs of rows, one line a pair, for explaining and for fitting."""
    bench = benches[0]
    for k in range(rows_a.size):
        read_sections(a.words, a.starts[rows_a[k]], bench.left)
        read_sections(b.words, b.starts[rows_b[k]], bench.right)
        weigh_rows(a, b, bench, weights)
        lines.used[k] = bench.findings.used
        lines.centibits[k] = bench.findings.centibits
        lines.level[k] = bench.findings.level
        lines.conflict[k] = bench.findings.conflict
        lines.flags[k] = flags_of(bench.findings)


Rows = NDArray[np.int64]
_ONE = np.zeros(1, np.int64)


def scores(a: Pooled, rows_a: Rows, b: Pooled, rows_b: Rows, model: Model) -> NDArray[np.int32]:
    """Scores of pairs of rows of two pools, in hundredths of a bit."""
    out = np.zeros(len(rows_a), np.int32)
    weigh_pairs(a, rows_a, b, rows_b, model.weights, new_bench(), out)
    return out


def findings(a: Pooled, rows_a: Rows, b: Pooled, rows_b: Rows, weights: Weights) -> Findings:
    """Findings of pairs of rows of two pools, one line a pair."""
    pairs = len(rows_a)
    lines = Findings(
        np.zeros((pairs, FEATURE_COUNT), np.int32),
        np.zeros((pairs, FEATURE_COUNT), np.uint8),
        np.zeros((pairs, FEATURE_COUNT), np.uint8),
        np.zeros((pairs, WEIGHTS), np.uint8),
        np.zeros(pairs, np.uint8),
    )
    find_all(a, rows_a, b, rows_b, weights, new_bench(), lines)
    return lines


def _pooled(pairs: Sequence[tuple[Subject, Subject]], context: Context) -> tuple[Pooled, Rows, Rows]:
    """The subjects of some pairs, each packed once, and the rows of both sides."""
    row_of: dict[int, int] = {}
    held: list[Subject] = []
    rows = []
    for pair in pairs:
        for subject in pair:
            row = row_of.setdefault(id(subject), len(held))
            if row == len(held):
                held.append(subject)
            rows.append(row)
    sides = np.array(rows, np.int64).reshape(-1, 2)
    return pool(held, context), np.ascontiguousarray(sides[:, 0]), np.ascontiguousarray(sides[:, 1])


def weigh_many(
    pairs: Sequence[tuple[Subject, Subject]], context: Context = PRIOR, model: Model | None = None
) -> NDArray[np.int32]:
    """Scores of many pairs, in hundredths of a bit: as `weigh`. Some 10 microseconds a distinct subject, 1 a pair."""
    pooled, left, right = _pooled(pairs, context)
    return scores(pooled, left, pooled, right, model or shipped())


def compare_many(
    pairs: Sequence[tuple[Subject, Subject]], context: Context = PRIOR, model: Model | None = None
) -> list[Explanation]:
    """Explanations of many pairs: what `compare` gives for each."""
    chosen = model or shipped()
    pooled, left, right = _pooled(pairs, context)
    found = findings(pooled, left, pooled, right, chosen.weights)
    return [explain(a, b, found, line, context, chosen) for line, (a, b) in enumerate(pairs)]


def weigh(a: Subject, b: Subject, context: Context = PRIOR, model: Model | None = None) -> int:
    """Score alone, in hundredths of a bit: what `compare` gives, without its words. Many pairs: `weigh_many`."""
    return int(scores(pool([a], context), _ONE, pool([b], context), _ONE, model or shipped())[0])


def compare(a: Subject, b: Subject, context: Context = PRIOR, model: Model | None = None) -> Explanation:
    """Compare two subjects and explain the result. `compare(a, b).score == compare(b, a).score`. Never raises.

    The score is a suggestion in bits; bands are the model's. A person decides.
    """
    chosen = model or shipped()
    found = findings(pool([a], context), _ONE, pool([b], context), _ONE, chosen.weights)
    return explain(a, b, found, 0, context, chosen)


def shown(subject: Subject) -> tuple[str, ...]:
    """What a reviewer reads of a subject, feature by feature."""
    return tuple([feature.show(subject) for feature in FEATURES])


def explain(
    a: Subject, b: Subject, found: Findings, line: int, context: Context, model: Model, left: Sequence[str] | None = None
) -> Explanation:
    """Put the findings of one pair into words. `left`: what is shown of `a`, where one is compared with many."""
    centibits, levels, numbers = (part[line].tolist() for part in (found.centibits, found.level, found.conflict))
    sides = zip(left if left is not None else shown(a), shown(b), strict=True)
    features = tuple(
        [
            Evidence(feature.name, one, other, LEVELS[level], bits, feature.conflicts[number - 1] if number else "")
            for feature, (one, other), level, bits, number in zip(FEATURES, sides, levels, centibits, numbers, strict=True)
        ]
    )
    capped = bool(found.flags[line] & CAPPED)
    total = sum(centibits)
    conflicts = tuple([e.conflict for e in features if e.conflict])
    missing = tuple([e.feature for e in features if e.level in _MISSING])
    name = features[Place.NAME]
    named = name.centibits > 0 and name.level in (EQUAL, NEAR)
    name_only = named and capped and not conflicts and min(centibits) >= 0
    label = NAME_ONLY if name_only else ""
    band = band_of(total / 100, model.bands, at_most_possible=capped)
    sentence = sentence_of(band, features, label, shared_name(a, b, context))
    return Explanation(total / 100, band, features, conflicts, missing, label, sentence, model.version)
