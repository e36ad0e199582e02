"""Errors of models' providers, put into words. Each provider raises its own, and none has to be installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from langchain_ashby.errors import AshbyError
from langchain_ashby.text.words import one_line


def in_words(error: Exception) -> str:
    """Says what ended a turn and what to do, if it was the model; for any other error, its name and text."""
    if isinstance(error, AshbyError) or not _is_of_model(error):
        return f"{type(error).__name__}: {one_line(error, None)}"
    chain = [*_chain(error)]
    status = next(filter(None, map(_status, chain)), None)
    said = next(filter(None, map(_said, chain)), "")
    kinds = [*(type(it).__name__ for it in chain), *map(_kind, chain)]
    happened, remedy = _explained(status, " ".join([*kinds, said]))
    return f"{happened}{f' ({said})' if said else ''}. {remedy}"


def _is_of_model(error: Exception) -> bool:
    """True if the error came out of the step in which the model is asked, as LangGraph notes on it."""
    return any(str(note).startswith("During task with name 'model'") for note in getattr(error, "__notes__", ()))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__


def _status(error: BaseException) -> int | None:
    candidates = (getattr(it, name, None) for it in (error, getattr(error, "response", None)) for name in _STATUSES)
    return next((it for it in candidates if isinstance(it, int) and 400 <= it < 600), None)


_STATUSES = ("status_code", "code", "http_status")


def _said(error: BaseException) -> str:
    """The provider's own words: from its JSON if it sent any, and never those of a web page."""
    body = getattr(error, "body", None) or getattr(error, "details", None)
    said = _message(body) or ("" if body else str(getattr(error, "message", None) or error))
    if re.search(_NOT_WORDS, said, re.I):
        return ""
    return one_line(said, 200).strip(" .")


_NOT_WORDS = r"<html|<!doctype|object has no attribute|^Error code: \d+ - [{\[]|^No generations found"


def _kind(error: BaseException) -> str:
    """The provider's name for the error, which a stream has instead of a status."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    return f"{inner.get('type')} {inner.get('code')}" if isinstance(inner, dict) else ""


def _message(body: Any) -> str:
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        return next(filter(None, map(_message, body)), "")
    if isinstance(body, dict):
        return str(body.get("message") or "") or _message(body.get("error"))
    return ""


def _explained(status: int | None, about: str) -> tuple[str, str]:
    """What happened, and what to do."""
    if re.search("context.?(length|window|overflow)|prompt is too long|too many tokens|token count", about, re.I):
        return (
            "The conversation is longer than the model can read",
            "Start a new one, or use a model with a larger context window.",
        )
    if re.search("quota|billing|credit balance", about, re.I) or status == HTTPStatus.PAYMENT_REQUIRED:
        return "The account at the model's provider is out of credit", "Check its plan and billing."
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return "The model's provider did not accept the key", "Check the provider's key in the environment."
    if status == HTTPStatus.NOT_FOUND:
        return "The model's provider does not have this model", "Check the name after --model."
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "The model's provider accepts no more requests for now", "Wait a little, then ask again."
    if status == HTTPStatus.REQUEST_TIMEOUT or re.search("time.?out|timed out", about, re.I):
        return "The model did not answer in time", "Ask again."
    if (status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR or re.search("overloaded|server_error|api_error", about):
        return "The model's provider failed or is overloaded", "Ask again later."
    if status:
        return (
            "The model's provider refused the conversation",
            "Ask in other words; if that is refused too, start a new conversation.",
        )
    if re.search("connect|network|protocol", about, re.I):
        return "The connection to the model failed or broke off", "Check the network and the provider's address."
    return (
        "The model's reply could not be read, or was empty",
        "Ask again; if it happens again, check the name after --model and the provider's address.",
    )
