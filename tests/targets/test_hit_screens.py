"""The review of hits on the web: both sides, what is judged is what was shown, and nobody sees what is not theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from tequio.access.domain import PurposeCode
from tequio.kernel.ids import new_id
from tequio.registries.rnd.services import cancel_detention
from tequio.targets.domain import HitState, Verdict
from tequio.targets.services import seen_of
from tests.pages import browser, text_of, value_of
from tests.story import all_notices, correct_juan, hit_of_juan, judge, judge_once, last_line, last_line_id, lines_of, the_hit
from tests.world import JUAN, SUPPLY, Cast, detention, draft_of, react, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MARKUP = "<script>alert(1)</script>&\"'"


def test_the_list_shows_the_agencys_hits_and_leaves_a_line(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    page = browser("jalisco_analyst").get(reverse("targets:hits"))
    assert page.status_code == 200
    assert "Filiberto" in text_of(page) and hit.target.folio in text_of(page)
    line = last_line(cast.jalisco_analyst)
    assert (line.action, line.purpose, line.folio) == ("hit.read", "revision_coincidencia", "OFICIO-3")
    assert str(hit.id) in line.subjects


SOME_ID = "019ab000-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("nayarit_capturist", PurposeCode.CUSTODY),
        ("jalisco_auditor", PurposeCode.AUDIT),
        ("outsider", PurposeCode.INVESTIGATION),
    ],
)
def test_a_role_that_reads_no_hits_is_refused_and_that_is_on_the_log(
    username: str, code: PurposeCode, cast: Cast, tmp_path: Path
) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    client, since = browser(username, code), last_line_id()
    assert client.get(reverse("targets:hits")).status_code == 403
    assert client.get(reverse("targets:hit", args=[hit.id])).status_code == 403
    assert client.post(reverse("targets:judge", args=[hit.id]), {"motivo": "x"}).status_code == 403
    assert lines_of(getattr(cast, username), since) == [("screen.refused", "negado")] * 3


def test_who_may_only_read_does_not_judge(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    client = browser("jalisco_liaison")
    assert client.post(reverse("targets:judge", args=[hit.id]), {"motivo": "x", "juicio": "positiva"}).status_code == 403
    assert "Confirmar" not in text_of(client.get(reverse("targets:hit", args=[hit.id])))


def test_without_purpose_a_hit_is_not_shown(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    page = browser("jalisco_analyst", None).get(reverse("targets:hit", args=[hit.id]))
    assert page.status_code == 302
    assert page.headers["Location"].startswith(reverse("ui:purpose"))


def test_another_agency_cannot_tell_a_hit_from_nothing(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    client = browser("nayarit_analyst")
    there, nothing = (client.get(reverse("targets:hit", args=[one])) for one in (hit.id, new_id()))
    assert there.status_code == nothing.status_code == 404
    assert text_of(there).replace(str(hit.id), "") == text_of(nothing).replace(str(hit.id), "")
    assert "No hay coincidencias" in text_of(client.get(reverse("targets:hits")))


def test_the_review_shows_both_sides_feature_by_feature_and_the_bits_add_up(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    page = browser("jalisco_analyst").get(reverse("targets:hit", args=[hit.id]))
    told = text_of(page)
    reviewed = page.context["reviewed"]
    assert reviewed.rows[0].feature == "nombre"
    signs = {row.feature: (row.agreement.value, row.sign) for row in reviewed.rows}
    assert signs["fecha de nacimiento"] == ("coincide", "=") and signs["CURP"] == ("falta", "?")
    assert reviewed.total == pytest.approx(hit.score, abs=0.005)
    assert reviewed.total == round(sum(row.weight for row in reviewed.rows), 2)
    assert f"{hit.score:.2f}" in told and str(hit.explanation["algorithm"]) in told
    assert "como llegó: Filiberto Muñoz Zepeda" in told and "como llegó: 1984-03-07" in told
    assert "NT-SSPC" in told and "NAY-0001" in told and "coincide" in told


@pytest.mark.parametrize(
    ("username", "code", "why"),
    [
        ("jalisco_liaison", PurposeCode.HIT_REVIEW, "Su rol"),
        ("jalisco_analyst", PurposeCode.IDENTITY_CHECK, "Su finalidad"),
    ],
)
def test_who_may_not_see_the_data_sees_what_agrees_and_why_not_the_rest(
    username: str, code: PurposeCode, why: str, cast: Cast, tmp_path: Path
) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    told = text_of(browser(username, code).get(reverse("targets:hit", args=[hit.id])))
    assert why in told and "fecha de nacimiento" in told
    assert not [value for value in ("1984", "07/03", "NAY-0001", "Zepeda, ") if value in told.replace(hit.target.title, "")]
    assert last_line(getattr(cast, username)).facts["masked"]


def test_judging_goes_on_to_the_next_and_needs_a_reason(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN))
    supply(cast.nayarit_capturist, tmp_path, [JUAN, JUAN | {"clave_registro": "NAY-0002", "fecha_detencion": "2026-08-01"}])
    client = browser("jalisco_analyst")
    listed = client.get(reverse("targets:hits")).context["page"].hits
    first, second = listed
    page = client.get(reverse("targets:hit", args=[first.id]))
    data = {"visto": value_of(page, "visto"), "estado": "abierta", "juicio": "negativa"}
    refused = client.post(reverse("targets:judge", args=[first.id]), data | {"motivo": " "})
    assert refused.status_code == 422 and 'id="corregir"' in refused.content.decode()
    done = client.post(reverse("targets:judge", args=[first.id]), data | {"motivo": "Otra estatura."})
    assert (done.status_code, done.headers["Location"]) == (302, reverse("targets:hit", args=[second.id]))
    assert "Rechazada" in text_of(client.get(done.headers["Location"]))


def test_an_invented_state_only_leads_back_to_the_list(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    data = {"visto": seen_of(hit), "motivo": "No es.", "juicio": "negativa", "estado": "inventado"}
    sent = browser("jalisco_analyst").post(reverse("targets:judge", args=[hit.id]), data)
    assert (sent.status_code, sent.headers["Location"]) == (302, reverse("targets:hits"))


@pytest.mark.parametrize("verdict", ["", "quizá"])
def test_a_judgement_that_says_nothing_judges_nothing(verdict: str, cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    client = browser("jalisco_analyst")
    data = {"visto": seen_of(hit), "motivo": "x", "juicio": verdict}
    assert client.post(reverse("targets:judge", args=[hit.id]), data).status_code == 422
    assert the_hit(cast.jalisco_analyst).state == HitState.OPEN


def test_what_changed_while_it_was_looked_at_is_shown_again_and_nothing_is_judged(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    client = browser("jalisco_analyst")
    page = client.get(reverse("targets:hit", args=[hit.id]))
    correct_juan(cast, {"birth_date": None, "birth_date_text": ""})
    data = {"visto": value_of(page, "visto"), "motivo": "Es él.", "juicio": "positiva"}
    refused = client.post(reverse("targets:judge", args=[hit.id]), data)
    assert refused.status_code == 409
    assert "cambió mientras la revisaba" in text_of(refused)
    assert the_hit(cast.jalisco_analyst).state == HitState.OPEN
    assert value_of(refused, "visto") != data["visto"]
    assert "Es él." in refused.content.decode()


def test_the_top_band_is_confirmed_by_two_and_tells_nobody_before(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    client = browser("jalisco_analyst")
    page = client.get(reverse("targets:hit", args=[hit.id]))
    assert "segunda lectura" in text_of(page)
    data = {"visto": value_of(page, "visto"), "motivo": "Es él.", "juicio": "positiva"}
    client.post(reverse("targets:judge", args=[hit.id]), data)
    assert the_hit(cast.jalisco_analyst).state == HitState.PROPOSED and not all_notices()
    mine = client.get(reverse("targets:hit", args=[hit.id]))
    assert "Usted la propuso" in text_of(mine)
    second = browser("jalisco_second")
    inbox = second.get(reverse("ui:home"))
    assert "Segunda lectura" in text_of(inbox) and "Segunda lectura" not in text_of(client.get(reverse("ui:home")))
    page = second.get(reverse("targets:hit", args=[hit.id]))
    second.post(reverse("targets:judge", args=[hit.id]), data | {"visto": value_of(page, "visto")})
    assert the_hit(cast.jalisco_analyst).state == HitState.CONFIRMED and len(all_notices()) == 1


def test_a_disagreement_goes_to_the_supervisor_and_to_nobody_else(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge_once(cast.jalisco_analyst, hit, Verdict.POSITIVE)
    judge_once(cast.jalisco_second, hit, Verdict.NEGATIVE)
    assert "desacuerdo" in text_of(browser("jalisco_supervisor").get(reverse("ui:home")))
    page = browser("jalisco_supervisor").get(reverse("targets:hit", args=[hit.id]))
    assert "Confirmar" in text_of(page)


def test_markup_in_every_name_stays_text(cast: Cast, tmp_path: Path) -> None:
    row = JUAN | {"nombre": f"Filiberto {MARKUP}", "alias": MARKUP, "clave_registro": "NAY-<b>1"}
    _, hit = hit_of_juan(cast, tmp_path, note=MARKUP, document=MARKUP, aliases=(MARKUP,), names=(f"Filiberto {MARKUP} Muñoz",))
    supply(cast.nayarit_capturist, tmp_path, [row | {"fecha_detencion": "2026-10-21"}])
    client = browser("jalisco_analyst")
    for url in (
        reverse("targets:hits"),
        reverse("targets:hit", args=[hit.id]),
        reverse("targets:target", args=[hit.target_id]),
    ):
        body = client.get(url).content.decode()
        assert "<script>alert" not in body and "NAY-<b>" not in body, url


@pytest.mark.parametrize("place", ["x", "1_2", f"1_nan_{SOME_ID}", "2_x_y", f"1_1e999_{SOME_ID}"])
def test_a_page_that_does_not_exist_is_a_clear_error(place: str, cast: Cast) -> None:
    page = browser("jalisco_analyst").get(reverse("targets:hits"), {"desde": place})
    assert page.status_code == 422 and "DATO_INVALIDO" in text_of(page)


def test_pages_follow_each_other_without_repeats_or_gaps_both_ways(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tequio.targets.views.hits.PAGE", 2)
    watch(cast, draft_of(JUAN))
    rows = [JUAN | {"clave_registro": f"NAY-{n}", "fecha_detencion": f"2026-0{n}-01"} for n in range(1, 6)]
    supply(cast.nayarit_capturist, tmp_path, rows)
    client = browser("jalisco_analyst")
    seen, url = [], reverse("targets:hits")
    pages = []
    while url:
        table = client.get(url).context["table"]
        pages.append(table)
        seen += [hit.id for hit in table.rows]
        url = table.next_url
    assert len(seen) == len(set(seen)) == 5
    back = client.get(pages[-1].previous_url).context["table"]
    assert [hit.id for hit in back.rows] == [hit.id for hit in pages[-2].rows]


def test_a_cancelled_record_is_told_and_cannot_be_confirmed(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    found = detention(cast.nayarit_supervisor, "NAY-0001")
    cancel_detention(actor=cast.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="Error.")
    react()
    page = browser("jalisco_analyst").get(reverse("targets:hit", args=[hit.id]))
    assert "canceló" in text_of(page)
    assert not page.context["reviewed"].powers.confirm


def test_a_hit_already_judged_is_shown_with_who_said_what_and_why(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.NEGATIVE)
    told = text_of(browser("jalisco_second").get(reverse("targets:hit", args=[hit.id])))
    assert "Se cotejó la ficha." in told and "jalisco_analyst" in told and "no es la misma persona" in told


def test_nothing_of_a_hit_is_kept_by_the_browser(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    page = browser("jalisco_analyst").get(reverse("targets:hit", args=[hit.id]))
    assert page.headers["Cache-Control"] == "no-store"
