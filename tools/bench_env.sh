#!/bin/sh
# Makes the environment $1 of the benchmarks: generators of names, and the other matchers. What cannot be installed is said and
# skipped; the benchmark then runs without it.
set -eu
venv=$1
lock=tests/bench/requirements.lock
[ -x "$venv/bin/python" ] || .venv/bin/python -m venv "$venv"
install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -c "$lock" "$@"
}
echo "bench: generators of $lock into $venv"
install faker faker-persona-mx numpy polars psutil 'psycopg[binary]'
for rival in rapidfuzz tantivy 'splink pandas duckdb' 'nomenklatura followthemoney rigour'; do
    # shellcheck disable=SC2086 - a rival is one or more words
    install $rival >"$venv/install.log" 2>&1 ||
        echo "bench: $rival cannot be installed and is skipped (nomenklatura needs ICU's headers: apt install libicu-dev)" >&2
done
