"""The one list of "event -> who reacts". `within`: in the publisher's transaction. `after`: once it is committed."""

from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Permission
from tequio.accounts.views import requests as account_requests
from tequio.audit import services as audit
from tequio.dashboards import services as dashboards
from tequio.institutions.events import ReferenceLoaded
from tequio.kernel import outbox
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd.events import CustodyChanged
from tequio.search import selectors as search_read
from tequio.search import services as search
from tequio.search.events import PieceEntered, RecordsEntered
from tequio.targets import services as targets
from tequio.targets.events import TargetActivated
from tequio.ui import health
from tequio.ui.web import inbox, navigation
from tequio.ui.web.inbox import Source
from tequio.ui.web.navigation import Entry


def connect() -> None:
    """Wire every event to its reactions."""
    outbox.wire(ReferenceLoaded, within=(audit.log_reference_load,))
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
