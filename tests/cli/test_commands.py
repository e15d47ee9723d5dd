"""Commands on a database: the story, what each refuses, and what programs read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tequio.audit.models import Line
from tequio.kernel.ids import new_id
from tequio.supply import services as supply_services
from tests.cli.running import Done, tequio
from tests.world import JUAN, SUPPLY, Cast, csv_text, supply

WHY = ("--purpose", "revision_coincidencia", "--folio", "OFICIO-9")
INQUIRY = ("--purpose", "investigacion", "--folio", "CARPETA-1")


@pytest.fixture
def batch_file(tmp_path: Path) -> Path:
    """Three rows: one good, one with an impossible date, one without its date."""
    rows = [
        JUAN,
        JUAN | {"clave_registro": "NAY-0002", "fecha_detencion": "2026-13-01"},
        JUAN | {"clave_registro": "NAY-0003", "fecha_detencion": ""},
    ]
    path = tmp_path / "lote.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def send(path: Path, *more: str, user: str = "nayarit_capturist") -> Done:
    return tequio("supply", "rnd", path, "--institution", "NT-SSPC", *more, user=user)


def look_for(user: str = "jalisco_analyst") -> Done:
    return tequio(
        *(
            "target",
            "add",
            "--given",
            "Filiberto",
            "--paternal",
            "Muñoz",
            "--maternal",
            "Zepeda",
            "--sex",
            "H",
            "--birth",
            "1984-03-07",
        ),
        *("--state", "JC", "--grounds", "orden_aprehension", "--document", "CAUSA 12/2026", "--priority", "alta", "--json"),
        user=user,
    )


@pytest.fixture
def hit(cast: Cast, batch_file: Path) -> str:
    """Jalisco's target met Nayarit's record: the hit's identifier."""
    target = look_for().data["target"]["id"]
    assert tequio("target", "approve", target, user="jalisco_supervisor").status == 0
    assert send(batch_file).status == 0
    return str(tequio("hit", "list", "--json", user="jalisco_analyst").data["hits"][0]["id"])


def last_line(chain: str) -> Line:
    return Line.objects.filter(chain=chain).latest("number")


def test_a_supplied_file_ends_in_a_receipt_that_says_which_rows_were_not_taken(cast: Cast, batch_file: Path) -> None:
    done = send(batch_file)
    assert done.status == 0
    assert "aceptados: 1" in done.out and "rechazados: 2" in done.out and "FECHA_IMPOSIBLE" in done.out and "--fix" in done.out


def test_supplying_again_gives_the_same_receipt(cast: Cast, batch_file: Path) -> None:
    first, again = send(batch_file, "--json").data, send(batch_file, "--json").data
    assert first["receipt"] == again["receipt"] and first["seal_holds"]


def test_a_batch_key_with_other_content_is_a_conflict(cast: Cast, batch_file: Path, tmp_path: Path) -> None:
    assert send(batch_file, "--batch", "L-1").status == 0
    other = tmp_path / "otro.csv"
    other.write_text(csv_text([JUAN]), encoding="utf-8")
    done = send(other, "--batch", "L-1", "--json")
    assert (done.status, done.code) == (5, "LOTE_CON_OTRO_CONTENIDO")


