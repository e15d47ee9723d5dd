"""The command as a process: start, streams, exit status, and a node's whole life."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import SRC, process, tequio


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_what_needs_no_database_works_without_one(home: Path) -> None:
    done = process("contract", "rnd", "--format", "csv-header", home=home)
    assert done.status == 0 and done.out.startswith("clave_registro,") and done.err == ""


def test_without_a_database_each_command_says_how_to_start_it(home: Path) -> None:
    done = process("hit", "list", "--as", "ana", home=home)
    assert (done.status, done.out) == (7, "")
    assert "BASE_NO_DISPONIBLE" in done.err and "tequio up" in done.err and "Traceback" not in done.err


def test_status_answers_without_a_database(home: Path) -> None:
    done = process("status", "--json", home=home)
    assert done.status == 0 and done.data["cluster"]["running"] is False and done.data["health"]["ok"] is False


def test_a_data_folder_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    done = process("status", "--json", home=tmp_path / "home")
    assert done.status == 7 and done.code == "CARPETA_NO_DISPONIBLE"


def test_an_external_server_that_does_not_answer_is_said_so_without_its_password(home: Path) -> None:
    done = process("up", "--json", home=home, TEQUIO_POSTGRES="postgresql://ana:clave-secreta@127.0.0.1:1/base")
    assert done.status == 7 and "clave-secreta" not in done.out + done.err and "Traceback" not in done.err


@pytest.mark.parametrize("words", [("--port", "0"), ("--port", "70000"), ("--host", "no existe")])
def test_an_address_that_does_not_exist_is_refused(words: tuple[str, ...]) -> None:
    done = tequio("run", *words, "--json")
    assert (done.status, done.code) == (6, "DATO_INVALIDO")


def test_a_port_that_another_program_has_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = tequio("run", "--port", taken.getsockname()[1], "--json")
    assert (done.status, done.code) == (7, "PUERTO_OCUPADO")


def test_a_reader_that_leaves_early_is_no_error(home: Path) -> None:
    command = f'"{sys.executable}" -m tequio.config.cli contract rnd --format markdown | head -n 1; echo "${{PIPESTATUS[0]}}"'
    env = os.environ | {"TEQUIO_HOME": str(home), "PYTHONPATH": str(SRC)}
    done = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1] == "0" and done.stderr == ""


@pytest.fixture
def node(home: Path) -> Iterator[Path]:
    """A node that was migrated; its database is stopped and removed afterwards, also what root keeps outside the home."""
    data = Path(process("status", "--json", home=home).data["cluster"]["data_folder"])
    try:
        done = process("migrate", "--json", home=home)
        assert done.status == 0 and done.data["applied"] > 0
        yield home
    finally:
        assert process("down", home=home).status == 0
        shutil.rmtree(data, ignore_errors=True)


@pytest.mark.slow
def test_a_node_migrates_once_attends_and_ends_in_order(node: Path) -> None:
    again = process("migrate", "--json", home=node).data
    assert again["applied"] == 0 and again["reference"]["created"] == 0 and again["index_outdated"] is False
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = os.environ | {"TEQUIO_HOME": str(node), "PYTHONPATH": str(SRC)}
    command = [sys.executable, "-m", "tequio.config.cli", "run", "--port", str(port)]
    running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert json.loads(_read(f"http://127.0.0.1:{port}/salud"))["ok"] is True
        assert b"prefers-color-scheme" in _read(f"http://127.0.0.1:{port}/static/ui/tequio.css")
    finally:
        running.send_signal(signal.SIGTERM)
        said, _ = running.communicate(timeout=30)
    assert running.returncode == 0 and "dejó de atender, en orden" in said and "Traceback" not in said


def _read(address: str) -> bytes:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                found: bytes = answer.read()
                return found
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
