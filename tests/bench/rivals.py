"""Other matchers on the shared benchmark, each behind a small adapter and in a process of its own; all are optional.

`python -m tests.bench.rivals NAME FOLDER` reads FOLDER (`records.jsonl`, `queries.jsonl`, Tequio's answers), leaves the
rival's answers there and prints one JSON line. Exit status 3: its package is not installed. Names arrive folded, "MA."
written out; a lost letter is N. Settings are each project's defaults or one or two obvious ones; a specialist of any of
them may do better. CPU seconds, one process.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.answers import Answer, read, write
from tests.bench.rivals_sql import pg_trgm, splink

Row = dict[str, Any]
LIMIT = 10
NOT_INSTALLED = 3
TEQUIO = "all fields"
"""Name of Tequio's answers, whose candidates a scorer without retrieval of its own is given."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a rival is given."""

    folder: Path
    records: list[Row]
    queries: list[Row]


@dataclass(frozen=True, slots=True)
class Done:
    """What a rival gave: answers, CPU seconds to build and to ask."""

    answers: Sequence[Answer]
    build_s: float
    asked_s: float


@dataclass(frozen=True, slots=True)
class Rival:
    """A matcher: the package it needs, the fields it uses, its adapter, and the largest base it is worth running on.

    `batch`: its speed is that of a whole batch, not of one question after another. `every`: it learns from the queries and
    gets all.
    """

    package: str
    uses: str
    run: Callable[[Work], Done]
    largest: int = 10_000_000
    batch: bool = False
    every: bool = False


def name_of(row: Row) -> str:
    """A name in one text, as its columns come."""
    return " ".join(row[key] for key in ("given", "pat", "mat") if row[key])


def best(scored: Iterable[tuple[object, float]]) -> Answer:
    """The ten best, best first."""
    return sorted(scored, key=lambda pair: (-pair[1], str(pair[0])))[:LIMIT]


def tantivy_text(work: Work, *, fuzzy: bool, whole: bool) -> Done:
    """BM25 over words, any of them. `whole`: dates, identifiers and aliases are words too. `fuzzy`: names within one edit."""
    tantivy = importlib.import_module("tantivy")
    start = time.process_time()
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=False)
    builder.add_text_field("name", stored=False, tokenizer_name="default")
    builder.add_text_field("rest", stored=False, tokenizer_name="default")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for row in work.records:
        document = tantivy.Document()
        document.add_integer("id", row["id"])
        document.add_text("name", name_of(row))
        if whole:
            document.add_text("rest", " ".join(_rest(row)))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    built = time.process_time()
    answers = []
    for row in work.queries:
        should = []
        for word in set(name_of(row).lower().split()):
            should.append(tantivy.Query.term_query(schema, "name", word))
            if fuzzy and len(word) > 3:
                should.append(tantivy.Query.fuzzy_term_query(schema, "name", word, distance=1, transposition_cost_one=True))
        if whole:
            should += [tantivy.Query.term_query(schema, "rest", word.lower()) for word in _rest(row)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in should])
        hits = searcher.search(query, LIMIT).hits
        answers.append([(searcher.doc(address)["id"][0], score) for score, address in hits])
    return Done(answers, built - start, time.process_time() - built)


def _rest(row: Row) -> list[str]:
    values = [str(row["dob"] or ""), row["curp"], row["rfc"], row["phone"], row["plate"], *row["alias"].split()]
    return [value for value in values if value]


def rapidfuzz_names(work: Work) -> Done:
    """Every name against every name, words sorted, by normalised indel similarity. No index: O(queries x records)."""
    numpy = importlib.import_module("numpy")
    fuzz, process = importlib.import_module("rapidfuzz.fuzz"), importlib.import_module("rapidfuzz.process")
    start = time.process_time()
    names = [" ".join(sorted(name_of(row).split())) for row in work.records]
    ids = [row["id"] for row in work.records]
    built = time.process_time()
    answers: list[Answer] = []
    for at in range(0, len(work.queries), 16):
        asked = [" ".join(sorted(name_of(row).split())) for row in work.queries[at : at + 16]]
        for scores in process.cdist(asked, names, scorer=fuzz.ratio, workers=1, dtype=numpy.float32):
            top = numpy.argpartition(-scores, LIMIT)[:LIMIT]
            answers.append(best((ids[place], float(scores[place])) for place in top))
    return Done(answers, built - start, time.process_time() - built)


_FTM = {"curp": "idNumber", "rfc": "taxNumber", "phone": "phone", "alias": "weakAlias"}


def _entity(row: Row) -> dict[str, Any]:
    day = str(row["dob"]) if row["dob"] else ""
    born = day[:4] if day.endswith("0000") else f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""
    texts = {"name": name_of(row), "firstName": row["given"], "lastName": row["pat"], "birthDate": born}
    texts |= {ours: row[theirs] for theirs, ours in _FTM.items()}
    texts["gender"] = {"H": "male", "M": "female"}.get(row["sex"], "")
    return {"id": f"r{row['id']}", "schema": "Person", "properties": {key: [value] for key, value in texts.items() if value}}


