"""What these tests stand on: a day that does not pass, and a cast."""

from tests.story import live_cast, today

__all__ = ["live_cast", "today"]
