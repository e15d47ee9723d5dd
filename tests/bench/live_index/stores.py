"""The candidates, each behind the same door. A PostgreSQL store has a schema of its own, which it empties when it starts."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from tequio.search import segments

CAP = 300
"""Entries read of one key. A key shared by more is too common to tell anybody apart."""
VACUUM_SHARE = 0.3
"""Rewritten postings, as a share of all, after which the space of the old ones is given back to the table."""

Groups = list[tuple[int, list[int]]]
"""(key, entries), small groups first."""


class Store(ABC):
    """Where postings live. `insert` is one committed batch; `lookup` gives the entries of each key, small groups first."""

    name: str
    whole_groups = True
    """Whether `lookup` gives all entries of a key that is not too common; else the best of all keys together, as one group."""

    @abstractmethod
    def open(self) -> None:
        """Connect as one more reader of what is there."""

    @abstractmethod
    def make_anew(self) -> None:
        """Connect, and empty it."""

    @abstractmethod
    def insert(self, first: int, offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        """Enter entries first, first + 1, ... with their keys, durably, and do whatever upkeep is due."""

    @abstractmethod
    def remove(self, entries: Sequence[int], offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        """Take entries out; their keys are given for a store that needs them."""

    @abstractmethod
    def lookup(self, keys: Sequence[int]) -> Groups:
        """Entries of each key, small groups first, a common key's cut short."""

    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """Bytes on disk, by part."""

    @abstractmethod
    def settle(self) -> None:
        """What an idle hour would do: upkeep and statistics."""

    @abstractmethod
    def close(self) -> None:
        """Remove it."""


class InPostgres(Store):
    """A store in PostgreSQL."""

    schema: str

    def __init__(self, name: str, dsn: str) -> None:
        self.name, self.dsn = name, dsn
        self.place = f"live_index_{name.replace('-', '_')}"

    def open(self) -> None:
        self.connection = psycopg.connect(self.dsn, autocommit=True)
        self.connection.execute(f"SET search_path = {self.place}")

    def make_anew(self) -> None:
        self.open()
        self.connection.execute(f"DROP SCHEMA IF EXISTS {self.place} CASCADE")
        self.connection.execute(f"CREATE SCHEMA {self.place}")
        self.connection.execute(self.schema)

    def sizes(self) -> dict[str, int]:
        rows = self.connection.execute(
            "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname"
        )
        return {part: size for name, table, index in rows for part, size in ((name, table), (f"{name}, índices", index))}

    def settle(self) -> None:
        self.connection.execute("VACUUM ANALYZE")

    def close(self) -> None:
        self.connection.execute(f"DROP SCHEMA {self.place} CASCADE")
        self.connection.close()


