"""The one list of "event -> who reacts". `within`: in the publisher's transaction. `after`: once it is committed."""

from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Permission
from tequio.accounts.views import requests as account_requests
from tequio.administration import finders
from tequio.administration.finders import Finder
from tequio.audit import services as audit
from tequio.dashboards import services as dashboards
from tequio.institutions.events import ReferenceLoaded
from tequio.kernel import outbox
from tequio.notices import abouts
from tequio.notices import inbox as notices_inbox
from tequio.notices.domain import NoticeKind
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd import inbox as rnd_inbox
from tequio.registries.rnd import lookups as rnd_lookups
from tequio.registries.rnd import origins
from tequio.registries.rnd.events import CustodyChanged
from tequio.search import inbox as search_inbox
from tequio.search import selectors as search_read
from tequio.search import services as search
from tequio.search.events import PieceEntered, RecordsEntered
from tequio.supply import inbox as supply_inbox
from tequio.supply import selectors as supply_read
from tequio.supply import services as supply
from tequio.supply.events import BatchReceived
from tequio.targets import inbox as targets_inbox
from tequio.targets import services as targets
from tequio.targets.events import TargetActivated
from tequio.ui import health
from tequio.ui.web import inbox, navigation
from tequio.ui.web.inbox import Source
from tequio.ui.web.navigation import Entry


def connect() -> None:
    """Wire every event to its reactions."""
    outbox.wire(ReferenceLoaded, within=(audit.log_reference_load,))
    outbox.wire(BatchReceived, after=(supply.process_received,))
    outbox.wire(RecordsChanged, within=(search.enter_records,), after=(dashboards.count_change,))
    outbox.wire(CustodyChanged, after=(dashboards.count_custody,))
    outbox.wire(PieceEntered, within=(targets.screen_piece,))
    outbox.wire(RecordsEntered, within=(targets.follow_records,), after=(search.index_change, targets.rescreen_change))
    outbox.wire(TargetActivated, after=(targets.search_target,))
    health.add_gauge("index_pending", search_read.pending)
    health.add_gauge("index_outdated", lambda: int(search_read.state().outdated))
    _add_screens()


def _add_screens() -> None:
    """What each room shows of itself: entries of the navigation and sources of the inbox."""
    navigation.add(Entry("ui:home", _("Bandeja"), frozenset(), 0))
    navigation.add(Entry("accounts:list", _("Cuentas"), frozenset({Permission.ACCOUNT_LIST}), 800))
    navigation.add(Entry("accounts:requests", _("Solicitudes de cuentas"), frozenset({Permission.ACCOUNT_REQUEST}), 810))
    navigation.add(Entry("accounts:tokens", _("Claves de programas"), frozenset({Permission.TOKEN_ADMINISTER}), 820))
    navigation.add(Entry("accounts:own", _("Su cuenta"), frozenset(), 900))
    inbox.add_source(
        Source("accounts", frozenset({Permission.ACCOUNT_APPROVE, Permission.ACCOUNT_CERTIFY}), account_requests.waiting)
    )
    navigation.add(Entry("rnd:list", _("Detenciones"), frozenset({Permission.DETENTION_READ}), 30))
    navigation.add(Entry("dashboards:board", _("Tablero"), frozenset({Permission.DASHBOARD_READ}), 50))
    navigation.add(Entry("search:page", _("Buscar"), frozenset({Permission.SEARCH_PERSON}), 40))
    navigation.add(Entry("rnd:switches", _("Consulta pública"), frozenset({Permission.PUBLIC_SWITCH}), 830))
    inbox.add_source(Source("rnd.arrests", frozenset({Permission.DETENTION_CORRECT}), rnd_inbox.arrests))
    inbox.add_source(Source("search.budgets", frozenset({Permission.SEARCH_SUPERVISE}), search_inbox.budgets))
    origins.read_with(supply_read.origins)
    navigation.add(Entry("supply:history", _("Suministro"), frozenset({Permission.SUPPLY_READ}), 500))
    navigation.add(Entry("administration:log", _("Bitácora"), frozenset({Permission.AUDIT_READ}), 700))
    navigation.add(Entry("administration:home", _("Administración"), frozenset({Permission.CATALOG_EDIT}), 790))
    inbox.add_source(Source("supply", frozenset({Permission.SUPPLY_SEND}), supply_inbox.waiting))
    finders.add(Finder("detention", rnd_lookups.ids_by_curp))
    navigation.add(Entry("targets:hits", _("Coincidencias"), frozenset({Permission.HIT_READ}), 10, targets_inbox.open_hits))
    navigation.add(Entry("targets:targets", _("Objetivos"), frozenset({Permission.TARGET_READ}), 20))
    navigation.add(Entry("notices:notices", _("Avisos"), frozenset({Permission.NOTICE_READ}), 25, notices_inbox.count))
    for source in (*targets_inbox.sources(), *notices_inbox.sources()):
        inbox.add_source(source)
    abouts.add("hit", NoticeKind.DETENTION, "targets:hit", Permission.HIT_READ)
