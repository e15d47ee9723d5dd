"""Blocks of sorted postings as bytes, and back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BLOCK = 124
"""Postings of a full block. Twelve such rows, of five bytes a posting, fill a page of 8 KiB to 99 %."""
KEYS = 1 << 32
LOWEST = -(1 << 31)
_AT_ONCE = 2_048
"""Blocks encoded at once: what a processor's cache holds."""
_HEAD = 5

Postings = NDArray[np.int64]
"""key << 32 | entry, ascending: key any signed 32-bit integer, entry from 0 to 2^31 - 1."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A sorted run of postings. Those of one entry are all in one segment; ranges of entries may overlap where two
    transactions wrote at once."""

    id: int
    first_entry: int
    last_entry: int
    postings: int


def postings_of(entries: NDArray[np.int64], offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> Postings:
    """Sorted postings of a batch: entry i has keys[offsets[i]:offsets[i + 1]]. O(n log n)."""
    return np.sort((keys.astype(np.int64) << 32) | np.repeat(entries, np.diff(offsets)))


@lru_cache(maxsize=64)
def _payload(count: int, key_width: int, entry_width: int) -> np.dtype[np.void]:
    """A block: its widths and base; each key above the block's first; each entry above the base, its low half and the rest."""
    keys, rest = ("<u2", "<u4")[key_width // 4], ("u1", "<u2")[entry_width - 3]
    return np.dtype(
        [("widths", "u1"), ("base", "<i4"), ("keys", keys, (count,)), ("low", "<u2", (count,)), ("high", rest, (count,))]
    )


@lru_cache(maxsize=64)
def _row(count: int, key_width: int, entry_width: int) -> np.dtype[np.void]:
    """A block as a row of COPY's binary form: number of columns, then length and value of each."""
    columns = [(f"{part}{name}", ">i4") for name in ("segment", "last_key", "last_entry", "first_key") for part in ("n_", "")]
    payload = _payload(count, key_width, entry_width)
    return np.dtype([("columns", ">i2"), *columns, ("n_payload", ">i4"), ("payload", payload)])


def blocks_of(segment: Segment, postings: Postings, block: int = BLOCK) -> Iterator[bytes]:
    """Sorted postings of a segment as rows of COPY's binary form, without its header and trailer. O(n)."""
    whole = len(postings) // block * block
    for at in range(0, whole, block * _AT_ONCE):
        yield from _rows(segment, postings[at : min(whole, at + block * _AT_ONCE)].reshape(-1, block))
    if whole < len(postings):
        yield from _rows(segment, postings[whole:].reshape(1, -1))


def _rows(segment: Segment, blocks: Postings) -> Iterator[bytes]:
    keys = blocks >> 32
    above = (blocks & (KEYS - 1)) - segment.first_entry
    entry_width = 3 if segment.last_entry - segment.first_entry < 1 << 24 else 4
    near = keys[:, -1] - keys[:, 0] < 1 << 16
    for key_width, which in ((2, near), (4, ~near)):
        of = np.flatnonzero(which)
        if not len(of):
            continue
        k, e = (keys, above) if len(of) == len(keys) else (keys[of], above[of])
        rows = np.empty(len(of), _row(blocks.shape[1], key_width, entry_width))
        rows["columns"], rows["n_payload"] = 5, rows.dtype["payload"].itemsize
        last = e[:, -1] + segment.first_entry
        for name, values in (("segment", segment.id), ("last_key", k[:, -1]), ("last_entry", last), ("first_key", k[:, 0])):
            rows["n_" + name], rows[name] = 4, values
        payload = rows["payload"]
        payload["widths"], payload["base"] = key_width << 4 | entry_width, segment.first_entry
        payload["keys"] = k - k[:, :1]
        payload["low"] = e & 0xFFFF
        payload["high"] = e >> 16
        yield rows.tobytes()


def decode(rows: Iterable[tuple[int, bytes]]) -> Postings:
    """All postings of blocks given as (first key, block), in no order. O(n)."""
    alike: dict[tuple[int, int], tuple[list[int], list[bytes]]] = {}
    for first_key, block in rows:
        firsts, blocks = alike.setdefault((len(block), block[0]), ([], []))
        firsts.append(first_key)
        blocks.append(block)
    found = [np.empty(0, np.int64)]
    for (length, widths), (firsts, blocks) in alike.items():
        payload = np.frombuffer(b"".join(blocks), _payload(count_of(length, widths), widths >> 4, widths & 15))
        start = (np.array(firsts, np.int64) << 32) + payload["base"]
        keys = payload["keys"].astype(np.int64)
        keys <<= 32
        keys += start[:, None]
        keys += payload["low"]
        keys += payload["high"].astype(np.int64) << 16
        found.append(keys.ravel())
    return np.concatenate(found)


def count_of(length: int, widths: int) -> int:
    """Postings of a block of that many bytes."""
    return (length - _HEAD) // ((widths >> 4) + (widths & 15))
