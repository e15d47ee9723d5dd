"""What the cluster computes without starting anything: connections, folders, sizes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.kernel import cluster
from tequio.kernel.cluster import conf, places
from tequio.kernel.errors import Unavailable

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps data apart from the home")


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for homes, and another in the place of /var/lib/tequio."""
    monkeypatch.setattr(places, "SYSTEM_STATE", tmp_path / "state")
    return tmp_path


@pytest.mark.parametrize(
    "tail", ["h:99a/db", "h:0/db", "h:70000/db", "a,b/db", "h/db?no_such=1", "[::1/db", "h:5432:1/db", "h/%zz"]
)
def test_a_url_that_cannot_be_read_is_refused(tail: str) -> None:
    with pytest.raises(cluster.PostgresUrlInvalid) as caught:
        cluster.connection(Path("x"), {"TEQUIO_POSTGRES": f"postgresql://ana:clavesecreta@{tail}"})
    assert "clavesecreta" not in str(caught.value.as_dict())


@given(st.text(max_size=60))
def test_any_url_is_read_or_refused_with_a_code(rest: str) -> None:
    try:
        link = cluster.connection(Path("x"), {"TEQUIO_POSTGRES": "postgresql://" + rest})
    except Unavailable as refused:
        assert refused.code == "POSTGRES_URL"
    else:
        assert link.host and link.user and link.dbname


@given(
    st.builds(
        cluster.Connection,
        *[st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1)] * 1,
        st.integers(1, 65535),
        *[st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)] * 3,
    )
)
def test_the_dsn_says_what_the_connection_says(link: cluster.Connection) -> None:
    said = psycopg.conninfo.conninfo_to_dict(link.dsn())
    assert (said["host"], int(str(said["port"])), said["user"]) == (link.host, link.port, link.user)
    assert (said["password"], said["dbname"]) == (link.password, link.dbname)


def test_the_url_gives_django_its_settings() -> None:
    url = "postgresql://ana:c%40ve@db.example:5433/sni?sslmode=verify-full"
    entry = cluster.connection(Path("x"), {"TEQUIO_POSTGRES": url}).django()
    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "sni",
        "USER": "ana",
        "PASSWORD": "c@ve",
        "HOST": "db.example",
        "PORT": "5433",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"application_name": "tequio", "sslmode": "verify-full"},
    }


def test_an_external_server_that_does_not_answer_is_told_without_its_password(ground: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        env = {"TEQUIO_POSTGRES": f"postgresql://ana:clavesecreta@127.0.0.1:{closed.getsockname()[1]}/tequio"}
        with pytest.raises(cluster.PostgresUnreachable) as caught:
            cluster.up(ground / "remote", env, say=print)
        assert not cluster.status(ground / "remote", env).running
    assert caught.value.code == "POSTGRES_INALCANZABLE"
    assert "clavesecreta" not in str(caught.value.as_dict()) + repr(cluster.connection(ground, env))
    assert not (ground / "remote").exists()


def test_the_home_is_tequio_home_or_a_folder_here(monkeypatch: pytest.MonkeyPatch, ground: Path) -> None:
    monkeypatch.chdir(ground)
    assert cluster.home_folder({}) == Path.cwd() / ".tequio"
    assert cluster.home_folder({"TEQUIO_HOME": "there"}) == Path.cwd() / "there"
    assert cluster.home_folder({"TEQUIO_HOME": "~no-such-user/x"}).is_absolute()


@given(st.text(min_size=1, max_size=150))
def test_every_home_has_a_socket_path_that_the_system_accepts(name: str) -> None:
    home = Path("/srv") / name.replace("\0", "").strip("/")
    for system in (True, False):
        account = places.Account(uid=1000, gid=1000, name="ana", lowered=False, system=system)
        run = places.run_folder(home, account)
        assert len(os.fsencode(run / ".s.PGSQL.5432")) <= places.SOCKET_LIMIT
        assert not set(str(run)) & set("',\"\\ \n$`")


def test_a_socket_folder_that_is_not_ours_alone_is_refused(ground: Path) -> None:
    run = ground / "squatted"
    run.mkdir()
    run.chmod(0o777)
    with pytest.raises(cluster.ClusterOwnedByAnother) as caught:
        places.refuse_intruder(run, places.account_for(ground))
    assert caught.value.code == "POSTGRES_AJENO"


@as_root
def test_a_home_that_was_moved_finds_its_data_and_a_copy_does_not_take_them(ground: Path) -> None:
    old, new = ground / "old-home", ground / "new-home"
    data = places.outside(old) / "pg"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    old.mkdir(mode=0o700)
    record = places.Record(home=str(old), data=str(data), bin_folder="", version="15.1", source="sistema")
    (old / "cluster.json").write_text(record.as_json())
    shutil.copytree(old, new)
    assert places.layout(new).data != data
    shutil.rmtree(old)
    assert places.layout(new).data == data
    shutil.rmtree(data.parent)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"home": 1}', "null"])
def test_a_damaged_record_is_as_good_as_none(ground: Path, text: str) -> None:
    home = ground / "damaged"
    home.mkdir(exist_ok=True)
    (home / "cluster.json").write_text(text)
    assert places.read_record(home) is None


@given(st.integers(0, 1 << 45))
def test_shared_buffers_fit_the_machine(memory: int) -> None:
    assert 32 <= conf.shared_buffers(memory) <= 256


def test_the_package_does_without_django() -> None:
    script = "import sys, tequio.kernel.cluster; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
