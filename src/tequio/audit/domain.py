"""The chain: each line carries the hash of the one before it, so that a changed, removed or moved line shows.

Lines of one agency form one chain, numbered from 1 without gaps. `fingerprint` is SHA-256 over a canonical JSON text of
everything a line says plus the previous fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tequio.kernel.errors import Invalid

GENESIS = "0" * 64


class Action(StrEnum):
    """What can be on the log. Each is documented in docs/bitacora.md."""

    DETENTION_REGISTERED = "detention.registered"
    DETENTION_CORRECTED = "detention.corrected"
    DETENTION_CANCELLED = "detention.cancelled"
    DETENTION_READ = "detention.read"
    DETENTION_EXPORTED = "detention.exported"
    CUSTODY_EVENT_ADDED = "detention.custody_event"
    FILE_UPLOADED = "supply.uploaded"
    UPLOAD_DISCARDED = "supply.upload_discarded"
    BATCHES_READ = "supply.batches_read"
    BATCH_RECEIVED = "supply.received"
    BATCH_PROCESSED = "supply.processed"
    RECEIPT_READ = "supply.receipt_read"
    FIX_FILE_EXPORTED = "supply.fix_file"
    FILE_REFUSED = "supply.refused"
    MAPPING_SAVED = "supply.mapping_saved"
    INCIDENCE_LOADED = "incidence.loaded"
    TARGET_PROPOSED = "target.proposed"
    TARGET_APPROVED = "target.approved"
    TARGET_VALIDATED = "target.validated"
    TARGET_REVIEWED = "target.reviewed"
    TARGET_SUSPENDED = "target.suspended"
    TARGET_RESUMED = "target.resumed"
    TARGET_CLOSED = "target.closed"
    TARGET_THRESHOLD_SET = "target.threshold_set"
    TARGET_READ = "target.read"
    RESCREENED = "target.rescreened"
    RESCREENING_APPLIED = "target.rescreening_applied"
    RESCREENING_READ = "target.rescreening_read"
    PERSON_SEARCHED = "search.person"
    NUMBER_SEARCHED = "search.number"
    BUDGETS_READ = "search.budgets_read"
    PUBLIC_ASKED = "public.asked"
    PUBLIC_OPENED = "public.opened"
    PUBLIC_CLOSED = "public.closed"
    PUBLIC_SWITCHES_READ = "public.switches_read"
    HIT_OPENED = "hit.opened"
    HIT_UPDATED = "hit.updated"
    HIT_READ = "hit.read"
    HIT_JUDGED = "hit.judged"
    NOTICE_ISSUED = "notice.issued"
    NOTICE_READ = "notice.read"
    NOTICE_ACKNOWLEDGED = "notice.acknowledged"
    NOTICE_WITHDRAWN = "notice.withdrawn"
    NOTICE_ESCALATED = "notice.escalated"
    SCREEN_REFUSED = "screen.refused"
    SCREEN_EXPORTED = "screen.exported"
    AUDIT_READ = "audit.read"
    AUDIT_STATE_READ = "audit.state_read"
    LOOKS_READ = "audit.looks_read"
    DASHBOARD_READ = "dashboard.read"
    DASHBOARD_COUNTED = "dashboard.counted"
    AUDIT_VERIFIED = "audit.verified"
    AUDIT_EXPORTED = "audit.exported"
    CHECKPOINT_SIGNED = "audit.checkpoint"
    REFERENCE_LOADED = "catalog.loaded"
    REFERENCE_READ = "catalog.read"
    CATALOG_VERSION_ADDED = "catalog.version_added"
    PARAMETER_CHANGED = "catalog.parameter_changed"
    AGENCY_ADDED = "institution.agency_added"
    AGENCY_RENAMED = "institution.agency_renamed"
    AGENCY_CLOSED = "institution.agency_closed"
    USERS_READ = "user.read"
    USER_CREATED = "user.created"
    ROLE_GRANTED = "user.role_granted"
    SIGNED_IN = "session.signed_in"
    SIGN_IN_FAILED = "session.sign_in_failed"
    SIGN_IN_LOCKED = "session.locked"
    SIGNED_OUT = "session.signed_out"
    SESSION_EXPIRED = "session.expired"
    SESSION_CLOSED = "session.closed"
    SECOND_FACTOR_CHANGED = "user.second_factor_changed"
    PASSWORD_CHANGED = "user.password_changed"
    PASSWORD_LINK_MADE = "user.password_link"
    USER_SUSPENDED = "user.suspended"
    USER_REINSTATED = "user.reinstated"
    USER_CERTIFIED = "user.certified"
    USER_LINKED = "user.linked"
    TRAINING_RECORDED = "user.training"
    ACCOUNT_REQUESTED = "account.requested"
    ACCOUNT_DECIDED = "account.decided"
    REQUESTS_READ = "account.requests_read"
    TOKEN_MADE = "token.made"
    TOKEN_REVOKED = "token.revoked"
    TOKEN_REFUSED = "token.refused"
    TOKENS_READ = "token.read"


class Outcome(StrEnum):
    """How it ended."""

    DONE = "hecho"
    REFUSED = "negado"
    FAILED = "fallido"


def fingerprint(previous: str, content: dict[str, Any]) -> str:
    """Hex SHA-256 that binds a line to the one before it. `content` must hold plain JSON values only.

    Raises TypeError for a float: the database may give it back written otherwise, and the line would seem changed.
    """
    _refuse_floats(content)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}\n{text}".encode("ascii")).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a line of the log holds no floats")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _refuse_floats(item)


@dataclass(frozen=True, slots=True)
class Break:
    """One place where a chain does not hold."""

    chain: str
    number: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in the order of reading: its moment, and its number in the table for lines of one moment."""

    at: datetime
    line_id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat(timespec='microseconds')}~{self.line_id}"

    @classmethod
    def read(cls, text: str) -> Place:
        """The place that a text names, as `str` writes it. Raises Invalid."""
        at, _, line_id = text.partition("~")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not line_id.isascii() or not line_id.isdigit() or len(line_id) > 18:
            raise Invalid("No se entiende desde qué línea seguir.", hint="Vuelva a la primera página.")
        return cls(moment, int(line_id))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reading of the log is narrowed to; empty means no narrowing. `until` is the first moment no longer read."""

    chain: str = ""
    username: str = ""
    action: str = ""
    outcome: str = ""
    purpose: str = ""
    folio: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
