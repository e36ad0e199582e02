"""Where the offers for an application stand, in words: which is the current one, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from langchain_ashby.agent.cards.builder import CardBuilder, Record
from langchain_ashby.text.words import at, count, enumerated, moment, parsed, quoted

State = Literal["accepted", "made", "out", "declined", "cancelled"]
_OPEN: frozenset[State] = frozenset({"made", "out"})
_OVER: frozenset[State] = frozenset({"declined", "cancelled"})

_STATES: Mapping[str, Mapping[str, State]] = {
    "acceptanceStatus": {
        "Accepted": "accepted",
        "Pending": "made",
        "Created": "made",
        "WaitingOnResponse": "out",
        "Declined": "declined",
        "Cancelled": "cancelled",
    },
    "offerStatus": {
        "CandidateAccepted": "accepted",
        "WaitingOnApprovalStart": "made",
        "WaitingOnOfferApproval": "made",
        "WaitingOnApprovalDefinition": "made",
        "WaitingOnCandidateResponse": "out",
        "CandidateRejected": "declined",
        "OfferCancelled": "cancelled",
    },
}
"""What each of an offer's two statuses says. The second may lag behind."""


def is_accepted(offer: Record) -> bool:
    """True if the candidate has accepted the offer and nothing says that it is over."""
    said = _said(offer)
    return "accepted" in said and not said & _OVER


def warn_of_offers(builder: CardBuilder, offers: list[Record], because: str = "") -> None:
    """Warns of each offer that is out, accepted, or may be; `because` is a sentence on what the write means for it."""
    standing = [offer for offer in offers if not all(state in _OVER for state in _states(offer))]
    for offer in standing:
        builder.warn(f"{_name(offer, offers)} {standing_words(offer)}.", "high")
    if standing and because:
        builder.warn(because, "high")


def standing_words(offer: Record) -> str:
    """Describes an offer's status and since when, to follow its name."""
    return f"{_status(offer)}{_since(offer)}"


def status_words(offer: Record) -> str:
    """Describes an offer's status; gives both statuses if they differ or one is not recognized."""
    status, acceptance = at(offer, "offerStatus"), at(offer, "acceptanceStatus")
    if agree(offer):
        return enumerated(status)
    words = {"acceptance": acceptance, "offer": status}
    return ", ".join(f"{name} status {quoted(enumerated(it) if it else 'not known')}" for name, it in words.items())


def is_over(offer: Record) -> bool:
    """True if one of the statuses says that the offer is over: the other may lag behind."""
    return bool(_said(offer) & _OVER)


def is_out(offer: Record) -> bool:
    """True if one of the statuses says that the candidate has been asked."""
    return "out" in _said(offer)


def agree(offer: Record) -> bool:
    """True if both statuses are recognized and agree."""
    return None not in _states(offer) and len(_said(offer)) == 1


def _states(offer: Record) -> list[State | None]:
    return [states.get(str(at(offer, key))) for key, states in _STATES.items()]


def _said(offer: Record) -> set[State]:
    """Returns the meanings of the recognized statuses; two if they differ."""
    return {state for state in _states(offer) if state}


def _status(offer: Record) -> str:
    said = _said(offer)
    if said == {"accepted"} and agree(offer):
        return "is accepted"
    if "accepted" in said and said <= {"accepted", *_OPEN}:
        return f"is accepted according to one of its statuses ({status_words(offer)})"
    if said and said <= _OPEN:
        return f"is under way: {status_words(offer)}"
    return f"may still stand: {status_words(offer)}"


def _since(offer: Record) -> str:
    """When it was decided on, and when its newest terms were made. A decision may be about earlier terms."""
    decided, made = at(offer, "decidedAt"), at(offer, "latestVersion", "createdAt")
    words = [f"decided on {moment(decided)}"] if decided else []
    words += [f"its latest terms from {moment(made)}"] if made else []
    newer = decided and made and _time(decided) < _time(made)
    return "".join(f", {it}" for it in words) + ("; the decision is older than these terms" if newer else "")


def _name(offer: Record, offers: list[Record]) -> str:
    """What to call one of an application's offers: the newest is the one with the newest terms."""
    if len(offers) == 1:
        return "The offer for this application"
    times = [at(it, "latestVersion", "createdAt") for it in offers]
    if None in times:
        return f"One of {count(len(offers), 'offer')} for this application (the newest is not known)"
    newest = max(map(_time, times)) == _time(at(offer, "latestVersion", "createdAt"))
    return f"{'The newest' if newest else 'An earlier'} of {count(len(offers), 'offer')} for this application"


def _time(text: str) -> datetime:
    return parsed(text) or datetime.min.replace(tzinfo=UTC)
