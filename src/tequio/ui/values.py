"""Values as cells and sheets show them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Lacking(StrEnum):
    """Why there is no datum. The two are never the same, and neither is a blank or a zero."""

    NOT_APPLICABLE = "no_aplica"
    NO_INFORMATION = "sin_informacion"

    @property
    def label(self) -> str:
        """As people read it."""
        return str(_LABELS[self])


_LABELS: dict[Lacking, Promise | str] = {
    Lacking.NOT_APPLICABLE: _("no aplica"),
    Lacking.NO_INFORMATION: _("sin información"),
}

NOT_APPLICABLE = Lacking.NOT_APPLICABLE
NO_INFORMATION = Lacking.NO_INFORMATION


class Tone(StrEnum):
    """What a colour says. The words must say it too: nobody reads by colour alone."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a word or two."""

    text: str | Promise
    tone: Tone = Tone.PLAIN

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads somewhere."""

    text: object
    url: str

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, slots=True)
class Masked:
    """A value that role or purpose does not show: why, and whom to ask."""

    reason: str | Promise
    ask: str | Promise = ""

    def __str__(self) -> str:
        return str(_("reservado"))


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a sheet. `supplied` is the value as it came, when it differs from the one shown."""

    label: str | Promise
    value: object
    supplied: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a timeline."""

    at: object
    """A datetime, a date, or text when only that is known."""
    title: str | Promise
    detail: str = ""
    who: str = ""
    tone: Tone = Tone.PLAIN