def logic_v2(work: Work) -> Done:
    """nomenklatura's scorer logic-v2 over the candidates that Tequio retrieved."""
    matching = importlib.import_module("nomenklatura.matching")
    entity = importlib.import_module("followthemoney").EntityProxy
    types = importlib.import_module("nomenklatura.matching.types")
    algorithm, config = matching.get_algorithm("logic-v2"), types.ScoringConfig.defaults()
    candidates = read(work.folder, TEQUIO)
    wanted = {found for answer in candidates for found, _ in answer}
    proxies = {row["id"]: entity.from_dict(_entity(row)) for row in work.records if row["id"] in wanted}
    sample = entity.from_dict(_entity(work.records[0]) | {"id": "sample"})
    algorithm.compare(sample, sample, config)  # its tables of names load
    start = time.process_time()
    answers = []
    for row, answer in zip(work.queries, candidates, strict=True):
        asked = entity.from_dict(_entity(row) | {"id": f"q{row['id']}"})  # what it works out of a name is remembered by id
        answers.append(best((found, algorithm.compare(asked, proxies[found], config).score) for found, _ in answer))
    return Done(answers, 0.0, time.process_time() - start)


def nomenklatura_whole(work: Work) -> Done:
    """nomenklatura alone: its DuckDB blocker finds, logic-v2 scores. The blocker works in batches."""
    ftm = importlib.import_module("followthemoney")
    matching = importlib.import_module("nomenklatura.matching")
    types = importlib.import_module("nomenklatura.matching.types")
    memory = importlib.import_module("nomenklatura.store.memory")
    linker = importlib.import_module("nomenklatura.resolver").Linker({})
    blocker = importlib.import_module("nomenklatura.blocker.index")
    algorithm, config = matching.get_algorithm("logic-v2"), types.ScoringConfig.defaults()
    dataset = ftm.Dataset.make({"name": "base", "title": "base"})
    start = time.process_time()
    store = memory.MemoryStore(dataset, linker)
    writer = store.writer()
    for row in work.records:
        writer.add_entity(ftm.StatementEntity.from_data(dataset, _entity(row)))
    writer.flush()
    view = store.view(dataset)
    with tempfile.TemporaryDirectory() as folder:
        index = blocker.Index(view, Path(folder))
        index.build()
        built = time.process_time()
        asked = {
            f"q{row['id']}": ftm.StatementEntity.from_data(dataset, _entity(row) | {"id": f"q{row['id']}"})
            for row in work.queries
        }
        found: dict[str, Answer] = {}
        for query_id, matches in index.match_entities(asked.values()):
            scored = []
            for match_id, _ in list(matches)[:50]:
                other = view.get_entity(str(match_id))
                if other is not None:
                    scored.append((int(str(match_id)[1:]), algorithm.compare(asked[str(query_id)], other, config).score))
            found[str(query_id)] = best(scored)
        index.close()
    answers = [found.get(f"q{row['id']}", []) for row in work.queries]
    return Done(answers, built - start, time.process_time() - built)


def _splink(work: Work) -> Done:
    return Done(*splink(work.records, work.queries, LIMIT))


def _pg_trgm(threshold: float) -> Callable[[Work], Done]:
    def run(work: Work) -> Done:
        named = [(row["id"], name_of(row)) for row in work.records]
        return Done(*pg_trgm(named, [name_of(row) for row in work.queries], threshold, LIMIT))

    return run


RIVALS: dict[str, Rival] = {
    "nomenklatura logic-v2 on Tequio's ten": Rival("nomenklatura", "all", logic_v2),
    "nomenklatura blocker + logic-v2": Rival("nomenklatura", "all", nomenklatura_whole, largest=100_000, batch=True),
    "Splink": Rival("splink", "all", _splink, batch=True, every=True),
    "tantivy BM25 + fuzzy 1": Rival("tantivy", "all", lambda work: tantivy_text(work, fuzzy=True, whole=True)),
    "tantivy BM25": Rival("tantivy", "all", lambda work: tantivy_text(work, fuzzy=False, whole=True)),
    "tantivy BM25 + fuzzy 1, name": Rival("tantivy", "name", lambda work: tantivy_text(work, fuzzy=True, whole=False)),
    "pg_trgm GIN 0.5": Rival("psycopg", "name", _pg_trgm(0.5)),
    "pg_trgm GIN 0.3": Rival("psycopg", "name", _pg_trgm(0.3)),
    "rapidfuzz token_sort": Rival("rapidfuzz", "name", rapidfuzz_names, largest=1_000_000),
}


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main() -> None:
    """Run one rival on the work laid out in a folder."""
    ask = argparse.ArgumentParser()
    ask.add_argument("name", choices=list(RIVALS))
    ask.add_argument("folder", type=Path)
    asked = ask.parse_args()
    rival = RIVALS[asked.name]
    if importlib.util.find_spec(rival.package) is None:
        sys.exit(NOT_INSTALLED)
    logging.disable(logging.WARNING)
    work = Work(asked.folder, _rows(asked.folder / "records.jsonl"), _rows(asked.folder / "queries.jsonl"))
    done = rival.run(work)
    write(asked.folder, asked.name, done.answers)
    speed = round(len(work.queries) / max(done.asked_s, 1e-9), 1)
    print(json.dumps({"build_s": round(done.build_s, 1), "queries_per_s": speed}))


if __name__ == "__main__":
    main()
