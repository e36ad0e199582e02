"""The command line: `langchain-ashby demo | chat | pending | call | tools | doctor | audit | sandbox`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or say what to install for it."""
    try:
        from langchain_ashby.cli.app import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich", "werkzeug"):
            raise
        sys.exit(f'{error.name} is missing. Install the command line with: pip install "langchain-ashby[cli]"')
    except KeyboardInterrupt:  # while it was being loaded
        sys.exit(130)
    try:
        app()
    except SystemExit as end:
        if "langchain_ashby.cli.background" in sys.modules and isinstance(end.code, int):
            from langchain_ashby.cli.background import end_at_once_if_work_was_left

            end_at_once_if_work_was_left(end.code)
        raise
