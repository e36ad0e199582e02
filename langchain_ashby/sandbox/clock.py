"""The sandbox's time: the computer's, and as far ahead of it as a test asks."""

import time
from datetime import UTC, datetime


class Clock:
    """Tells the time; `advance` lets handles, cursors and tokens expire without waiting."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._ahead

    def iso(self) -> str:
        """The time as Ashby writes it."""
        return iso(datetime.fromtimestamp(self.time(), UTC))

    def advance(self, seconds: float) -> None:
        """Moves the clock forward."""
        self._ahead += seconds

    def reset(self) -> None:
        """Goes back to the computer's time."""
        self._ahead = 0.0


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, so that times compare as text."""
    moment = moment.astimezone(UTC)
    # A year before 1000 comes without its zeros.
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")


def iso_from_milliseconds(milliseconds: int) -> str:
    """The ISO form of milliseconds since the epoch."""
    return iso(datetime.fromtimestamp(milliseconds / 1000, UTC))
