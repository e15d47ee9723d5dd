"""Commands of targets and of the hits that they raise."""

from tequio.targets.commands.hits import app as hits
from tequio.targets.commands.rescreening import app as targets

__all__ = ["hits", "targets"]
