"""The errors of the mirror."""

from __future__ import annotations

from langchain_ashby.errors import AshbyError


class MirrorError(AshbyError):
    """The mirror cannot be used: it is missing, another account's, of another version, or out of reach."""

    default_code = "mirror"


class MirrorBusyError(MirrorError):
    """Another process or thread is bringing the mirror up to date. Reading it is possible all the while."""

    default_code = "mirror_busy"
    default_retryable = True

    def __init__(self) -> None:
        super().__init__("The mirror is being brought up to date by another process or thread")
