"""The tools of the toolset `pipeline`: questions that the mirror answers in one call."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from langchain_core.tools import BaseTool, ToolException

from langchain_ashby.errors import AshbyError, MirrorError
from langchain_ashby.mirror.database import MAKE_ONE
from langchain_ashby.mirror.lists import unread_tables
from langchain_ashby.mirror.questions import QUESTIONS
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.question import Question
from langchain_ashby.text.words import zone_named
from langchain_ashby.toolkit.approvals import told_approvals
from langchain_ashby.toolkit.explain import MODELS_OWN, explain_arguments
from langchain_ashby.toolkit.tool import AshbyTool, OnError
from langchain_ashby.toolkit.toolkit import PIPELINE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from langchain_ashby.client import AshbyClient
    from langchain_ashby.mirror.coverage import Coverage


class Answering(Protocol):
    """A mirror that can be asked."""

    zone: str

    def fresh(self, client: AshbyClient | None) -> AbstractContextManager[tuple[Connection, str]]:
        """Connects to one state that is as new as can be had quickly; also gives a remark on its age."""

    def coverage_of(self, connection: Connection) -> Coverage:
        """Returns how complete that state is."""


def question_tools(
    mirror: Answering,
    client: AshbyClient | None,
    *,
    strict: bool = False,
    defer_loading: bool = False,
    on_error: OnError = "tell",
) -> list[BaseTool]:
    """Makes the tools that put questions to a mirror.

    Args:
        mirror: Answers them.
        client: The client of the tools beside them, of the same account; an agent's tools share one.
        strict: Write the schemas for OpenAI's strict mode.
        defer_loading: Mark the tools for a provider's tool search.
        on_error: As `AshbyToolkit` takes it.
    """
    return [_tool(question, mirror, client, strict, defer_loading, on_error) for question in QUESTIONS.values()]


def _tool(
    question: type[Question],
    mirror: Answering,
    client: AshbyClient | None,
    strict: bool,
    defer_loading: bool,
    on_error: OnError,
) -> BaseTool:
    def run(**arguments: Any) -> tuple[str, dict[str, Any]]:
        try:
            return _answered(question(**arguments), mirror, client)
        except AshbyError as error:
            if on_error == "raise" and not isinstance(error, MODELS_OWN):
                raise
            raise ToolException(error.for_model()) from error

    async def arun(**arguments: Any) -> tuple[str, dict[str, Any]]:
        return await asyncio.to_thread(partial(run, **arguments))

    tool = AshbyTool(
        name=question.tool_name(),
        description=question.tool_description(),
        args_schema=question,
        func=run,
        coroutine=arun,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=explain_arguments,
        strict=strict,
        extras={"defer_loading": True} if defer_loading else None,
        metadata={
            "title": question.tool_title(),
            "readOnlyHint": True,
            "destructiveHint": False,
            "idempotentHint": True,
            "openWorldHint": False,
            "ashby": {"endpoint": "mirror", "permission": "", "toolset": PIPELINE, "risk": "none"},
        },
    )
    tool._client = client
    return tool


def _answered(question: Question, mirror: Answering, client: AshbyClient | None) -> tuple[str, dict[str, Any]]:
    """The text and the artifact of an answer, with how fresh and complete it is."""
    zone = zone_named(mirror.zone)
    assert zone is not None
    with mirror.fresh(client) as (connection, remark):
        coverage = mirror.coverage_of(connection)
        if coverage.as_of is None:
            raise MirrorError("The mirror's first sync has not finished: nothing is known yet", remedy=MAKE_ONE)
        unread = unread_tables(coverage.left_out)
        knows_all = coverage.histories == coverage.applications
        answer = question.answer(Asked(connection, datetime.now(UTC), zone, unread, told_approvals(), knows_all))
    answer.notes += [f"{coverage}; days in {mirror.zone}", *([remark] if remark else [])]
    artifact: dict[str, Any] = {"results": answer.data()}
    return answer.text(zone), artifact | ({"next_cursor": answer.more} if answer.more else {})
