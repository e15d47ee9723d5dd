"""Identifiers that sort by time of birth (UUID version 7, RFC 9562), so that index pages fill in order."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """One new identifier."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[UUID]:
    """`count` new identifiers of the same millisecond, strictly increasing. O(count)."""
    millis = time.time_ns() // 1_000_000
    start = int.from_bytes(os.urandom(8), "big") & ((1 << 61) - 1)
    out = []
    for offset in range(count):
        low = start + offset
        value = (millis << 80) | (0x7 << 76) | ((low >> 50) & 0xFFF) << 64 | (0b10 << 62) | _spread(low)
        out.append(UUID(int=value))
    return out


def _spread(low: int) -> int:
    """The lower 62 bits: 50 that count and 12 that only add distance between processes."""
    return ((low & ((1 << 50) - 1)) << 12) | (int.from_bytes(os.urandom(2), "big") & 0xFFF)