def test_the_fix_file_holds_the_bad_rows_and_can_be_sent_back(cast: Cast, batch_file: Path, tmp_path: Path) -> None:
    receipt, fix = send(batch_file, "--json").data["batch"], tmp_path / "corregir.csv"
    done = tequio("receipt", receipt, "--fix", fix, "--findings", "10", user="nayarit_capturist")
    assert done.status == 0 and "20••-••-••" in done.out
    rows = list(csv.DictReader(fix.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["clave_registro"] for row in rows] == ["NAY-0002", "NAY-0003"]
    assert fix.stat().st_mode & 0o077 == 0 and list(tmp_path.glob(".corregir*")) == []
    assert last_line("NT-SSPC").action == "supply.fix_file"
    fix.write_text(fix.read_text(encoding="utf-8-sig").replace("2026-13-01", "2026-10-01"), encoding="utf-8")
    assert send(fix, "--json").data["receipt"]["renglones"]["nuevos"] == 1


def test_a_receipt_is_not_written_over_a_file(cast: Cast, batch_file: Path) -> None:
    receipt = send(batch_file, "--json").data["batch"]
    before = batch_file.read_bytes()
    done = tequio("receipt", receipt, "--fix", batch_file, "--json", user="nayarit_capturist")
    assert (done.status, done.code) == (5, "ARCHIVO_YA_EXISTE") and batch_file.read_bytes() == before


def test_another_agency_does_not_learn_that_a_receipt_exists(cast: Cast, batch_file: Path) -> None:
    receipt = send(batch_file, "--json").data["batch"]
    theirs = tequio("receipt", receipt, "--json", user="jalisco_liaison")
    nobody = tequio("receipt", new_id(), "--json", user="jalisco_liaison")
    assert theirs == nobody and theirs.status == 4


def test_a_batch_left_half_way_is_finished_when_its_agency_supplies_again(cast: Cast, batch_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "otro.csv"
    other.write_text(csv_text([JUAN | {"clave_registro": "NAY-0009"}]), encoding="utf-8")
    left = supply_services.receive_file(
        actor=cast.nayarit_capturist, purpose=SUPPLY, registry="rnd", path=other, agency_code="NT-SSPC"
    )
    assert send(batch_file, "--json").data["resumed"] == [str(left.id)]


@pytest.mark.parametrize("what", ["missing", "folder", "empty", "picture"])
def test_what_is_no_table_is_refused_with_what_to_do(cast: Cast, tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.csv"
    if what == "folder":
        path.mkdir()
    elif what != "missing":
        path.write_bytes(b"" if what == "empty" else b"\x89PNG\r\n\x1a\n" + bytes(200))
    done = send(path)
    assert done.status == 6 and "Qué hacer: " in done.err and done.out == ""


def test_the_whole_story_by_command_line(cast: Cast, hit: str) -> None:
    shown = tequio("hit", "show", hit, *WHY, user="jalisco_analyst")
    assert shown.status == 0
    for words in (
        "Casi con certeza",
        "fecha de nacimiento",
        "1984-03-07",
        "suma",
        "NT-SSPC",
        "18017 Tepic",
        "Línea de tiempo",
        "sistema",
    ):
        assert words in shown.out
    assert tequio("hit", "confirm", hit, "--reason", "Coinciden nombre y fecha.", *WHY, user="jalisco_analyst").status == 0
    assert tequio("notice", "list", "--json", user="jalisco_liaison").data["notices"] == [], "one person's word tells nobody"
    assert tequio("hit", "confirm", hit, "--reason", "Releída y cotejada.", *WHY, user="jalisco_supervisor").status == 0
    notice = tequio("notice", "list", "--json", user="jalisco_liaison").data["notices"][0]
    assert notice["content"]["custodia_de"] == "NT-SSPC"
    assert tequio("notice", "ack", notice["id"], user="jalisco_liaison").status == 0
    assert tequio("notice", "list", "--unanswered", "--json", user="jalisco_liaison").data["notices"] == []


def test_a_hit_says_each_feature_with_both_values_level_and_weight(cast: Cast, hit: str) -> None:
    explanation = tequio("hit", "show", hit, "--json", *WHY, user="jalisco_analyst").data["hit"]["explanation"]
    assert round(sum(one["weight"] for one in explanation["features"]), 2) == explanation["score"]
    assert {"feature", "left", "right", "level", "weight", "conflict"} <= set(explanation["features"][0])


def test_a_hit_needs_a_purpose_and_a_folio(cast: Cast, hit: str) -> None:
    for words in (
        ("show", hit),
        ("confirm", hit, "--reason", "x"),
        ("reject", hit, "--reason", "x", "--purpose", "investigacion"),
    ):
        done = tequio("hit", *words, "--json", user="jalisco_analyst")
        assert (done.status, done.code) == (3, "FALTA_FINALIDAD")


def test_the_supplier_and_the_outsider_do_not_learn_that_a_hit_exists(cast: Cast, hit: str) -> None:
    theirs = tequio("hit", "show", hit, "--json", *WHY, user="nayarit_analyst")
    nothing = tequio("hit", "show", new_id(), "--json", *WHY, user="nayarit_analyst")
    assert theirs == nothing and theirs.status == 4
    assert tequio("hit", "list", "--state", "todas", "--json", user="nayarit_analyst").data["hits"] == []
    assert tequio("hit", "show", hit, "--json", *WHY, user="outsider").code == "NO_PERMITIDO"


def test_a_cancelled_record_shows_on_its_hit(cast: Cast, hit: str) -> None:
    assert tequio("detention", "cancel", "--key", "NAY-0001", "--reason", "duplicado", user="nayarit_supervisor").status == 0
    shown = tequio("hit", "show", hit, "--json", *WHY, user="jalisco_analyst").data["hit"]
    assert shown["record"]["standing"] == "registro_cancelado"
    assert (
        tequio("hit", "confirm", hit, "--reason", "x", "--json", *WHY, user="jalisco_analyst").code
        == "COINCIDENCIA_SIN_VIGENCIA"
    )


def test_who_proposes_a_target_does_not_approve_it(cast: Cast) -> None:
    target = look_for("jalisco_supervisor").data["target"]["id"]
    done = tequio("target", "approve", target, "--json", user="jalisco_supervisor")
    assert (done.status, done.code) == (5, "FALTA_SEGUNDA_PERSONA")


def test_a_target_goes_through_its_states(cast: Cast) -> None:
    target = look_for().data["target"]["id"]
    for words, state in (
        (("approve", target), "vigente"),
        (("validate", target), "vigente"),
        (("suspend", target, "--reason", "amparo"), "suspendido"),
        (("resume", target, "--reason", "se negó el amparo"), "vigente"),
        (("close", target, "--reason", "localizada"), "cerrado"),
    ):
        assert tequio("target", *words, "--json", user="jalisco_supervisor").data["target"]["state"] == state
    [listed] = tequio("target", "list", "--state", "cerrado", "--json", user="jalisco_analyst").data["targets"]
    assert listed["id"] == target
    shown = tequio("target", "show", target, *WHY, user="jalisco_analyst")
    assert "Filiberto Muñoz Zepeda" in shown.out and "amparo" in shown.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--grounds", "corazonada", "--document", "x", "--name", "Ana Roble Pino"), "OBJETIVO_INCOMPLETO"),
        (("--grounds", "orden_aprehension", "--document", "", "--name", "Ana Roble Pino"), "OBJETIVO_INCOMPLETO"),
        (("--grounds", "orden_aprehension", "--document", "x"), "OBJETIVO_INCOMPLETO"),
        (("--grounds", "orden_aprehension", "--document", "x", "--name", "Ana Roble", "--priority", "suma"), "DATO_INVALIDO"),
        (("--grounds", "orden_aprehension", "--document", "x", "--name", "Ana Roble", "--valid-to", "mañana"), "DATO_INVALIDO"),
        (
            ("--grounds", "orden_aprehension", "--document", "x", "--name", "Ana Roble", "--valid-to", "2001-01-01"),
            "OBJETIVO_INCOMPLETO",
        ),
        (("--grounds", "orden_aprehension", "--document", "x" * 121, "--name", "Ana Roble"), "DATO_INVALIDO"),
    ],
)
def test_an_incomplete_target_is_refused(cast: Cast, words: tuple[str, ...], code: str) -> None:
    done = tequio("target", "add", *words, "--json", user="jalisco_analyst")
    assert (done.status, done.code) == (6, code)


def test_a_search_needs_a_purpose_is_logged_and_explains_only_to_analysts(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    question = (
        "search",
        "person",
        "--given",
        "Filiberto",
        "--paternal",
        "Muños",
        "--maternal",
        "Zepeda",
        "--birth",
        "07/03/1984",
    )
    assert tequio(*question, "--json", user="outsider").code == "FALTA_FINALIDAD"
    [told] = tequio(*question, *INQUIRY, "--json", user="jalisco_analyst").data["found"]
    [bare] = tequio(*question, *INQUIRY, "--json", user="outsider").data["found"]
    assert told["agency"] == "NT-SSPC" and told["explanation"]["sentence"] and bare["explanation"] is None
    assert last_line("OC-SSPC").action == "search.person" and last_line("OC-SSPC").folio == "CARPETA-1"
    assert "Debe confirmarlo una persona." in tequio(*question, *INQUIRY, user="jalisco_analyst").out


def test_a_search_with_nothing_to_look_for_is_refused(cast: Cast) -> None:
    done = tequio("search", "person", *INQUIRY, "--json", user="nayarit_analyst")
    assert (done.status, done.code) == (6, "BUSQUEDA_SIN_DATOS")


def test_a_detention_is_shown_with_its_purpose_on_the_log(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    assert tequio("detention", "show", "--key", "NAY-0001", "--json", user="nayarit_analyst").code == "FALTA_FINALIDAD"
    shown = tequio("detention", "show", "--key", "NAY-0001", "--purpose", "custodia", "--folio", "F-1", user="nayarit_analyst")
    assert "18017 Tepic" in shown.out and "Muñoz" in shown.out
    line = last_line("NT-SSPC")
    assert (line.action, line.purpose, line.folio) == ("detention.read", "custodia", "F-1")
    done = tequio("detention", "show", "--key", "NAY-0001", "--json", *INQUIRY, user="jalisco_analyst")
    assert (done.status, done.code) == (4, "NO_ENCONTRADO")


def test_custody_goes_step_by_step(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    step = ("detention", "custody", "--key", "NAY-0001", "--json")
    moved = tequio(*step, "--step", "EN_TRASLADO", "--at", "2026-10-20 04:00", user="nayarit_capturist")
    again = tequio(*step, "--step", "EN_TRASLADO", "--at", "2026-10-20 04:00", user="nayarit_capturist")
    assert moved.status == 0 and moved.data == again.data
    for words, code in (
        (("--step", "INTERNADA"), "PASO_FUERA_DE_ORDEN"),
        (("--step", "VOLANDO"), "DATO_INVALIDO"),
        (("--step", "LIBERADA", "--at", "ayer"), "DATO_INVALIDO"),
        (("--step", "LIBERADA", "--at", "2999-01-01 00:00"), "DATO_INVALIDO"),
        (("--step", "LIBERADA", "--authority", "NADIE"), "DATO_INVALIDO"),
    ):
        assert tequio(*step, *words, user="nayarit_capturist").code == code


def test_an_arrest_past_its_limit_is_an_alarm_of_its_own_agency(cast: Cast, tmp_path: Path) -> None:
    arrest = JUAN | {"tipo_registro": "falta_administrativa", "autoridad_destino": "juez civico"}
    supply(cast.nayarit_capturist, tmp_path, [arrest])
    step = (
        "detention",
        "custody",
        "--key",
        "NAY-0001",
        "--step",
        "PUESTA_A_DISPOSICION_JUEZ_CIVICO",
        "--at",
        "2026-10-20 05:00",
    )
    assert tequio(*step, user="nayarit_capturist").status == 0
    found = tequio("detention", "alarms", "--json", user="nayarit_supervisor").data
    assert found["limit_hours"] == 36 and [one["supplier_key"] for one in found["alarms"]] == ["NAY-0001"]
    assert tequio("detention", "alarms", "--json", user="jalisco_analyst").data["alarms"] == []


def test_a_profile_is_kept_and_shown(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "perfil.json"
    path.write_text(json.dumps({"Fojas": "", "Quién": "nombre"}), encoding="utf-8")
    assert tequio("profile", "set", "rnd", path, user="nayarit_capturist").status == 0
    assert tequio("profile", "show", "rnd", "--json", user="nayarit_capturist").data["mapping"] == {
        "Fojas": "",
        "Quién": "nombre",
    }
    assert tequio("profile", "show", "rnd", "--json", user="jalisco_analyst").data["mapping"] is None


@pytest.mark.parametrize(
    "content", ["", "[1]", "{}", '{"a": 1}', '{"a": "no_es_campo"}', "\x00", "[" * 100_000, '{"a\\u0000": "nombre"}']
)
def test_a_profile_that_is_none_is_refused(cast: Cast, tmp_path: Path, content: str) -> None:
    path = tmp_path / "perfil.json"
    path.write_text(content, encoding="utf-8")
    done = tequio("profile", "set", "rnd", path, user="nayarit_capturist")
    assert done.status == 6 and "Qué hacer" in done.err


def test_the_log_is_verified_by_its_auditors_and_only_the_federal_one_reaches_them_all(cast: Cast, hit: str) -> None:
    assert "íntegra" in tequio("audit", "verify", user="jalisco_auditor").out
    assert tequio("audit", "verify", "--all", "--json", user="jalisco_auditor").code == "NO_PERMITIDO"
    everything = tequio("audit", "verify", "--all", "--json", user="hub_auditor").data
    assert (
        everything["breaks"] == []
        and everything["lines"] > tequio("audit", "verify", "--json", user="jalisco_auditor").data["lines"]
    )
    assert tequio("audit", "checkpoint", user="hub_auditor").status == 0
    assert tequio("audit", "checkpoint", "--json", user="hub_operator").code == "NO_PERMITIDO"


def test_an_exported_log_has_its_own_chain_its_fingerprints_and_no_personal_data(cast: Cast, hit: str, tmp_path: Path) -> None:
    path = tmp_path / "bitacora.jsonl"
    assert tequio("audit", "export", path, user="jalisco_auditor").status == 0
    text = path.read_text(encoding="utf-8")
    lines = [json.loads(one) for one in text.splitlines()]
    assert {one["chain"] for one in lines} == {"JC-SSP"} and [one["number"] for one in lines] == list(range(1, len(lines) + 1))
    assert all(after["previous"] == before["fingerprint"] for before, after in zip(lines, lines[1:], strict=False))
    assert not [word for word in ("Filiberto", "Muñoz", "Zepeda", "1984", "CAUSA") if word in text]
    assert path.stat().st_mode & 0o077 == 0
    assert tequio("audit", "export", path, "--json", user="jalisco_auditor").code == "ARCHIVO_YA_EXISTE"


def test_accounts_are_added_and_listed_by_the_administrator_of_their_agency(cast: Cast) -> None:
    add = ("user", "add", "nueva", "--name", "Persona Nueva", "--role", "captura", "--document", "OFICIO 7", "--json")
    assert tequio(*add, "--agency", "JC-SSP", user="administrator").code == "NO_ENCONTRADO"
    assert tequio(*add, "--agency", "NT-SSPC", user="administrator").data["user"]["roles"] == ["captura"]
    listed = tequio("user", "list", "--json", user="administrator").data["users"]
    assert {one["username"] for one in listed} >= {"nueva", "nayarit_analyst"} and "jalisco_analyst" not in {
        one["username"] for one in listed
    }
    assert tequio("user", "list", "--json", user="outsider").code == "NO_PERMITIDO"


@pytest.mark.parametrize("name", ["", "con espacio", "ñandú", "x" * 151, "a\nb", "--"])
def test_a_username_that_cannot_be_typed_is_refused(cast: Cast, name: str) -> None:
    done = tequio(
        "user",
        "add",
        "--name",
        "x",
        "--agency",
        "NT-SSPC",
        "--role",
        "captura",
        "--document",
        "x",
        "--as",
        "administrator",
        "--",
        name,
    )
    assert done.status in (2, 6)


def test_a_contract_has_four_forms(db: None) -> None:
    assert "clave_registro" in tequio("contract", "rnd").out
    assert tequio("contract", "rnd", "--format", "csv-header").out.startswith("clave_registro,operacion,")
    assert tequio("contract", "rnd", "--format", "markdown").out.startswith("# Registro Nacional de Detenciones")
    assert json.loads(tequio("contract", "rnd", "--format", "json").out)["registry"] == "rnd"
    assert tequio("contract", "rnd", "--format", "pdf").status == 6
    assert tequio("contract", "xyz", "--json").code == "NO_ENCONTRADO"


X = ("--reason", "x")
TOUCHING = [
    ("receipt", "{id}"),
    *(("target", step, "{id}", *X) for step in ("validate", "suspend", "resume", "close")),
    *(("hit", step, "{id}", *X, *WHY) for step in ("confirm", "reject", "unsure")),
    ("hit", "show", "{id}", *WHY),
    ("target", "show", "{id}", *INQUIRY),
    ("target", "approve", "{id}"),
    ("detention", "show", "{id}", *INQUIRY),
    ("detention", "cancel", "{id}", *X),
    ("detention", "custody", "{id}", "--step", "LIBERADA"),
    ("notice", "ack", "{id}"),
]
LISTING = [
    *((room, "list") for room in ("target", "hit", "notice", "user")),
    ("detention", "alarms"),
    ("audit", "verify"),
    ("audit", "checkpoint"),
    ("audit", "export", "/nonexistent-folder/x"),
    ("profile", "show", "rnd"),
    ("search", "person", "--name", "Ana Roble", *INQUIRY),
    ("incidence", "load", "/nonexistent", *INQUIRY),
]


@pytest.mark.parametrize("words", TOUCHING)
def test_what_is_no_identifier_and_what_does_not_exist_are_told_apart(cast: Cast, words: tuple[str, ...]) -> None:
    supervisor = "nayarit_supervisor"
    wrong = tequio(*(word.replace("{id}", "no-es-uuid") for word in words), "--json", user=supervisor)
    assert (wrong.status, wrong.code) == (6, "DATO_INVALIDO")
    absent = tequio(*(word.replace("{id}", str(new_id())) for word in words), "--json", user=supervisor)
    assert (absent.status, absent.code) == (4, "NO_ENCONTRADO")


@pytest.mark.parametrize("words", [*TOUCHING, *LISTING])
def test_nobody_acts_without_saying_who_and_an_unknown_user_is_refused(cast: Cast, words: tuple[str, ...]) -> None:
    spoken = [word.replace("{id}", str(new_id())) for word in words]
    assert tequio(*spoken, "--json").code == "FALTA_USUARIO"
    unknown = tequio(*spoken, "--json", user="nadie")
    assert (unknown.status, unknown.code) == (3, "USUARIO_DESCONOCIDO")


WRONG_ROLE = [
    (words, "administrator" if words[0] != "user" else "outsider")
    for words in [*TOUCHING, *LISTING]
    if words[:2] != ("audit", "export")
]  # fmt: skip


@pytest.mark.parametrize(("words", "user"), WRONG_ROLE)
def test_the_wrong_role_is_refused_by_each_command(cast: Cast, words: tuple[str, ...], user: str) -> None:
    done = tequio(*(word.replace("{id}", str(new_id())) for word in words), "--json", user=user)
    assert (done.status, done.code) == (3, "NO_PERMITIDO")


@pytest.mark.parametrize(("words", "user"), [pair for pair in WRONG_ROLE if pair[0][0] not in ("user", "profile", "incidence")])
def test_a_refusal_leaves_its_line_on_the_log(cast: Cast, words: tuple[str, ...], user: str) -> None:
    tequio(*(word.replace("{id}", str(new_id())) for word in words), user=user)
    line = last_line("NT-SSPC")
    assert (line.username, line.outcome) == (user, "negado")


def test_a_folio_longer_than_the_log_keeps_is_refused(cast: Cast) -> None:
    done = tequio(
        "search",
        "person",
        "--name",
        "Ana Roble",
        "--purpose",
        "investigacion",
        "--folio",
        "x" * 121,
        "--json",
        user="nayarit_analyst",
    )
    assert (done.status, done.code) == (6, "DATO_INVALIDO")


@pytest.mark.parametrize("number", ["0", "-1", "1001", "99999999999999999999"])
def test_a_list_is_of_one_to_a_thousand_rows(cast: Cast, number: str) -> None:
    done = tequio("hit", "list", "--limit", number, "--json", user="jalisco_analyst")
    assert (done.status, done.code) == (6, "DATO_INVALIDO")
