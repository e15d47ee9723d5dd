"""How alike two words of a name are: each level by examples, and what is no likeness."""

import pytest

from tequio.matching.domain.features.similarity import IN_WORDS, Likeness
from tequio.matching.domain.model import Weight
from tests.matching.kernel import Place, see

SURNAMES = [
    ("MU?OZ", "Muñoz", Likeness.LOST_LETTER),
    ("MUÃ‘OZ", "Muñoz", Likeness.LOST_LETTER),
    ("MU?OZ", "Mu¤oz", Likeness.EXACT),
    ("MU?OZ", "Munos", Likeness.SOUND),
    ("Delacruz", "Cruz", Likeness.GLUED_PARTICLE),
    ("Sanjuan", "Juan", Likeness.GLUED_PARTICLE),
    ("Delrio", "Rio", Likeness.GLUED_PARTICLE),
    ("Deloera", "Oera", Likeness.GLUED_PARTICLE),
    ("Zepeda", "Cepeda", Likeness.SOUND),
    ("Martínez", "Martines", Likeness.SOUND),
    ("Landeros", "Landrs", Likeness.SOUND),
    ("Lara", "Larra", Likeness.SOUND),
    ("Bugarín", "Bgurin", Likeness.SOUND),
    ("Villaseñor", "Billasenior", Likeness.SOUND),
    ("Vázquez", "Basquez", Likeness.SOUND),
    ("Kuri", "Curi", Likeness.SOUND),
    ("Wong", "Wang", Likeness.SOUND),
    ("Xicoténcatl", "Xicotencal", Likeness.ONE_SLIP),
    ("Ocegueda", "Oceguera", Likeness.ONE_SLIP),
    ("Urquídez", "Uqruídez", Likeness.ONE_SLIP),
    ("Urquídez", "rquídez", Likeness.ONE_SLIP),
    ("Partida", "Pratida", Likeness.SOUND),
    ("Colsa", "Golsa", Likeness.ONE_SLIP),
    ("Zuza", "Zuma", Likeness.ONE_SLIP_SHORT),
    ("Zuza", "Zua", Likeness.ONE_SLIP_SHORT),
    ("Plascencia", "Plastenzia", Likeness.TWO_SLIPS),
    ("Langarica", "Lanparita", Likeness.TWO_SLIPS),
    ("Becerra", "Beberro", Likeness.TWO_SLIPS),
    ("Arriaga", "Atriada", Likeness.TWO_SLIPS),
    ("Colsa", "Golta", Likeness.TWO_SLIPS_SHORT),
    ("Colsa", "Golrsa", Likeness.TWO_SLIPS_SHORT),
    ("Vazques", "Basquez", Likeness.SAME_SKELETON),
    ("Xochihua", "Chojigua", Likeness.NONE),
    ("Urquídez", "Urqu", Likeness.CUT_SHORT),
    ("Urquídez", "Urq", Likeness.NONE),
    ("Xicoténcatl", "Xicot", Likeness.CUT_SHORT),
    ("Xicoténcatl", "Xicas", Likeness.NONE),
    ("Aguirrezabalagoitia", "Aguirrezabalagoitiz", Likeness.ONE_SLIP),
    ("Aguirrezabalagoitia", "Aguirrezabalag", Likeness.TWO_SLIPS),
    ("Hernández", "Fernández", Likeness.NONE),
    ("García", "Garza", Likeness.NONE),
    ("Echeverría", "Etxeberria", Likeness.NONE),
    ("Zuz", "Zum", Likeness.NONE),
    ("Zuza", "Zema", Likeness.NONE),
    ("S.", "Soto", Likeness.NONE),
    ("Arriaga", "Zepeda", Likeness.NONE),
]
GIVEN = [
    ("Pepe", "José", Likeness.NICKNAME),
    ("Beto", "Roberto", Likeness.NICKNAME),
    ("Beto", "Humberto", Likeness.NICKNAME),
    ("Lupe", "Guadalupe", Likeness.NICKNAME),
    ("Chuy", "Jesús", Likeness.NICKNAME),
    ("Concha", "Concepción", Likeness.NICKNAME),
    ("Brayan", "Bryan", Likeness.NICKNAME),
    ("Gustavo", "G.", Likeness.INITIAL),
    ("Gustavo", "H.", Likeness.NONE),
    ("Ana", "Anna", Likeness.SOUND),
    ("Yolanda", "Iolanda", Likeness.ONE_SLIP),
    ("Miguel", "Migel", Likeness.ONE_SLIP),
    ("Martín", "Marín", Likeness.ONE_SLIP),
    ("Wilmer", "Wilnr", Likeness.TWO_SLIPS_SHORT),
    ("Francisco", "Fran", Likeness.CUT_SHORT),
    ("Beto", "Pepe", Likeness.NONE),
    ("Juan", "Juana", Likeness.NONE),
    ("Mario", "María", Likeness.NONE),
    ("Daniel", "Manuel", Likeness.NONE),
]


def level(one, other, column):
    beside = {"given": "Eleuterio"} if column == "paternal" else {"paternal": "Zuzuarregui"}
    used = see(Place.NAME, beside | {column: one}, beside | {column: other}).used
    found = [Likeness(k) for k in range(Likeness.NONE) for _ in range(used[Weight(k)])]
    found.remove(Likeness.EXACT)  # of what stands beside
    assert len(found) <= 1
    return found[0] if found else Likeness.NONE


@pytest.mark.parametrize(("one", "other", "expected"), SURNAMES)
def test_surnames_are_as_alike_as_they_are(one, other, expected):
    assert level(one, other, "paternal") == expected


@pytest.mark.parametrize(("one", "other", "expected"), GIVEN)
def test_given_names_are_as_alike_as_they_are(one, other, expected):
    assert level(one, other, "given") == expected


def test_every_level_has_its_words_and_its_weight():
    assert len(IN_WORDS) == Likeness.NONE
    assert [Weight(k).name for k in range(Likeness.NONE)] == [likeness.name for likeness in list(Likeness)[:-1]]
