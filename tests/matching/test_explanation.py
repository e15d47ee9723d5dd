"""The sentence that a reviewer reads in ten seconds: what agrees, how rare it is, what contradicts, what is lacking."""

import pytest

from tequio.demo.domain import Nation, as_subject
from tequio.matching import ALERT_THRESHOLD, BANDS, Explanation, MemoryIndex, Rarity, compare
from tequio.matching.domain.explanation import Evidence, _listed, _one_in, sentence_of
from tequio.matching.domain.rarity import PRIOR
from tequio.matching.domain.sharing import SharedName, shared_name
from tests.matching.kernel import curp, subject

CURP = curp("HEML780213HNTRXS0")
LUIS = {"given": "José Luis", "paternal": "Hernández", "maternal": "Muñoz"}
WHOLE = LUIS | {"birth_date": "1978-02-13", "sex": "H", "birth_state": "NT"}
ENDING = ". Debe confirmarlo una persona."
LABEL = "mismo nombre y nada lo contradice"


def told(one, other):
    """The parts of the sentence between the verdict and the last word."""
    sentence = compare(subject(**one), subject(**other)).sentence
    assert sentence.endswith(ENDING)
    verdict, _, parts = sentence.removesuffix(ENDING).partition(": ")
    return [verdict, *(parts.split("; ") if parts else [])]


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (WHOLE | {"curp": CURP}, WHOLE | {"curp": CURP}, "Casi con certeza es la misma persona"),
        (LUIS | {"birth_date": "1978-02-13"}, {"given": "Luis", "paternal": "Hernández", "birth_date": "1978-02-13"}, None),
        (LUIS, {"full_name": "Ana Soto"}, "No hay indicios suficientes de que sea la misma persona"),
        ({}, {}, "No hay indicios suficientes de que sea la misma persona"),
    ],
)
def test_the_verdict_comes_first_and_a_person_last(one, other, verdict):
    verdicts = {
        "casi cierta": "Casi con certeza es la misma persona",
        "probable": "Probablemente es la misma persona",
        "posible": "Puede ser la misma persona",
        "debil": "Hay pocos indicios de que sea la misma persona",
        "descartada": "No hay indicios suficientes de que sea la misma persona",
    }
    explanation = compare(subject(**one), subject(**other))
    assert told(one, other)[0] == verdicts[explanation.band] == (verdict or verdicts[explanation.band])


def test_what_agrees_is_named_the_weightiest_first():
    assert told(WHOLE, WHOLE)[1] == "coinciden el nombre, la fecha de nacimiento, la entidad de nacimiento y el sexo"
    assert told({"sex": "H"}, {"sex": "H"})[1] == "coincide el sexo"
    many = {"phones": "3312345670", "plates": "JHP1231", "documents": "G12345678", "aliases": "Mosco", "curp": CURP, "sex": "H"}
    assert told(many, many)[1].count(",") + told(many, many)[1].count(" y ") == 4


def test_what_nearly_agrees_is_told_apart():
    other = WHOLE | {"birth_date": "1978-02-14", "paternal": "Hernandes"}
    assert "son casi iguales el nombre y la fecha de nacimiento" in told(WHOLE, other)
    assert "es casi igual la fecha de nacimiento" in told(WHOLE, WHOLE | {"birth_date": "1978-02-14"})
    assert "en parte coincide la fecha de nacimiento" in told(WHOLE, WHOLE | {"birth_date": 1978})
    assert "es casi igual la CURP" in told({"curp": CURP}, {"curp": CURP[:16]})


def test_a_code_against_a_name_is_no_code_that_agrees():
    assert told({"curp": CURP}, LUIS)[1:] == [
        "las letras de la CURP concuerdan con el nombre", "en un lado faltan la fecha de nacimiento y la CURP",
    ]  # fmt: skip
    assert "las iniciales del RFC concuerdan con el nombre" in told({"rfc": "HEML780213AB1"}, LUIS)
    assert "las letras de la CURP no son las del nombre" in told({"curp": CURP}, {"full_name": "Ana Soto Ruiz"})
    assert "las letras del RFC no son las del nombre" in told({"rfc": "HEML780213AB1"}, {"full_name": "Ana Soto Ruiz"})


def test_what_contradicts_and_what_differs_are_named():
    shared = {"phones": "3312345670", "plates": "JHP1231"}
    parts = told(WHOLE | {"places": "Tepic"} | shared, WHOLE | {"sex": "M", "birth_state": "JC", "places": "Xalisco"} | shared)
    assert "pero hay contradicción: sexo distinto" in parts
    either = {"el lugar de residencia", "la entidad de nacimiento"}
    assert any(set(part.removeprefix("difieren ").split(" y ")) == either for part in parts)
    assert "difiere el lugar de residencia" in told(WHOLE | {"places": "Tepic"}, WHOLE | {"places": "Xalisco"})


