#!/bin/sh
# Makes or completes the environment $1: a Python of 3.11 or later, and the packages of requirements.lock, each by its hash.
set -eu
venv=$1

python=""
for name in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    if [ -n "$name" ] && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "Tequio needs Python 3.11 or later and found none. Install it, or name it: make PYTHON=/path/to/python3" >&2
    exit 1
fi

if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "install: making $venv with $("$python" --version)"
    if ! "$python" -m venv --clear "$venv"; then
        echo "Python's venv module does not work here. On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi

log=$venv/install.log
quietly() {
    if ! "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@" >"$log" 2>&1; then
        cat "$log" >&2
        echo "install: pip failed (above). Check the network and run make again: what is there stays." >&2
        exit 1
    fi
}
echo "install: packages of requirements.lock (the first time takes a minute or two)"
quietly install --require-hashes -r requirements.lock
quietly install --no-deps --no-build-isolation -e .
echo "install: compiling the matcher (the first time takes a minute)"
if ! "$venv/bin/python" -m tequio.search.segments.prepare >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
echo "install: done"
