"""Authenticates users and maps them to Ashby users. An example: use your own user directory instead.

`AGENT_PEOPLE` holds JSON: for each token a person's `identity`, by which the audit trail knows them, and their
`ashby_user_id`, for whom all their runs act; without it they act for the key's owner.

Set `"disable_studio_auth": true` beside this file's path in `langgraph.json`: otherwise the server lets in anyone who
sends LangSmith Studio's header, without asking here. As a second lock, the handlers below refuse Studio's user.
"""

from __future__ import annotations

import hmac
import json
import os
from typing import Any

from langgraph_sdk import Auth

from langchain_ashby.server.paths import INBOX_PERMISSION

PEOPLE: dict[str, dict[str, str]] = json.loads(os.environ["AGENT_PEOPLE"])

auth = Auth()


@auth.authenticate
async def who_it_is(headers: dict[Any, Any]) -> Any:
    """The person with the token in the headers, which LangGraph's server gives as bytes and Aegra as text."""
    sent = {_text(name).lower(): _text(value) for name, value in headers.items()}
    given = sent.get("authorization", "").removeprefix("Bearer ").encode()
    for token, person in PEOPLE.items():
        if given and hmac.compare_digest(token.encode(), given):
            return dict(person)
    raise Auth.exceptions.HTTPException(status_code=401, detail="Nobody has this token.")


def _text(header: str | bytes) -> str:
    return header.decode("latin-1") if isinstance(header, bytes) else header


@auth.on
async def nothing_else(ctx: Auth.types.AuthContext, value: Any) -> bool:
    """Refuses everything not allowed below, such as the store, which holds the journal and the audit trail."""
    return False


@auth.on.assistants.read
@auth.on.assistants.search
async def assistants(ctx: Auth.types.AuthContext, value: Any) -> bool:
    """Shows everyone with a token which agents there are."""
    return not _is_studio(ctx)


@auth.on.threads.create_run
async def own_runs(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """Lets each person run the agent in their own threads, to say or to decide something.

    A command that goes to a step or changes the state could smuggle in an approval that nobody gave. And only the agent
    reports the outcome of its calls, so messages that pose as a tool's or the model's are refused.

    The inbox resumes everyone's threads. Only the inbox has `INBOX_PERMISSION`: `who_it_is` grants no permissions.
    """
    if INBOX_PERMISSION in ctx.permissions:
        return True
    command = value["kwargs"].get("command") or {}
    if any(content for kind, content in command.items() if kind != "resume"):
        return False
    if not _holds_only_what_people_say(value["kwargs"].get("input")):
        return False
    return await own_threads(ctx, value)


@auth.on.threads.create
@auth.on.threads.read
@auth.on.threads.search
@auth.on.threads.delete
async def own_threads(ctx: Auth.types.AuthContext, value: Any) -> Any:
    """Limits each person to their own threads. There is no `threads.update`: such a state could hold an approval."""
    if _is_studio(ctx):
        return False
    owner = {"owner": ctx.user.identity}
    if value.get("metadata") is None:
        value["metadata"] = {}
    value["metadata"].update(owner)  # in place: the server holds on to it
    return owner


def _holds_only_what_people_say(given: Any) -> bool:
    """True if all messages of a run's input are a person's, however they are written."""
    if given is None:
        return True
    messages = given.get("messages", []) if isinstance(given, dict) else given
    return all(map(_is_a_persons, messages if isinstance(messages, list) else [messages]))


def _is_a_persons(message: Any) -> bool:
    if isinstance(message, dict):
        # LangChain reads either name, and loads a message of any class from "lc".
        said_by = {message[name] for name in ("type", "role") if name in message}
        return "lc" not in message and bool(said_by) and said_by <= {"human", "user"}
    if isinstance(message, list):
        return len(message) == 2 and message[0] in ("human", "user")
    return isinstance(message, str)


def _is_studio(ctx: Auth.types.AuthContext) -> bool:
    return isinstance(ctx.user, Auth.types.StudioUser)
