"""Candidates by equal keys: groups of records read from the rarest to the most common until the budget is spent.

The same rule for the index in memory and for the one in the database: groups in order of size, the last one read in part, the
candidates that share the rarest keys weighed in full. An answer says when something was left unread.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.compiled import compiled, inlined
from tequio.matching.domain.key_room import KeyRoom, new_key_room
from tequio.matching.domain.keys import put_keys
from tequio.matching.domain.packing import read_sections
from tequio.matching.domain.scorer import EXACT, flags_of, new_bench, weigh_rows

READ_FOR_EACH, WEIGHED_OF_EACH = 4, 2
"""A budget of 300 reads at most 1,200 keys and weighs at most 150 of the candidates they bring: reading is cheap."""

FIRST_WEIGHED = 20
"""Candidates weighed before looking whether the answer is clear, those sharing the rarest keys first."""

CLEAR = 3_000
"""Score, in hundredths of a bit, from which on an answer is clear: those that share only commoner keys are not weighed."""

MOST_KEYS_IN_ORDER = 1 << 10
EXACT_FIRST = 1 << 20
"""Added to a score when sorting: an equal identifier, or equal name and date, is never ranked below a fuzzy match."""


class KeyTable(NamedTuple):
    """Keys in order, the row of each, and where each run of leading bits begins. 8 bytes a key and a directory."""

    keys: NDArray[np.uint32]
    rows: NDArray[np.uint32]
    directory: NDArray[np.int64]
    shift: int


def key_table(keys: NDArray[np.uint32], rows: NDArray[np.uint32]) -> KeyTable:
    """Sort keys. O(n log n); a look-up then costs a few memory reads, whatever n."""
    order = np.argsort(keys, kind="stable")
    sorted_keys, sorted_rows = keys[order], rows[order]
    bits = min(24, max(4, len(keys).bit_length() - 2))
    edges = np.arange(1 << bits, dtype=np.uint64) << np.uint64(32 - bits)
    directory = np.append(np.searchsorted(sorted_keys, edges.astype(np.uint32)), len(keys)).astype(np.int64)
    return KeyTable(sorted_keys, sorted_rows, directory, 32 - bits)


class Shelf(NamedTuple):
    """The tables that are looked up: the large one, the small one of what came later, and which rows still count."""

    main: KeyTable
    tail: KeyTable
    alive: NDArray[np.uint8]


class Asking(NamedTuple):
    """Room for one query at a time; one for each thread."""

    keys: KeyRoom
    bench: NDArray[Any]
    start: NDArray[np.int64]
    size: NDArray[np.int64]
    slots: NDArray[np.int32]
    rows: NDArray[np.int64]
    rarity: NDArray[np.float32]
    found: NDArray[np.int64]


def new_asking(budget: int) -> Asking:
    """Room for queries of a budget."""
    room = new_key_room()
    most = budget * READ_FOR_EACH
    slots = 1 << max(10, (2 * most).bit_length())
    return Asking(
        room,
        new_bench(),
        np.zeros((2, len(room.keys)), np.int64),
        np.zeros((2, len(room.keys)), np.int64),
        np.zeros(slots, np.int32),
        np.zeros(most + 1, np.int64),
        np.zeros(most + 1, np.float32),
        np.zeros(8, np.int64),
    )


class Answers(NamedTuple):
    """Best rows of each query, best first, -1 where there are no more."""

    rows: NDArray[np.int64]
    scores: NDArray[np.int32]
    flags: NDArray[np.uint8]
    cut: NDArray[np.uint8]


@inlined
def _look_up(table: Any, key: Any) -> tuple[int, int]:
    """(first place, size) of a key's group."""
    run = np.int64(key) >> table.shift
    low, high, end = table.directory[run], table.directory[run + 1], table.directory[run + 1]
    while low < high:
        middle = (low + high) >> 1
        if table.keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    first = low
    while low < end:
        middle = (low + end) >> 1
        if table.keys[middle] == key:
            low = middle + 1
        else:
            end = middle
    return first, end - first


@inlined
def _collect(row: Any, rarity: Any, asking: Any, count: int) -> int:
    """Add a meeting to the candidates; how many candidates there are then."""
    mask = asking.slots.size - 1
    slot = (row * 2654435761) & mask
    while asking.slots[slot] != 0:
        at = asking.slots[slot] - 1
        if asking.rows[at] == row:
            asking.rarity[at] += rarity
            return count
        slot = (slot + 1) & mask
    asking.slots[slot] = count + 1
    asking.rows[count] = row
    asking.rarity[count] = rarity
    return count + 1


