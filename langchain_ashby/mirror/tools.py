"""The tools of the toolset `pipeline`: questions that the mirror answers in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from langchain_core.tools import BaseTool, ToolException

from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror.questions import QUESTIONS
from langchain_ashby.mirror.questions.asked import Asked
from langchain_ashby.mirror.questions.question import Question
from langchain_ashby.text.words import zone_named
from langchain_ashby.toolkit.explain import explain_arguments
from langchain_ashby.toolkit.tool import AshbyTool

if TYPE_CHECKING:
    from langchain_ashby.mirror.mirror import Mirror

TOOLSET = "pipeline"


def question_tools(mirror: Mirror, *, zone: str, max_age: timedelta, strict: bool = False) -> list[BaseTool]:
    """Makes the tools that put questions to a mirror.

    Args:
        mirror: Answers them.
        zone: The name of the time zone in which days begin.
        max_age: A mirror that is older is brought up to date first.
        strict: Write the schemas for OpenAI's strict mode.
    """
    return [_tool(question, mirror, zone, max_age, strict) for question in QUESTIONS.values()]


def _tool(question: type[Question], mirror: Mirror, zone: str, max_age: timedelta, strict: bool) -> BaseTool:
    run = _runner(question, mirror, zone, max_age)

    async def arun(**arguments: Any) -> tuple[str, dict[str, Any]]:
        return await asyncio.to_thread(partial(run, **arguments))

    return AshbyTool(
        name=question.tool_name(),
        description=question.tool_description(),
        args_schema=question,
        func=run,
        coroutine=arun,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=explain_arguments,
        strict=strict,
        metadata={
            "title": question.tool_title(),
            "readOnlyHint": True,
            "destructiveHint": False,
            "idempotentHint": True,
            "openWorldHint": False,
            "ashby": {"endpoint": "mirror", "permission": "", "toolset": TOOLSET, "risk": "none"},
        },
    )


def _runner(
    question: type[Question], mirror: Mirror, zone: str, max_age: timedelta
) -> Callable[..., tuple[str, dict[str, Any]]]:
    def run(**arguments: Any) -> tuple[str, dict[str, Any]]:
        days = zone_named(zone)
        assert days is not None
        asked = question(**arguments)
        with mirror.connect() as connection:
            try:
                answer = asked.answer(Asked(connection, datetime.now(UTC), days, zone))
            except ArgumentError as error:
                raise ToolException(error.for_model()) from error
        coverage = mirror.coverage()
        answer.notes.append(f"{coverage}; days in {zone}")
        artifact: dict[str, Any] = {"results": answer.data()} | ({"next_cursor": answer.more} if answer.more else {})
        return answer.text(days), artifact

    return run
