"""What the figures and rows of a mirror's answers count: by which stage, for whom, and what has no known time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from test_honesty import ask, rows

from langchain_ashby.mirror import Mirror
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.usefixtures("first_run")


def test_interviews_are_grouped_and_filtered_by_the_stage_that_they_were_for(
    mirror: Mirror, sandbox: AshbySandbox
) -> None:
    titles = {it["id"]: it["title"] for it in sandbox.records("interviewStage")}
    held = Counter(
        titles[schedule["interviewStageId"]]
        for schedule in sandbox.records("interviewSchedule")
        if schedule["status"] != "Cancelled"
        for event in schedule["interviewEvents"]
        if datetime.fromisoformat(event["endTime"]) < datetime.now(UTC)
        for _ in event["interviewers"]
    )
    answer = ask(mirror, "report_pipeline", metric="interviews", by=["stage"])
    assert {row["stage"]: row["interviews"] for row in rows(answer)} == held
    assert "# by stage: the one that the interview was for" in answer.text.splitlines()
    stage = max(held, key=lambda it: held[it])
    answer = ask(mirror, "report_pipeline", metric="interviews", by=["stage"], stages=[stage])
    assert [(row["stage"], row["interviews"]) for row in rows(answer)] == [(stage, held[stage])]
    assert "# by stage, stages: the one that the interview was for" in answer.text.splitlines()


def test_other_metrics_say_that_the_stage_is_the_present_one(mirror: Mirror) -> None:
    def about_stages(**arguments: object) -> list[str]:
        said = ask(mirror, "report_pipeline", **arguments).text.splitlines()
        return [line.removesuffix(": where the application is now") for line in said if "is now" in line]

    assert about_stages(metric="offers", by=["stage"]) == ["# by stage"]
    assert about_stages(metric="days_in_stage", by=["stage"]) == []
    assert about_stages(metric="days_in_stage", stage_types=["Active", "Offer"]) == ["# stage_types"]
    assert about_stages(metric="current", by=["stage"], stages=["Onsite"]) == []
