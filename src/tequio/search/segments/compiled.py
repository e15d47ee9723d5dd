"""Reading what a look-up brought, compiled: where each key's postings are, and which entries.

A look-up comes as one value, parts one after another, numbers as PostgreSQL sends them (most significant byte first):

    key      which of those asked for, from 1          4 bytes
    kind     READ, COUNTED or BEYOND                   4
    first    first key of the block; COUNTED: blocks   4
    length   bytes of the block                        4
    block    see `blocks`
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tequio.matching.domain.compiled import compiled, inlined

READ, COUNTED, BEYOND = 0, 1, 2
"""A block to be read; how many more blocks hold nothing else; the block after those, read for how much of the key it has."""
HEAD = 16
"""Bytes of a part before its block."""
RUN = 5
"""Numbers of a run: key, where its block begins in the value and its length, first and last place but one in it."""
_BLOCK_HEAD = 5
"""Bytes of a block before its keys."""
_INT: Any = np.int64
"""Compiled code reckons in floating point where signed numbers meet unsigned ones."""


@inlined
def _sent(value: Any, at: int) -> Any:
    """A signed number as PostgreSQL sends it."""
    number = _INT(value[at]) << 24 | _INT(value[at + 1]) << 16 | _INT(value[at + 2]) << 8 | _INT(value[at + 3])
    return number - (1 << 32) if number >= 1 << 31 else number


@inlined
def _kept(value: Any, at: int, width: int) -> Any:
    """A number as blocks keep it."""
    number = _INT(value[at])
    for byte in range(1, width):
        number |= _INT(value[at + byte]) << (8 * byte)
    return number


@inlined
def _count(length: int, widths: int) -> int:
    """See `blocks.count_of`."""
    return (length - _BLOCK_HEAD) // ((widths >> 4) + (widths & 15))


@inlined
def _place(value: Any, at: int, length: int, wanted: int) -> int:
    """First place of a block whose key, counted from the block's first, is not below the one wanted. O(log n)."""
    widths = _INT(value[at])
    width = widths >> 4
    low, high = 0, _count(length, widths)
    while low < high:
        middle = (low + high) >> 1
        if _kept(value, at + _BLOCK_HEAD + middle * width, width) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def find_runs(value: Any, keys: Any, block: int, sizes: Any, unread: Any, runs: Any) -> int:
    """Read the parts of a look-up. Returns how many runs there are.

    `sizes`: of each key's group; `unread`: how much of it was counted and not read; `block`: postings of a full block.
    """
    count, at = 0, 0
    while at < value.size:
        place, kind = _sent(value, at) - 1, _sent(value, at + 4)
        first, length = _sent(value, at + 8), _sent(value, at + 12)
        at += HEAD
        if kind == COUNTED:
            unread[place] += first * block
        else:
            wanted = _INT(keys[place]) - first
            start, end = _place(value, at, length, wanted), _place(value, at, length, wanted + 1)
            if kind == BEYOND:
                unread[place] += end - start
            elif start < end:
                sizes[place] += end - start
                runs[count, 0], runs[count, 1], runs[count, 2] = place, at, length
                runs[count, 3], runs[count, 4] = start, end
                count += 1
        at += length
    for place in range(sizes.size):
        sizes[place] += unread[place]
    return count


@inlined
def _copy(value: Any, run: Any, out: Any, to: int) -> int:
    """Write the entries of a run into `out`, from a place on. Returns the place after them."""
    at = run[1]
    widths = _INT(value[at])
    count, high_width = _count(run[2], widths), (widths & 15) - 2
    base = _kept(value, at + 1, 4)
    lows = at + _BLOCK_HEAD + count * (widths >> 4)
    highs = lows + 2 * count
    for place in range(run[3], run[4]):
        high = _kept(value, highs + high_width * place, high_width)
        out[to] = base + _kept(value, lows + 2 * place, 2) + (high << 16)
        to += 1
    return to


@compiled
def entries_of(value: Any, runs: Any, place: int) -> Any:
    """The entries read of one key, ascending. O(n log n) in its entries, O(runs)."""
    total = 0
    for k in range(runs.shape[0]):
        if runs[k, 0] == place:
            total += runs[k, 4] - runs[k, 3]
    out = np.empty(total, np.int64)
    at, ordered = 0, True
    for k in range(runs.shape[0]):
        if runs[k, 0] == place:
            at = _copy(value, runs[k], out, at)
    for k in range(1, total):
        ordered = ordered and out[k - 1] <= out[k]
    if not ordered:
        out.sort()
    return out
