"""Chat models by name."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.text.words import one_line


def chat_model(model: str | BaseChatModel, setting: str = "model") -> BaseChatModel:
    """Returns the model. If only its name is given, its provider's environment variables configure it.

    Args:
        model: A model or its name.
        setting: The setting that has it, for errors.

    Raises:
        ConfigurationError: if it is neither a model nor a name, if langchain or the provider's package is missing, or
            if the provider takes no such model.
    """
    if not isinstance(model, str):
        # Not checked by class, since a model with fallbacks has another.
        if not hasattr(model, "bind_tools"):
            raise ConfigurationError(
                f"{setting} takes a chat model or its name, not {one_line(repr(model), 100)}",
                remedy="Give one, such as openai:gpt-5.",
            )
        return model
    if not model.strip():
        raise ConfigurationError("The name of the model is empty", remedy="Give one, such as openai:gpt-5.")
    try:
        from langchain.chat_models import init_chat_model
    except ModuleNotFoundError:
        raise ConfigurationError(
            "langchain is missing: it finds models by name",
            remedy='Install it with: pip install "langchain-ashby[chat]"',
        ) from None
    try:
        return init_chat_model(model)
    except Exception as error:  # providers raise errors of their own, such as for a missing key
        raise ConfigurationError(f"The model {one_line(model, 100)} cannot be used: {one_line(error)}") from error
