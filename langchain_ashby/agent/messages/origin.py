"""Which provider's interface a message came from, and which one a model has.

Providers put blocks of their own into messages, such as signed reasoning and searches, and refuse those of others.
"""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage

RESPONSES = "openai responses"
"""OpenAI's Responses API. Its blocks are not those of chat completions."""

_SIGNING = ("openai", RESPONSES, "anthropic", "google_genai")
"""The interfaces whose chat models name themselves in each message."""

_SAME = {
    "azure": "openai",
    "openai-codex": "openai",
    "amazon_bedrock": "bedrock",
    "bedrock_converse": "bedrock",
    "mistral": "mistralai",
}
"""Other names of interfaces: a chat model and its messages do not always have the same."""


def interface_of(model: BaseChatModel) -> str:
    """The interface that a model talks to."""
    name = str(model._get_ls_params().get("ls_provider") or "")
    name = _SAME.get(name, name)
    uses_responses = getattr(model, "_use_responses_api", None)
    return RESPONSES if name == "openai" and callable(uses_responses) and uses_responses({}) else name


def is_foreign(message: AIMessage, interface: str) -> bool:
    """True unless a message may have come from this interface."""
    about = message.response_metadata
    maker = about.get("model_provider")
    if not maker:
        return interface in _SIGNING
    maker = _SAME.get(maker, maker)
    is_response = about.get("object") == "response" or str(about.get("id")).startswith("resp_")
    return (RESPONSES if maker == "openai" and is_response else maker) != interface
