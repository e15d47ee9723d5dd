"""The key index proper: immutable sorted segments of postings, kept as rows of PostgreSQL. Why: docs/decisions/0006.

A posting says that an entry has a key. Postings are sorted and written as one segment, cut into blocks of some hundred; a block
is one row, found by a B-tree on (segment, last posting). Segments of one size are merged into one of the next, so a posting is
written some five times in its life. A look-up is one statement: for each segment and key the blocks that may hold it.

An entry is one version of one record and its number is never used again: a correction is a new entry, and the old one is
`retired`. Postings of retired entries are passed over when read and dropped when merged.
"""

from tequio.search.segments.blocks import BLOCK, Postings, Segment, postings_of
from tequio.search.segments.merging import drop_before, due, joinable, merge, worn
from tequio.search.segments.store import Entries, Group, LookedUp, Standing, add, look_up, read, retire, segments, standing

__all__ = [
    "BLOCK",
    "Entries",
    "Group",
    "LookedUp",
    "Postings",
    "Segment",
    "Standing",
    "add",
    "drop_before",
    "due",
    "joinable",
    "look_up",
    "merge",
    "postings_of",
    "read",
    "retire",
    "segments",
    "standing",
    "worn",
]