class BTree(InPostgres):
    """One row a posting, primary key (key, entry): today's shape."""

    look_up = (
        "SELECT w.key, k.entry FROM unnest(%s::{type}[]) AS w(key) "
        "CROSS JOIN LATERAL (SELECT entry FROM key WHERE key = w.key LIMIT %s) AS k"
    )

    def __init__(self, name: str, dsn: str, number: str) -> None:
        super().__init__(name, dsn)
        self.number = number
        self.schema = f"CREATE TABLE key (key {number}, entry {number}, PRIMARY KEY (key, entry))"

    def insert(self, first: int, offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        postings = segments.postings_of(np.arange(first, first + len(offsets) - 1), offsets, keys)
        found, entries = (postings >> 32).tolist(), (postings & 0xFFFFFFFF).tolist()
        with self.connection.cursor() as cursor, cursor.copy("COPY key FROM STDIN (FORMAT binary)") as copy:
            copy.set_types([self.number, self.number])
            for row in zip(found, entries, strict=True):
                copy.write_row(row)

    def remove(self, entries: Sequence[int], offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        owners = np.repeat(np.array(entries), np.diff(offsets)).tolist()
        self.connection.execute(
            f"DELETE FROM key k USING unnest(%s::{self.number}[], %s::{self.number}[]) AS g(key, entry) "
            "WHERE k.key = g.key AND k.entry = g.entry",
            [keys.tolist(), owners],
        )

    def lookup(self, keys: Sequence[int]) -> Groups:
        groups: dict[int, list[int]] = {key: [] for key in keys}
        for key, entry in self.connection.execute(self.look_up.format(type=self.number), [list(keys), CAP], binary=True):
            groups[key].append(entry)
        return _by_size(groups)


class Gin(InPostgres):
    """One row an entry with its keys in an array, a GIN index on it, and a table of the keys too common to be looked for."""

    def __init__(self, name: str, dsn: str, fast_update: str) -> None:
        super().__init__(name, dsn)
        self.schema = (
            "CREATE TABLE entry (entry int PRIMARY KEY, keys int[] NOT NULL);"
            "CREATE TABLE frequent (key int PRIMARY KEY, entries int NOT NULL);"
            f"CREATE INDEX entry_keys ON entry USING gin (keys) WITH (fastupdate = {fast_update})"
        )

    def insert(self, first: int, offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        held, at = keys.tolist(), offsets.tolist()
        with self.connection.cursor() as cursor, cursor.copy("COPY entry FROM STDIN") as copy:
            for i in range(len(at) - 1):
                copy.write(f"{first + i}\t{{{','.join(map(str, held[at[i] : at[i + 1]]))}}}\n")

    def settle(self) -> None:
        self.connection.execute("TRUNCATE frequent")
        self.connection.execute(
            "INSERT INTO frequent SELECT key, count(*) FROM entry, unnest(keys) AS key GROUP BY key HAVING count(*) > %s", [CAP]
        )
        super().settle()

    def remove(self, entries: Sequence[int], offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        self.connection.execute("DELETE FROM entry WHERE entry = ANY(%s)", [list(entries)])

    def lookup(self, keys: Sequence[int]) -> Groups:
        groups: dict[int, list[int]] = {key: [] for key in keys}
        rows = self.connection.execute("SELECT key FROM frequent WHERE key = ANY(%s)", [list(keys)], binary=True).fetchall()
        rare = list(groups.keys() - {key for (key,) in rows})
        for entry, its in self.connection.execute("SELECT entry, keys FROM entry WHERE keys && %s::int[]", [rare], binary=True):
            for key in groups.keys() & its:
                groups[key].append(entry)
        return _by_size(groups)


class Segments(InPostgres):
    """Immutable sorted segments, merged as they grow: the product's own, `tequio.search.segments`."""

    schema = """
    CREATE TABLE search_segment (
        id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        first_entry int NOT NULL, last_entry int NOT NULL, postings bigint NOT NULL
    );
    CREATE TABLE search_block (
        segment int NOT NULL, last_key int NOT NULL, last_entry int NOT NULL, first_key int NOT NULL, postings bytea NOT NULL,
        PRIMARY KEY (segment, last_key, last_entry)
    ) WITH (
        autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0
    );
    ALTER TABLE search_block ALTER COLUMN postings SET STORAGE PLAIN;
    CREATE TABLE search_retired (entry int PRIMARY KEY, retired_by bigint NOT NULL)
    """
    rewritten = 0

    def insert(self, first: int, offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        last = first + len(offsets) - 2
        postings = segments.postings_of(np.arange(first, last + 1), offsets, keys)
        with self.connection.transaction():
            segments.add(self.connection, postings, first, last)
        while newest := segments.due(segments.segments(self.connection)):
            self._merge(newest)
        if self.rewritten > VACUUM_SHARE * sum(segment.postings for segment in segments.segments(self.connection)):
            for old in segments.worn(self.connection):
                self._merge([old])
            self.connection.execute("VACUUM search_block")
            self.rewritten = 0

    def _merge(self, merged: Sequence[segments.Segment]) -> None:
        with self.connection.transaction():
            segments.merge(self.connection, merged)
        self.rewritten += sum(segment.postings for segment in merged)

    def remove(self, entries: Sequence[int], offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        segments.retire(self.connection, entries)

    def lookup(self, keys: Sequence[int]) -> Groups:
        found = segments.look_up(self.connection, keys)
        read = [(group, group.entries()[:CAP]) for group in found.groups]
        every = list({entry for _, entries in read for entry in entries})
        retired = segments.standing(self.connection, found, every).retired
        groups = {group.key: [entry for entry in entries if entry not in retired] for group, entries in read}
        return _by_size(groups)


class Tantivy(Store):
    """An index of tantivy beside the database, keys as terms; the best by rarity in one query. Own files, own commits."""

    whole_groups = False

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder / "tantivy"
        self.tantivy: Any = import_module("tantivy")

    @staticmethod
    def installed() -> bool:
        """Whether the package is there."""
        return find_spec("tantivy") is not None

    def open(self) -> None:
        builder = self.tantivy.SchemaBuilder()
        builder.add_integer_field("entry", stored=True, indexed=True)
        builder.add_unsigned_field("keys", indexed=True)
        self.index = self.tantivy.Index(builder.build(), path=str(self.folder))
        self.searcher = self.index.searcher()

    def make_anew(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.open()
        self.writer = self._new_writer()

    def _new_writer(self) -> Any:
        return self.index.writer(heap_size=256_000_000, num_threads=1)

    def insert(self, first: int, offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        held, at = keys.view(np.uint32).tolist(), offsets.tolist()
        for i in range(len(at) - 1):
            document = self.tantivy.Document()
            document.add_integer("entry", first + i)
            for key in held[at[i] : at[i + 1]]:
                document.add_unsigned("keys", key)
            self.writer.add_document(document)
        self._commit()

    def remove(self, entries: Sequence[int], offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> None:
        for entry in entries:
            self.writer.delete_documents_by_term("entry", entry)
        self._commit()

    def _commit(self) -> None:
        self.writer.commit()
        self.index.reload()
        self.searcher = self.index.searcher()

    def settle(self) -> None:
        self.writer.wait_merging_threads()
        self.open()
        self.writer = self._new_writer()

    def lookup(self, keys: Sequence[int]) -> Groups:
        query, schema = self.tantivy.Query, self.index.schema
        terms = [(self.tantivy.Occur.Should, query.term_query(schema, "keys", key & 0xFFFFFFFF)) for key in keys]
        found = self.searcher.search(query.boolean_query(terms), limit=CAP, count=False).hits
        entries = [self.searcher.doc(address)["entry"][0] for _, address in found]
        return [(0, entries)]

    def close(self) -> None:
        shutil.rmtree(self.folder)

    def sizes(self) -> dict[str, int]:
        return {"carpeta": sum(path.stat().st_size for path in self.folder.iterdir())}


def _by_size(groups: dict[int, list[int]]) -> Groups:
    return sorted(((key, entries) for key, entries in groups.items() if entries), key=lambda group: len(group[1]))


STORES = ("segments", "btree", "btree8", "gin", "gin-slow", "tantivy")


def make_store(name: str, dsn: str, folder: Path) -> Store:
    """A candidate by the name that the command takes: keys of 4 or of 8 bytes, GIN's pending list on or off."""
    made: dict[str, Callable[[], Store]] = {
        "segments": lambda: Segments(name, dsn),
        "btree": lambda: BTree(name, dsn, "int4"),
        "btree8": lambda: BTree(name, dsn, "int8"),
        "gin": lambda: Gin(name, dsn, "on"),
        "gin-slow": lambda: Gin(name, dsn, "off"),
        "tantivy": lambda: Tantivy(name, folder),
    }
    return made[name]()
