"""What one candidate costs: entering, looking up, removing, starting again; on disk too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np
import psutil
import psycopg
from numpy.typing import NDArray

from tests.bench.live_index.corpus import Corpus
from tests.bench.live_index.stores import CAP, Store

BATCH = 5_000
"""Records entered at once."""
READ_EVERY = 0.02
"""Seconds between two look-ups of the reader that runs beside the last fifth of the insertion."""
CHECKED = 200
"""Questions whose groups are compared with a plain count of the keys entered."""
_MEBIBYTE = 1 << 20

Result = dict[str, object]


@dataclass(slots=True)
class Spent:
    """Seconds: of the clock, of processor in this process and in the server (0 where it is not of this machine)."""

    wall: float = 0.0
    python: float = 0.0
    server: float = 0.0
    longest: float = 0.0

    @contextmanager
    def measuring(self, server: Callable[[], float]) -> Iterator[None]:
        """Add what the block takes."""
        wall, python, before = time.perf_counter(), time.process_time(), server()
        yield
        took = time.perf_counter() - wall
        self.wall, self.longest = self.wall + took, max(self.longest, took)
        self.python += time.process_time() - python
        self.server += server() - before

    @property
    def cpu(self) -> float:
        """Seconds of processor."""
        return self.python + self.server


def server_clock(dsn: str) -> Callable[[], float]:
    """Tells the seconds of processor that a PostgreSQL of this machine has used, all its processes together."""
    with psycopg.connect(dsn) as connection:
        postmaster = psutil.Process(connection.info.backend_pid).parent()
    assert postmaster is not None

    def seconds() -> float:
        total = sum(postmaster.cpu_times()[:4])
        for child in postmaster.children():
            try:
                total += sum(child.cpu_times()[:2])
            except psutil.NoSuchProcess:  # it has ended: its time is in its parent's
                continue
        return total

    return seconds


@dataclass(slots=True)
class Counted:
    """How many entries each key of the questions has, counted as they are entered: what a look-up must agree with."""

    keys: NDArray[np.int32]
    entries: NDArray[np.int64]

    @classmethod
    def of(cls, queries: Sequence[Sequence[int]]) -> Counted:
        """Nothing counted yet."""
        found = np.unique(np.array([key for query in queries for key in query], np.int32))
        return cls(found, np.zeros(len(found), np.int64))

    def count(self, keys: NDArray[np.int32]) -> None:
        """Count the keys of entries."""
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        np.add.at(self.entries, at[self.keys[at] == keys], 1)


def measure(store: Store, made: Corpus, records: int, server: Callable[[], float]) -> Result:
    """Enter, look up, remove. The store is left as it is, for `measure_restart`."""
    store.make_anew()
    counted = Counted.of(made.queries[:CHECKED])
    alone, beside, idle, asking = Spent(), Spent(), Spent(), Spent()
    edge = records * 4 // 5 // BATCH * BATCH
    _insert(store, made, range(0, edge, BATCH), (alone, server), counted)
    with _reader(store, made.queries) as latencies:
        _insert(store, made, range(edge, records, BATCH), (beside, server), counted)
    grown = store.sizes()
    with idle.measuring(server):
        store.settle()
    _look_up(store, made.queries)
    with asking.measuring(server):
        warm = _look_up(store, made.queries)
    return {
        "store": store.name,
        "records": records,
        "insert_per_s": round(edge / alone.wall),
        "insert_cpu_us": round(alone.cpu / edge * 1e6),
        "insert_beside_reader_per_s": round((records - edge) / beside.wall),
        "longest_batch_s": round(max(alone.longest, beside.longest), 2),
        "reader_ms": _percentiles(latencies),
        "settle_s": round(idle.wall, 1),
        "mb_grown": _mebibytes(grown),
        "mb": _mebibytes(store.sizes()),
        "lookup_ms": _percentiles(warm),
        "lookup_cpu_ms": round(asking.cpu / len(made.queries) * 1e3, 2),
        "wrong_groups": _wrong(store, made.queries[:CHECKED], counted) if store.whole_groups else None,
        **_correct(store, made, records, server),
    }


def measure_restart(store: Store, made: Corpus, restart: Callable[[], float]) -> Result:
    """Start the server again, none of its files in memory, and ask."""
    seconds = restart()
    store.open()
    return {"restart_s": round(seconds, 1), "cold_ms": _percentiles(_look_up(store, made.queries[:CHECKED]))}


def _insert(
    store: Store, made: Corpus, firsts: range, spent: tuple[Spent, Callable[[], float]], counted: Counted | None = None
) -> None:
    for first in firsts:
        offsets, keys = made.batch(first, BATCH)
        with spent[0].measuring(spent[1]):
            store.insert(first, offsets, keys)
        if counted is not None:
            counted.count(keys)


def _look_up(store: Store, queries: Sequence[Sequence[int]]) -> list[float]:
    """Seconds of each."""
    took = []
    for query in queries:
        start = time.perf_counter()
        store.lookup(query)
        took.append(time.perf_counter() - start)
    return took


@contextmanager
def _reader(store: Store, queries: list[list[int]]) -> Iterator[list[float]]:
    """Another process that asks while the block runs; at the end the list holds the seconds of each answer."""
    ours, theirs = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_read, args=(store, queries, theirs))
    process.start()
    latencies: list[float] = []
    try:
        yield latencies
    finally:
        ours.send("enough")
        latencies += ours.recv()
        process.join()


def _read(store: Store, queries: list[list[int]], stop: Connection) -> None:
    store.open()
    took: list[float] = []
    while not stop.poll(READ_EVERY):
        took += _look_up(store, [queries[len(took) % len(queries)]])
    stop.send(took)
    os._exit(0)  # the writer's connection was inherited: it must not be closed in order from here


def _wrong(store: Store, queries: Sequence[Sequence[int]], counted: Counted) -> int:
    """Groups that do not hold as many entries as were entered, of those that are not cut short."""
    true = dict(zip(counted.keys.tolist(), counted.entries.tolist(), strict=True))
    wrong = 0
    for query in queries:
        found = {key: len(set(entries)) for key, entries in store.lookup(query)}
        wrong += sum(found.get(key, 0) != true[key] for key in query if true[key] <= CAP)
    return wrong


def _correct(store: Store, made: Corpus, records: int, server: Callable[[], float]) -> Result:
    """A batch's worth of records, from everywhere, corrected: the old entries out, new ones in."""
    removing, entering = Spent(), Spent()
    step = records // BATCH
    places = [made.batch(first, 1) for first in range(0, records, step)]
    keys = np.concatenate([found for _, found in places])
    offsets = np.cumsum([0] + [len(found) for _, found in places])
    old = list(range(0, records, step))
    with removing.measuring(server):
        store.remove(old, offsets, keys)
    gone = set(old)
    left = 0
    for _, found in places[:CHECKED]:
        left += sum(len(gone.intersection(entries)) for _, entries in store.lookup(found.tolist()))
    with entering.measuring(server):
        store.insert(records, offsets, keys)
    return {
        "remove_per_s": round(BATCH / removing.wall),
        "remove_cpu_us": round(removing.cpu / BATCH * 1e6),
        "correct_per_s": round(BATCH / (removing.wall + entering.wall)),
        "still_found": left,
    }


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {}
    found = np.percentile(np.array(seconds) * 1e3, [50, 99, 100])
    return {name: round(float(value), 2) for name, value in zip(("p50", "p99", "max"), found, strict=True)} | {
        "n": len(seconds)
    }


def _mebibytes(sizes: dict[str, int]) -> dict[str, float]:
    return {part: round(size / _MEBIBYTE, 1) for part, size in sizes.items() if size >= _MEBIBYTE // 10}
