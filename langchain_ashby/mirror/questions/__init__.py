"""The questions that a mirror answers, a class for each tool of the toolset `pipeline`."""

from __future__ import annotations

from langchain_ashby.mirror.questions.applications import FindApplications
from langchain_ashby.mirror.questions.candidates import FindCandidates
from langchain_ashby.mirror.questions.changes import ListChanges
from langchain_ashby.mirror.questions.interviews import FindInterviews
from langchain_ashby.mirror.questions.question import Question
from langchain_ashby.mirror.questions.report import ReportPipeline
from langchain_ashby.mirror.questions.worklist import ListWorklist

QUESTIONS: dict[str, type[Question]] = {
    it.tool_name(): it
    for it in (FindApplications, FindCandidates, FindInterviews, ReportPipeline, ListWorklist, ListChanges)
}
"""Every question by the name of its tool."""
