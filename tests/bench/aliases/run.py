"""The benchmark put to the matcher through its public door."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tequio.matching import MemoryIndex
from tequio.people.domain import Subject
from tests.bench.aliases.bench import Benchmark
from tests.bench.aliases.judge import Answer, Verdict, judge

LIMIT = 10


@dataclass(frozen=True, slots=True)
class Run:
    """Answers with their verdict; speeds in CPU seconds of this process."""

    answers: list[Answer]
    verdict: Verdict
    build_s: float
    queries_per_s: float


def run(bench: Benchmark, budget: int = 300) -> Run:
    """Build an index of the records, ask every query, judge."""
    start = time.process_time()
    index = MemoryIndex.build(subject(fields) for fields in bench.records)
    built = time.process_time()
    asked = [subject(query.fields) for query in bench.queries]
    index.query(asked[:100], limit=LIMIT, budget=budget)  # compiled code and caches wake up
    begin = time.process_time()
    found = index.query(asked, limit=LIMIT, budget=budget)
    spent = time.process_time() - begin
    answers: list[Answer] = [[(c.id, c.score) for c in candidates] for candidates in found]
    return Run(answers, judge(bench, answers), built - start, len(asked) / spent)


def subject(fields: dict[str, Any]) -> Subject:
    """Subject of fields as found in the wild."""
    return Subject.from_fields(**fields)
