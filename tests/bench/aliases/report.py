"""What a run of the benchmark found, in words: a table by family, what keeps the threshold high, and examples of misses."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.bench.aliases.bench import Benchmark, Query
from tests.bench.aliases.judge import RATES, Answer, Row, best, score_of
from tests.bench.aliases.run import Run


def _cell(row: Row, hits: int) -> str:
    share, low, high = row.recall(hits)
    return f"{share:.3f} [{low:.3f}-{high:.3f}]"


def lines(bench: Benchmark, found: Run) -> Iterator[str]:
    """A Markdown table and what goes with it."""
    verdict = found.verdict
    yield (
        f"{len(bench.records):,} records; {sum(row.asked for row in verdict.rows):,} queries about them, "
        f"{verdict.negatives:,} about others ({verdict.negatives_decidable:,} of which something in the query can tell apart). "
        f"Names: {bench.source}. Build {found.build_s:.1f} s, {found.queries_per_s:,.0f} queries/s."
    )
    yield ""
    yield "| Family | n | recall@10 | at 1/1,000 | at 1/100 | at 1/1,000, decidable | at 1/100, decidable |"
    yield "|---|---|---|---|---|---|---|"
    for row in verdict.rows:
        cells = [_cell(row, hits) for hits in (row.in_ten, *row.above, *row.above_decidable)]
        yield f"| {row.family} | {row.asked} | {' | '.join(cells)} |"
    total = _total(verdict.rows)
    cells = [_cell(total, hits) for hits in (total.in_ten, *total.above, *total.above_decidable)]
    yield f"| **all** | {total.asked} | {' | '.join(cells)} |"
    yield ""
    yield (
        "A candidate raises an alert above "
        + " and ".join(f"{cut:.2f} (1/{round(1 / rate):,})" for cut, rate in zip(verdict.cuts, RATES, strict=True))
        + " bits; among the decidable alone, above "
        + " and ".join(f"{cut:.2f}" for cut in verdict.cuts_decidable)
        + "."
    )
    broken = len(verdict.below_fuzzy)
    yield f"Exact look-ups that came below a fuzzy one, or not at all: {broken} of {verdict.exact_asked:,}."
    for what, counts in (("all", verdict.alerts), ("decidable", verdict.alerts_decidable)):
        for rate, alerts in zip(RATES, counts, strict=True):
            by_kind = Counter(kind for kind, _ in alerts.elements())
            worst = ", ".join(f"{kind} in {family}: {count}" for (kind, family), count in alerts.most_common(6))
            yield f"At or above the cut of 1/{round(1 / rate):,} ({what}): {dict(by_kind)}; most: {worst}."


def _total(rows: list[Row]) -> Row:
    def added(column: str) -> tuple[int, ...]:
        return tuple(sum(values) for values in zip(*(getattr(row, column) for row in rows), strict=True))

    asked, in_ten = sum(r.asked for r in rows), sum(r.in_ten for r in rows)
    return Row("all", asked, in_ten, added("above"), added("above_decidable"))


def misses(bench: Benchmark, found: Run, each: int) -> Iterator[str]:
    """Up to `each` queries of every family whose record was not among ten, `each` not above the decidable cut of 1/1,000, and
    `each` decidable people outside the base whose score reached that cut."""
    shown: Counter[tuple[str, str]] = Counter()
    cut = found.verdict.cuts_decidable[0]
    for at, (query, answer) in enumerate(zip(bench.queries, found.answers, strict=True)):
        fault, score = _fault(query, answer, cut)
        if not fault or shown[query.family, fault] >= each:
            continue
        shown[query.family, fault] += 1
        row = query.truth if query.truth >= 0 else answer[0][0]
        yield ""
        yield f"{query.family} ({query.kind}), query {at}, record {row}: {fault}, {score:.2f} bits"
        yield f"  query  {_said(query.fields)}"
        yield f"  record {_said(bench.records[int(str(row))])}"
        yield f"  first  {[(found_id, round(score, 2)) for found_id, score in answer[:3]]}"


def _fault(query: Query, answer: Answer, cut: float) -> tuple[str, float]:
    if query.truth < 0:
        score = best(answer)
        return ("false alert" if score >= cut and query.decidable else ""), score
    score = score_of(query.truth, answer)
    return ("not among ten" if score == -math.inf else "below the cut" if score <= cut else ""), score


def _said(fields: dict[str, Any]) -> str:
    return ", ".join(
        f"{key}={[str(v) for v in value] if isinstance(value, list) else str(value)!r}"
        for key, value in fields.items()
        if key != "id"
    )


def as_dict(bench: Benchmark, found: Run) -> dict[str, Any]:
    """Plain JSON values of a run."""
    verdict = found.verdict
    return {
        "records": len(bench.records),
        "names": bench.source,
        "negatives": verdict.negatives,
        "negatives_decidable": verdict.negatives_decidable,
        "cuts": verdict.cuts,
        "cuts_decidable": verdict.cuts_decidable,
        "build_s": found.build_s,
        "queries_per_s": found.queries_per_s,
        "exact_asked": verdict.exact_asked,
        "exact_below_fuzzy": verdict.below_fuzzy,
        "families": [
            {
                "family": row.family,
                "asked": row.asked,
                "recall10": row.recall(row.in_ten),
                "at_cuts": [row.recall(hits) for hits in row.above],
                "at_cuts_decidable": [row.recall(hits) for hits in row.above_decidable],
            }
            for row in verdict.rows
        ],
        "false_alerts": [
            {f"{kind}: {family}": count for (kind, family), count in alerts.most_common()}
            for alerts in (*verdict.alerts, *verdict.alerts_decidable)
        ],
    }
