"""The settings of the private cluster: one file of ours, included last by PostgreSQL's own postgresql.conf."""

from __future__ import annotations

import os
from pathlib import Path

from tequio.kernel.cluster.link import DEFAULT_PORT

FILE = "tequio.conf"
INCLUDE = f"\ninclude_if_exists = '{FILE}'\n"
_MIB = 1024 * 1024
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")

_COMMON = """\
# Written by Tequio at every start: changes here are lost. Put yours in postgresql.conf, below the include.
listen_addresses = ''
port = {port}
unix_socket_directories = '{run}'
unix_socket_permissions = 0700
cluster_name = 'tequio'
max_connections = 60
shared_buffers = {shared_buffers}MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_checkpoints = off
# A log line has no personal data: neither the statement that failed nor the detail that quotes a row's values.
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
"""
_DURABLE = """\
fsync = on
synchronous_commit = on
full_page_writes = on
"""
_THROWAWAY = """\
# For tests and trials only: a power cut can destroy the cluster.
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def settings(run: Path, *, durable: bool, memory: int) -> str:
    """Text of the file. `run` is the socket's folder, already free of quotes and commas; `memory` in bytes."""
    text = _COMMON.format(port=DEFAULT_PORT, run=run, shared_buffers=shared_buffers(memory))
    return text + (_DURABLE if durable else _THROWAWAY)


def shared_buffers(memory: int) -> int:
    """MiB of shared buffers for a machine of `memory` bytes: an eighth, from 32 to 256. Ours is not the only program on it."""
    return max(32, min(256, memory // _MIB // 8))


def machine_memory() -> int:
    """Bytes of memory that this machine, or the container it is, may use."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in _CGROUP_LIMITS:
        try:
            text = Path(name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit():
            sizes.append(int(text))
    return min(sizes)
