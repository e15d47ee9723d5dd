"""Forms, formats and what every component says, rendered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.utils import translation

from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid, NotFound
from tequio.ui import formats, maps
from tequio.ui.values import NO_INFORMATION, NOT_APPLICABLE, Badge, Link, Tone
from tequio.ui.web import inbox
from tequio.ui.web.forms import fill_errors
from tests.ui import gallery
from tests.world import Cast

Enter = Callable[[str], Client]
NOON = gallery.NOON


@pytest.fixture(autouse=True)
def sample_pages() -> Iterator[None]:
    """The product with the sample pages beside it."""
    with override_settings(ROOT_URLCONF="tests.ui.gallery"):
        yield


def test_every_component_shows_markup_as_text(enter: Enter) -> None:
    with clock.at(NOON):
        page = enter("jalisco_analyst").get("/muestrario/").content.decode()
    assert "<script>" not in page and page.count("<h1>") == 1
    for words in ("Quedan 9 min", "Venció hace 1 día 7 h", "Hecho a tiempo", "sin plazo", "1,204,311", "41,200 de 100,000"):
        assert words in re.sub(r"<[^>]+>", "", page).replace("\n", " "), words
    assert not re.search(r"\sstyle=|\son\w+=", page)


def test_what_the_three_values_say_is_never_the_same() -> None:
    said = {formats.plain(value) for value in (NOT_APPLICABLE, NO_INFORMATION, 0, "x")}
    assert len(said) == 4 and formats.plain(None) == formats.plain("") == formats.plain(NO_INFORMATION)


def test_moments_are_told_in_the_time_of_central_mexico() -> None:
    assert formats.instant(datetime(2026, 11, 2, 3, 5, tzinfo=UTC)) == "01/11/2026 21:05"
    assert formats.day(datetime(2026, 11, 2, 3, 5, tzinfo=UTC)) == "01/11/2026" and formats.day(date(1, 2, 3)) == "03/02/0001"


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (1_234_567, "1,234,567"), (1234.5, "1,234.5"), (0.1 + 0.2, "0.3"), (-1000, "-1,000")]
)
def test_figures_have_a_comma_for_thousands(value: float, said: str) -> None:
    assert formats.number(value) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        ({"seconds": 59}, "menos de 1 min"),
        ({"minutes": 61}, "1 h 1 min"),
        ({"hours": 24}, "1 día"),
        ({"days": 2, "hours": 3}, "2 días 3 h"),
        ({"hours": -2}, "2 h"),
    ],
)
def test_a_span_is_told_by_its_two_largest_units(length: dict[str, int], said: str) -> None:
    assert formats.span(timedelta(**length)) == said


def test_a_form_tells_at_each_field_and_on_top_what_to_correct(enter: Enter) -> None:
    page = enter("jalisco_analyst").post("/formulario/", {"entidad": "99", "nacimiento": "31/02/2026"}).content.decode()
    assert 'href="#id_nombre"' in page and 'href="#id_sexo_0"' in page and "Escriba la fecha como dd/mm/aaaa." in page
    assert 'aria-describedby="id_nombre_helptext id_nombre_error"' in page and 'id="id_nombre_error"' in page


def test_the_refusal_of_a_service_is_told_at_its_field(enter: Enter) -> None:
    filled = {"nombre": "Ana", "sexo": "M", "entidad": "14", "reason": "x", "nacimiento": "07/03/1984"}
    answer = enter("jalisco_analyst").post("/formulario/", filled)
    assert answer.status_code == 422 and '<a href="#id_nombre">Nombre</a>: Ya hay un objetivo' in answer.content.decode()


def test_only_what_is_about_the_input_stays_in_the_form() -> None:
    form = gallery.Reason({"reason": "x"})
    fill_errors(form, Invalid("Muy corto.", hint="Indique --reason: más.", facts={"field": "reason"}))
    fill_errors(form, Conflict("Ya cambió."))
    assert form.errors == {"reason": ["Muy corto."], "__all__": ["Ya cambió."]}
    with pytest.raises(NotFound):
        fill_errors(form, NotFound("No existe."))


def test_a_moment_typed_is_of_central_mexico_and_kept_in_utc() -> None:
    form = gallery.Filled({"visto": "2026-11-01T12:00"})
    form.is_valid()
    assert form.cleaned_data["visto"] == NOON and form.cleaned_data["visto"].tzinfo is UTC
    assert 'value="2026-11-01T12:00"' in str(gallery.Filled(initial={"visto": NOON})["visto"])


def test_the_inbox_puts_clocks_first_and_asks_only_sources_of_the_persons_own(
    enter: Enter, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_sources", {})
    inbox.add_source(inbox.Source("a", frozenset(cast.jalisco_analyst.permissions), lambda actor: gallery.items(NOON)))
    inbox.add_source(inbox.Source("b", frozenset(cast.jalisco_auditor.permissions), lambda actor: [][1]))
    order = [item.title for item in inbox.waiting(cast.jalisco_analyst)]
    assert order == ["2026-NAY-00011", "2026-NAY-00017", f"NAY-0001 {gallery.MARKUP}", "Objetivo JAL-0007"]
    page = enter("jalisco_analyst").get("/").content.decode()
    assert page.index("2026-NAY-00011") < page.index("Objetivo JAL-0007") and "<script>alert" not in page
    assert "Nada le espera" in enter("administrator").get("/").content.decode()


def test_the_map_has_every_state_once() -> None:
    assert sorted(maps.paths()) == [f"{code:02}" for code in range(1, 33)]
    assert [maps.level(value, 100) for value in (0, 1, 50, 100, 1000)] == [0, 1, 2, 5, 5]


def test_values_know_how_they_are_shown() -> None:
    text = render_to_string("ui/parts/badge.html", {"badge": Badge("<b>", Tone.BAD)})
    assert text.strip() == '<span class="badge bad">&lt;b&gt;</span>'
    text = render_to_string("ui/parts/badge.html", {"badge": Link('"><b>', '/"><b>')})
    assert "<b>" not in text and 'href="/&quot;&gt;&lt;b&gt;"' in text


def test_looks_and_language_are_kept_by_the_browser(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    answer = client.post("/aspecto/", {"aspecto": "oscuro", "siguiente": "/lista/"})
    assert answer.headers["Location"] == "/lista/" and answer.cookies["tequio_aspecto"]["httponly"]
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.post("/aspecto/", {"aspecto": "<b>"})
    assert "data-theme" not in client.get("/").content.decode()
    client.post("/idioma/", {"idioma": "en"})
    assert 'lang="en"' in client.get("/").content.decode()
    client.post("/idioma/", {"idioma": "xx"})
    assert 'lang="en"' in client.get("/").content.decode()
    translation.activate("es-mx")
