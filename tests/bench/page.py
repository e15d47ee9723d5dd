"""The table of results, and docs/benchmarks.md: its figures stand between two marks and are written anew, its text stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

Results = dict[str, Any]
HEAD = (
    "| Records | Seed | Method | n | recall@1 | recall@10 | F1 | F1, threshold of another seed | R@P95 | R@P99 | R@P99.9 "
    "| queries/s | build s | MB |"
)
LEAD_HEAD = "| Records | Seed | Rival | fields | n | lead in F1 | in ten by Tequio alone | by the rival alone | p (McNemar) |"
MARK = "<!-- {}: written by python -m tests.bench.matching -->"
END = "<!-- end -->"


def _rows(results: Results) -> list[Results]:
    return [row for row in results.values() if isinstance(row, dict)]


def _share(row: Results, key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    text = f"{value:.3f}"
    if f"{key}_interval" in row:
        low, high = row[f"{key}_interval"]
        text += f" [{low:.3f}-{high:.3f}]"
    return text


def table(results: Results) -> str:
    """All rows, by size and seed in the order in which they were measured."""
    lines = [HEAD, "|" + "---|" * (HEAD.count("|") - 1)]
    for row in sorted(_rows(results), key=lambda row: (row["size"], row["seed"])):
        start = f"| {row['size']:,} | {row['seed']} | {row['method']} |"
        if "skipped" in row:
            lines.append(f"{start} skipped: {row['skipped']} |" + " |" * 10)
            continue
        shares = [
            _share(row, key)
            for key in (
                "recall1",
                "recall10",
                "f1",
                "f1_elsewhere",
                "recall_at_95",
                "recall_at_99",
                "recall_at_99.9",
            )
        ]
        speed = row.get("queries_per_s")
        told = "" if speed is None else f"{speed:,.0f}" + (" (batch)" if row.get("batch") else "")
        lines.append(
            f"{start} {row['n']:,} | {' | '.join(shares)} | {told} | {row.get('build_s', '')} | {row.get('memory_mb', '')} |"
        )
    return "\n".join(lines)


def leads(results: Results) -> str:
    """Tequio against each rival on the same queries."""
    lines = [LEAD_HEAD, "|" + "---|" * (LEAD_HEAD.count("|") - 1)]
    for row in sorted(_rows(results), key=lambda row: (row["size"], row["seed"])):
        if told := row.get("lead"):
            low, high = told["f1_interval"]
            alone = f"{told['only_ours']} | {told['only_theirs']} | {told['p']:.2g}"
            lines.append(
                f"| {row['size']:,} | {row['seed']} | {row['method']} | {row['uses']} | {row['n']:,} | "
                f"{told['f1']:+.3f} [{low:+.3f} to {high:+.3f}] | {alone} |"
            )
    return "\n".join(lines)


def write_page(results: Results, path: Path) -> None:
    """Put the figures between their marks in the page. A part without figures stays as it was."""
    machines = "; ".join(sorted({row["machine"] for row in _rows(results)}))
    parts = {
        "matching": f"{table(results)}\n\nMeasured on: {machines}.",
        "leads": leads(results) if any("lead" in row for row in _rows(results)) else "",
        "aliases": "\n\n".join(text for key, text in results.items() if key.startswith("aliases ")),
    }
    page = path.read_text(encoding="utf-8")
    for name, text in parts.items():
        mark = MARK.format(name)
        if text and mark in page:
            before, _, rest = page.partition(f"{mark}\n")
            page = f"{before}{mark}\n{text}\n{END}{rest.partition(END)[2]}"
    path.write_text(page, encoding="utf-8")
