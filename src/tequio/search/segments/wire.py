"""Numbers to and from PostgreSQL in its binary form, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

from tequio.kernel import prepared
from tequio.kernel.prepared import Connection

_INTEGER, _INTEGERS = 23, 1007
"""PostgreSQL's own numbers of the types `integer` and `integer[]`."""
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i4")])
_DIMENSIONS, _NULLS, _FIRST = 1, 0, 1


class Integers:
    """Integers of 32 bits, to be sent as one array: the driver would take ten times as long for a list, number by number."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[int] | NDArray[np.int64]) -> None:
        self.values = values


class _IntegersDumper(Dumper):
    """PostgreSQL's binary form of an array of one dimension."""

    format = Format.BINARY
    oid = _INTEGERS

    def dump(self, obj: Integers) -> Buffer | None:
        rows = np.empty(len(obj.values), _ELEMENT)
        rows["length"], rows["value"] = 4, obj.values
        if not len(rows):
            return pack(">iii", 0, _NULLS, _INTEGER)
        return pack(">iiiii", _DIMENSIONS, _NULLS, _INTEGER, len(rows), _FIRST) + rows.tobytes()


def binary_cursor(connection: Connection) -> psycopg.Cursor[Any]:
    """A cursor that takes Integers, and whose answers come in binary form: blocks come as they are."""
    cursor = prepared.binary_cursor(connection)
    cursor.adapters.register_dumper(Integers, _IntegersDumper)  # of the cursor: a connection may be older than this module
    return cursor
