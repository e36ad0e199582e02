"""Decides who sees which entries of the audit trail: whoever could see the change while it was waiting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from langchain_ashby.agent.execution.audit import AuditEntry
from langchain_ashby.agent.execution.waiting import Waiting
from langchain_ashby.inbox.questions import Approval, Question
from langchain_ashby.inbox.reviewers import Reviewer
from langchain_ashby.inbox.trail import Row, Trail
from langchain_ashby.text.words import tool_title


class Sight:
    """What of the trail a reviewer sees.

    Args:
        reviewer: The reviewer.
        trail: The trail.
    """

    def __init__(self, reviewer: Reviewer, trail: Trail) -> None:
        self._reviewer = reviewer
        self._trail = trail

    @property
    def is_clear(self) -> bool:
        """True if whether they see an entry does not depend on the entry, so that none has to be read for it."""
        return self._reviewer.routing.sees is None

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Those of the rows that they see."""
        ahead = iter(rows)
        for row in ahead:
            sees = self._sees(row)
            if sees:
                yield row
            if self.is_clear:  # what holds for one holds for all
                if sees:
                    yield from ahead
                return

    def _sees(self, row: Row) -> bool:
        entry = self._trail.entry(row)
        return entry is not None and self._reviewer.may_see(approval_for(entry))


def approval_for(entry: AuditEntry) -> Approval:
    """The change of an entry as it waited: rules about what waits are rules about what became of it."""
    action = {
        "name": entry.tool,
        "args": entry.args,
        "title": tool_title(entry.tool, None),
        "tool_call_id": entry.call_id,
        **({"card": entry.card} if entry.card else {}),
        **({"on_behalf_of": entry.on_behalf_of} if entry.on_behalf_of else {}),
    }
    waiting = Waiting(
        interrupt_id="",
        thread_id=entry.thread_id,
        request={"action_requests": [action]},
        since=entry.at.isoformat(),
        expires=None,
        requester=None,
        settings={},
        turn=None,
        asked="",
        said="",
    )
    return Question(waiting).approvals[0]
