"""The sandbox's answer to every tool, for snapshots and measurements of what a model reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from examples import EXAMPLES, READS, WRITES, Company
from langchain_core.messages import ToolMessage

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.sandbox import AshbySandbox

Answers = dict[str, ToolMessage]


class Desk:
    """Calls tools on a sandbox and keeps the answers.

    Args:
        sandbox: Answers the tools.
        client: Calls it, and may upload from `uploads`.
        uploads: The directory of the files to upload.
        options: The toolkit's.
    """

    def __init__(self, sandbox: AshbySandbox, client: AshbyClient, uploads: Path, **options: Any) -> None:
        self.company = Company(sandbox.state(), client, uploads)
        self.answers: Answers = {}
        self._sandbox = sandbox
        self._tools = {tool.name: tool for tool in AshbyToolkit(client, toolsets="all", **options).get_tools()}

    def call(self, name: str, case: str = "", /, **args: Any) -> Any:
        """Calls a tool, keeps its answer under its name (and the case), and returns the results."""
        call = {"type": "tool_call", "id": "1", "name": f"ashby_{name}", "args": args}
        message = self._tools[f"ashby_{name}"].invoke(call)
        self.answers[f"{name}{f', {case}' if case else ''}"] = message
        return message.artifact["results"] if message.artifact else None

    def reads(self) -> None:
        """Calls each read, and reads an application fully expanded."""
        for name in READS:
            self.call(name.removeprefix("ashby_"), **EXAMPLES[name](self.company))
        ingrid = self.company.candidate("Ingrid Bjørnsdatter Halvorsen")
        everything = ["openings", "applicationFormSubmissions", "referrals"]
        application = self.company.id("application", candidateId=ingrid)
        self.call("get_application", "expanded", application_id=application, expand=everything)

    def writes(self) -> None:
        """Makes each write in a freshly reset company."""
        for name in WRITES:
            self._sandbox.reset()
            self.call(name.removeprefix("ashby_"), **EXAMPLES[name](self.company))
        self._sandbox.reset()

    def refusals(self) -> None:
        """Passes ids of the wrong kind, an unknown id, a bad token and an empty form."""
        call, company = self.call, self.company
        ada, job = company.one("candidate", id=company.candidate()), company.one("job", id=company.job())
        application = company.application()
        call("get_candidate", "given an application's id", candidate_id=application)
        call("get_application", "given a candidate's id", application_id=ada["id"])
        call("get_job", "given a posting's id", job_id=company.id("jobPosting", title=job["title"]))
        call("get_interview_stage", "given a plan's id", interview_stage_id=job["defaultInterviewPlanId"])
        call("get_candidate", "given an unknown id", candidate_id="00000000-0000-4000-8000-000000000000")
        call("list_candidates", "with a strange sync token", sync_token="x")
        form = EXAMPLES["ashby_submit_application_feedback"](company)["feedback_form_definition_id"]
        scorecard = {"application_id": application, "feedback_form_definition_id": form}
        call("submit_application_feedback", "without values", **scorecard, field_submissions=[])


@contextmanager
def desk(uploads: Path, **options: Any) -> Iterator[Desk]:
    """A desk on a sandbox with the usual company; files to upload are in `uploads`."""
    with AshbySandbox() as sandbox, AshbyClient(sandbox.api_key, sandbox.url, upload_dirs=[uploads]) as client:
        yield Desk(sandbox, client, uploads, **options)


def every_answer(desk: Desk) -> Answers:
    """Calls each tool at least once, reads before writes."""
    desk.reads()
    desk.writes()
    desk.refusals()
    return desk.answers
