"""Writes messages. Candidates' names and what people wrote are details, which a channel has to ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from langchain_ashby.inbox.became import became
from langchain_ashby.inbox.notifications.message import Item, Message
from langchain_ashby.inbox.notifications.notices import Notice
from langchain_ashby.inbox.notifications.post import Letter
from langchain_ashby.text.words import in_words, one_line

MOST = 20
"""The most things that a message lists."""


def message(letter: Letter, base_url: str, *, details: bool) -> Message:
    """A letter as a message. It links to the one thing that it reports, or else to the list."""
    notices = letter.notices
    items = tuple(Item(_text(it, details), _url(base_url, it), _data(it, details)) for it in notices[:MOST])
    is_outcome = notices[0].is_outcome
    return Message(
        id=letter.id,
        type="approvals.outcome" if is_outcome else "approvals.waiting",
        at=letter.at,
        headline=headline(notices),
        items=items,
        more=len(notices) - len(items),
        url=items[0].url if len(notices) == 1 else f"{base_url}/outcomes" if is_outcome else f"{base_url}/",
    )


def headline(notices: Sequence[Notice]) -> str:
    """What there is, in numbers: “3 changes wait for approval: Change stage (2), Create offer”."""
    kinds = Counter(it.kind for it in notices)
    said = [_counted(kind, number) for kind, number in kinds.items()]
    titles = Counter(it.title for it in notices)
    listed = [f"{title} ({number})" if number > 1 else title for title, number in titles.most_common(3)]
    if len(titles) > len(listed):
        listed.append("others")
    return one_line(f"{'; '.join(said)}: {', '.join(listed)}", 300)


def _counted(kind: str, number: int) -> str:
    one, many = _WORDS.get(kind) or _outcome(kind)
    return f"{number} {one if number == 1 else many}"


def _outcome(kind: str) -> tuple[str, str]:
    words = became(kind).words.lower().replace("ashby", "Ashby")
    return f"change: {words}", f"changes: {words}"


_WORDS = {
    "new": ("change waits for approval", "changes wait for approval"),
    "second": ("change needs a second reviewer", "changes need a second reviewer"),
    "reminder": ("approval expires soon", "approvals expire soon"),
    "hold": (
        "held change will be made soon; you can still stop it",
        "held changes will be made soon; you can still stop them",
    ),
    "expired": ("approval has expired", "approvals have expired"),
}


def _text(notice: Notice, details: bool) -> str:
    when = in_words(notice.expires)
    until = {"hold": "made at", "expired": "expired"}.get(notice.kind, "expires")
    notes = [
        *([f"{notice.risk} risk"] if notice.risk != "low" else []),
        *([f"{until} {when}"] if when else []),
        *([f"approved by {notice.reviewer}"] if details and notice.question and notice.reviewer else []),
    ]
    what = notice.line if details else notice.title
    said = f"{what} ({', '.join(notes)})" if notes else what
    if notice.is_outcome and notice.kind != "expired":
        by = f" by {notice.reviewer}" if details and notice.kind == "rejected" and notice.reviewer else ""
        said += f": {became(notice.kind).words.lower().replace('ashby', 'Ashby')}{by}"
        said += f"{':' if by else '.'} {notice.reason}" if details and notice.reason else "."
    return one_line(said, 600)


def _data(notice: Notice, details: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": notice.kind,
        "tool": notice.tool,
        "title": notice.title,
        "risk": notice.risk,
        "at": notice.due.isoformat(),
        "expires": notice.expires.isoformat() if notice.expires else None,
        "requester": notice.requester,
    }
    more = {"line": notice.line, "reason": notice.reason, "reviewer": notice.reviewer, "jobs": notice.jobs}
    return data | more if details else data


def _url(base_url: str, notice: Notice) -> str:
    return base_url + quote(notice.path)
