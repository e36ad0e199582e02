"""Sets the clock of a process wrong, as that of a computer in a cluster may be."""

from __future__ import annotations

import datetime as real
import sys
import time
from typing import Any


def set_wrong(seconds: float) -> None:
    """Has our package see a time that is so far ahead, for the rest of this process."""
    true_time = time.time

    class OnlyNow(type):
        """Takes every datetime for one of ours: `now` is all that differs."""

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, real.datetime)

    class Wrong(real.datetime, metaclass=OnlyNow):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> Any:
            return real.datetime.now(tz) + real.timedelta(seconds=seconds)

    for name, module in list(sys.modules.items()):
        ours = name.startswith("langchain_ashby.") and not name.startswith("langchain_ashby.sandbox")
        if ours and getattr(module, "datetime", None) is real.datetime:
            module.datetime = Wrong  # type: ignore[attr-defined]
    time.time = lambda: true_time() + seconds
