"""Session engine: Django's own, in a table that also says whose the session is, from where, and when it was last seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from tequio.accounts.models import Session

OPENED, SEEN, ADDRESS, DEVICE = "opened", "seen", "address", "device"
"""Keys of a session: moments as ISO texts, and where it comes from."""


class SessionStore(DatabaseStore):
    """Keeps in columns what the list of sessions shows."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of this session."""
        made: Session = super().create_model_instance(data)  # type: ignore[assignment]
        made.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made.opened_at, made.seen_at = moment(data, OPENED), moment(data, SEEN)
        made.address, made.device = str(data.get(ADDRESS, "")), str(data.get(DEVICE, ""))[:200]
        return made


def moment(data: Any, key: str) -> datetime | None:
    """A moment kept in a session, or None."""
    text = data.get(key)
    return datetime.fromisoformat(text) if text else None
