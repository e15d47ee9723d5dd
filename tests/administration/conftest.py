"""What these tests stand on: a day that does not pass, and a cast."""

from tests.story import today

__all__ = ["today"]
