"""Models given by name."""

from __future__ import annotations

import sys

import pytest
from office import Office

from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.agent.run.chat_model import chat_model
from langchain_ashby.errors import ConfigurationError

pytestmark = pytest.mark.slow


def test_a_model_may_be_given_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from langchain_openai import ChatOpenAI  # here, because every worker of the tests imports this module

    monkeypatch.setenv("OPENAI_API_KEY", "x")
    model = chat_model("openai:gpt-5")
    assert isinstance(model, ChatOpenAI) and model.model_name == "gpt-5"
    assert chat_model(model) is model
    create_recruiting_agent("openai:gpt-5", Office(), models={"small": "openai:gpt-5-mini"})


def test_without_langchain_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(ConfigurationError, match=r'langchain is missing.*pip install "langchain-ashby\[chat\]"'):
        create_recruiting_agent("openai:gpt-5", Office())


@pytest.mark.parametrize("name", ["nobody:nothing", "openai:gpt-5"])
def test_a_model_that_cannot_be_made_is_an_error_when_the_agent_is_built(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match=f"The model {name} cannot be used: "):
        create_recruiting_agent(name, Office())


def test_an_empty_name_is_no_model() -> None:
    with pytest.raises(ConfigurationError, match="The name of the model is empty"):
        create_recruiting_agent(" ", Office())


def test_what_is_neither_a_model_nor_its_name_is_refused_when_the_agent_is_built() -> None:
    with pytest.raises(ConfigurationError, match="model takes a chat model or its name, not None"):
        create_recruiting_agent(None, Office())  # type: ignore[arg-type]
