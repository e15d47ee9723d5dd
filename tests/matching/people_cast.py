"""A small synthetic population and the ways in which its records go wrong. Seeded; nobody here exists."""

import random
from datetime import date, timedelta

from tequio.kernel.identifiers import curp_check_digit, derive_curp
from tequio.people.domain import Subject

_GIVEN_H_WORDS = "José Juan Luis Carlos Jesús Miguel Francisco Antonio Alejandro Manuel Pedro Daniel Fernando Ángel Roberto"
GIVEN_H = _GIVEN_H_WORDS.split()
_GIVEN_M_WORDS = "María Guadalupe Ana Rosa Verónica Leticia Patricia Gabriela Martha Laura Claudia Silvia Adriana Yolanda Elena"
GIVEN_M = _GIVEN_M_WORDS.split()
_SURNAME_WORDS = (
    "Hernández García Martínez López González Pérez Rodríguez Sánchez Ramírez Cruz Flores Gómez Muñoz Peña Núñez Ibáñez "
    "Quiñones Vázquez Zepeda Arriaga Bañuelos Cobián Urquídez Xicoténcatl Landeros Ávalos Cuevas Jáuregui Ocegueda "
    "Tostado Villaseñor Partida Langarica Carvajal Bugarín Rentería Plascencia Aguirre Becerra Castañeda"
)
SURNAMES = _SURNAME_WORDS.split()
STATES = ["NT", "JC", "MN", "CM", "AS", "GT", "QT", "ZS", "DF", "MC"]


def person(rng, **changes):
    sex = rng.choice("HM")
    pool = GIVEN_H if sex == "H" else GIVEN_M
    fields = {
        "given": " ".join(rng.sample(pool, rng.choice([1, 2, 2]))),
        "paternal": rng.choice(SURNAMES),
        "maternal": rng.choice(SURNAMES),
        "sex": sex,
        "birth_date": date(1950, 1, 1) + timedelta(days=rng.randrange(55 * 365)),
        "birth_state": rng.choice(STATES),
    } | changes
    return with_curp(fields)


def with_curp(fields, distinction=None):
    first16 = derive_curp(
        given=fields["given"],
        paternal=fields["paternal"],
        maternal=fields["maternal"],
        birth_date=fields["birth_date"],
        sex=fields["sex"],
        state=fields["birth_state"],
    )
    first17 = first16 + (distinction or ("0" if fields["birth_date"].year < 2000 else "A"))
    return fields | {"curp": first17 + curp_check_digit(first17)}


def without(fields, *names):
    return {k: v for k, v in fields.items() if k not in names}


def slip(rng, word):
    """One typing error after the first letter."""
    at = rng.randrange(1, len(word))
    return rng.choice([word[:at] + word[at + 1 :], word[:at] + rng.choice("aeiorn") + word[at:]])


def lose_letters(text):
    return "".join(c if c.isascii() else "?" for c in text)


CORRUPTIONS = {
    "typo in a surname": lambda r, p: without(p, "curp") | {"paternal": slip(r, p["paternal"])},
    "swapped surnames": lambda r, p: without(p, "curp") | {"paternal": p["maternal"], "maternal": p["paternal"]},
    "no CURP": lambda r, p: without(p, "curp"),
    "no maternal surname": lambda r, p: without(p, "curp", "maternal"),
    "one column": lambda r, p: (
        without(p, "curp", "given", "paternal", "maternal") | {"full_name": f"{p['paternal']} {p['maternal']} {p['given']}"}
    ),
    "day and month swapped": lambda r, p: without(p, "curp") | {"birth_date": _swapped(p["birth_date"])},
    "only the year": lambda r, p: without(p, "curp") | {"birth_date": p["birth_date"].year},
    "year off by ten": lambda r, p: (
        without(p, "curp") | {"birth_date": p["birth_date"].replace(year=p["birth_date"].year - 10, day=1)}
        if p["birth_date"].day == 1
        else without(p, "curp") | {"birth_date": f"{p['birth_date'].year - 10}-{p['birth_date']:%m-%d}"}
    ),
    "lost letters": lambda r, p: {
        k: lose_letters(v) if k in {"given", "paternal", "maternal"} else v for k, v in without(p, "curp").items()
    },
    "only the CURP": lambda r, p: {"curp": p["curp"]},
    "mistyped CURP": lambda r, p: p | {"curp": p["curp"][:12] + p["curp"][13] + p["curp"][12] + p["curp"][14:]},
    "as supplied": lambda r, p: dict(p),
}


def _swapped(day):
    return f"{day.year}-{day.day:02d}-{day.month:02d}" if day.day <= 12 else day + timedelta(days=1)


def population(size, seed):
    rng = random.Random(seed)
    return rng, [person(rng) for _ in range(size)]


def subject(fields, **more):
    return Subject.from_fields(**fields, **more)
