"""Small files of the two shapes that SESNSP has published.

The older is of 2015-2020: UTF-8, `Anio`, keys without their zero, crime names that lost their accented letters. The newer is
of 2026: latin-1, `Año`, two-digit keys, whole names, another list of crimes.
"""

from __future__ import annotations

from collections.abc import Sequence

from tequio.institutions.domain import without_accented_letters
from tequio.institutions.reference import state_entries

MONTHS = "Enero,Febrero,Marzo,Abril,Mayo,Junio,Julio,Agosto,Septiembre,Octubre,Noviembre,Diciembre"
OLD_HEADER = f"Anio,Clave_Ent,Entidad,Bien juridico afectado,Tipo de delito,Subtipo de delito,Modalidad,{MONTHS}"
NEW_HEADER = f"Año,Clave_Ent,Entidad,Bien jurídico afectado,Tipo de delito,Subtipo de delito,Modalidad,{MONTHS}"
HOMICIDE = "La vida y la Integridad corporal,Homicidio,Homicidio doloso"
OLD_CRIMES = (
    f"{HOMICIDE},Con arma de fuego",
    f"{HOMICIDE},Con arma blanca",
    "El patrimonio,Extorsin,Extorsin,Extorsin",
    '"Otros bienes jurdicos afectados (del fuero comn)",Amenazas,Amenazas,Amenazas',
)
NEW_CRIMES = (
    f"{HOMICIDE},Con arma de fuego",
    "El patrimonio,Extorsión,Extorsión presencial,Extorsión presencial",
    "El patrimonio,Extorsión,Extorsión por otros medios,Extorsión por otros medios",
)
STATES = [(entry.code, entry.name) for entry in state_entries()]


def cells(known: int, value: int = 2) -> str:
    """Twelve cells: `known` months with `value`, the others blank."""
    return ",".join(str(value) if month < known else "" for month in range(12))


def old_rows(years: Sequence[int] = (2019, 2020), known: int = 12, value: int = 2) -> list[str]:
    """Rows of the older shape for the 32 states. The last year has only `known` months."""
    return [
        f"{year},{int(code)},{without_accented_letters(name) if code == '22' else name},{crime},"
        f"{cells(known if year == years[-1] else 12, value)}"
        for year in years
        for code, name in STATES
        for crime in OLD_CRIMES
    ]


def old_text(years: Sequence[int] = (2019, 2020), known: int = 12, value: int = 2) -> str:
    """A whole file of the older shape."""
    return "\n".join([OLD_HEADER, *old_rows(years, known, value)]) + "\n"


def new_text(known: int = 3) -> str:
    """A whole file of the newer shape."""
    rows = [f"2026,{code},{name},{crime},{cells(known)}" for code, name in STATES for crime in NEW_CRIMES]
    return "\n".join([NEW_HEADER, *rows]) + "\n"
