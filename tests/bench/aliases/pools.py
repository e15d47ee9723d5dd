"""Names drawn by frequency, and nicknames. Source of frequencies: the SEP payroll of 2012 if it is beside the checkout."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[3]
SHARES = ROOT / "src/tequio/matching/data/name_shares.csv"
PAYROLL = ROOT.parent / "shared/data"
PARTICLES = frozenset(["DE", "DEL", "LA", "LAS", "LOS", "Y", "MC", "MAC", "VON", "VAN", "DA", "DI"])

_ACCENTED_WORDS = """
GARCÍA MARTÍNEZ LÓPEZ GONZÁLEZ PÉREZ RODRÍGUEZ SÁNCHEZ RAMÍREZ HERNÁNDEZ GÓMEZ VÁZQUEZ JIMÉNEZ DÍAZ GUTIÉRREZ ÁLVAREZ MÉNDEZ
CHÁVEZ JUÁREZ DOMÍNGUEZ GUZMÁN VELÁZQUEZ CORTÉS ÁVILA RÍOS MÁRQUEZ FERNÁNDEZ LEÓN MEJÍA SOLÍS IBÁÑEZ CÁRDENAS ÁNGEL BELTRÁN
MUÑOZ PEÑA NÚÑEZ CASTAÑEDA ZÚÑIGA PIÑA SALDAÑA YÁÑEZ TREVIÑO AVENDAÑO MONTAÑO MAGAÑA MUÑIZ PATIÑO GARDUÑO ORDÓÑEZ BOLAÑOS
BAÑUELOS ACUÑA QUIÑONES NIÑO BAÑOS CASTAÑÓN VILLASEÑOR BRISEÑO DUEÑAS OCAÑA CARREÑO PIÑÓN PEÑALOZA ZERMEÑO CABAÑAS GUDIÑO ORDUÑA
JOSÉ MARÍA JESÚS RAÚL RAMÓN RUBÉN VÍCTOR HÉCTOR MARTÍN ÓSCAR CÉSAR JULIÁN ADRIÁN ANDRÉS TOMÁS NICOLÁS AGUSTÍN JOAQUÍN SEBASTIÁN
VERÓNICA MÓNICA LUCÍA SOFÍA ANGÉLICA ROCÍO BEATRÍZ CONCEPCIÓN ASUNCIÓN ENCARNACIÓN INÉS ÁNGELES GUILLÉN RENDÓN FÉLIX ÁVALOS
"""
_PLAIN = str.maketrans("ÁÉÍÓÚÜ", "AEIOUU")
ACCENTED = {word.translate(_PLAIN): word for word in _ACCENTED_WORDS.split()}
ACCENTED |= {word.translate(_PLAIN).replace("Ñ", "N"): word for word in _ACCENTED_WORDS.split() if "Ñ" in word}
"""Spelling with accents and Ñ of words that a payroll writes without."""

_APODO_WORDS = """
GÜERO CHATO FLACO GORDO CHINO NEGRO PELÓN CHAPARRO ZURDO TUERTO SORDO COJO TOPO TEJÓN GALLO GATO RATÓN PERRO LOBO TORO BURRO
CHIVO PATO POLLO ZORRO OSO PUMA TIGRE CUERVO ZOPILOTE TECOLOTE GAVILÁN HALCÓN CENZONTLE COYOTE MAPACHE ARMADILLO TLACUACHE
IGUANA CAMALEÓN ALACRÁN GRILLO MOSCO PIOJO CHAPULÍN ZANCUDO PITUFO DUENDE BRUJO FANTASMA PAYASO MAGO CATRÍN CHARRO VAQUERO
JINETE PANADERO CARNICERO TAQUERO HERRERO PLOMERO MECÁNICO LLANTERO TAXISTA TRAILERO MARINO SOLDADO SARGENTO CAPITÁN
COMANDANTE LICENCIADO DOCTOR PROFE MAESTRO INGENIERO CONTADOR PADRINO COMPADRE PATRÓN JEFE ABUELO JUNIOR CACHORRO NENE BEBÉ
TAPATÍO NORTEÑO SUREÑO COSTEÑO SERRANO JAROCHO YUCA TABLAS MUELAS CEJAS CACHETES OREJAS BIGOTES GREÑAS CHUECO CANELO
COLORADO PRIETO AZABACHE CERILLO TIZÓN CHISPA RAYO TRUENO CICLÓN NOPAL MEZCAL CAMOTE ELOTE TAMAL CHICHARRÓN PIÑA CHILE
COMINO AJO MANGO LIMÓN TUNA PALANCAS TORNILLO MARTILLO NAVAJAS CANICAS TROMPO
"""
_ENDING_WORDS = "DEL_RÍO DE_LA_SIERRA DEL_PUERTO DE_TEPIC DE_TALA DE_ARRIBA DE_ABAJO VIEJO CHICO GRANDE BLANCO LOCO SEIS NUEVE"
_APODO_ENDINGS = _ENDING_WORDS.split()
_SHORT_WORDS = "PANCHO CHUY NACHO BETO LALO MEMO TOÑO PEPE PACO CHAVA QUIQUE RAFA NETO POLO CHEMA LUPE CONCHA CHELO MECHE"
_SHORT_NAMES = _SHORT_WORDS.split()


@dataclass(frozen=True, slots=True)
class Pool:
    """Words with their cumulative weights."""

    words: tuple[str, ...]
    upto: tuple[float, ...]

    def draw(self, dice: Random) -> str:
        """One word by its weight. O(log n)."""
        return dice.choices(self.words, cum_weights=self.upto)[0]


@dataclass(frozen=True, slots=True)
class Pools:
    """Surnames, and given names (one to three words, as borne) of men and of women."""

    surnames: Pool
    men: Pool
    women: Pool
    source: str

    def given(self, sex: str) -> Pool:
        """Pool of a sex, H or M."""
        return self.men if sex == "H" else self.women


def _pool(rows: Iterable[tuple[str, float]]) -> Pool:
    kept = [(word, weight) for word, weight in rows if weight > 0]
    return Pool(tuple(word for word, _ in kept), tuple(accumulate(weight for _, weight in kept)))


_WHOLE = re.compile(r"[A-ZÑ]+(?:[ .]+[A-ZÑ]+)*")


def _is_name(text: str) -> bool:
    words = [word for word in text.replace(".", " ").split() if word not in PARTICLES]
    return bool(_WHOLE.fullmatch(text)) and any(len(word) > 1 for word in words)


def _payroll(folder: Path, kind: str) -> list[tuple[str, float]]:
    with (folder / f"sep2012_{kind}.csv").open(encoding="latin-1", newline="") as file:
        rows = list(csv.reader(file))[1:]
    if kind == "apellidos":
        return [(name, float(first) + float(second)) for name, first, second in rows if _is_name(name)]
    return [(name, float(count)) for name, count, _ in rows if _is_name(name)]


def _shares() -> tuple[Pool, Pool, Pool]:
    """Pools from the product's own table, which knows no sex: a name that ends in A is taken for a woman's."""
    with SHARES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    given = [(row["token"], float(row["as_given"])) for row in rows]
    surnames = _pool(
        (enye if "Ñ" in (enye := ACCENTED.get(row["token"], "").translate(_PLAIN)) else row["token"], float(row["as_surname"]))
        for row in rows
    )
    return surnames, _pool(n for n in given if n[0][-1] != "A"), _pool(n for n in given if n[0][-1] == "A")


@lru_cache(maxsize=4)
def load(folder: Path = PAYROLL) -> Pools:
    """Pools from the payroll's files in `folder`, else from the product's table of shares."""
    if (folder / "sep2012_apellidos.csv").is_file():
        surnames, men, women = (_pool(_payroll(folder, kind)) for kind in ("apellidos", "hombres", "mujeres"))
        return Pools(surnames, men, women, "SEP 2012")
    surnames, men, women = _shares()
    return Pools(surnames, men, women, SHARES.name)


@lru_cache(maxsize=1)
def _apodos() -> Pool:
    words = list(dict.fromkeys(_APODO_WORDS.split()))
    return _pool((word, 1 / (rank + 8)) for rank, word in enumerate(words))


def apodo(dice: Random, sex: str) -> str:
    """A nickname: "EL TEJÓN", "TEJÓN", "EL GÜERO DE TALA", "CHUY NAVAJAS", "EL M4"."""
    way = dice.random()
    noun = _apodos().draw(dice)
    article = "EL " if sex == "H" else "LA "
    if sex == "M" and noun.endswith("O"):
        noun = noun[:-1] + "A"
    if way < 0.40:
        return article + noun
    if way < 0.55:
        return noun
    if way < 0.80:
        return article + noun + " " + dice.choice(_APODO_ENDINGS).replace("_", " ")
    if way < 0.92:
        return dice.choice(_SHORT_NAMES) + " " + noun
    return f"{article}{dice.choice('RMZXK')}{dice.choice([' ', '-', ''])}{dice.randint(1, 99)}"
