"""A watched subject has fewer keys than a record, and loses no alert by it."""

from __future__ import annotations

from collections import defaultdict

from tequio.demo.domain import Nation, as_subject
from tequio.matching import ALERT_THRESHOLD, keys, screening_keys, weigh
from tequio.people.domain import Subject


def _records(nation: Nation) -> list[Subject]:
    return [
        Subject.from_fields(
            given=r["nombre"], paternal=r["primer_apellido"], maternal=r["segundo_apellido"], sex=r["sexo"], age=r["edad"],
            birth_date=r["fecha_nacimiento"], birth_state=r["entidad_nacimiento"], curp=r["curp"], rfc=r["rfc"],
            aliases=(r["alias"],) if r["alias"] else (), phones=(r["telefono"],), plates=(r["placa"],), at=r["fecha_detencion"],
        )
        for r in nation.detentions(2_000)
    ]  # fmt: skip


def test_every_pair_that_would_raise_an_alert_also_meets_under_the_fewer_keys() -> None:
    nation = Nation(7)
    targets, records = [as_subject(target) for target in nation.targets(1_500)], _records(nation)
    by_key: dict[int, list[int]] = defaultdict(list)
    for place, target in enumerate(targets):
        for key in keys(target) | screening_keys(target):
            by_key[key].append(place)
    watched = [screening_keys(target) for target in targets]
    met = screened = alerts = 0
    for record in records:
        its_keys = keys(record)
        for place in {place for key in its_keys for place in by_key.get(key, ())}:
            met += 1
            found = not watched[place].isdisjoint(its_keys)
            screened += found
            if weigh(targets[place], record) >= ALERT_THRESHOLD * 100:
                alerts += 1
                assert found, (targets[place].name, record.name)
    assert alerts >= 40  # the planted encounters at least
    assert screened * 5 < met


def test_a_subject_without_a_birth_date_is_watched_by_its_rare_words_alone() -> None:
    rare = Subject.from_fields(full_name="Fulgencio Zapotitla")
    common = Subject.from_fields(full_name="Juan Hernández")
    assert screening_keys(rare) == keys(rare) & screening_keys(rare) != frozenset()
    assert not screening_keys(common)
