"""The public consultation: what it tells and what it never does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tequio.access.scoping import NATIONAL, reach
from tequio.audit.models import Line
from tequio.catalogs.models import Parameter
from tequio.kernel import clock
from tequio.kernel.errors import Invalid, NotAllowed
from tequio.registries.rnd import public, services
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.models import Detention, PublicUse
from tequio.registries.rnd.public import Question, Told, TooManyQuestions
from tequio.registries.rnd.services import CustodyStep
from tests.rnd.web import MARKUP, entered, lines_since, mark, text
from tests.story import NOON
from tests.world import JUAN, SUPPLY, WHY, Cast, detention, supply

pytestmark = pytest.mark.usefixtures("today")

DAY = date(2026, 10, 20)
CURP = "MUZF840307HJCXPL02"
WHO = Question(DAY, given="Filiberto", paternal="Muñoz", maternal="Zepeda", birth_date=date(1984, 3, 7))
POSTED = {
    "detained_on": "2026-10-20",
    "given": "filiberto",
    "paternal": "MUNOZ",
    "maternal": "zepeda",
    "birth_date": "1984-03-07",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Nobody waits in a test."""
    waited: list[float] = []
    monkeypatch.setattr(public, "wait", waited.append)
    yield waited


@pytest.fixture
def opened(cast: Cast, tmp_path: Path) -> Cast:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    public.open_consultation(actor=cast.administrator, purpose=WHY, document="OFICIO 7/2026")
    return cast


def ask(question: Question = WHO, address: str = "192.0.2.1") -> tuple[Told, ...]:
    return public.ask(question=question, address=address)