@compiled
def gather(side: Any, row: int, shelf: Any, budget: int, living: int, asking: Any) -> tuple[int, bool]:
    """Candidates of a row into `asking`: (how many, whether some were left unread)."""
    size, start = asking.size, asking.start
    count = put_keys(side, row, asking.keys)
    for k in range(count):
        start[0, k], size[0, k] = _look_up(shelf.main, asking.keys.keys[k])
        size[1, k] = 0
        if shelf.tail.keys.size > 0:
            start[1, k], size[1, k] = _look_up(shelf.tail, asking.keys.keys[k])
    groups = size[0, :count] + size[1, :count]
    order = np.argsort(groups * MOST_KEYS_IN_ORDER + np.arange(count))
    asking.slots[:] = 0
    left, met, cut = budget, 0, False
    for k in order:
        cut = cut or groups[k] > left
        rarity = np.float32(np.log2((living + 1.0) / groups[k]))
        for which in range(2):
            rows = shelf.main.rows if which == 0 else shelf.tail.rows
            for at in range(start[which, k], start[which, k] + min(size[which, k], left)):
                left -= 1
                if shelf.alive[rows[at]]:
                    met = _collect(rows[at] + 0, rarity, asking, met)
    return met, cut


@inlined
def _is_better(score: int, row: int, other: int, other_row: int) -> bool:
    return score > other or (score == other and row < other_row)


@inlined
def _keep(score: int, row: int, flags: int, answers: Any, query: int) -> None:
    """Put a weighed row in its place among the best."""
    rows, scores, limit = answers.rows[query], answers.scores[query], answers.rows.shape[1]
    sorting = score + (EXACT_FIRST if flags & EXACT else 0)
    place = limit
    while place > 0:
        held = rows[place - 1]
        raised = scores[place - 1] + (EXACT_FIRST if answers.flags[query, place - 1] & EXACT else 0)
        if held >= 0 and not _is_better(sorting, row, raised, held):
            break
        place -= 1
    if place == limit:
        return
    for k in range(limit - 1, place, -1):
        rows[k], scores[k], answers.flags[query, k] = rows[k - 1], scores[k - 1], answers.flags[query, k - 1]
    rows[place], scores[place], answers.flags[query, place] = row, score, flags


@compiled
def rarest_first(rarity: Any, most: int) -> Any:
    """The places of the greatest values, greatest first and of equals the earlier. Sorting all costs what weighing does."""
    count = rarity.size
    if count <= most:
        return np.argsort(-rarity, kind="mergesort")
    edge = np.partition(rarity, count - most)[count - most]
    out = np.empty(most, np.int64)
    room, kept = most, 0
    for place in range(count):
        room -= rarity[place] > edge
    for place in range(count):
        if rarity[place] > edge or (rarity[place] == edge and room > 0):
            room -= rarity[place] == edge
            out[kept] = place
            kept += 1
    return out[np.argsort(-rarity[out], kind="mergesort")]


@compiled
def ask(side: Any, base: Any, shelf: Any, budget: int, weights: Any, asking: Any, answers: Any) -> None:
    """Answer every row of a pool. Some 150 to 250 microseconds a query at a budget of 300, whatever the size of the base."""
    living, bench = shelf.alive.sum(), asking.bench[0]
    for query in range(side.starts.size - 1):
        met, cut = gather(side, query, shelf, budget * READ_FOR_EACH, living, asking)
        most = min(met, (budget + 1) // WEIGHED_OF_EACH)
        chosen = np.arange(met)
        if met > FIRST_WEIGHED:
            chosen = rarest_first(asking.rarity[:met], most)
        read_sections(side.words, side.starts[query], bench.left)
        best = 0
        for place in range(most):
            if place == FIRST_WEIGHED and best >= CLEAR:
                break
            row = asking.rows[chosen[place]]
            read_sections(base.words, base.starts[row], bench.right)
            score = weigh_rows(side, base, bench, weights)
            best = max(best, score)
            _keep(score, row, flags_of(bench.findings), answers, query)
        answers.cut[query] = cut or (met > most and best < CLEAR)
