#!/bin/sh
# Resolves pyproject.toml, with its dev extra, for every system and Python from 3.11 on, into requirements.lock with hashes.
# Another package index is named in UV_DEFAULT_INDEX. Versions already in the lock stay unless UPGRADE=1.
set -eu
tool=.venv/.lock-tool
[ -x "$tool/bin/uv" ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --target "$tool" uv
"$tool/bin/uv" pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --quiet ${UPGRADE:+--upgrade} --output-file requirements.lock
echo "lock: $(grep -c == requirements.lock) packages in requirements.lock"
