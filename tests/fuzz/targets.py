"""All targets by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from crash.hostile import Room, Sent, sequences

from fuzz import commands, server, tools
from fuzz.target import Target
from langchain_ashby import AshbyClient
from langchain_ashby.sandbox import AshbySandbox


class Kind(NamedTuple):
    """How to open a target, the number of examples in the tests, and outcomes that some of them must have.

    Examples that are all rejected at the door would prove nothing.
    """

    open: Callable[[], AbstractContextManager[Target]]
    share: int
    some: frozenset[str]


@contextmanager
def resumes() -> Iterator[Target]:
    """Sequences of answers to the agent's questions; `tests/crash` runs its own sample."""
    with AshbySandbox(candidates=1) as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=10) as client:
        room = Room(sandbox, client)

        def check(sent: list[Sent]) -> str:
            return "notes made" if room.check(sent) else "nothing made"

        yield Target(sequences, check)


TARGETS = {
    "arguments": Kind(tools.arguments, 200, frozenset({"success", "error"})),
    "replies": Kind(tools.replies, 250, frozenset({"success", "error", "BrokenJSONError"})),
    "cards": Kind(tools.approvals, 100, frozenset({"card"})),
    "sandbox": Kind(server.messages, 300, frozenset({"2xx", "4xx"})),
    "commands": Kind(commands.command_lines, 150, frozenset({"exit 0", "exit 1", "exit 2"})),
    "resumes": Kind(resumes, 20, frozenset({"notes made"})),
}
