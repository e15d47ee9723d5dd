"""The private PostgreSQL cluster that `tequio up` and `tequio down` run, and how to reach it or an external server."""

from tequio.kernel.cluster.choice import Source
from tequio.kernel.cluster.cluster import Status, down, status, up
from tequio.kernel.cluster.faults import (
    ClusterBusy,
    ClusterFolderUnusable,
    ClusterOwnedByAnother,
    PostgresNotFound,
    PostgresRoleMissing,
    PostgresUnreachable,
    PostgresUrlInvalid,
    PostgresVersionMismatch,
    PostgresWontStart,
    PostgresWontStop,
)
from tequio.kernel.cluster.link import APPLICATION_ROLE, Connection
from tequio.kernel.cluster.places import connection, home_folder

__all__ = [
    "APPLICATION_ROLE",
    "ClusterBusy",
    "ClusterFolderUnusable",
    "ClusterOwnedByAnother",
    "Connection",
    "PostgresNotFound",
    "PostgresRoleMissing",
    "PostgresUnreachable",
    "PostgresUrlInvalid",
    "PostgresVersionMismatch",
    "PostgresWontStart",
    "PostgresWontStop",
    "Source",
    "Status",
    "connection",
    "down",
    "home_folder",
    "status",
    "up",
]
