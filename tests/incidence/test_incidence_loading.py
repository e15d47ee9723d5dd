"""Loading monthly files: all or nothing, once, and newer over older."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tequio.access.domain import Purpose, PurposeCode
from tequio.audit.domain import Action, Outcome
from tequio.audit.models import Line
from tequio.catalogs.models import Catalog, CatalogItem
from tequio.kernel import outbox
from tequio.kernel.errors import Conflict, NotAllowed, NotFound, PurposeRequired
from tequio.registries.incidence import selectors
from tequio.registries.incidence.domain import IncidenceFileInvalid
from tequio.registries.incidence.events import IncidenceLoaded
from tequio.registries.incidence.models import IncidenceCount, IncidenceFile, IncidenceRevision
from tequio.registries.incidence.services import LoadSummary, load_monthly_file
from tests.incidence.sesnsp_files import OLD_HEADER, cells, new_text, old_rows, old_text

if TYPE_CHECKING:
    from tests.world import Cast

pytestmark = pytest.mark.django_db
PURPOSE = Purpose(PurposeCode.SUPPLY, "OFICIO-0002/2026")


@pytest.fixture
def load(cast: Cast) -> Callable[[Path], LoadSummary]:
    """Load a file as the hub's operator."""
    return lambda path: load_monthly_file(actor=cast.hub_operator, purpose=PURPOSE, path=path)


def stored() -> tuple[int, int, int]:
    return IncidenceFile.objects.count(), IncidenceRevision.objects.count(), IncidenceCount.objects.count()


def test_both_shapes_load_with_a_list_of_their_own(load, old_file: Path, new_file: Path) -> None:  # type: ignore[no-untyped-def]
    old, new = load(old_file), load(new_file)
    assert (old.catalog, old.rows, old.keys, old.years, old.states) == ("sesnsp_2019", 256, 4, (2019, 2020), 32)
    assert (old.cells, old.blank_cells, old.revisions, old.superseded) == (256 * 12, 256, 64, 0)
    assert (new.catalog, new.rows, new.keys, new.encoding) == ("sesnsp_2026", 96, 3, "latin-1")
    assert stored() == (2, 96, (256 + 96) * 12)


def test_the_same_file_again_changes_nothing_and_answers_the_same(load, old_file: Path, write) -> None:  # type: ignore[no-untyped-def]
    first = load(old_file)
    before = stored(), Line.objects.count()
    again = load(write(old_file.read_bytes(), "con otro nombre.csv"))
    assert again == first
    assert (first.repeated, again.repeated) == (False, True)
    assert (stored(), Line.objects.count()) == before


def test_a_newer_file_replaces_figures_and_the_former_stay(load, write) -> None:  # type: ignore[no-untyped-def]
    load(write(old_text(known=10), "octubre.csv"))
    newer = load(write(old_text(known=11, value=3), "noviembre.csv"))
    assert (newer.catalog, newer.superseded) == ("sesnsp_2019", 64)
    total = selectors.total("Homicidio doloso", 2020, "18")
    assert (total.count, total.unknown_months, total.files) == (2 * 11 * 3, (12,), ("noviembre.csv",))
    former = IncidenceRevision.objects.get(state="18", year=2020, number=1)
    assert former.superseded_by == IncidenceRevision.objects.get(state="18", year=2020, number=2)
    assert former.counts.filter(count=2).count() == 4 * 10


def test_a_file_of_one_state_leaves_the_others_in_force(load, write) -> None:  # type: ignore[no-untyped-def]
    load(write(old_text(), "todas.csv"))
    rows = [row for row in old_rows(value=5) if ",18,Nayarit," in row]
    assert load(write("\n".join([OLD_HEADER, *rows]), "nayarit.csv")).superseded == 2
    assert selectors.total("Amenazas", 2020, "18").count == 5 * 12
    assert selectors.total("Amenazas", 2020, "14").count == 2 * 12
    assert selectors.total("Amenazas", 2020).states == 32


def test_a_file_that_reaches_fewer_months_is_refused_as_older(load, write) -> None:  # type: ignore[no-untyped-def]
    load(write(old_text(known=11), "noviembre.csv"))
    before = stored()
    with pytest.raises(Conflict) as refusal:
        load(write(old_text(known=10), "octubre.csv"))
    assert refusal.value.code == "INCIDENCIA_MAS_ANTIGUA"
    assert stored() == before


def test_a_refused_file_leaves_nothing_but_a_line_of_the_log(load, write) -> None:  # type: ignore[no-untyped-def]
    catalogs = Catalog.objects.count()
    text = old_text()
    with pytest.raises(IncidenceFileInvalid):
        load(write(text[: text.rindex(",")] + ",nada\n"))
    assert stored() == (0, 0, 0)
    assert Catalog.objects.count() == catalogs
    line = Line.objects.latest("id")
    assert (line.action, line.facts["code"], line.facts["faults"]) == (Action.FILE_REFUSED.value, "INCIDENCIA_RECHAZADA", 1)


def test_the_log_says_who_loaded_which_file_and_why(load, old_file: Path, cast: Cast) -> None:  # type: ignore[no-untyped-def]
    summary = load(old_file)
    line = Line.objects.get(action=Action.INCIDENCE_LOADED.value)
    assert (line.username, line.folio, line.subjects) == (cast.hub_operator.username, PURPOSE.folio, [str(summary.file_id)])
    assert line.facts["sha256"] == summary.sha256


