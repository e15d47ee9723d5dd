"""CURP and RFC, sex and state of birth.

A CURP's first ten characters repeat name and date, and what a valid one says of sex and state is already counted by those
features (`Subject.derived`). An equal CURP therefore adds only what it says beyond them: that RENAPO told these people apart
from every namesake of the same day. The RFC likewise: only its homoclave adds anything, and nothing beside an equal CURP.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA

from tequio.kernel.identifiers import Curp, Rfc
from tequio.matching.domain.features.base import CONTRADICTS, DIFFERENT, EQUAL, NEAR, PARTIAL, Feature, Finding, absent
from tequio.matching.domain.rarity import Context
from tequio.people.domain import Subject

SAME_CURP, SAME_CURP_WRONG_DIGIT, NEAR_CURP, NEAR_CURP_BOTH_VALID = 1100, 900, 500, 0
OTHER_CURP, OTHER_CURP_UNSURE = -1000, -400
SAME_RFC, NEAR_RFC, SAME_RFC_ROOT, OTHER_HOMOCLAVE, OTHER_RFC = 600, 200, 0, -100, -300
_NEAR_SLIPS = 1

_OTHER_CURP = Finding(CONTRADICTS, OTHER_CURP, "dos CURP válidas y distintas")


def _curp_pair(a: Curp, b: Curp) -> Finding:
    if a.value == b.value:
        return Finding(EQUAL, SAME_CURP if a.valid else SAME_CURP_WRONG_DIGIT)
    slips = OSA.distance(a.value, b.value, score_cutoff=2)
    if a.valid and b.valid:
        return Finding(NEAR, NEAR_CURP_BOTH_VALID) if slips <= _NEAR_SLIPS else _OTHER_CURP
    if slips <= _NEAR_SLIPS or a.value[:16] == b.value[:16]:
        return Finding(NEAR, NEAR_CURP)
    return Finding(DIFFERENT, OTHER_CURP_UNSURE)


def weigh_curp(a: Subject, b: Subject, _context: Context) -> Finding:
    """The pair of CURPs that agrees best."""
    if not a.curps or not b.curps:
        return absent(a.curps, b.curps)
    findings = [_curp_pair(x, y) for x in a.curps[:3] for y in b.curps[:3]]
    return max(findings, key=lambda f: (f.centibits, f.level))


def _rfc_pair(a: Rfc, b: Rfc) -> Finding:
    if a.value == b.value:
        return Finding(EQUAL, SAME_RFC if a.homoclave else SAME_RFC_ROOT)
    if a.value[:10] == b.value[:10]:
        return Finding(DIFFERENT, OTHER_HOMOCLAVE) if a.homoclave and b.homoclave else Finding(PARTIAL, SAME_RFC_ROOT)
    if a.homoclave and b.homoclave and OSA.distance(a.value, b.value, score_cutoff=2) <= _NEAR_SLIPS:
        return Finding(NEAR, NEAR_RFC)
    return Finding(DIFFERENT, OTHER_RFC)


def weigh_rfc(a: Subject, b: Subject, _context: Context) -> Finding:
    """The pair of RFCs that agrees best; nothing in favour where a CURP already says it."""
    if not a.rfcs or not b.rfcs:
        return absent(a.rfcs, b.rfcs)
    best = max((_rfc_pair(x, y) for x in a.rfcs[:3] for y in b.rfcs[:3]), key=lambda f: (f.centibits, f.level))
    if best.centibits > 0 and any(x.value == y.value for x in a.curps for y in b.curps):
        return Finding(best.level, 0)
    return best


SAME_SEX, OTHER_SEX, SEX_X = 50, -600, -50
_SAME_SEX, _SEX_X = Finding(EQUAL, SAME_SEX), Finding(DIFFERENT, SEX_X)
_OTHER_SEX = Finding(CONTRADICTS, OTHER_SEX, "sexo distinto")


def weigh_sex(a: Subject, b: Subject, _context: Context) -> Finding:
    """Equal adds little, since the given name already tells; X may be a later correction of the record."""
    if a.sex is None or b.sex is None:
        return absent(a.sex, b.sex)
    if a.sex == b.sex:
        return _SAME_SEX
    return _SEX_X if "X" in (a.sex, b.sex) else _OTHER_SEX


OTHER_STATE = -250
# log2 of the state's share of births, in hundredths of a bit, from approximate shares of the 2020 census, capped at five bits.
_STATE_WORDS = """
MC 280 DF 370 JC 390 VZ 400 PL 420 GT 430 NL 440 CS 450 MN 470 OC 480 BC 500 CH 500 GR 500 TS 500 SL 500 CL 500 HG 500 SP 500
TC 500 SR 500 ZS 500 QT 500 MS 500 DG 500 YN 500 QR 500 TL 500 AS 500 NT 500 CC 500 BS 500 CM 500 NE 500
"""
_listed = _STATE_WORDS.split()
_SAME_STATE = {key: Finding(EQUAL, int(bits)) for key, bits in zip(_listed[::2], _listed[1::2], strict=True)}
_OTHER_STATE = Finding(DIFFERENT, OTHER_STATE)
_SAME_UNLISTED_STATE = Finding(EQUAL, 280)


def weigh_state(a: Subject, b: Subject, _context: Context) -> Finding:
    """State of birth. Records confuse it with residence, so a difference weighs little."""
    if a.birth_state is None or b.birth_state is None:
        return absent(a.birth_state, b.birth_state)
    return _SAME_STATE.get(a.birth_state, _SAME_UNLISTED_STATE) if a.birth_state == b.birth_state else _OTHER_STATE


def _mark(subject: Subject, field: str) -> str:
    return " (deducido)" if field in subject.derived else ""


CURP = Feature("CURP", weigh_curp, lambda s: " / ".join(c.value for c in s.curps[:3]), identifying=True)
RFC = Feature("RFC", weigh_rfc, lambda s: " / ".join(r.value for r in s.rfcs[:3]), identifying=True)
SEX = Feature("sexo", weigh_sex, lambda s: (s.sex or "") + _mark(s, "sex"), identifying=False)
STATE = Feature(
    "entidad de nacimiento", weigh_state, lambda s: (s.birth_state or "") + _mark(s, "birth_state"), identifying=False
)
