"""How a record or an asker writes a person: columns or one text, aliases in their own field or inside the name, slips."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from random import Random

from tests.bench.aliases.people import FullName, Person
from tests.bench.aliases.pools import ACCENTED

Fields = dict[str, object]
"""Arguments of `Subject.from_fields`."""


def spelled(text: str) -> str:
    """A payroll's upper-case text with its accents and Ñ put back where the word is known."""
    return " ".join(ACCENTED.get(word, word) for word in text.split())


Style = Callable[[str], str]


def _plain(text: str) -> str:
    return text


def _lower(text: str) -> str:
    return " ".join(word.capitalize() for word in spelled(text).split())


def style(dice: Random) -> Style:
    """One system's habit: most write upper case without accents, some keep them, some write in lower case."""
    return dice.choices((_plain, spelled, _lower), (3, 1, 1))[0]


def styled(dice: Random, text: str) -> str:
    """A text in some system's habit."""
    return style(dice)(text)


def name_fields(dice: Random, name: FullName) -> Fields:
    """A name in three columns, or in one text in one of the usual orders."""
    way = dice.random()
    write = style(dice)
    if way < 0.55:
        columns = {"given": name.given, "paternal": name.paternal, "maternal": name.maternal}
        return {key: write(value) for key, value in columns.items() if value}
    surnames = " ".join(part for part in (name.paternal, name.maternal) if part)
    if way < 0.80:
        return {"full_name": write(f"{name.given} {surnames}")}
    return {"full_name": write(f"{surnames} {name.given}" if way < 0.92 else f"{surnames}, {name.given}")}


def day_field(dice: Random, days: tuple[date, ...]) -> Fields:
    """One date or several, as dates or in ISO text."""
    if not days:
        return {}
    values = [day if dice.random() < 0.5 else day.isoformat() for day in days]
    return {"birth_date": values[0] if len(values) == 1 else values}


def several(values: tuple[str, ...]) -> object:
    """One value bare, several as a list."""
    return values[0] if len(values) == 1 else list(values)


def with_aliases(dice: Random, fields: Fields, names: list[str], apodos: list[str]) -> Fields:
    """Add other names and nicknames in the ways found in the wild: own fields, "(a)", "y/o", quotes inside the name."""
    listed = [*apodos]
    inside = fields.get("full_name")
    for name in names:
        way = dice.random()
        if inside and way < 0.25:
            inside = f"{inside} {dice.choice(['Y/O', 'y/o', 'QUIEN DIJO LLAMARSE'])} {name}"
        elif way < 0.65:
            fields.setdefault("names", []).append(name)  # type: ignore[attr-defined]
        else:
            listed.append(name)
    if inside and listed and dice.random() < 0.4:
        alias = listed.pop(0)
        inside = f"{inside} " + dice.choice(["(A) {}", '(a) "{}"', '"{}"', "ALIAS {}", "(a) {}"]).format(alias)
    if inside:
        fields["full_name"] = inside
    if listed:
        fields["aliases"] = dice.choice([listed, "; ".join(listed)]) if dice.random() < 0.5 else listed
    return fields


def record_fields(dice: Random, held: Person) -> Fields:
    """A record of what is held of a person."""
    fields = name_fields(dice, held.name)
    names = [str(name) for name in (held.unrelated, *held.others) if name is not None]
    names += [held.two_word] if held.two_word else []
    fields = with_aliases(dice, fields, [styled(dice, n) for n in names], [styled(dice, a) for a in held.apodos])
    fields |= day_field(dice, held.dates)
    if held.sex:
        fields["sex"] = held.sex
    if held.state:
        fields["birth_state"] = held.state
    if held.curps:
        fields["curp"] = several(held.curps)
    if held.rfcs:
        fields["rfc"] = several(held.rfcs)
    return fields


# Slips.

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mistyped(dice: Random, word: str) -> str:
    """One typing error after the first letter: a letter lost, doubled, changed, or two changed over."""
    at = dice.randrange(1, len(word))
    way = dice.random()
    if way < 0.3 and len(word) > 3:
        return word[:at] + word[at + 1 :]
    if way < 0.45:
        return word[:at] + word[at - 1] + word[at:]
    if way < 0.6:
        return word[:at] + dice.choice(_LETTERS) + word[at:]
    if way < 0.8 and at + 1 < len(word) and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + dice.choice(_LETTERS.replace(word[at], "")) + word[at + 1 :]


def mistyped_name(dice: Random, name: FullName) -> FullName:
    """One typing error in a word of at least four letters, if there is one."""
    places = [
        (part, at)
        for part in ("given", "paternal", "maternal")
        for at, word in enumerate(getattr(name, part).split())
        if len(word) > 3
    ]
    if not places:
        return name
    part, at = dice.choice(places)
    words = getattr(name, part).split()
    words[at] = mistyped(dice, words[at])
    parts = {"given": name.given, "paternal": name.paternal, "maternal": name.maternal} | {part: " ".join(words)}
    return FullName(**parts)


def mistyped_day(dice: Random, day: date) -> date:
    """A birth date with one slip: day and month changed over, a day off, or a digit of the year."""
    way = dice.random()
    if way < 0.3 and day.day <= 12 and day.day != day.month:
        return date(day.year, day.day, day.month)
    if way < 0.65:
        return date.fromordinal(day.toordinal() + dice.choice([-1, 1]))
    return day.replace(year=day.year + dice.choice([-10, -1, 1, 10]), day=min(day.day, 28))


def damaged(dice: Random, name: FullName, mark: str) -> FullName:
    """One letter replaced by `mark` ("" loses it): the Ñ if there is one, else an accented vowel, else an inner letter."""
    parts = [spelled(name.given), spelled(name.paternal), spelled(name.maternal)]
    for letters in ("Ñ", "[ÁÉÍÓÚÜ]", r"(?<=\w)\w(?=\w)"):
        places = [(at, m.start()) for at, part in enumerate(parts) for m in re.finditer(letters, part)]
        if places:
            break
    at, place = dice.choice(places)
    parts = [name.given, name.paternal, name.maternal]
    parts[at] = parts[at][:place] + mark + parts[at][place + 1 :]
    return FullName(*parts)


def mistyped_id(dice: Random, value: str) -> str:
    """One character of an identifier changed for another of its class."""
    at = dice.randrange(len(value))
    pool = "0123456789" if value[at].isdigit() else _LETTERS
    return value[:at] + dice.choice(pool.replace(value[at], "")) + value[at + 1 :]


def transposed_id(dice: Random, value: str) -> str:
    """Two neighbouring, different characters changed over."""
    at = dice.choice([at for at in range(len(value) - 1) if value[at] != value[at + 1]])
    return value[:at] + value[at + 1] + value[at] + value[at + 2 :]