def test_whoever_reacts_to_new_figures_is_told(load, old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    heard: list[IncidenceLoaded] = []
    monkeypatch.setitem(outbox._within, IncidenceLoaded, [heard.append])
    assert load(old_file).file_id == heard[0].file_id
    assert heard[0].years == (2019, 2020)


@pytest.mark.parametrize("who", ["nayarit_analyst", "nayarit_supervisor", "jalisco_auditor", "administrator", "outsider"])
def test_only_the_hub_operator_loads(cast: Cast, old_file: Path, who: str) -> None:
    with pytest.raises(NotAllowed):
        load_monthly_file(actor=getattr(cast, who), purpose=PURPOSE, path=old_file)
    assert stored() == (0, 0, 0)
    assert Line.objects.latest("id").outcome == Outcome.REFUSED.value


def test_a_load_without_purpose_is_refused(cast: Cast, old_file: Path) -> None:
    with pytest.raises(PurposeRequired):
        load_monthly_file(actor=cast.hub_operator, purpose=None, path=old_file)


def test_a_path_that_is_no_file_is_refused_in_spanish(load, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for path, words in (
        (tmp_path / "no.csv", "no existe"),
        (tmp_path, "no es un archivo"),
        (Path("a\x00b"), "no se puede leer"),
    ):
        with pytest.raises(NotFound) as refusal:
            load(path)
        assert words in refusal.value.message


def test_lost_letters_are_stored_as_supplied_with_the_proposal_apart(load, old_file: Path) -> None:  # type: ignore[no-untyped-def]
    load(old_file)
    item = CatalogItem.objects.get(catalog__code="sesnsp_2019", attributes__subtipo="Extorsin")
    assert (item.name, item.attributes["proposed"]["subtipo"]) == ("Extorsin", "Extorsión")


def test_a_total_counts_what_is_known_and_says_what_is_not(load, old_file: Path) -> None:  # type: ignore[no-untyped-def]
    load(old_file)
    whole, partial = selectors.total("homicidio DOLOSO", 2019), selectors.total("Homicidio doloso", 2020)
    assert (whole.count, whole.unknown_cells, whole.unknown_months, whole.states) == (32 * 2 * 24, 0, (), 32)
    assert (partial.count, partial.unknown_cells, partial.unknown_months) == (32 * 2 * 20, 32 * 2 * 2, (11, 12))
    assert partial.by_month == (128,) * 10 + (None, None)


def test_a_crime_whose_letters_were_lost_is_found_by_its_whole_name_and_said(load, old_file: Path) -> None:  # type: ignore[no-untyped-def]
    load(old_file)
    total = selectors.total("Extorsión", 2019)
    assert (total.count, total.supplied_names) == (32 * 24, ("Extorsin",))


def test_a_year_of_blanks_has_no_count_which_is_not_zero(load, write) -> None:  # type: ignore[no-untyped-def]
    load(write(old_text(years=(2020,), known=0)))
    total = selectors.total("Amenazas", 2020)
    assert (total.count, total.known_cells, total.unknown_cells) == (None, 0, 32 * 12)
    load(write(old_text(years=(2019,), value=0), "ceros.csv"))
    assert selectors.total("Amenazas", 2019).count == 0


def test_a_row_that_the_file_lacks_is_unknown(load, write) -> None:  # type: ignore[no-untyped-def]
    rows = [row for row in old_rows(years=(2019,)) if not ("Amenazas" in row and ",18,Nayarit," in row)]
    load(write("\n".join([OLD_HEADER, *rows])))
    total = selectors.total("Amenazas", 2019)
    assert (total.count, total.unknown_cells) == (31 * 24, 12)
    assert selectors.total("Amenazas", 2019, "18").count is None


def test_a_year_or_a_crime_that_nobody_loaded_is_an_error_with_a_hint(load, new_file: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotFound) as refusal:
        selectors.total("Homicidio doloso", 2019)
    assert refusal.value.code == "SIN_CIFRAS"
    load(new_file)
    with pytest.raises(NotFound) as refusal:
        selectors.total("Extorsión", 2026)
    assert refusal.value.code == "SUBTIPO_DESCONOCIDO"
    assert "Extorsión presencial" in refusal.value.hint


def test_a_total_costs_three_queries(load, old_file: Path, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    load(old_file)
    with django_assert_num_queries(3):
        selectors.total("Homicidio doloso", 2019)


def test_another_list_of_crimes_for_the_same_first_year_does_not_mix_with_the_first(load, write) -> None:  # type: ignore[no-untyped-def]
    load(write(old_text(years=(2019,)), "con letras perdidas.csv"))
    mended = old_text(years=(2019,), value=4).replace("Extorsin", "Extorsión")
    assert load(write(mended, "con letras.csv")).catalog == "sesnsp_2019-2"
    total = selectors.total("Extorsión", 2019)
    assert (total.count, total.supplied_names) == (32 * 4 * 12, ("Extorsión",))


def test_loading_does_not_ask_more_queries_for_more_cells(load, write, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(45):
        load(write(old_text(years=tuple(range(2000, 2020)))))


def test_the_new_shape_of_the_same_year_supersedes_an_old_one(load, write) -> None:  # type: ignore[no-untyped-def]
    rows = [row.replace("2020,", "2026,", 1) for row in old_rows(years=(2020,), known=1)]
    load(write("\n".join([OLD_HEADER, *rows]), "viejo.csv"))
    assert load(write(new_text(), "nuevo.csv", "latin-1")).superseded == 32
    assert selectors.total("Homicidio doloso", 2026).count == 32 * 3 * 2
    assert cells(1) == "2" + "," * 11
