"""What these tests stand on: a day that does not pass."""

from tests.story import today

__all__ = ["today"]
