"""Second benchmark of matching, `aliases`: people under other names and identifiers, one family of queries per kind of alias.

Made independently of the shared benchmark: its own people, corruptions and names (drawn by the frequencies of a public
payroll). Seeded: the same seed and sizes give the same benchmark. `python -m tests.bench.aliases` runs it. Nobody in it
exists.

The shares of aliases, dates and identifiers are assumptions (`people.SHARES`), not a count of any real list; what is
compared across families is the matcher, not the world.
"""

from tests.bench.aliases.bench import Benchmark, Query, make
from tests.bench.aliases.families import FAMILIES, Family
from tests.bench.aliases.judge import Answer, Verdict, judge

__all__ = ["FAMILIES", "Answer", "Benchmark", "Family", "Query", "Verdict", "judge", "make"]
