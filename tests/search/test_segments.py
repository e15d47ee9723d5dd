"""Segments of the live index: what is written is what is read."""

from __future__ import annotations

from itertools import pairwise
from struct import pack, unpack_from

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tequio.search.segments.blocks import BLOCK, Segment, blocks_of, decode, postings_of
from tequio.search.segments.compiled import BEYOND, COUNTED, READ, RUN, entries_of, find_runs
from tequio.search.segments.merging import FAN, LARGEST, due, joinable

Pairs = st.sets(
    st.tuples(
        st.one_of(st.integers(-(2**31), 2**31 - 1), st.integers(-3, 300)),
        st.one_of(st.integers(0, 2**31 - 1), st.integers(0, 70_000)),
    ),
    min_size=1,
    max_size=400,
)


def written(pairs: set[tuple[int, int]], block: int) -> list[tuple[int, int, int, bytes]]:
    """(last key, last entry, first key, block) as PostgreSQL would read them from COPY."""
    entries = [entry for _, entry in pairs]
    segment = Segment(7, min(entries), max(entries), len(pairs))
    postings = np.sort(np.array([key << 32 | entry for key, entry in pairs], np.int64))
    data, at, rows = b"".join(blocks_of(segment, postings, block)), 0, []
    while at < len(data):
        columns, *numbers, length = unpack_from(">h9i", data, at)
        assert (columns, numbers[::2], numbers[1]) == (5, [4] * 4, 7)
        at += 2 + 9 * 4
        rows.append((numbers[3], numbers[5], numbers[7], data[at : at + length]))
        at += length
    return sorted(rows)  # the order that they are read in; near and far blocks are written apart


def brought(key: int, parts: list[tuple[int, int, bytes]], block: int = BLOCK) -> tuple[int, int, list[int]]:
    """Size of a key's group, how much of it was left unread, and the entries, of what a look-up of that key alone brings."""
    sent = b"".join(pack(">4i", 1, kind, first, len(payload)) + payload for kind, first, payload in parts)
    value = np.frombuffer(sent, np.uint8)
    sizes, unread = np.zeros((2, 1), np.int64)
    runs = np.empty((len(parts), RUN), np.int64)
    count = find_runs(value, np.array([key]), block, sizes, unread, runs)
    return int(sizes[0]), int(unread[0]), entries_of(value, runs[:count], 0).tolist()


@given(Pairs, st.sampled_from([1, 3, BLOCK]))
def test_what_is_written_is_read_back(pairs: set[tuple[int, int]], block: int) -> None:
    read = decode((first, payload) for _, _, first, payload in written(pairs, block))
    assert {(int(posting) >> 32, int(posting) & 0xFFFFFFFF) for posting in read} == pairs
    assert len(read) == len(pairs)


@given(Pairs, st.sampled_from([1, 3, BLOCK]), st.integers(-3, 300))
def test_a_key_finds_its_entries_and_no_others(pairs: set[tuple[int, int]], block: int, other: int) -> None:
    rows = written(pairs, block)
    for key in {key for key, _ in pairs} | {other}:
        parts = [(first, payload) for last, _, first, payload in rows if first <= key <= last]
        sizes, unread, found = brought(key, [(READ, *part) for part in parts])
        assert found == sorted(entry for had, entry in pairs if had == key)
        assert (sizes, unread) == (len(found), 0)
        if parts:
            later = [(READ, *part) for part in parts[:-1]] + [(COUNTED, 2, b""), (BEYOND, *parts[-1])]
            sizes, unread, some = brought(key, later, block)
            assert sizes == len(found) + 2 * block == len(some) + unread


@given(Pairs)
def test_blocks_say_where_they_end(pairs: set[tuple[int, int]]) -> None:
    rows = written(pairs, 3)
    ordered = sorted(pairs)
    assert [(row[0], row[1]) for row in sorted(rows)] == [*ordered[2::3], *([ordered[-1]] if len(ordered) % 3 else [])]


def test_postings_are_sorted_by_key_and_entry() -> None:
    found = postings_of(np.array([4, 5]), np.array([0, 2, 4]), np.array([9, -1, 9, 3], np.int32))
    assert [(int(p) >> 32, int(p) & 0xFFFFFFFF) for p in found] == [(-1, 4), (3, 5), (9, 4), (9, 5)]


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=300))
def test_however_batches_come_few_segments_stay_and_each_is_seldom_rewritten(batches: list[int]) -> None:
    held: list[Segment] = []
    rewritten = 0
    for entry, size in enumerate(batches):
        held.append(Segment(entry, entry, entry, size))
        while newest := due(held):
            assert list(newest) == held[-len(newest) :]
            total = sum(segment.postings for segment in newest)
            rewritten += total
            held = [*held[: -len(newest)], Segment(entry, newest[0].first_entry, newest[-1].last_entry, total)]
    sizes = int(np.log(sum(batches)) / np.log(FAN)) + 2
    assert sum(segment.postings for segment in held) == sum(batches)
    assert len(held) <= (FAN - 1) * sizes
    assert rewritten <= sum(batches) * sizes


def test_a_merge_never_makes_more_than_the_largest() -> None:
    assert due([Segment(i, i, i, LARGEST // 3) for i in range(9)]) == ()


@given(st.lists(st.integers(1, 100), min_size=1, max_size=12))
def test_joining_leaves_no_two_neighbours_that_one_merge_could_hold(sizes: list[int]) -> None:
    held = [Segment(i, i, i, size) for i, size in enumerate(sizes)]
    while run := joinable(held, 100):
        assert sum(segment.postings for segment in run) <= 100
        at = held.index(run[0])
        assert list(run) == held[at : at + len(run)]
        held[at : at + len(run)] = [Segment(at, at, at, sum(segment.postings for segment in run))]
    assert all(one.postings + other.postings > 100 for one, other in pairwise(held))
    assert sum(segment.postings for segment in held) == sum(sizes)
