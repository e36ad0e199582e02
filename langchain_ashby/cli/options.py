"""Options that several commands share, and what their values stand for."""

from __future__ import annotations

import re
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from langchain_ashby.cli.exits import Status, stop

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from langchain_ashby.client import AshbyClient
    from langchain_ashby.mirror import Mirror

UseSandbox = Annotated[bool, typer.Option("--sandbox", help="Use the built-in sandbox instead of Ashby.")]
UploadDirs = Annotated[
    list[Path] | None, typer.Option("--upload-dir", help="Allow uploads from this directory. Can be repeated.")
]
Approved = Annotated[bool, typer.Option("--yes", help="Approve every change without asking.")]
Reviewer = Annotated[
    str | None, typer.Option(help="Your name in the audit trail. Defaults to your OS user name.", show_default=False)
]

_MODEL = typer.Option(
    envvar="LANGCHAIN_ASHBY_MODEL",
    help="PROVIDER:MODEL, as LangChain's init_chat_model takes it, such as openai:gpt-5.",
)
Model = Annotated[str, _MODEL]
OptionalModel = Annotated[str | None, _MODEL]

_STORE = typer.Option(envvar="LANGCHAIN_ASHBY_STORE", help="The agent's store: sqlite:///FILE or postgresql://…")
Store = Annotated[str, _STORE]
OptionalStore = Annotated[str | None, _STORE]

_MIRROR = typer.Option("--mirror", envvar="LANGCHAIN_ASHBY_MIRROR", help="The mirror: sqlite:///FILE or postgresql://…")
MirrorUrl = Annotated[str, _MIRROR]
OptionalMirrorUrl = Annotated[str | None, _MIRROR]


def chat_model(name: str) -> BaseChatModel:
    """The model of this name, configured by its provider's environment variables."""
    from langchain_ashby.agent.run import chat_model as models
    from langchain_ashby.errors import ConfigurationError

    try:
        return models.chat_model(name)
    except ConfigurationError as error:
        raise stop(f"{error.message}. {error.remedy}".strip()) from None


def reviewer_or_user(reviewer: str | None) -> str | None:
    """The given reviewer, or else the OS user; None if that is unknown."""
    try:
        return reviewer or getuser()
    except (KeyError, OSError):
        return None


def seconds(text: str, option: str, example: str) -> float:
    """Returns the seconds in a duration such as 30s, 5m, 1h or 90d."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text.strip())
    if found is None or not float(found[1]):
        raise stop(f"Give {option} as a number with s, m, h or d, such as {example}.", Status.USAGE)
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def open_mirror(
    url: str,
    client: AshbyClient | None,
    *,
    answers: bool | None = None,
    words: list[str] | None = None,
    zone: str = "UTC",
) -> Mirror:
    """The mirror at a URL. It keeps the answers and words that it has kept so far unless told otherwise."""
    from langchain_ashby.errors import AshbyError

    try:
        from langchain_ashby.mirror import Mirror

        return Mirror(url, client, answers=answers, words=words, zone=zone)
    except (AshbyError, ModuleNotFoundError) as error:
        raise stop(str(error), Status.USAGE) from None
