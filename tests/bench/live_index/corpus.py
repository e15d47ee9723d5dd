"""Keys of any number of records, distributed as those of real names: of a million people made whole, and of copies of them.

A copy keeps a key with the probability that another million people would have it too, by how many of the first million do
(measured on halves of that million: of the keys that one record has, a fifth come back; of those that eleven have, all). It
has a key of its own instead otherwise. So common keys grow with the base and unique ones stay unique.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import polars
from numpy.typing import NDArray

from tequio.demo.domain import Nation, as_subject
from tequio.matching import keys
from tequio.people.domain import Subject

WHOLE = 1_000_000
"""People made whole at most."""
QUERIES = 2_000
_SHARED = np.array([0, 0.2, 0.55, *[0.82] * 3, *[0.98] * 5, 1.0])
"""Probability that a copy shares a key, by how many of the people made whole have it."""

Batch = tuple[NDArray[np.int64], NDArray[np.int32]]
"""Offsets and keys: entry i has keys[offsets[i]:offsets[i + 1]]."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Keys of people, how likely each is shared by a copy, and keys of questions about some of them."""

    offsets: NDArray[np.int64]
    keys: NDArray[np.int32]
    shared: NDArray[np.float32]
    queries: list[list[int]]

    def batch(self, first: int, size: int) -> Batch:
        """Keys of records first ... first + size - 1. A batch lies in one copy if sizes divide the number of people."""
        copy, start = divmod(first, len(self.offsets) - 1)
        offsets = self.offsets[start : start + size + 1]
        here = slice(offsets[0], offsets[-1])
        found = self.keys[here]
        if copy:
            mixed = _mix(found.view(np.uint32).astype(np.uint64) + np.uint64(copy << 32))
            lot = (mixed >> np.uint64(40)).astype(np.float32) / (1 << 24)
            own = (mixed & np.uint64(0xFFFFFFFF)).astype(np.uint32).view(np.int32)
            found = np.where(lot < self.shared[here], found, own)
        return offsets - offsets[0], found


def load(people: Path | None, records: int, folder: Path) -> Corpus:
    """The corpus from a folder of the shared benchmark (records.parquet, queries.parquet), else from the synthetic nation.

    Keys are computed once and kept in `folder`.
    """
    count = min(records, WHOLE)
    kept = folder / f"keys-{people.name if people else 'nation'}-{count}.npz"
    if not kept.exists():
        subjects, questions = _of_benchmark(people, count) if people else _of_nation(count)
        offsets, found = _table(subjects)
        asked_offsets, asked = _table(questions)
        np.savez(kept, offsets=offsets, keys=found, asked_offsets=asked_offsets, asked=asked)
    with np.load(kept) as file:
        offsets, found, asked_offsets, asked = (file[name] for name in ("offsets", "keys", "asked_offsets", "asked"))
    _, inverse, counts = np.unique(found, return_inverse=True, return_counts=True)
    shared = _SHARED[np.minimum(counts, len(_SHARED) - 1)][inverse].astype(np.float32)
    queries = [asked[a:b].tolist() for a, b in zip(asked_offsets, asked_offsets[1:], strict=False)]
    return Corpus(offsets, found, shared, [query for query in queries if query])


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A random-looking number of each number, always the same (the finaliser of splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _table(subjects: Iterator[Subject]) -> Batch:
    lengths, parts = [0], [np.empty(0, np.int32)]
    for subject in subjects:
        found = np.array(sorted(keys(subject)), np.int32)
        lengths.append(len(found))
        parts.append(found)
    return np.cumsum(np.array(lengths, np.int64)), np.concatenate(parts)


def _of_benchmark(folder: Path, count: int) -> tuple[Iterator[Subject], Iterator[Subject]]:
    records = polars.read_parquet(folder / "records.parquet").head(count)
    queries = polars.read_parquet(folder / "queries.parquet")
    some = queries.gather_every(max(1, len(queries) // QUERIES))
    return map(_as_subject, records.iter_rows(named=True)), map(_as_subject, some.iter_rows(named=True))


def _as_subject(row: dict[str, Any]) -> Subject:
    return Subject.from_fields(
        given=row["given"],
        paternal=row["pat"],
        maternal=row["mat"],
        sex=row["sex"],
        birth_date=row["dob"],
        birth_state=row["state"] or None,
        curp=row["curp"],
        rfc=row["rfc"],
        aliases=_several(row["alias"]),
        phones=_several(row["phone"]),
        plates=_several(row["plate"]),
    )


def _several(value: str | Sequence[str] | None) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value or ()


def _of_nation(count: int) -> tuple[Iterator[Subject], Iterator[Subject]]:
    made = Nation(7).targets(count)
    again = islice(Nation(7).targets(count), 0, None, max(1, count // QUERIES))
    return map(as_subject, made), map(as_subject, again)
