"""Rivals that live in a database: Splink on DuckDB, and PostgreSQL's pg_trgm on the project's own private cluster."""

from __future__ import annotations

import importlib
import os
import time
from typing import Any

Row = dict[str, Any]
Answers = list[list[tuple[object, float]]]
COLUMNS = ("given", "pat", "mat", "sex", "dob", "state", "curp", "rfc", "alias", "phone", "plate")


def splink(records: list[Row], queries: list[Row], limit: int) -> tuple[Answers, float, float]:
    """Fellegi-Sunter by EM, in one batch, with broad blocking. A name in one field is parted by its last two words."""
    pandas = importlib.import_module("pandas")
    lib = importlib.import_module("splink")
    compare = importlib.import_module("splink.comparison_library")
    database = importlib.import_module("splink.backends.duckdb").DuckDBAPI()
    start = time.process_time()
    rules = [
        ("dob", "sex"),
        ("curp",),
        ("substr(curp,1,10)",),
        ("rfc",),
        ("phone",),
        ("plate",),
        ("pat", "mat", "substr(given,1,1)"),
        ("pat", "given"),
        ("mat", "given"),
        ("alias", "given"),
        ("substr(pat,1,4)", "substr(mat,1,4)", "substr(dob,1,4)"),
    ]
    settings = lib.SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        retain_matching_columns=False,
        comparisons=[
            compare.JaroWinklerAtThresholds("given", [0.92, 0.8]),
            compare.JaroWinklerAtThresholds("pat", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            compare.JaroWinklerAtThresholds("mat", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            compare.LevenshteinAtThresholds("dob", [1, 2]),
            compare.LevenshteinAtThresholds("curp", [2]),
            *(compare.ExactMatch(column) for column in ("sex", "state", "rfc", "phone", "plate", "alias")),
        ],
        blocking_rules_to_generate_predictions=[lib.block_on(*rule) for rule in rules],
    )
    base = database.register(pandas.DataFrame([_parted(row) for row in records]), dataset_display_name="base")
    asked = database.register(pandas.DataFrame([_parted(row) for row in queries]), dataset_display_name="query")
    linker = lib.Linker([base, asked], settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [lib.block_on("curp"), lib.block_on("given", "pat", "dob")], recall=0.5
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (("dob",), ("pat", "mat"), ("curp",)):
        linker.training.estimate_parameters_using_expectation_maximisation(lib.block_on(*rule), record_sample_proportion=1.0)
    trained = time.process_time()
    pairs = linker.inference.predict(threshold_match_weight=-20).as_pandas_dataframe()
    found: dict[int, list[tuple[object, float]]] = {}
    for left, right, side, weight in zip(
        pairs["id_l"], pairs["id_r"], pairs["source_dataset_l"], pairs["match_weight"], strict=True
    ):
        record, query = (left, right) if side == "base" else (right, left)
        found.setdefault(int(query), []).append((int(record), float(weight)))
    answers = [sorted(found.get(row["id"], []), key=lambda pair: (-pair[1], str(pair[0])))[:limit] for row in queries]
    return answers, trained - start, time.process_time() - trained


def _parted(row: Row) -> dict[str, object]:
    given, pat, mat = row["given"], row["pat"], row["mat"]
    if not pat and len(given.split()) > 2:
        *rest, pat, mat = given.split()
        given = " ".join(rest)
    texts = row | {"given": given, "pat": pat, "mat": mat, "dob": str(row["dob"] or "")}
    return {"id": row["id"]} | {column: texts[column] or None for column in COLUMNS}


def pg_trgm(named: list[tuple[int, str]], asked: list[str], threshold: float, limit: int) -> tuple[Answers, float, float]:
    """Trigram similarity of whole names, GIN index, best ten above a threshold. CPU seconds of server and client."""
    psycopg = importlib.import_module("psycopg")
    psutil = importlib.import_module("psutil")
    cluster = importlib.import_module("tequio.kernel.cluster")
    home = cluster.home_folder(os.environ)
    ran = cluster.status(home, os.environ).running
    cluster.up(home, os.environ, say=lambda _: None)
    with psycopg.connect(cluster.connection(home, os.environ).dsn(), autocommit=True) as link:
        server = psutil.Process(link.info.backend_pid)

        def spent() -> float:
            used = server.cpu_times()
            return float(used.user + used.system + time.process_time())

        start = spent()
        link.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        link.execute("DROP TABLE IF EXISTS bench_name")
        link.execute("CREATE UNLOGGED TABLE bench_name (id integer, name text)")
        with link.cursor().copy("COPY bench_name FROM STDIN") as copy:
            for row in named:
                copy.write_row(row)
        link.execute("SET max_parallel_maintenance_workers = 0")
        link.execute("SET max_parallel_workers_per_gather = 0")
        link.execute("CREATE INDEX ON bench_name USING gin (name gin_trgm_ops)")
        link.execute("VACUUM ANALYZE bench_name")
        link.execute(f"SET pg_trgm.similarity_threshold = {threshold}")
        built = spent()
        query = "SELECT id, similarity(name, %s) AS s FROM bench_name WHERE name %% %s ORDER BY s DESC, id LIMIT %s"
        answers: Answers = [[(found, score) for found, score in link.execute(query, (n, n, limit)).fetchall()] for n in asked]
        done = spent()
        link.execute("DROP TABLE bench_name")
    if not ran:
        cluster.down(home, os.environ, say=lambda _: None)
    return answers, built - start, done - built
