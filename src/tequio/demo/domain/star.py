"""The fixed case of the tour: Jalisco looks for somebody, Nayarit detains him and its file has lost the Ñ and brings no CURP.

In the same file is his homonym: same name, another date, another CURP. Nobody of this name is meant: both are invented.
"""

from __future__ import annotations

from datetime import date

from tequio.demo.domain.people import Person, with_own_identifiers

STAR_NUMBER = 1
"""Number of the target in Jalisco. Odd, as all planted ones."""
STAR_SINCE = date(2026, 3, 9)
STAR_DAY, HOMONYM_DAY = date(2026, 10, 30), date(2026, 10, 24)
"""Days on which Nayarit detains the two."""

STAR_PERSON: Person = with_own_identifiers(
    Person(
        given="EVARISTO",
        paternal="MUÑOZ",
        maternal="OCEGUERA",
        sex="H",
        born=date(1988, 4, 17),
        birth_state="JC",
        nationality="MEXICANA",
        curp="",
        rfc="",
        alias="EL PIÑATA",
        phone="3335550142",
        plate="JKT-418-B",
    )
)
STAR_HOMONYM: Person = with_own_identifiers(
    STAR_PERSON._replace(born=date(1996, 11, 2), birth_state="NT", alias="", phone="3115550117", plate="")
)
LOST_ENYE = "?"
"""What Nayarit's system leaves where the Ñ was."""
