"""Who sits at the terminal."""

from __future__ import annotations

from getpass import getuser
from typing import Annotated

import typer

Reviewer = Annotated[
    str | None, typer.Option(help="Who decides, for the audit trail. The name of your user if left out.")
]


def reviewer_or_user(reviewer: str | None) -> str | None:
    """The reviewer who was named, or else the user of this computer; None if it does not know who that is."""
    try:
        return reviewer or getuser()
    except (KeyError, OSError):
        return None
