"""Text as it comes from thirty-two systems: folded for comparison, its damage named, its sound reduced to a skeleton.

Nothing is repaired. Folding puts the sign `*` (`LOST`) where a letter was lost on the way ("MU?OZ", "MUÃ‘OZ", "GARC?A"),
and whoever compares decides what that may have been; the supplied text is kept by its owner. Ñ folds to N: a third of the
Ñ of a real payroll arrives as N, so both must meet; `fold_keeping_enye` keeps it where a rule needs it (CURP).

Every function is total: any text, of any length, gives an answer. Cost O(length); words of one line are remembered in a
bounded memory, so a full name costs about one microsecond once its words were seen.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LOST = "*"
"""Sign of one lost letter in folded text: in a Spanish name, an Ñ or an accented vowel."""

_MEMORY = 1 << 16
_LONG_TEXT = 400  # beyond this a text is no name: its words are folded but not remembered

_CONTINUATION = "\u0080-\u00bf€‚ƒƑ„…†‡ˆ‰ŠšŒœŽžŸÿ‹›‘’“”•–—˜™Μ"
_CLOBBERED = re.compile(
    rf"(?:[ÃãÂâ][{_CONTINUATION}]+)+"  # UTF-8 read as latin-1 or cp1252, once or twice
    r"|[Ãã]['\"?!#](?=[^\W\d_])"  # the same, its second half degraded once more
    r"|├[æ▒üëìôÜíé®⌐¡│║£╝]"  # UTF-8 read as CP850 or CP437
    r"|√[ëíÅâçìöú±°©≠≥∫º]"  # UTF-8 read as Mac Roman
    r"|[Ïï]¿½"  # U+FFFD read as latin-1
    r"|&(?:amp;)*#?\w{2,8};"  # HTML entity, escaped once or more
    r"|\\u00[0-9A-Fa-f]{2}|%[Cc]3%[89ABab][0-9A-Fa-f]"  # escapes of JSON and of addresses
    r"|=[Cc]3=[89ABab][0-9A-Fa-f]|\\x[C-Fc-f][0-9A-Fa-f]|[=%][C-Fc-f][139](?=[^\W\d_]|$)"  # of mail, of Python; latin-1
)
_LETTER = r"[^\W\d_]"
# Images of Ñ and of accented vowels in other code pages (CP850, CP437, ISO 646-ES) and the usual replacement signs.
_LOST_ANYWHERE = r"\ufffd\ud800-\udfff\u0080-\u009f\u2500-\u257f¤¥¶Ðð±¢£µ¾½¼§©®¬¦¯¸¹²³×÷Þþ?*"
_LOST_BETWEEN = r"!#%$@\\|¡¿=°†‡•⌐⁄"
_LOST_BETWEEN_VOWELS = r"&{}\[\]"  # elsewhere they join or enclose words
_VOWEL = "[AEIOUÁÉÍÓÚaeiouáéíóú]"
_SIGN = re.compile(
    rf"(?<={_LETTER})[{_LOST_ANYWHERE}]+"
    rf"|(?<![{_LOST_ANYWHERE}])[{_LOST_ANYWHERE}]+(?={_LETTER})"  # from its first sign, or a run of n costs n²
    rf"|(?<={_LETTER})[{_LOST_BETWEEN}]+(?={_LETTER})"
    rf"|(?<={_VOWEL})[{_LOST_BETWEEN_VOWELS}](?={_VOWEL})|(?<={_VOWEL})[#%](?=$)"
)
_LONELY = re.compile(r"(?<![^\W\d_])\*+(?![^\W\d_])")
_RUN = re.compile(r"\*{2,}")
_SILENT = "'’‘ʼʹ´`¨^·~\"“”"  # apostrophes and loose accents: the base letter is there


class _Fold(dict[int, str]):
    """Translation of one character, worked out on first sight."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "Ññ":
            answer = "Ñ"
        elif char in _SILENT or (unicodedata.category(char) in {"Cf", "Cc", "Mn", "Me", "Sk"} and char not in "\t\n\r\x0b\x0c"):
            answer = ""
        elif char in _SPECIAL:
            answer = _SPECIAL[char]
        else:
            plain = "".join(c for c in unicodedata.normalize("NFKD", char) if c.isalnum()).upper()
            answer = plain if char.isalnum() or char in "ªº" else " "
        self[code] = answer
        return answer


_SPECIAL = {
    "\ufffd": LOST,
    "Ð": LOST,
    "ð": LOST,
    "Þ": LOST,
    "þ": LOST,
    "µ": LOST,
    "Ø": "O",
    "Æ": "AE",
    "Œ": "OE",
    "Đ": "D",
    "Ł": "L",
    "ß": "SS",
    "ẞ": "SS",
    "ı": "I",
}
_FOLD = _Fold()


def _mark_lost(word: str) -> str:
    """The word with U+FFFD in each damaged place, otherwise untouched."""
    return _SIGN.sub("\ufffd", _CLOBBERED.sub("\ufffd", word))


def _visible(word: str) -> str:
    """Composed form, without NUL, bidirectional marks and other signs that no eye sees."""
    composed = unicodedata.normalize("NFC", word)
    if composed[:1] == "¿":  # a question, not a lost letter
        composed = composed[1:].rstrip("?")
    return "".join(
        c for c in composed if (c >= " " and unicodedata.category(c) != "Cf") or c in "\t\n\r\xad" or "\x80" <= c <= "\x9f"
    )


