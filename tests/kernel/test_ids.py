"""New identifiers are unique, valid, and sort by birth."""

from __future__ import annotations

import time

import pytest

from tequio.kernel.ids import new_id, new_ids


def test_an_identifier_is_a_uuid_of_version_seven() -> None:
    for found in new_ids(50):
        assert found.version == 7
        assert found.variant == "specified in RFC 4122"


def test_the_first_bits_are_the_moment_of_birth() -> None:
    before = time.time_ns() // 1_000_000
    found = new_id()
    assert before <= found.int >> 80 <= time.time_ns() // 1_000_000


@pytest.mark.parametrize("count", [0, 1, 2, 5_000])
def test_many_at_once_are_as_many_and_strictly_grow(count: int) -> None:
    found = new_ids(count)
    assert len(found) == count
    assert all(a < b for a, b in zip(found, found[1:], strict=False))


@pytest.mark.parametrize("start", [0, (1 << 50) - 3, (1 << 60) - 3, (1 << 61) - 1])
def test_they_grow_wherever_the_count_starts(start: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tequio.kernel.ids.os.urandom", lambda size: (start >> (8 * (8 - size))).to_bytes(8, "big")[-size:])
    found = new_ids(8)
    assert all(a < b for a, b in zip(found, found[1:], strict=False))
    assert len({uuid.version for uuid in found}) == 1


def test_two_calls_do_not_repeat() -> None:
    assert len({*new_ids(5_000), *new_ids(5_000)}) == 10_000


def test_later_ones_sort_later() -> None:
    earlier = new_id()
    time.sleep(0.003)
    assert earlier < new_id()
