"""Aliases. A frequent nickname (El Güero) says less than a rare one; different aliases say almost nothing."""

from __future__ import annotations

from tequio.matching.domain.features.base import DIFFERENT, EQUAL, NEAR, Feature, Finding, absent
from tequio.matching.domain.features.similarity import ONE_SLIP, loss
from tequio.matching.domain.rarity import Context
from tequio.people.domain import Alias, Subject

RARE_ALIAS, FREQUENT_ALIAS = 800, 600
EXTENDED = 150  # loss where one alias only begins or ends the other: "Güero", "Güero de Tepic"
_MOST = 4

_FREQUENT_WORDS = """
GUERO GUERA FLACO FLACA GORDO GORDA NEGRO NEGRA CHINO CHINA PELON CHATO CHAPARRO MORENO MORENA PRIETO RATON GATO PERRO TORO LOBO
TIGRE POLLO OSO GALLO PATO CHIVO GRILLO DIABLO VIEJO ABUELO JEFE PATRON COMANDANTE PROFE DOCTOR LICENCIADO CHOLO JUNIOR NINO
"""
_FREQUENT = frozenset(_FREQUENT_WORDS.split())


def _weight(a: Alias, b: Alias) -> int:
    base = FREQUENT_ALIAS if all(t in _FREQUENT for t in a.tokens) or all(t in _FREQUENT for t in b.tokens) else RARE_ALIAS
    if sorted(a.tokens) == sorted(b.tokens):
        return base
    short, long = (a.tokens, b.tokens) if len(a.tokens) <= len(b.tokens) else (b.tokens, a.tokens)
    losses = [min((x for t in long if (x := loss(*sorted((token, t)))) is not None), default=None) for token in short]
    if any(x is None or x > ONE_SLIP for x in losses):
        return 0
    return max(0, base - sum(x or 0 for x in losses) - (EXTENDED if len(short) < len(long) else 0))


def share_alias(a: Subject, b: Subject) -> bool:
    """Whether some alias of one is an alias of the other."""
    return any(_weight(x, y) >= FREQUENT_ALIAS for x in a.aliases[:_MOST] for y in b.aliases[:_MOST])


def weigh(a: Subject, b: Subject, _context: Context) -> Finding:
    """The pair of aliases that agrees best."""
    if not a.aliases or not b.aliases:
        return absent(a.aliases, b.aliases)
    best = max(_weight(x, y) for x in a.aliases[:_MOST] for y in b.aliases[:_MOST])
    if best >= FREQUENT_ALIAS:
        return Finding(EQUAL, best)
    return Finding(NEAR, best) if best else Finding(DIFFERENT, 0)


def show(subject: Subject) -> str:
    """Aliases as supplied."""
    return ", ".join(alias.text for alias in subject.aliases[:_MOST])


FEATURE = Feature("alias", weigh, show, identifying=True)
