"""The language model that the person chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from langchain_ashby.cli.exits import stop

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MODEL = typer.Option(
    envvar="LANGCHAIN_ASHBY_MODEL",
    help="PROVIDER:MODEL, as langchain's init_chat_model takes it, such as openai:gpt-5.",
)
Model = Annotated[str, MODEL]
OptionalModel = Annotated[str | None, MODEL]


def chosen(model: str) -> BaseChatModel:
    """The model of this name, with its provider's settings from the environment."""
    try:
        from langchain.chat_models import init_chat_model
    except ModuleNotFoundError:
        raise stop('langchain is missing. Install it with: pip install "langchain-ashby[chat]"') from None
    try:
        return init_chat_model(model)
    except Exception as error:  # each provider has errors of its own, for a key that is missing for one
        raise stop(f"The model {model!r} cannot be used: {error}") from None