def test_of_a_pair_that_is_refuted_only_what_agrees_and_what_contradicts_is_told():
    parts = told(WHOLE | {"curp": CURP}, {"full_name": "Ana Soto", "birth_date": "1950-07-25", "sex": "H", "birth_state": "JC"})
    assert parts[1:] == [
        "coincide el sexo", "pero hay contradicción: nombre de pila distinto y fecha de nacimiento a años de distancia",
    ]  # fmt: skip


def test_what_one_side_lacks_is_named_where_a_reviewer_can_ask_for_it():
    assert told(WHOLE | {"curp": CURP, "phones": "3312345670"}, WHOLE)[-1] == "en un lado falta la CURP"
    assert told(WHOLE | {"curp": CURP, "rfc": "HEML780213AB1"}, LUIS)[-1] == (
        "en un lado faltan la fecha de nacimiento, la CURP y el RFC"
    )
    assert not any("falta" in part for part in told(WHOLE, WHOLE))


def test_a_name_alone_has_its_own_label_and_says_what_would_tell_namesakes_apart():
    parts = told(LUIS, LUIS)
    assert parts[1] == LABEL and parts[-1] == "ninguno trae fecha de nacimiento, CURP ni RFC"
    with_sex = told(LUIS | {"sex": "H"}, LUIS | {"sex": "H"})
    assert with_sex[1:3] == [LABEL, "coincide el sexo"]
    with_date = told(LUIS | {"birth_date": "1978-02-13"}, LUIS)
    assert with_date[1] == LABEL and with_date[-2:] == ["en un lado falta la fecha de nacimiento", "ninguno trae CURP ni RFC"]


@pytest.mark.parametrize(
    ("one", "other", "labelled"),
    [
        (LUIS, LUIS, True),
        (LUIS, LUIS | {"maternal": None}, True),
        (LUIS, LUIS | {"paternal": "Hernandes"}, True),
        (LUIS, LUIS | {"maternal": "Zepeda"}, False),
        (LUIS, {"given": "José Luis"}, False),
        (LUIS | {"birth_date": "1978-02-13"}, LUIS | {"birth_date": "1978-02-13"}, False),
        (LUIS | {"phones": "3312345670"}, LUIS | {"phones": "3312345670"}, False),
        (LUIS | {"birth_state": "NT"}, LUIS | {"birth_state": "JC"}, False),
        (LUIS | {"sex": "H"}, LUIS | {"sex": "M"}, False),
        (LUIS, {"full_name": "Ana Soto"}, False),
        ({"sex": "H"}, {"sex": "H"}, False),
    ],
)
def test_the_label_stands_only_where_the_name_is_the_same_and_nothing_else_speaks(one, other, labelled):
    explanation = compare(subject(**one), subject(**other))
    assert explanation.label == (LABEL if labelled else "") and (LABEL in explanation.sentence) == labelled
    if labelled:
        assert BANDS.index(explanation.band) >= BANDS.index("posible")


def test_no_sentence_says_that_a_match_is_confirmed():
    for one, other in ((WHOLE | {"curp": CURP}, WHOLE | {"curp": CURP}), (LUIS, LUIS)):
        assert "confirmad" not in compare(subject(**one), subject(**other)).sentence.lower()


def test_how_rare_the_common_part_of_a_name_is_is_told():
    assert any(p.startswith("el nombre en común lo lleva cerca de 1 de cada ") for p in told(LUIS, LUIS))
    assert not any("lo lleva" in p for p in told({"full_name": "Ana Soto"}, {"full_name": "Pedro Ruiz"}))


def share(one, other, context=PRIOR):
    return shared_name(subject(**one), subject(**other), context)


def test_the_share_is_the_product_over_the_words_that_both_have():
    expected = PRIOR.frequency("LUIS") * PRIOR.frequency("HERNANDEZ")
    assert share({"full_name": "Luis Hernández"}, {"full_name": "Luis Hernández Ruiz"}) == (pytest.approx(expected), ())
    twice = share({"full_name": "Ana Soto Soto"}, {"full_name": "Soto Soto Ana"})
    assert twice.share == pytest.approx(PRIOR.frequency("ANA") * PRIOR.frequency("SOTO") ** 2)
    assert share({}, {"full_name": "Ana Soto"}) == share({"full_name": "Ana"}, {"full_name": "Pedro"}) == (1.0, ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Martines", "Martínez"), ("MU?OZ", "Muñoz"), ("Pepe", "José"), ("Xicoténcatl", "Xicotencal"), ("Urquídez", "Urquides"),
        ("Landeros", "Ladneros"), ("Villaseñor", "Billasenior"), ("Soto", "Sota"), ("Vázquez", "Basques"),
        ("Langarica", "Lanparita"),
    ],
)  # fmt: skip
def test_nearly_equal_words_count_as_what_is_commoner_and_are_shown(one, other):
    found = share({"full_name": f"{one} Zapotitla Ruiz"}, {"full_name": f"{other} Zapotitla Peña"})
    a, b = subject(paternal=one).names[0].tokens[0], subject(paternal=other).names[0].tokens[0]
    assert found.near[:1] == ((a, b),)
    assert found.share == pytest.approx(PRIOR.frequency("ZAPOTITLA") * max(PRIOR.frequency(a), PRIOR.frequency(b)))
    back = share({"full_name": f"{other} Zapotitla Peña"}, {"full_name": f"{one} Zapotitla Ruiz"})
    assert back.share == pytest.approx(found.share) and back.near == tuple((y, x) for x, y in found.near)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mario", "María"), ("Hernández", "Fernández"), ("Ana", "Eva"), ("Zuz", "Zum"), ("Landeros", "Zepeda"), ("J.", "H.")],
)
def test_words_that_are_two_names_are_not_shared(one, other):
    assert share({"paternal": one, "given": "Lázaro"}, {"paternal": other, "given": "Benito"}) == (1.0, ())


