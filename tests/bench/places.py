"""Where the benchmarks find things and leave them. Data lie outside git."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("TEQUIO_BENCH_DATA", ROOT / "bench-data"))
"""Everything that is made."""

SHARED = Path(os.environ.get("TEQUIO_BENCH", ROOT.parent / "shared" / "bench"))
"""Folder of the shared benchmark, `person_bench.py`."""
