"""Keys under which a watched subject is screened."""

from tequio.matching.domain.keys import keys
from tequio.people.domain import Subject


def screening_keys(subject: Subject) -> frozenset[int]:
    """Keys of a watched subject."""
    return keys(subject)
