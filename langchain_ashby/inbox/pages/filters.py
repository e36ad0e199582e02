"""The list's filters, as they are in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from langchain_ashby.inbox.questions import Approval
from langchain_ashby.text.letters import plain
from langchain_ashby.text.safe import visible

RISKS = ("high", "medium", "low")


@dataclass(frozen=True)
class Filters:
    """A part of what waits. An empty filter leaves nothing out.

    Attributes:
        kind: A tool, by name.
        job: A job, by title.
        risk: `low`, `medium` or `high`.
        requester: Who asked the agent.
        mine: "1" for what the reviewer may decide.
        later: "1" for what the reviewer put off.
        q: Words that the change's line, or who asked for it, has to contain.
    """

    kind: str = ""
    job: str = ""
    risk: str = ""
    requester: str = ""
    mine: str = ""
    later: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """The filters in an address."""
        return cls(**{it.name: query.get(it.name, "")[:_LONGEST] for it in fields(cls)})

    @property
    def query(self) -> str:
        """The filters as they stand in addresses, with a question mark; empty without any."""
        return f"?{urlencode(given)}" if (given := self.given) else ""

    def also(self, **more: object) -> str:
        """The filters and more, as they stand in addresses, without a question mark."""
        return urlencode({**self.given, **more})

    @property
    def chosen(self) -> int:
        """How many filters leave something out, not counting the words."""
        return len(self.given.keys() - {"q"})

    @property
    def given(self) -> dict[str, str]:
        """The filters that leave something out."""
        return {name: value for name, value in vars(self).items() if value}

    def admit(self, approval: Approval, *, decides: bool) -> bool:
        """True if the change is in the part that is asked for, by somebody who `decides` about it."""
        return (
            self.kind in ("", approval.tool)
            and self.risk in ("", approval.risk)
            and (not self.job or self.job == job_of(approval))
            and (not self.requester or self.requester == requester_of(approval))
            and (decides or not self.mine)
            and (not self.q or all(it in _searched(approval) for it in plain(self.q).split()))
        )


@dataclass(frozen=True)
class Choices:
    """What can be filtered by: values with words for them, in the order of the words."""

    kind: list[tuple[str, str]]
    job: list[tuple[str, str]]
    risk: list[tuple[str, str]]
    requester: list[tuple[str, str]]


def choices(approvals: Iterable[Approval]) -> Choices:
    """What the changes can be filtered by."""
    kinds: dict[str, str] = {}
    jobs: set[str] = set()
    risks: set[str] = set()
    requesters: set[str] = set()
    for it in approvals:
        kinds[it.tool] = it.title
        jobs.add(it.job or "")
        risks.add(it.risk)
        requesters.add(it.question.waiting["requester"] or "")
    return Choices(
        sorted(kinds.items(), key=lambda it: it[1].casefold()),
        [(it, it) for it in sorted({*map(visible, jobs)} - {""}, key=str.casefold)],
        [(it, it.capitalize()) for it in RISKS if it in risks],
        [(it, it) for it in sorted({*map(visible, requesters)} - {""}, key=str.casefold)],
    )


def job_of(approval: Approval) -> str:
    """The job that a change is about, as it is shown; empty if it is not one."""
    return visible(approval.job or "")


def requester_of(approval: Approval) -> str:
    """Who asked the agent, as it is shown; empty if the run did not name them."""
    return visible(approval.question.waiting["requester"] or "")


def _searched(approval: Approval) -> str:
    return plain(f"{approval.line} {requester_of(approval)} {approval.title}")


_LONGEST = 200