def test_the_nearest_words_pair_first_and_each_once():
    found = share({"full_name": "Langarica Lanparida"}, {"full_name": "Langarita Xqwzt"})
    assert found.near == (("LANGARICA", "LANGARITA"),)


def test_of_several_names_the_rarest_in_common_counts():
    several = {"full_name": "Ana Hernández", "names": ["Fulgencio Zapotitla"]}
    assert share(several, {"full_name": "Zapotitla Fulgencio"}) == share({"full_name": "Fulgencio Zapotitla"}, several)
    assert share(several, several).share < PRIOR.frequency("ANA") * PRIOR.frequency("HERNANDEZ")


def test_the_share_is_that_of_the_population_here():
    here = Rarity({"ZAPOTITLA": 5_000}, 10_000)
    one = {"full_name": "Zapotitla"}
    assert share(one, one, here).share > 100 * share(one, one).share


def test_near_words_are_shown_two_at_most():
    shared = SharedName(0.001, (("A", "B"), ("C", "D"), ("E", "F")))
    sentence = sentence_of("posible", (), "", shared)
    assert "el nombre en común (A/B, C/D) lo lleva cerca de 1 de cada 1\u202f000 personas" in sentence


@pytest.mark.parametrize(
    ("shared", "words"),
    [
        (0.5, "más de 1 de cada 10 personas"),
        (0.11, "más de 1 de cada 10 personas"),
        (0.1, "cerca de 1 de cada 10 personas"),
        (1 / 700, "cerca de 1 de cada 700 personas"),
        (1 / 1234, "cerca de 1 de cada 1\u202f000 personas"),
        (1 / 4_600_000, "cerca de 1 de cada 5\u202f000\u202f000 personas"),
        (1 / 5_000_000, "cerca de 1 de cada 5\u202f000\u202f000 personas"),
        (1 / 5_000_001, "menos de 1 de cada 5 millones de personas"),
        (0.0, "menos de 1 de cada 5 millones de personas"),
    ],
)
def test_a_share_is_told_in_round_numbers(shared, words):
    assert _one_in(shared) == words


def test_a_list_in_spanish_says_e_before_an_i():
    assert _listed([]) == "" and _listed(["a"]) == "a" and _listed(["a", "b"]) == "a y b"
    assert _listed(["a", "b", "c"]) == "a, b y c" and _listed(["a", "Inés"]) == "a e Inés"
    assert _listed(["a", "i"], "ni") == "a ni i"


def test_the_sentences_of_a_nation_are_short_and_whole():
    nation = Nation(11)
    targets = [as_subject(target) for target in nation.targets(90)]
    index = MemoryIndex.build(targets)
    found = [c.explanation for one in index.query(targets, limit=3, explain=True) for c in one]
    assert len(found) > 60 and any(e.score < ALERT_THRESHOLD for e in found)
    for explanation in found:
        assert len(explanation.sentence) <= 300 and explanation.sentence.endswith(ENDING)
        assert "  " not in explanation.sentence and "; ;" not in explanation.sentence
        assert Explanation.from_dict(explanation.to_dict()) == explanation


def test_a_weight_is_exact_to_the_hundredth_of_a_bit():
    assert Evidence("nombre", "", "", "igual", 1234).weight == 12.34


def test_an_explanation_as_plain_values_says_everything():
    explanation = compare(subject(**WHOLE), subject(**WHOLE | {"sex": "M"}))
    plain = explanation.to_dict()
    assert plain["conflicts"] == ["sexo distinto"] and plain["band"] == explanation.band and plain["label"] == ""
    assert plain["score"] == explanation.score and plain["sentence"] == explanation.sentence
    assert plain["missing"] == list(explanation.missing) and plain["algorithm"] == explanation.algorithm
    sex = explanation.features[6]
    assert plain["features"][6] == {
        "feature": "sexo", "left": "H", "right": "M", "level": "contradice", "weight": sex.weight, "conflict": "sexo distinto",
    }  # fmt: skip
    with pytest.raises(KeyError):
        Explanation.from_dict({"score": 1})
