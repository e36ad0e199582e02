"""What a job states of itself, and how it is run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from langchain_core.tools import BaseTool

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.sandbox import AshbySandbox

from .desk import Desk, State, StuckError

TODAY = "2026-11-02"
"""The day on which the sandbox's company is seen."""


class Before(NamedTuple):
    """What a job took in words of a recruiter, with tools that took only ids and wrote one record at a time.

    Attributes:
        words: The job.
        calls: The calls that were made.
        needed: How many of them the shortest way has.
        estimate: The tokens read, as characters / 3.6.
        tokens: The tokens read, counted with another vocabulary (Claude 2's, which takes more for ids than o200k).
        done: `yes`, `partly` or `no`.
    """

    words: str
    calls: int
    needed: int
    estimate: int
    tokens: int
    done: str


BEFORE = {
    1: Before("Which active candidates have been in their stage for more than 10 days, per job?",
              39, 38, 17_700, 29_700, "yes"),
    2: Before("For every open job: active applications per stage, and conversion to onsite by source.",
              20, 20, 11_500, 19_000, "yes"),
    3: Before("She is at a new company and has a new e-mail: update her record, merge any duplicate.",
              15, 5, 2_600, 3_300, "partly"),
    4: Before("Reject everybody in review for one job who applied over 30 days ago, with a reason and an e-mail.",
              18, 14, 5_000, 7_700, "partly"),
    5: Before("Schedule an hour with two interviewers at 10:00 New York time; move it by an hour; cancel it.",
              12, 8, 2_600, 4_000, "yes"),
    6: Before("Prepare and create an offer: salary 150k, start 1 December.", 9, 4, 1_900, 2_800, "yes"),
    7: Before("Open a second headcount for a job: an opening, linked to it, open; and a posting.",
              7, 4, 1_800, 2_700, "partly"),
    8: Before("Add a candidate from a profile, referred by a colleague; tag, note, apply to a job in a stage.",
              12, 11, 1_300, 1_900, "yes"),
    9: Before("What feedback did the interviewers give on one candidate, and who has not submitted any?",
              6, 4, 1_700, 2_500, "yes"),
    10: Before("Submit my scorecard: strong yes, with these notes.", 12, 7, 2_000, 2_800, "yes"),
    11: Before("Which sources gave us hires this year? How long did a hire take, per job?", 4, 4, 1_700, 2_900, "yes"),
    12: Before("Who has Kubernetes or maritime experience, is in Berlin, and is not active in any job?",
               2, 2, 2_400, 3_400, "partly"),
    13: Before("Close a job that was filled; archive who is left, with a polite reason; unlist the posting.",
               14, 12, 2_200, 3_100, "partly"),
    14: Before("Give me everything that changed since yesterday.", 10, 10, 3_500, 5_300, "partly"),
}  # fmt: skip
"""All fourteen, by number."""


class Job(ABC):
    """A job of a recruiter.

    Attributes:
        number: Its number in `BEFORE`.
        candidates: The size of the company it is done in.
        beyond: What it asks for that Ashby's API does not offer.
    """

    number: ClassVar[int]
    candidates: ClassVar[int] = 60
    beyond: ClassVar[str] = ""

    def tools(self, client: AshbyClient) -> Sequence[BaseTool]:
        """The tools it is done with: every one that there is."""
        return AshbyToolkit(client, toolsets="all").get_tools()

    @abstractmethod
    def do(self, desk: Desk) -> object:
        """Does the job, and returns the answer if it is a question."""

    @abstractmethod
    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """Yields what is not as it should be afterwards."""

    def problems(self, state: State, answer: Any) -> list[str]:
        """What is wrong, also if records that should be there are not."""
        try:
            return list(self.wrong(state, answer))
        except (LookupError, ValueError) as why:
            return [f"the records are not as expected: {why!r}"]


class Outcome(NamedTuple):
    """How a job went: each call and its answer, and what is wrong, if anything."""

    job: Job
    exchanges: list[tuple[str, str]]
    problems: list[str]

    @property
    def estimate(self) -> int:
        """The tokens of the answers, as characters / 3.6."""
        return round(sum(len(text) for _, text in self.exchanges) / 3.6)


def outcome(job: Job) -> Outcome:
    """Does a job in a sandbox of its own."""
    with AshbySandbox(candidates=job.candidates) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        desk = Desk(job.tools(client), TODAY)
        try:
            answer = job.do(desk)
        except (StuckError, LookupError, ValueError) as why:
            return Outcome(job, desk.exchanges, [f"stuck: {why!r}"])
        return Outcome(job, desk.exchanges, job.problems(State(sandbox.state()), answer))
