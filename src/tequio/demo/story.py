"""The story that the demonstration tells, with the same commands that a person would type and their real answers."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from tequio.access import selectors as access
from tequio.access.domain import PurposeCode
from tequio.access.scoping import own, reach
from tequio.demo.domain import Nation
from tequio.demo.services import SEED
from tequio.notices import commands as notice_commands
from tequio.notices import selectors as notices
from tequio.supply import commands as supply_commands
from tequio.targets import selectors as targets
from tequio.targets.commands.hits import confirm, list_hits, show
from tequio.targets.domain import HitState
from tequio.targets.models import Hit
from tequio.ui import commands as ui_commands
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer

SUPPLIER, REVIEWER, SECOND, LIAISON, AUDITOR = "nt.captura", "jc.analista", "jc.supervisor", "jc.enlace", "nacional.auditor"
FOLIO = "JC-OFICIO-114-2026"
REASON = "Coinciden nombre con la Ñ perdida, fecha y entidad de nacimiento; se cotejó la fotografía de la ficha."
SECOND_REASON = "Segunda lectura: se revisó cada indicio sin ver la primera; es la misma persona."

Print = Callable[[RenderableType], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What the story came to, for programs and tests."""

    batch: str
    hit: str
    notice: str
    data: dict[str, object]


def tell(sample: Path, say: Print) -> Told:
    """Supply Nayarit's file, review and confirm the hit in Jalisco, acknowledge its notice, verify the log."""
    _chapter(say, "1. Nayarit suministra su archivo (cp1252, con renglones malos)")
    supplied = _run(
        say, f"tequio supply rnd {shlex.quote(str(sample))} --institution NT-SSPC", SUPPLIER,
        lambda: supply_commands.supply("rnd", sample, "NT-SSPC", _why(SUPPLIER, PurposeCode.SUPPLY)),
    )  # fmt: skip
    _chapter(say, "2. Jalisco, que busca a una de esas personas, ya tiene la coincidencia; Nayarit no sabe a quién busca")
    _run(say, "tequio hit list --limit 8", REVIEWER, lambda: list_hits(_why(REVIEWER), state=HitState.OPEN.value, limit=8))
    hit = _star_hit()
    _run(say, f"tequio hit show {hit.id}", REVIEWER, lambda: show(str(hit.id), _why(REVIEWER)))
    _chapter(say, "3. Una persona juzga, con motivo: ninguna máquina confirma")
    _run(say, f"tequio hit confirm {hit.id} --reason '…'", REVIEWER, lambda: confirm(str(hit.id), _why(REVIEWER), REASON))
    _chapter(say, "4. Por ser casi cierta la lee otra persona: coincide, y entonces sale el aviso")
    _run(say, f"tequio hit confirm {hit.id} --reason '…'", SECOND, lambda: confirm(str(hit.id), _why(SECOND), SECOND_REASON))
    _chapter(say, "5. El enlace de Jalisco recibe el aviso y lo acusa dentro de su plazo")
    _run(say, "tequio notice list", LIAISON, lambda: notice_commands.list_notices(_why(LIAISON)))
    with reach(own(access.actor(LIAISON))):
        notice = notices.notices(limit=1)[0]
    _run(say, f"tequio notice ack {notice.id}", LIAISON, lambda: notice_commands.acknowledge(str(notice.id), _why(LIAISON)))
    _chapter(say, "6. Todo quedó en la bitácora, encadenado: se comprueba línea por línea")
    verified = _run(
        say, "tequio audit verify --all", AUDITOR, lambda: ui_commands.verify(_why(AUDITOR, PurposeCode.AUDIT), every=True)
    )
    return Told(
        str(supplied.data["batch"]), str(hit.id), str(notice.id), {"receipt": supplied.data["receipt"], "audit": verified.data}
    )


def next_steps(home: Path, sample: Path, say: Print) -> None:
    """What to try now."""
    _chapter(say, "Para seguir")
    activate = [f"source {shlex.quote(str(Path(sys.prefix) / 'bin' / 'activate'))}"] if sys.prefix != sys.base_prefix else []
    for text in (
        *activate,
        f"export TEQUIO_HOME={shlex.quote(str(home))}   (carpeta de esta demostración; sin --as actúa nt.supervisor)",
        "tequio search person --name 'Evaristo Muñoz' --purpose investigacion --folio CARPETA-1 --as jc.analista",
        "tequio receipt FOLIO --fix por-corregir.csv    los renglones rechazados, para corregir y reenviar",
        "tequio target list --as jc.analista            tequio hit list --as jc.analista",
        f"tequio contract rnd                            el contrato que cumple {sample.name}",
        "tequio run                                     la página de este nodo y su proceso de trabajo",
        "tequio down                                    detiene la base; nada se pierde",
        "docs/guia.md                                   la guía de uso",
    ):
        say(Text("  " + text))


def _star_hit() -> Hit:
    """The hit that the sample was made for: Jalisco's first target against Nayarit's file."""
    star = Nation(SEED).star_target["reference"]
    with reach(own(access.actor(REVIEWER))):
        found = [
            hit for hit in targets.hits(state="", limit=500) if hit.target.note == star and hit.record_agency.code == "NT-SSPC"
        ]
    return found[0]


def _why(username: str, code: PurposeCode = PurposeCode.HIT_REVIEW) -> Why:
    return Why(user=username, purpose=code.value, folio=FOLIO)


def _chapter(say: Print, title: str) -> None:
    say(Text(""))
    say(Text(title, style="bold"))


def _run(say: Print, typed: str, username: str, work: Callable[[], Answer]) -> Answer:
    say(Text(f"$ {typed} --as {username}", style="dim"))
    answer = work()
    _show(say, answer.parts)
    return answer


def _show(say: Print, parts: Sequence[RenderableType]) -> None:
    for part in parts:
        say(part)
