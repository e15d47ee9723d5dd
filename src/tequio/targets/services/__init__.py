"""The only writers of targets and hits: registering (people), screening (the system), judging (people)."""

from tequio.targets.services.judging import judge_hit, read_hit
from tequio.targets.services.reading import list_hits, list_targets, read_target
from tequio.targets.services.registering import (
    approve_target,
    close_target,
    propose_target,
    resume_target,
    suspend_overdue,
    suspend_target,
    validate_target,
)
from tequio.targets.services.screening import follow_records, rescreen_change, screen_piece, search_target

__all__ = [
    "approve_target",
    "close_target",
    "follow_records",
    "judge_hit",
    "list_hits",
    "list_targets",
    "propose_target",
    "read_hit",
    "read_target",
    "rescreen_change",
    "resume_target",
    "screen_piece",
    "search_target",
    "suspend_overdue",
    "suspend_target",
    "validate_target",
]
