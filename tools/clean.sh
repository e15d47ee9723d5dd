#!/bin/sh
# Stops the demonstration's and the tests' databases and removes them, the environment and the caches. Never touches .tequio.
set -eu
for home in .tequio-demo .tequio-test; do
    if [ -d "$home" ] && [ -x .venv/bin/python ]; then
        TEQUIO_HOME=$home .venv/bin/python -m tequio.config.cli down || {
            echo "clean: the database of $home does not stop; nothing was removed" >&2
            exit 1
        }
    fi
    if [ -f "$home/cluster.json" ]; then # root's data may lie apart, see docs/operations.md
        field() { sed -n "s/^ *\"$1\": \"\(.*\)\",*$/\1/p" "$home/cluster.json"; }
        apart=$(field data)
        if [ "$(field home)" = "$(cd "$home" && pwd -P)" ]; then
            case $apart in /var/lib/tequio/*/pg) rm -rf "${apart%/pg}" ;; esac
        fi
    fi
    rm -rf "$home"
done
rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench-data build dist
find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
echo "clean: environment, caches, demonstration and test data removed; .tequio untouched"