def test_without_a_switch_nobody_is_answered(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    page = text(Client().get("/consulta-publica/"))
    assert "no está abierta" in page
    assert '<form method="post" class="panel' not in page
    assert "no está abierta" in text(Client().post("/consulta-publica/", POSTED))
    with pytest.raises(public.PublicClosed):
        ask()


def test_an_exact_question_is_told_whether_by_whom_and_where(opened: Cast) -> None:
    found = detention(opened.nayarit_analyst, "NAY-0001")
    services.add_custody_event(
        actor=opened.nayarit_capturist,
        purpose=SUPPLY,
        detention_id=found.id,
        step=CustodyStep(CustodyKind.TO_PROSECUTOR, NOON, "MP_COMUN", f"Tepic {MARKUP}"),
    )
    answer = Client().post("/consulta-publica/", POSTED)
    page = text(answer)
    assert "Sí hay una con esos datos" in page
    assert "Tepic &lt;script&gt;" in page
    assert "NAY-0001" not in page
    assert answer["Cache-Control"] == "no-store"


def test_the_curp_is_enough(opened: Cast, tmp_path: Path) -> None:
    with reach(NATIONAL):
        Detention.objects.filter(supplier_key="NAY-0001").update(curp=CURP)
    valid = public.parse_curp(CURP).valid
    if valid:
        assert len(ask(Question(DAY, curp=CURP.lower()))) == 1
    else:
        with pytest.raises(Invalid, match="CURP"):
            ask(Question(DAY, curp=CURP))


@pytest.mark.parametrize(
    "question",
    [
        Question(DAY, given="Filiberto", paternal="Muñoz", birth_date=date(1984, 3, 7)),
        Question(DAY, given="F", paternal="Muñoz", maternal="Zepeda", birth_date=date(1984, 3, 7)),
        Question(DAY, given="Filiberto", paternal="Muñoz", maternal="Zepeda", birth_date=date(1984, 3, 8)),
        Question(DAY - timedelta(1), given="Filiberto", paternal="Muñoz", maternal="Zepeda", birth_date=date(1984, 3, 7)),
    ],
)
def test_what_is_not_exact_finds_nobody(opened: Cast, question: Question) -> None:
    assert ask(question) == ()


@pytest.mark.parametrize(
    "question",
    [
        Question(DAY, given="Filiberto", paternal="Muñoz"),
        Question(DAY, paternal="Muñoz", birth_date=date(1984, 3, 7)),
        Question(DAY, curp="MUZF84"),
        Question(date(2027, 1, 1), given="a", paternal="b", birth_date=date(1984, 3, 7)),
        Question(date(2024, 1, 1), given="a", paternal="b", birth_date=date(1984, 3, 7)),
    ],
)
def test_a_vague_question_is_refused(opened: Cast, question: Question) -> None:
    with pytest.raises(Invalid):
        ask(question)


def test_another_institution_s_records_are_not_told(opened: Cast, tmp_path: Path) -> None:
    supply(opened.jalisco_supervisor, tmp_path, [JUAN | {"clave_registro": "JAL-1", "nombre": "Otro"}])
    assert ask(Question(DAY, given="Otro", paternal="Muñoz", maternal="Zepeda", birth_date=date(1984, 3, 7))) == ()


def test_a_cancelled_or_an_old_record_is_not_told(opened: Cast) -> None:
    with clock.at(NOON + timedelta(days=400)), pytest.raises(Invalid):
        ask()
    found = detention(opened.nayarit_analyst, "NAY-0001")
    services.cancel_detention(actor=opened.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="error")
    assert ask() == ()


def test_where_somebody_will_be_is_not_where_they_are(opened: Cast) -> None:
    [told] = ask()
    assert (told.custody, told.place) == ("REGISTRADA", "")


def test_who_is_free_is_nowhere(opened: Cast) -> None:
    found = detention(opened.nayarit_analyst, "NAY-0001")
    services.add_custody_event(
        actor=opened.nayarit_capturist,
        purpose=SUPPLY,
        detention_id=found.id,
        step=CustodyStep(CustodyKind.RELEASED, NOON, place="su casa"),
    )
    [told] = ask()
    assert (told.custody, told.place) == ("LIBERADA", "")
    assert "su casa" not in text(Client().post("/consulta-publica/", POSTED))


def test_yes_and_no_have_the_same_queries_and_the_same_wait(opened: Cast, quick: list[float]) -> None:
    ask()
    counts = []
    for question in (WHO, Question(DAY, given="Nadie", paternal="Nadie", birth_date=date(1984, 3, 7))):
        with CaptureQueriesContext(connection) as made:
            ask(question)
        counts.append([query["sql"][:70] for query in made.captured_queries])
    assert len(counts[0]) == len(counts[1])
    assert all(0 < seconds <= 0.25 for seconds in quick)


def test_the_log_has_no_word_of_the_question(opened: Cast) -> None:
    ask()
    ask(Question(DAY, given="Zutano", paternal="Perengano", birth_date=date(1984, 3, 7)))
    yes, no = Line.objects.filter(chain="PUBLICO").order_by("id")
    assert yes.facts["question"] != no.facts["question"]
    assert yes.subjects == [str(detention(opened.nayarit_analyst, "NAY-0001").id)]
    for line in (yes, no):
        assert not {"Filiberto", "Zutano", "1984"} & set(str(line.facts).replace("'", " ").split())
    assert "192.0.2.1" not in str(list(PublicUse.objects.values_list("source", flat=True)))


def test_questions_of_one_address_and_of_all_are_limited(opened: Cast) -> None:
    Parameter.objects.filter(key="rnd.public_address_per_hour").update(value=2)
    ask()
    ask()
    for _ in range(3):
        with pytest.raises(TooManyQuestions):
            ask()
    assert Line.objects.filter(chain="PUBLICO", outcome="negado").count() == 1
    assert len(ask(address="192.0.2.2")) == 1
    Parameter.objects.filter(key="rnd.public_per_hour").update(value=1)
    with pytest.raises(TooManyQuestions):
        ask(address="192.0.2.3")
    with clock.at(NOON + timedelta(hours=1)):
        assert len(ask()) == 1


def test_over_the_limit_the_page_says_when_to_come_back(opened: Cast) -> None:
    Parameter.objects.filter(key="rnd.public_address_per_hour").update(value=0)
    answer = Client().post("/consulta-publica/", POSTED)
    assert answer.status_code == 429
    assert "después de las 13:00" in text(answer)


def test_an_administrator_opens_and_closes_on_the_log(cast: Cast) -> None:
    client, since = entered("administrator"), mark()
    page = "/administracion/consulta-publica/"
    assert "Cerrada" in text(client.get(page))
    assert client.post(f"{page}abrir/", {"document": " "}).status_code == 422
    assert client.post(f"{page}abrir/", {"document": f"OFICIO 7 {MARKUP}"}).status_code == 302
    assert client.post(f"{page}abrir/", {"document": "OTRO"}).status_code == 422
    shown = text(client.get(page))
    assert "Abierta" in shown
    assert MARKUP not in shown
    assert client.post(f"{page}cerrar/", {"reason": ""}).status_code == 422
    assert client.post(f"{page}cerrar/", {"reason": "se acabó"}).status_code == 302
    assert not public.is_open()
    done = [action for _, action, outcome, _ in lines_since(since) if outcome == "hecho"]
    assert done.count("public.opened") == done.count("public.closed") == 1


def test_nobody_else_opens_it(cast: Cast) -> None:
    since = mark()
    assert entered("nayarit_supervisor").get("/administracion/consulta-publica/").status_code == 403
    assert entered("nayarit_supervisor").post("/administracion/consulta-publica/abrir/", {"document": "x"}).status_code == 403
    with pytest.raises(NotAllowed):
        public.open_consultation(actor=cast.nayarit_supervisor, purpose=WHY, document="x")
    assert {line[2] for line in lines_since(since)} == {"negado"}