def _clean(word: str) -> str:
    if word.isascii() and word.isalnum():
        return word.upper()
    marked = _mark_lost(_visible(word).replace(".ª", "ª").replace(".º", "º"))
    folded = unicodedata.normalize("NFC", marked.upper().translate(_FOLD))
    folded = _LONELY.sub(" ", _RUN.sub(LOST, folded))
    return " ".join(folded.split())


@lru_cache(maxsize=_MEMORY)
def _word_keeping_enye(word: str) -> str:
    return _clean(word)


@lru_cache(maxsize=_MEMORY)
def _word(word: str) -> str:
    return _clean(word).replace("Ñ", "N")


def fold(text: str | None) -> str:
    """Text for comparison: upper case, no accents, Ñ as N, single spaces, `*` for a lost letter. Idempotent.

    >>> fold("  Muñoz-García,  M.ª José "), fold("MUÃ‘OZ"), fold("MU?OZ")
    ('MUNOZ GARCIA MA JOSE', 'MU*OZ', 'MU*OZ')
    """
    if not text:
        return ""
    if len(text) > _LONG_TEXT:
        return " ".join(f for w in text.split(" ") if (f := _clean(w).replace("Ñ", "N")))
    return " ".join([f for w in text.split(" ") if (f := _word(w))])


def fold_keeping_enye(text: str | None) -> str:
    """As `fold`, but Ñ stays Ñ."""
    if not text:
        return ""
    if len(text) > _LONG_TEXT:
        return " ".join(f for w in text.split(" ") if (f := _clean(w)))
    return " ".join([f for w in text.split(" ") if (f := _word_keeping_enye(w))])


def damage(text: str | None) -> tuple[str, ...]:
    """What was lost on the way, one Spanish phrase per damaged place; empty if nothing is seen.

    Mojibake can be told from a lost letter; a letter that vanished without trace ("MUOZ") cannot be seen here.
    """
    found: list[str] = []
    for raw in (text or "").split(" "):
        if raw.isascii() and raw.isalnum():
            continue
        word = _visible(raw)
        found += [f"codificación equivocada «{m.group()}» en «{word}»" for m in _CLOBBERED.finditer(word)]
        rest = _CLOBBERED.sub("\ue000", word)
        found += [f"letra perdida «{m.group()}» en «{word}»" for m in _SIGN.finditer(rest)]
    return tuple(found)


def fold_variants(token: str) -> tuple[str, ...]:
    """Plausible readings of one folded token, at most eight: "MU*OZ" -> MUNOZ, MUAOZ; "GARC*A" -> GARCAA, GARCEA.

    Ñ stands only between vowels; elsewhere the lost letter was a vowel, of which only its effect on a C or G before it matters.
    """
    if LOST not in token:
        return (token,)
    readings = [""]
    for at, char in enumerate(token):
        if char != LOST:
            readings = [r + char for r in readings]
            continue
        before, after = token[max(at - 1, 0) : at], token[at + 1 : at + 2]
        fills = "NA" if before in _VOWELS and after in _VOWELS else "AE" if before in {"C", "G"} else "A"
        readings = [r + fill for r in readings for fill in (fills if len(readings) < _MOST_READINGS else fills[:1])]
    return tuple(dict.fromkeys(readings))


_MOST_READINGS = 8
_VOWELS = frozenset("AEIOUY")
_SOUND = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^A-Z0-9]", ""),
        (r"PH", "F"),
        (r"TH", "T"),
        (r"SH", "S"),
        (r"CH", "4"),  # kept as one sound; digits beyond this point are sounds
        (r"(?<![A-Z0-9])HU(?=[AEI])", "GU"),
        (r"H", ""),
        (r"LL(?=[AEIOU])", "J"),
        (r"(?:(?<![A-Z0-9])|(?<=[AEIOU]))Y(?=[AEIOU])", "J"),
        (r"Y", "I"),
        (r"G(?=[EI])", "J"),
        (r"GU(?=[EI])", "G"),
        (r"(?<=[AEIOU])X(?=[AEIOU])|(?<![A-Z0-9])X(?=[AEIU])", "J"),
        (r"[CS]?C(?=[EI])|[XZ]", "S"),
        (r"QU|[CQ]", "K"),
        (r"W", "G"),
        (r"V", "B"),
        (r"M(?![AEIOU])", "N"),
        (r"([A-Z0-9])\1+", r"\1"),
        (r"(?<![A-Z0-9])[AEIOU]", "9"),  # an initial vowel leaves a trace: ANA is not NOE
        (r"[AEIOU]", ""),
    )
]


def _skeleton(token: str) -> str:
    if not any(c.isalpha() for c in token):
        return token
    sound = token
    for pattern, replacement in _SOUND:
        sound = pattern.sub(replacement, sound)
    return sound or token


@lru_cache(maxsize=_MEMORY)
def skeletons(token: str) -> tuple[str, ...]:
    """Spanish consonant skeleton of one folded token, one for each reading of its lost letters.

    What sounds alike in Mexico is written alike: B=V, S=Z=C(e,i), LL=Y=J=G(e,i)=X, K=C=QU, silent H, doubled letters, MP=NP.
    MUÑOZ, MUNOZ, MU?OZ and MUÃ‘OZ share one. A token in another script is its own skeleton.
    """
    return tuple(dict.fromkeys(_skeleton(reading) for reading in fold_variants(token)))
