"""The questions that a mirror answers, a class for each tool of the toolset `pipeline`."""

from __future__ import annotations

from langchain_ashby.mirror.questions.applications import FindApplications
from langchain_ashby.mirror.questions.question import Question
from langchain_ashby.mirror.questions.report import ReportPipeline

QUESTIONS: dict[str, type[Question]] = {it.tool_name(): it for it in (FindApplications, ReportPipeline)}
"""Every question by the name of its tool."""
