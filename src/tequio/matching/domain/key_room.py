"""Where the keys of one row are gathered: their kinds, the room for them, and how a key is made of what it stands for."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.compiled import inlined, record
from tequio.matching.domain.packing import SECTIONS

MOST_KEYS = 480
_MOST_SUMS, _SEEN = 512, 1024


class Kind(IntEnum):
    """Kinds of key."""

    T3 = 1
    T2 = 2
    TI = 3
    T1 = 4
    T0 = 5
    PY = 6
    PD = 7
    TD = 8
    C10 = 9
    C16 = 10
    C14 = 11
    C9 = 12
    PH = 13
    PL = 14
    DO = 15
    TF = 16


class KeyRoom(NamedTuple):
    """Room for the keys of one row: the keys, their kinds, what their names are worth, and what finds repeats."""

    keys: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    worth: NDArray[np.int32]
    seen: NDArray[np.uint32]
    filled: NDArray[np.int64]
    tokens: NDArray[np.int64]
    sums: NDArray[np.uint64]
    parts: NDArray[Any]


def new_key_room() -> KeyRoom:
    """Room for one thread."""
    return KeyRoom(
        np.zeros(MOST_KEYS, np.uint32),
        np.zeros(MOST_KEYS, np.uint8),
        np.zeros(MOST_KEYS, np.int32),
        np.zeros(_SEEN, np.uint32),
        np.zeros(1, np.int64),
        np.zeros(16, np.int64),
        np.zeros(_MOST_SUMS, np.uint64),
        np.zeros(1, record(SECTIONS)),
    )


@inlined
def mixed(value: Any) -> Any:
    """Every bit of the result depends on every bit of the value (the finalizer of SplitMix64, Steele et al. 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@inlined
def emit(room: Any, kind: int, value: Any, worth: int) -> None:
    """Add a key unless it is there already or the row has too many."""
    count = room.filled[0]
    if count == MOST_KEYS:
        return
    key = np.uint32(mixed(value + np.uint64(kind) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32))
    slot = np.int64(key) % _SEEN
    while room.seen[slot] != 0:
        if room.keys[room.seen[slot] - 1] == key:
            return
        slot = (slot + 1) % _SEEN
    room.keys[count], room.kinds[count], room.worth[count] = key, kind, worth
    room.filled[0] = count + 1
    room.seen[slot] = count + 1
