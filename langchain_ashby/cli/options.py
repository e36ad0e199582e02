"""Options that several commands share, and what their values stand for."""

from __future__ import annotations

from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from langchain_ashby.cli.exits import stop

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

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


def chat_model(name: str) -> BaseChatModel:
    """The model of this name, configured by its provider's environment variables."""
    try:
        from langchain.chat_models import init_chat_model
    except ModuleNotFoundError:
        raise stop('langchain is missing. Install it with: pip install "langchain-ashby[chat]"') from None
    try:
        return init_chat_model(name)
    except Exception as error:  # providers raise errors of their own, such as for a missing key
        raise stop(f"The model {name!r} cannot be used: {error}") from None


def reviewer_or_user(reviewer: str | None) -> str | None:
    """The given reviewer, or else the OS user; None if that is unknown."""
    try:
        return reviewer or getuser()
    except (KeyError, OSError):
        return None
