"""A reviewer's day has room for so many hits: the list shows those, best first, and says how many wait. Nothing is dropped."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tequio.catalogs.models import Parameter
from tequio.kernel import clock
from tequio.kernel.errors import NotAllowed
from tequio.targets.domain import Verdict
from tequio.targets.services import list_hits, read_review, set_threshold, study_target
from tests.cli.running import tequio
from tests.story import NOON, hits_of, judge
from tests.world import JUAN, REVIEW, WATCH, Cast, draft_of, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

BUDGET = "target.review_budget_per_day"
MANY = 7


@pytest.fixture
def drowned(cast: Cast, tmp_path: Path) -> object:
    """A target of Jalisco with seven detentions that may be the person's, a week apart, each less like him than the last."""
    Parameter.objects.filter(key=BUDGET).update(value=3)
    target = watch(cast, draft_of(JUAN))
    rows = [
        JUAN
        | {"clave_registro": f"NAY-{n}", "fecha_detencion": f"{date(2026, 8, 1) + timedelta(days=7 * n)}"}
        | ({"entidad_nacimiento": ""} if n % 2 else {})
        | ({"fecha_nacimiento": "1984-03-08"} if n > 3 else {})
        for n in range(MANY)
    ]
    supply(cast.nayarit_capturist, tmp_path, rows)
    assert len(hits_of(cast.jalisco_analyst)) == MANY
    return target


@pytest.mark.usefixtures("drowned")
def test_the_list_shows_the_days_worth_best_first_and_says_how_many_wait(cast: Cast) -> None:
    review = read_review(actor=cast.jalisco_analyst, purpose=REVIEW)
    scores = [h.score for h in review.hits]
    assert len(scores) == 3 and scores == sorted(scores, reverse=True)
    assert min(scores) >= max(h.score for h in hits_of(cast.jalisco_analyst)[3:])
    assert (review.budget.a_day, review.budget.judged_today, review.budget.left) == (3, 0, 3)
    assert sum(review.waiting.values()) == MANY - 3


@pytest.mark.usefixtures("drowned")
def test_what_was_judged_today_counts_for_its_reviewer_alone_and_only_today(cast: Cast) -> None:
    first, second = read_review(actor=cast.jalisco_analyst, purpose=REVIEW).hits[:2]
    judge(cast, first, Verdict.NEGATIVE)
    judge(cast, first, Verdict.UNSURE)
    judge(cast, second, Verdict.NEGATIVE)
    mine = read_review(actor=cast.jalisco_analyst, purpose=REVIEW)
    assert (mine.budget.judged_today, len(mine.hits)) == (2, 1)
    assert sum(mine.waiting.values()) == MANY - 3
    assert read_review(actor=cast.jalisco_second, purpose=REVIEW).budget.left == 3
    with clock.at(NOON + timedelta(days=1)):
        assert read_review(actor=cast.jalisco_analyst, purpose=REVIEW).budget.left == 3


@pytest.mark.usefixtures("drowned")
def test_a_spent_day_says_so_and_hides_nothing_from_whoever_asks(cast: Cast) -> None:
    for hit in read_review(actor=cast.jalisco_analyst, purpose=REVIEW).hits:
        judge(cast, hit, Verdict.NEGATIVE)
    told = tequio("hit", "list", user="jalisco_analyst").out
    assert "su jornada de 3" in told and "esperan 4" in told and "Ninguna se descarta" in told
    more = tequio("hit", "list", "--limit", "50", "--json", user="jalisco_analyst").data
    assert len(more["hits"]) == MANY - 3
    assert more["review"]["waiting"] == 0


@pytest.mark.usefixtures("drowned")
def test_the_command_tells_program_and_person_what_is_not_shown(cast: Cast) -> None:
    data = tequio("hit", "list", "--json", user="jalisco_analyst").data["review"]
    assert (data["budget_per_day"], data["shown"], data["waiting"], data["below_threshold"]) == (3, 3, 4, 0)
    told = tequio("hit", "list", user="jalisco_analyst").out
    assert "Jornada: 3 al día" in told and "Además esperan 4" in told


def test_a_target_that_drowns_its_reviewers_comes_with_a_threshold_that_helps(cast: Cast, drowned: object) -> None:
    target_id = drowned.id  # type: ignore[attr-defined]
    [advice] = read_review(actor=cast.jalisco_analyst, purpose=REVIEW).advice
    assert (advice.target.id, advice.waiting) == (target_id, MANY)
    suggestion = advice.suggestion
    assert suggestion is not None and suggestion.stay <= 3 and suggestion.leave == MANY - suggestion.stay
    assert f"{suggestion.threshold:.2f} bits" in tequio("hit", "list", user="jalisco_analyst").out
    seen = study_target(actor=cast.jalisco_analyst, purpose=WATCH, target_id=target_id)
    assert seen.advice == [advice]
    set_threshold(
        actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target_id, bits=suggestion.threshold, reason="Homónimos."
    )
    after = read_review(actor=cast.jalisco_analyst, purpose=REVIEW)
    assert (len(after.hits), after.below, after.advice) == (suggestion.stay, suggestion.leave, [])


def test_a_suggested_threshold_would_not_have_hidden_what_a_person_confirmed(cast: Cast, drowned: object) -> None:
    lowest = hits_of(cast.jalisco_analyst)[-1]
    judge(cast, lowest, Verdict.POSITIVE)
    [advice] = read_review(actor=cast.jalisco_analyst, purpose=REVIEW).advice
    assert advice.suggestion is None or (advice.suggestion.held and advice.suggestion.threshold <= lowest.score)


@pytest.mark.usefixtures("drowned")
def test_without_a_budget_the_list_says_that_nobody_fixed_one(cast: Cast) -> None:
    Parameter.objects.filter(key=BUDGET).update(value=None)
    review = read_review(actor=cast.jalisco_analyst, purpose=REVIEW)
    assert len(review.hits) == MANY and review.budget.left is None and review.advice == []
    assert BUDGET in tequio("hit", "list", user="jalisco_analyst").out


def test_another_agency_has_a_list_and_a_day_of_its_own(cast: Cast, drowned: object) -> None:
    theirs = read_review(actor=cast.nayarit_analyst, purpose=REVIEW)
    assert (theirs.hits, theirs.waiting, theirs.below, theirs.advice) == ([], {}, 0, [])
    with pytest.raises(NotAllowed):
        read_review(actor=cast.outsider, purpose=REVIEW)
    assert list_hits(actor=cast.nayarit_analyst, purpose=REVIEW, state="", below=True) == []


@pytest.mark.parametrize("limit", ["0", "-1", "1001"])
def test_a_limit_out_of_range_is_refused(limit: str, cast: Cast) -> None:
    done = tequio("hit", "list", "--limit", limit, "--json", user="jalisco_analyst")
    assert (done.status, done.code) == (6, "DATO_INVALIDO")
