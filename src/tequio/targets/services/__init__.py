"""The only writers of targets and hits: registering and judging (people), screening (the system), runs over everything."""

from tequio.targets.services.judging import judge_hit, read_hit, second_reader_bands, seen_of
from tequio.targets.services.planning import browse_targets, find_alike, read_calendar, read_sheet
from tequio.targets.services.reading import list_hits, list_targets, read_review, read_target, study_target, survey_targets
from tequio.targets.services.registering import (
    approve_target,
    close_target,
    propose_target,
    resume_target,
    review_target,
    suspend_overdue,
    suspend_target,
    validate_target,
)
from tequio.targets.services.rescreening import apply_rescreening, list_changes, read_rescreening, rescreen
from tequio.targets.services.reviewing import browse_hits, next_to_review, review_hit
from tequio.targets.services.screening import follow_records, rescreen_change, screen_piece, search_target
from tequio.targets.services.threshold import set_threshold

__all__ = [
    "apply_rescreening",
    "approve_target",
    "browse_hits",
    "browse_targets",
    "close_target",
    "find_alike",
    "follow_records",
    "judge_hit",
    "list_changes",
    "list_hits",
    "list_targets",
    "next_to_review",
    "propose_target",
    "read_calendar",
    "read_hit",
    "read_rescreening",
    "read_review",
    "read_sheet",
    "read_target",
    "rescreen",
    "rescreen_change",
    "resume_target",
    "review_hit",
    "review_target",
    "screen_piece",
    "search_target",
    "second_reader_bands",
    "seen_of",
    "set_threshold",
    "study_target",
    "survey_targets",
    "suspend_overdue",
    "suspend_target",
    "validate_target",
]
