"""Names of a person: tokens for comparison, each with its role, beside the text as supplied.

Tokens are folded; particles are dropped, abbreviations written out, "San Juan" joined. The order of words in a name and the
column it came in are kept as roles, which comparison may use but does not depend on.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tequio.kernel.text import fold
from tequio.people.domain.vocabulary import (
    DE_SURNAMES,
    GIVEN_ABBREVIATIONS,
    GLUED,
    PARTICLES,
    PLACEHOLDERS,
    SANTA,
    SURNAME_ABBREVIATIONS,
    TITLES,
)

Tokens = tuple[str, ...]
MOST_TOKENS = 12
"""A name has no more words than this; the rest of a longer text is not read as a name."""
LONGEST = 300
"""Nor more characters: of a longer text only the beginning is read."""
_MEMORY = 1 << 15


class Supplied(NamedTuple):
    """A name's text as it was supplied."""

    given: str = ""
    paternal: str = ""
    maternal: str = ""
    full: str = ""


class Name(NamedTuple):
    """One name. `unsplit`: roles unknown; `married`: a husband's surname after "de", which many records lack."""

    given: Tokens = ()
    paternal: Tokens = ()
    maternal: Tokens = ()
    unsplit: Tokens = ()
    married: Tokens = ()
    supplied: Supplied = Supplied()

    @property
    def tokens(self) -> Tokens:
        return self.given + self.paternal + self.maternal + self.unsplit + self.married

    @property
    def surnames(self) -> Tokens:
        return self.paternal + self.maternal

    @property
    def text(self) -> str:
        return self.supplied.full or " ".join(part for part in self.supplied[:3] if part)


class Alias(NamedTuple):
    """An alias or nickname as supplied, and its tokens without article."""

    text: str
    tokens: Tokens


def _glue(words: list[str]) -> list[str]:
    """Join SAN JUAN, MAC GREGOR, SANTA CRUZ; drop particles unless nothing else remains."""
    joined: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        follower = words[at + 1] if at + 1 < len(words) else ""
        if follower and follower not in PARTICLES and (word in GLUED or (word == "SANTA" and follower in SANTA)):
            joined.append(word + follower)
            at += 2
            continue
        if word not in PARTICLES:
            joined.append(word)
        at += 1
    return joined or words


def _split_married(words: list[str]) -> tuple[list[str], list[str]]:
    """Part a husband's surname from the end: "VDA DE X", or "DE X" where X is not known to follow "de" at birth."""
    for mark in ("VDA", "VIUDA"):
        if mark in words:
            at = words.index(mark)
            return words[:at], [w for w in words[at + 1 :] if w not in PARTICLES]
    if len(words) >= 2 and words[-2] == "DE" and words[-1] not in DE_SURNAMES and len(words[-1]) > 1:
        return words[:-2], words[-1:]
    return words, []


@lru_cache(maxsize=_MEMORY)
def given_tokens(text: str) -> Tokens:
    """Tokens of a given-names column: "Ma. del Carmen" -> MARIA CARMEN, "J. Luis" -> JOSE LUIS."""
    folded = fold(text)
    if folded in PLACEHOLDERS:
        return ()
    words = folded.split()[:MOST_TOKENS]
    if len(words) > 1 and words[0] == "J":
        words[0] = "JOSE"
    written = [GIVEN_ABBREVIATIONS.get(w, w) for w in words]
    return tuple([w for w in written if w not in PARTICLES] or written)


@lru_cache(maxsize=_MEMORY)
def surname_tokens(text: str) -> tuple[Tokens, Tokens]:
    """Tokens of a surname column and, apart, a husband's surname."""
    folded = fold(text)
    if folded in PLACEHOLDERS:
        return (), ()
    words = [SURNAME_ABBREVIATIONS.get(w, w) for w in folded.split()[:MOST_TOKENS]]
    own, married = _split_married(words)
    return (tuple(_glue(own)) if own else ()), tuple(married)


def split_name(given: str, paternal: str, maternal: str) -> Name | None:
    """Name from columns. A whole name in the first column, with the others blank, is read as unsplit."""
    supplied = Supplied(given, paternal, maternal)
    father, married_f = surname_tokens(paternal) if paternal else ((), ())
    mother, married_m = surname_tokens(maternal) if maternal else ((), ())
    if not father and not mother and not married_f and not married_m:
        name = unsplit_name(given) if given else None
        return name._replace(supplied=supplied) if name else None
    tokens = given_tokens(given) if given else ()
    return Name(tokens, father, mother, (), married_f + married_m, supplied)


