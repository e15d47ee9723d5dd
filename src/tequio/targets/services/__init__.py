"""The only writers of targets and hits: registering and judging (people), screening (the system), runs over everything."""

from tequio.targets.services.judging import judge_hit, read_hit
from tequio.targets.services.reading import list_hits, list_targets, read_review, read_target, study_target, survey_targets
from tequio.targets.services.registering import (
    approve_target,
    close_target,
    propose_target,
    resume_target,
    suspend_overdue,
    suspend_target,
    validate_target,
)
from tequio.targets.services.rescreening import apply_rescreening, list_changes, read_rescreening, rescreen
from tequio.targets.services.screening import follow_records, rescreen_change, screen_piece, search_target
from tequio.targets.services.threshold import set_threshold

__all__ = [
    "apply_rescreening",
    "approve_target",
    "close_target",
    "follow_records",
    "judge_hit",
    "list_changes",
    "list_hits",
    "list_targets",
    "propose_target",
    "read_hit",
    "read_rescreening",
    "read_review",
    "read_target",
    "rescreen",
    "rescreen_change",
    "resume_target",
    "screen_piece",
    "search_target",
    "set_threshold",
    "study_target",
    "survey_targets",
    "suspend_overdue",
    "suspend_target",
    "validate_target",
]
