"""Figures of a method on the shared benchmark, from its answers; and how far one method leads another on the same queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tests.bench.answers import Answer
from tests.bench.measures import Outcome, best_f1, f1_interval, f1_lead, mcnemar, outcome, recall_at, wilson
from tests.bench.shared import Shared

Figures = dict[str, Any]


def of_answers(bench: Shared, answers: Sequence[Answer]) -> Outcome:
    """Outcome of one answer a query, in order."""
    return outcome(bench.truth, [[found for found, _ in a] for a in answers], [[score for _, score in a] for a in answers])


def figures(bench: Shared, answers: Sequence[Answer]) -> Figures:
    """All measures of a method, with 95 % intervals where they can be had cheaply."""
    found = of_answers(bench, answers)
    people = int(found.positive.sum())
    in_ten = int(found.in_ten.sum())
    f1, threshold = best_f1(found)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for kind, right, positive in zip(bench.kinds, found.in_ten.tolist(), found.positive.tolist(), strict=True):
        if positive:
            by_kind[kind].append(right)
    return {
        "n": people,
        "n_negative": len(bench.truth) - people,
        "recall1": found.recall1,
        "recall10": found.recall10,
        "recall10_interval": wilson(in_ten, people),
        "f1": f1,
        "f1_interval": f1_interval(found),
        "threshold": threshold,
        **{f"recall_at_{share:g}": recall_at(found, share / 100) for share in (95, 99, 99.9)},
        "recall10_by_kind": {kind: round(sum(hits) / len(hits), 4) for kind, hits in sorted(by_kind.items())},
    }


def lead(bench: Shared, ours: Sequence[Answer], theirs: Sequence[Answer]) -> Figures:
    """How far we lead: best F1 (paired bootstrap) and recall@10 (McNemar's exact test)."""
    us, them = of_answers(bench, ours), of_answers(bench, theirs)
    gain, low, high = f1_lead(us, them)
    only_us, only_them, chance = mcnemar(us.in_ten[us.positive], them.in_ten[us.positive])
    return {"f1": gain, "f1_interval": (low, high), "only_ours": only_us, "only_theirs": only_them, "p": chance}
