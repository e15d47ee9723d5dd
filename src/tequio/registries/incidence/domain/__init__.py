"""Reading a monthly incidence file of SESNSP: bytes in, checked table out. Pure.

Parts: `findings` (what can be wrong and what is only worth saying), `text` (encoding, header, rows), `names` (lost letters),
`table` (values, keys, duplicates, completeness).
"""

from tequio.registries.incidence.domain.findings import Finding, IncidenceFileInvalid, OlderFile, Remark
from tequio.registries.incidence.domain.names import LEVELS, Key, Names, choose_catalog
from tequio.registries.incidence.domain.table import MonthlyTable, parse
from tequio.registries.incidence.domain.text import MOST_BYTES

__all__ = [
    "LEVELS",
    "MOST_BYTES",
    "Finding",
    "IncidenceFileInvalid",
    "Key",
    "MonthlyTable",
    "Names",
    "OlderFile",
    "Remark",
    "choose_catalog",
    "parse",
]
