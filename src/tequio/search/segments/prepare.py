"""Compiles what a search needs, so that nobody waits for it later: `python -m tequio.search.segments.prepare`."""

from __future__ import annotations

import numpy as np

from tequio.matching.prepare import prepare as prepare_matcher
from tequio.search.segments.blocks import BLOCK
from tequio.search.segments.compiled import RUN, entries_of, find_runs


def prepare() -> None:
    """Have the matcher's functions and those that read segments made, or read from where they are kept."""
    prepare_matcher()
    nothing, none = np.frombuffer(b"", np.uint8), np.zeros((0, RUN), np.int64)
    find_runs(nothing, np.zeros(1, np.int64), BLOCK, np.zeros(1, np.int64), np.zeros(1, np.int64), none)
    entries_of(nothing, none, 0)


if __name__ == "__main__":
    prepare()
