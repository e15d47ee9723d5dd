"""Fit the model that the package ships: `PYTHONPATH=src:. python tools/fit_shipped_model.py --date 2026-11-25`.

Weights are fitted on seed 11 of both benchmarks (100,000 records of the shared one, 20,000 of `aliases`), bands are calibrated
on seed 12 in a base of a million, and the result is compared with the weights by judgement on seed 13. The benchmarks' own
seeds (7, 99, 2026) are not touched. The fitted weights are shipped unless the comparison shows them worse: unless the 95 %
interval of their lead in F1 lies below zero. The same arguments, data and code give the same file. Some minutes.

Run it again when a weight by judgement, a rule of the scorer or a key changes; then `tequio target rescreen` on each node.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from tequio.matching.domain.model import Model, shipped
from tequio.matching.evaluation import Outcome, ask, band_shares, figures, indexed
from tequio.matching.fitting import Settings, calibrated, fit
from tequio.people.domain import Subject
from tests.bench import aliases, shared
from tests.bench.aliases.run import subject
from tests.bench.measures import f1_lead

FIT, CALIBRATE, COMPARE = 11, 12, 13
"""Seeds."""
MODEL = Path(__file__).resolve().parent.parent / "src" / "tequio" / "matching" / "data" / "model.json"


@dataclass(frozen=True, slots=True)
class Data:
    """Queries of both benchmarks with their truth; records are read again for each use."""

    size: int
    seed: int
    others: aliases.Benchmark
    queries: list[Subject]
    truth: list[object]

    def records(self) -> Iterator[Subject]:
        """People of the shared benchmark, then those of `aliases`, whose ids go on from there."""
        yield from (Subject.from_fields(**shared.fields(row)) for row in shared.records(self.size, self.seed))
        for row, fields in enumerate(self.others.records, start=self.size):
            yield replace(subject(fields), id=row)

    def told(self) -> list[dict[str, object]]:
        """What the data were, for the file."""
        folder = shared.FOLDER / f"{self.size}-{self.seed}"
        digests = {name: _sha256((folder / name).read_bytes()) for name in ("records.parquet", "queries.parquet")}
        made = json.dumps([self.others.records, [q.fields for q in self.others.queries]], default=str).encode()
        return [
            {"benchmark": "shared", "records": self.size, "seed": self.seed, **digests},
            {
                "benchmark": "aliases",
                "records": len(self.others.records),
                "seed": self.seed,
                "names": self.others.source,
                "sha256": _sha256(made),
            },
        ]


def load(size: int, seed: int, others: int) -> Data:
    """Both benchmarks of one seed, made if need be."""
    shared.ready(size, seed)
    bench, second = shared.load(size, seed), aliases.make(others, seed)
    asked = chain(
        (Subject.from_fields(**shared.fields(row)) for row in bench.queries), (subject(q.fields) for q in second.queries)
    )
    truth: list[object] = [right if right >= 0 else None for right in bench.truth]
    truth += [size + query.truth if query.truth >= 0 else None for query in second.queries]
    return Data(size, seed, second, list(asked), truth)


def main() -> None:
    """Fit, calibrate, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="date of the fit, AAAA-MM-DD, kept in the file")
    parser.add_argument("--version", default="tequio-bits/3")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--prior", type=float, default=Settings().prior_pairs)
    parser.add_argument("--calibrate-size", type=int, default=1_000_000)
    asked = parser.parse_args()
    judged = replace(shipped(), weights=shipped().by_judgement(), judged={}, sources={}, version="criterio")
    data = load(100_000, FIT, 20_000)
    told = {"data": data.told(), "date": asked.date}
    fitted = fit(
        data.records(),
        data.queries,
        truth=data.truth,
        version=asked.version,
        told=told,
        settings=Settings(prior_pairs=asked.prior),
    )
    compared, worse = compare(judged, fitted)
    model = replace(fitted, fitted={**fitted.fitted, "compared": compared})
    if worse:
        model = replace(model, weights=judged.weights, judged={}, sources={})
    print(f"share found {fitted.fitted['share_found']}, {fitted.fitted['rounds']} rounds")
    for name, before in fitted.judged.items():
        print(f"  {name:28} {before:6} {fitted.to_dict()['weights'][name]['centibits']:6}")
    print(
        "worse than the judgement: its weights stay"
        if worse
        else "not worse than the judgement: the fitted weights are shipped"
    )
    model = calibrate(model, load(asked.calibrate_size, CALIBRATE, 20_000))
    asked.out.write_text(json.dumps(model.to_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{model.version}: bands {dict(model.bands)}, written to {asked.out}")


def calibrate(model: Model, data: Data) -> Model:
    """The model calibrated on held-out data, with what each band was worth there."""
    _, weighed = ask(indexed(model, data.records()), data.queries, data.truth)
    strangers = sum(right is None for right in data.truth)
    told = {
        "by": "etiquetas",
        "data": data.told(),
        "base": data.size + len(data.others.records),
        "queries": len(data.queries),
        "about_nobody": strangers,
    }
    made = calibrated(model, (weighed.scores, weighed.right, weighed.is_open), told)
    for one in band_shares(made, weighed):
        share = one.right / one.candidates if one.candidates else 0.0
        print(f"  {one.band:12} {made.bands.get(one.band, ''):5} {one.right:6} of {one.candidates:6}, {share:.4f}", flush=True)
    return made


def compare(judged: Model, fitted: Model) -> tuple[dict[str, Any], bool]:
    """Figures of both on the seed kept for it, by benchmark, and whether the fitted weights are worse on either."""
    data = load(100_000, COMPARE, 20_000)
    people = list(data.records())
    asked = list(zip(data.queries, data.truth, strict=True))
    first = len(shared.load(data.size, COMPARE).queries)
    compared: dict[str, Any] = {"seed": COMPARE}
    for name, records, pairs in (
        ("shared", people[: data.size], asked[:first]),
        ("aliases", people[data.size :], asked[first:]),
    ):
        outcomes: list[Outcome] = []
        compared[name] = {}
        for label, model in (("criterio", judged), ("em", fitted)):
            found, weighed = ask(indexed(model, records), [q for q, _ in pairs], [right for _, right in pairs])
            outcomes.append(found)
            made = figures(model, len(records), found, weighed)
            at = {f"recall_at_{share:g}": round(value[0], 4) for share, value in made.recall_at.items()}
            compared[name][label] = {"recall10": round(made.recall10[0], 4), "f1": round(made.f1[0], 4), **at}
        compared[name]["em_leads_f1"] = [round(value, 5) for value in f1_lead(outcomes[1], outcomes[0])]
        print(f"{name}: {json.dumps(compared[name])}", flush=True)
    return compared, any(compared[name]["em_leads_f1"][2] < 0 for name in ("shared", "aliases"))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
