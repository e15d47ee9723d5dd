"""The shared parts of the command line, without a database."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import psycopg
import pytest
import typer
from django.db import DataError, OperationalError, ProgrammingError
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tequio.kernel.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    PurposeRequired,
    ScopeMissing,
    TequioError,
    Unavailable,
)
from tequio.targets.domain import Priority
from tequio.ui.console import acting, answers, faults, reading
from tequio.ui.console.answers import Answer
from tequio.ui.console.entry import Output, command
from tequio.ui.console.spanish import group


def run(work: Callable[[], Answer], *words: str) -> tuple[int, str, str]:
    """One command that does `work`."""
    app = group("Prueba.")

    @command(app, "one")
    def one(output: Output) -> Answer:
        """Hace algo."""
        return work()

    @command(app, "two")
    def two(output: Output, number: Annotated[int, typer.Option("--number", metavar="N")], what: str = "") -> Answer:
        """Hace otra cosa."""
        return Answer({"number": number, "what": what}, [answers.line(number)])

    found = CliRunner().invoke(app, list(words or ("one",)))
    return found.exit_code, found.stdout, found.stderr


def failing(error: Exception) -> Callable[[], Answer]:
    def work() -> Answer:
        raise error

    return work


@pytest.mark.parametrize(
    ("kind", "status"),
    [(NotAllowed, 3), (PurposeRequired, 3), (NotFound, 4), (Conflict, 5), (Invalid, 6), (Unavailable, 7), (ScopeMissing, 1)],
)
def test_each_class_of_error_has_its_exit_status(kind: type[TequioError], status: int) -> None:
    code, out, err = run(failing(kind("Qué pasó.", hint="Haga esto.")))
    assert (code, out) == (status, "")
    assert err == f"Error {kind.code}: Qué pasó.\nQué hacer: Haga esto.\n"


def test_an_error_is_json_on_standard_output_for_programs() -> None:
    code, out, err = run(failing(Invalid("Mal.", hint="Bien.", facts={"n": 1})), "one", "--json")
    assert code == 6 and err == ""
    assert json.loads(out) == {
        "ok": False,
        "error": {"code": "DATO_INVALIDO", "message": "Mal.", "hint": "Bien.", "facts": {"n": 1}},
    }


def test_an_answer_is_text_for_people_and_json_for_programs() -> None:
    answer = Answer({"day": date(2026, 11, 1), "kind": Priority.HIGH}, [answers.line("Hecho."), "tal cual"])
    assert run(lambda: answer) == (0, "Hecho.\ntal cual\n", "")
    assert json.loads(run(lambda: answer, "one", "--json")[1]) == {"ok": True, "day": "2026-11-01", "kind": "alta"}


def test_an_unexpected_failure_is_told_short_and_kept_whole_in_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEQUIO_HOME", str(tmp_path))
    code, out, err = run(failing(RuntimeError("secreto de la falla")))
    log = tmp_path / faults.LOG_NAME
    assert code == 1 and out == ""
    assert "Traceback" not in err and "secreto" not in err
    assert "secreto de la falla" in log.read_text(encoding="utf-8") and "Traceback" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0
    reference = err.split("referencia ")[1][:8]
    assert reference in log.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_does_not_hide_the_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TEQUIO_HOME", str(tmp_path / "file" / "home"))
    code, _, err = run(failing(RuntimeError("x")))
    assert code == 1 and "FALLA_INTERNA" in err


def caused(error: Exception, cause: Exception | None) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status", "code", "hint"),
    [
        (caused(OperationalError("connection to server at 10.0.0.1 failed"), None), 7, "BASE_NO_DISPONIBLE", "tequio up"),
        (caused(OperationalError("x"), psycopg.errors.AdminShutdown("x")), 7, "BASE_NO_DISPONIBLE", "tequio up"),
        (caused(OperationalError("x"), psycopg.errors.DiskFull("x")), 7, "BASE_OCUPADA", "Repita"),
        (caused(OperationalError("x"), psycopg.errors.DeadlockDetected("x")), 7, "BASE_OCUPADA", "Repita"),
        (caused(ProgrammingError("x"), psycopg.errors.UndefinedTable("x")), 7, "FALTAN_MIGRACIONES", "tequio migrate"),
        (caused(DataError("value too long"), psycopg.errors.StringDataRightTruncation("x")), 6, "DATO_INVALIDO", "repita"),
    ],
)
def test_what_the_database_cannot_do_is_an_expected_error(error: Exception, status: int, code: str, hint: str) -> None:
    found, out, err = run(failing(error))
    assert (found, out) == (status, "")
    assert code in err and hint in err and "10.0.0.1" not in err


def test_a_wrong_statement_of_ours_is_a_fault_of_the_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEQUIO_HOME", str(tmp_path))
    code, _, err = run(failing(caused(ProgrammingError("x"), psycopg.errors.SyntaxError("x"))))
    assert code == 1 and "FALLA_INTERNA" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tres",), "No existe el comando «tres»."),
        (("on",), "¿Quiso decir one?"),
        (("one", "--nada"), "No existe la opción --nada."),
        (("one", "sobra"), "Sobran palabras en el comando: sobra."),
        (("two",), "Falta --number."),
        (("two", "--number"), "--number"),
        (("two", "--number", "x"), "El valor de --number no se entiende."),
    ],
)
def test_usage_errors_are_in_spanish_and_end_with_two(words: tuple[str, ...], said: str) -> None:
    code, out, err = run(lambda: Answer({}), *words)
    assert (code, out) == (2, "")
    assert said in err and "Consulte `" in err


def test_usage_errors_are_json_for_programs() -> None:
    code, out, _ = run(lambda: Answer({}), "two", "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "USO"


def test_help_is_in_spanish() -> None:
    code, out, _ = run(lambda: Answer({}), "two", "--help")
    assert code == 0 and "Uso: " in out and "Opciones:" in out and "Muestra esta ayuda." in out
    assert not [word for word in ("Usage", "Options", "Show this", "required", "default") if word in out]


def test_a_command_without_words_shows_its_help() -> None:
    found = CliRunner().invoke(_empty(), [])
    assert found.exit_code == 2 and "Comandos:" in found.stderr


def _empty() -> typer.Typer:
    app = group("Prueba.")
    command(app, "a")(lambda: Answer({}))
    command(app, "b")(lambda: Answer({}))
    return app


def test_a_value_that_is_no_text_is_refused() -> None:
    code, _, err = run(lambda: Answer({}), "two", "--number", "1", "--what", "a\udcff")
    assert code == 6 and "DATO_INVALIDO" in err


@given(st.text())
def test_nothing_that_is_shown_can_move_the_cursor_or_turn_the_line_around(text: str) -> None:
    shown = answers.clean(text)
    assert len(shown) == len(text)
    assert not [sign for sign in shown if ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0 or sign in "\u202a\u202e\u2066\u200b"]


def test_a_table_in_a_file_has_no_lines_no_colour_and_no_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    answers.print_part(answers.table(("Uno", "Dos"), [("x" * 150, "\x1b[31mrojo[bold]"), ("", "b")], "Título"))
    rows = out.getvalue().splitlines()
    assert rows[0] == "Título" and rows[2].startswith("x" * 150 + "  ·[31mrojo[bold]")
    assert "\x1b" not in out.getvalue() and not [row for row in rows if row != row.rstrip()]


def test_json_escapes_letters_where_the_output_lacks_them(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    monkeypatch.setattr("sys.stdout", stream)
    answers.write_json({"a": "ñ→", "t": timedelta(minutes=1), "u": uuid4(), "s": {1}, "p": Path("/x")})
    stream.flush()
    assert json.loads(raw.getvalue())["a"] == "ñ→" and raw.getvalue().isascii()


@given(st.text(max_size=80))
def test_whatever_is_typed_as_an_identifier_is_one_or_is_refused(text: str) -> None:
    try:
        reading.identifier(text, "lote")
    except Invalid as refusal:
        assert refusal.hint


@given(st.text(max_size=30))
def test_whatever_is_typed_as_a_day_or_a_moment_is_one_or_is_refused(text: str) -> None:
    for read in (reading.day, reading.instant):
        try:
            read(text, "prueba")
        except Invalid as refusal:
            assert refusal.hint


def test_days_are_read_in_both_orders_and_moments_are_of_central_mexico() -> None:
    assert reading.day("01/11/2026", "x") == reading.day("2026-11-01", "x") == date(2026, 11, 1)
    assert reading.instant("2026-11-01 12:00", "x").astimezone(UTC) == datetime(2026, 11, 1, 18, tzinfo=UTC)
    assert reading.instant("2026-11-01T12:00+00:00", "x") == datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_value_out_of_a_list_is_refused_with_the_list() -> None:
    with pytest.raises(Invalid) as refusal:
        reading.choice("muy alta", Priority, "--priority")
    assert "alta, media, ordinaria" in refusal.value.hint


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nada", tmp_path, tmp_path / ("y" * 300)):
        with pytest.raises(reading.FileUnusable):
            reading.existing_file(path)


def test_no_file_is_written_over_nor_through_a_link(tmp_path: Path) -> None:
    there, link = tmp_path / "there", tmp_path / "link"
    there.touch()
    link.symlink_to(tmp_path / "elsewhere")
    for path in (there, link):
        with pytest.raises(reading.FileThere):
            reading.fresh_file(path)
    with pytest.raises(reading.FileUnusable):
        reading.fresh_file(tmp_path / "no" / "x")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"operator": 7}', '{"other": "x"}', "\udcff"])
def test_a_demonstration_file_that_says_nothing_names_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / acting.DEMO_FILE).write_bytes(content.encode("utf-8", "surrogateescape"))
    assert acting.demo_operator(tmp_path) == ""


def test_a_demonstration_names_its_operator(tmp_path: Path) -> None:
    assert acting.demo_operator(tmp_path) == ""
    (tmp_path / acting.DEMO_FILE).write_text('{"operator": "ana"}', encoding="utf-8")
    assert acting.demo_operator(tmp_path) == "ana"