def unsplit_name(text: str) -> Name | None:
    """Name from one text. "PEREZ LOPEZ, JUAN" tells its surnames; otherwise roles stay unknown, order as supplied."""
    if "," in text:
        surnames, _, rest = text.partition(",")
        father, married = surname_tokens(surnames)
        tokens = given_tokens(rest.replace(",", " "))
        if father and tokens:
            return Name(tokens, father[:1], father[1:], (), married, Supplied(full=text))
    folded = fold(text)
    if not folded or folded in PLACEHOLDERS:
        return None
    words = folded.split()[:MOST_TOKENS]
    if len(words) > 2 and words[0] in TITLES:
        words = words[1:]
    last = len(words) - 1
    words = [_expand(w, at < last or not last) for at, w in enumerate(words)]
    own, married_words = _split_married(words) if len(words) > 3 else (words, [])
    tokens = tuple(_glue(own))
    if len(tokens) == 1:
        return Name(given=tokens, married=tuple(married_words), supplied=Supplied(full=text))
    return Name(unsplit=tokens, married=tuple(married_words), supplied=Supplied(full=text))


def _expand(word: str, followed: bool) -> str:
    if word == "J" and followed:
        return "JOSE"
    if word in GIVEN_ABBREVIATIONS and followed:
        return GIVEN_ABBREVIATIONS[word]
    return SURNAME_ABBREVIATIONS.get(word, word)


_SAID = re.compile(
    r"\b(?:quien|que)?\s*(?:dijo|dice|manifest[oó]|refiri[oó]|refiere|se\s+hace|se\s+hac[ií]a)\s+(?:llamarse|llamar|ser)\b[:\s]*"
    r"|\by\s*/\s*o\b|\b(?:quien\s+)?responde\s+al\s+nombre\s+de\b",
    re.IGNORECASE,
)
_ALIAS = re.compile(
    r"\(\s*(?:a|alias)\s*\)|(?<![\w.])a\s*\)|\balias\b[:.]?|\bapodad[oa]\b|\b(?:(?:tambi[eé]n|mejor)\s+)?conocid[oa]\s+como\b"
    r"|(?<!\w)a\.\s?k\.\s?a\.?|\b(?:aka|tcc)\b[:.]?",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“”«»„]([^\"“”«»„]{1,80})[\"“”«»„]|\(([^()]{2,80})\)|(?<!\w)['‘’]([^'‘’]{2,60})['‘’](?!\w)")
_TROUBLE = re.compile(r"[\"“”«»„()'‘’/]|alias|apodad|conocid|llama|nombre|k\.?a|tcc|\bser\b|a\s*\)", re.IGNORECASE)
_ARTICLES = frozenset({"EL", "LA", "LOS", "LAS"})


@lru_cache(maxsize=_MEMORY)
def parse_alias(text: str) -> tuple[Alias, ...]:
    """Aliases in one text, several if parted by comma, semicolon, slash or bar."""
    found = []
    for part in re.split(r"[,;/|]+", text[:LONGEST]):
        folded = fold(_ALIAS.sub(" ", part))
        words = folded.split()[:MOST_TOKENS]
        if not words or folded in PLACEHOLDERS:
            continue
        tokens = tuple(w for w in words if w not in PARTICLES) or tuple(words)
        found.append(Alias(part.strip(" \"“”«»'()"), tokens))
    return tuple(found)


def is_name_like(alias: Alias) -> bool:
    """An alias of three words or more and no article is another name of the person, not a nickname."""
    return len(alias.tokens) >= 3 and fold(alias.text).split(" ", 1)[0] not in _ARTICLES


@lru_cache(maxsize=_MEMORY)
def read_text(text: str) -> tuple[tuple[str, ...], tuple[Alias, ...]]:
    """Names and aliases inside a free text: "JUAN PEREZ (A) EL GUERO Y/O quien dijo llamarse PEDRO RUIZ"."""
    if len(text) > LONGEST:
        text = text[:LONGEST]
    if not _TROUBLE.search(text):
        return (text,), ()
    names: list[str] = []
    aliases: list[Alias] = []
    for piece in _SAID.split(text):
        head, *nicknames = _ALIAS.split(piece)
        for nickname in nicknames:
            aliases += parse_alias(nickname)
        for match in _QUOTED.finditer(head):
            aliases += parse_alias(match[1] or match[2] or match[3])
        bare = _QUOTED.sub(" ", head).strip()
        if bare:
            names.append(bare)
    return tuple(names), tuple(aliases)
