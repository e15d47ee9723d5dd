"""What can be done with accounts. Each service authorises, checks, writes and leaves its line, in one transaction."""

from tequio.accounts.services.entering import (
    clear_expired,
    close_own_session,
    close_sessions,
    count_failure,
    forget_failures,
    refused_until,
    tell,
)
from tequio.accounts.services.users import OwnRoles, UsernameTaken, create_user, grant_roles, list_accounts, none_yet

__all__ = [
    "OwnRoles",
    "UsernameTaken",
    "clear_expired",
    "close_own_session",
    "close_sessions",
    "count_failure",
    "create_user",
    "forget_failures",
    "grant_roles",
    "list_accounts",
    "none_yet",
    "refused_until",
    "tell",
]
