"""Every command of `tequio`, put together. Loaded once Django is set up."""

from __future__ import annotations

from tequio.accounts import commands as accounts
from tequio.config import demonstration, operations
from tequio.dashboards import commands as dashboards
from tequio.matching import commands as matching
from tequio.notices import commands as notices
from tequio.registries.incidence import commands as incidence
from tequio.registries.rnd import commands as rnd
from tequio.search import commands as search
from tequio.supply import commands as supply
from tequio.targets import commands as targets
from tequio.ui import commands as ui
from tequio.ui.console.spanish import group

app = group("Tequio: suministro, intercambio, consulta y actualización de la información de seguridad pública.")
app.add_typer(operations.app)
app.add_typer(demonstration.app)
app.add_typer(supply.app)
app.add_typer(rnd.app, name="detention")
app.add_typer(incidence.app, name="incidence")
app.add_typer(search.app, name="search")
app.add_typer(matching.app, name="matching")
app.add_typer(targets.targets, name="target")
app.add_typer(targets.hits, name="hit")
app.add_typer(notices.app, name="notice")
app.add_typer(dashboards.app, name="dashboard")
app.add_typer(ui.audit, name="audit")
app.add_typer(accounts.users, name="user")
