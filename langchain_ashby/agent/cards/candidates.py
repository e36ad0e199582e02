"""Cards for writes on candidates, and for a new tag. Their files are in `files`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape

from langchain_ashby.agent.cards.as_sent import equal, shows
from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.names import apart
from langchain_ashby.agent.cards.plain import derive
from langchain_ashby.agent.cards.reads import ReadCache, Records
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import line_of_changes, notified, the_candidate, the_user
from langchain_ashby.endpoints.candidates import (
    CreateCandidate,
    CreateCandidateNote,
    CreateCandidateTag,
    GetCandidate,
    ListCandidateNotes,
    SearchCandidates,
    UpdateCandidate,
)
from langchain_ashby.endpoints.fields import Address
from langchain_ashby.endpoints.organization import GetUser, ListSources
from langchain_ashby.text.words import (
    at,
    folded,
    given,
    in_words,
    listed,
    moment,
    named,
    one_line,
    paragraph,
    shown,
    time_fact,
)

MOST_ADDRESSES = 5
"""The most e-mail addresses of a new candidate that are looked up."""

MOST_FOUND = 100
"""A search gives no more: with so many, there may be others."""


@builds(CreateCandidate)
def create(request: CreateCandidate, reads: ReadCache, builder: CardBuilder) -> None:
    """Add a person."""
    addresses = _addresses(request.email, *(request.alternate_email_addresses or []))
    by_name, sources, credited, *by_address = reads.all(
        SearchCandidates(name=" ".join(request.name.split())),
        ListSources(include_archived=True) if request.source_id else None,
        GetUser(user_id=request.credited_to_user_id) if request.credited_to_user_id else None,
        *(SearchCandidates(email=it) for it in addresses[:MOST_ADDRESSES]),
    )
    if len(addresses) > MOST_ADDRESSES:
        builder.not_checked(f"Only {MOST_ADDRESSES} of the {len(addresses)} e-mail addresses were looked up.")
    found_by = [_found_by(builder, it, found) for it, found in zip(addresses, by_address, strict=False)]
    by_email = by_address[0] if request.email else None
    same_email = found_by[0] if request.email else []
    found_by_name = builder.records("The candidates with this name", by_name)
    same_name = [it for it in found_by_name if folded(at(it, "name")) == folded(request.name)]
    source = builder.named("The source", sources, request.source_id, "title")
    credit = the_user(builder, "The user who gets the credit", credited, request.credited_to_user_id)
    builder.line = f"Add {named(request.name)} as a new candidate"
    builder.new_value("Name", given(request.name))
    builder.new_value("E-mail address", request.email and one_line(request.email))
    builder.new_value("Further e-mail addresses", listed(map(one_line, request.alternate_email_addresses or [])))
    builder.new_value("Phone number", given(request.phone_number))
    builder.new_value("LinkedIn", request.linked_in_url and one_line(request.linked_in_url))
    builder.new_value("GitHub", request.github_url and one_line(request.github_url))
    builder.new_value("Website", request.website and one_line(request.website))
    builder.new_value("Location", shown(place(request.location)) if request.location else None)
    builder.new_value("Source", shown(source))
    builder.new_value("Credit", shown(credit))
    builder.new_value("Creation time", in_words(request.created_at))
    builder.consequence("The candidate is not considered for any job yet.")
    builder.consequence("The agent can't delete the candidate.")
    if not addresses:
        builder.warn("No e-mail address is given: duplicates can be found by name only.")
    for address, found in zip(addresses, found_by, strict=False):
        for known in found:
            builder.warn(f"A candidate with the e-mail address {named(address)} exists: {_known(known)}.", "high")
            builder.link(
                f"The candidate with this e-mail address, {one_line(at(known, 'name') or '')}", at(known, "profileUrl")
            )
    for known in same_name:
        if not any(at(known, "id") == at(it, "id") for found in found_by for it in found):
            builder.warn(f"A candidate with exactly this name exists: {_known(known)}.")
            builder.link(f"The candidate with this name, {one_line(at(known, 'name') or '')}", at(known, "profileUrl"))
    alike, searched = (same_email, by_email) if request.email else (same_name, by_name)
    complete = isinstance(searched, list) and len(searched) < MOST_FOUND
    title = "Candidates with this e-mail address" if request.email else "Candidates with this name"
    like = folded(request.email or request.name)
    created = None if request.created_at else "createdAt"
    others = [it for it in alike if not _is_as_sent(it, request)]
    builder.lookalikes(title, like, alike, complete, created, doubtful=others)


@builds(UpdateCandidate)
def update(request: UpdateCandidate, reads: ReadCache, builder: CardBuilder) -> None:
    """Change a candidate's profile."""
    own = {"alternate_email", "social_links", "location"}
    links = ("linked_in_url", "github_url", "website_url")
    derived = derive(request, reads, builder, but=own if request.social_links is None else own.union(links))
    candidate = derived.record
    if request.alternate_email:
        known = at(candidate, "emailAddresses")
        addresses = [str(at(it, "value")).casefold() for it in known or []]
        there = UNREAD if known is None else request.alternate_email.casefold() in addresses
        change = ("Further e-mail address", None, one_line(request.alternate_email))
        builder.set_field(f"E-mail address {request.alternate_email}", there, True, change=change)
    if request.social_links is not None:
        wanted = sorted(f"{link.type} {link.url}" for link in request.social_links)
        builder.set_field("List of links", _links(candidate), wanted, lambda links: listed(map(one_line, links)))
        if any(getattr(request, link) for link in links):
            builder.warn("The list of links overrides the single links, which are given too.")
    if request.location:
        builder.set_field("Location", _location(candidate), place(request.location))
    builder.line = line_of_changes(builder, derived.subject)
    _say_what_is_not_documented(builder, request)
    addresses = _addresses(request.email, request.alternate_email)
    for address, found in zip(addresses, reads.all(*(SearchCandidates(email=it) for it in addresses)), strict=True):
        for known in _found_by(builder, address, found):
            if at(known, "id") != request.candidate_id:
                builder.warn(f"Another candidate has the e-mail address {named(address)}: {_known(known)}.", "high")


@builds(CreateCandidateNote)
def create_note(request: CreateCandidateNote, reads: ReadCache, builder: CardBuilder) -> None:
    """Add a note."""
    found, notes = reads.all(
        GetCandidate(candidate_id=request.candidate_id), ListCandidateNotes(candidate_id=request.candidate_id)
    )
    _, name = the_candidate(builder, found)
    text = request.note if isinstance(request.note, str) else request.note.value
    builder.line = f"Add a {'private ' if request.is_private else ''}note to {name}"
    is_html = not isinstance(request.note, str) and request.note.type == "text/html"
    builder.new_value("Note, as HTML" if is_html else "Note", paragraph(text))
    builder.new_value("Dated", in_words(request.created_at))
    if request.is_private:
        builder.consequence("The note is private: only users and API keys that may see private fields can read it.")
        builder.consequence("Ashby accepts a private note only from an API key that may see private fields.")
    else:
        builder.consequence("The note is not private.")
    notified(builder, bool(request.send_notifications), "the candidate")
    if request.send_notifications:
        builder.raise_risk("medium")
    if is_html:
        builder.consequence("Ashby strips all HTML except bold, italics, underlining, links, lists and code.")
    builder.consequence("The agent can't delete the note.")
    there = builder.records("The notes on the candidate", notes)
    bare = _bare(text)
    alike = [note for note in there if _bare(str(note.get("content") or "")) == bare]
    if alike:
        builder.warn("The candidate already has a note with this text.")
    # A key that may not see private notes cannot tell that there is none.
    complete = there.complete and (not request.is_private or any(note.get("isPrivate") for note in there))
    # Ashby reduces HTML, so that a note of it may have other words in the end.
    is_that_note = _shown_by(request)
    others = [note for note in (there if is_html else alike) if not is_that_note(note)]
    made = None if request.created_at else "createdAt"
    builder.lookalikes("Notes with this text", [request.candidate_id, bare], alike, complete, made, doubtful=others)


def _say_what_is_not_documented(builder: CardBuilder, request: UpdateCandidate) -> None:
    """Says that it is not documented what happens to present values."""
    changed = {change["field"] for change in builder.changes if change["before"] is not None}
    for field, words in (("E-mail address", "e-mail address"), ("Phone number", "phone number")):
        if field in changed:
            builder.consequence(
                f"It is not documented whether the present {words} stays on the profile as another one."
            )
    home = request.location
    if home and "Location" in changed and None in (home.city, home.region, home.country):
        builder.consequence("It is not documented whether the parts of the location that are not given stay.")


def _addresses(*given: str | None) -> list[str]:
    """E-mail addresses, each once, however it is spelled."""
    return [*{it.casefold(): it for it in reversed(given) if it}.values()][::-1]


def _found_by(builder: CardBuilder, address: str, found: object) -> Records[Record]:
    return builder.records(f"The candidates with the e-mail address {named(address)}", found)


def _known(candidate: Record) -> str:
    """A candidate there is: the name, and what helps to tell whether it is the same person."""
    added = at(candidate, "createdAt") and f", added {moment(candidate['createdAt'])}"
    return f"{named(at(candidate, 'name') or '?', *apart(candidate))}{added or ''}"


_PLACES = {
    "email": "primaryEmailAddress.value",
    "phoneNumber": "primaryPhoneNumber.value",
    "linkedInUrl": "socialLinks[type=LinkedIn].url",
    "githubUrl": "socialLinks[type=GitHub].url",
    "website": "socialLinks[type=Website].url",
}
"""Where a candidate keeps what a new one is made of."""


def _is_as_sent(candidate: Record, request: CreateCandidate) -> bool:
    further = {folded(it) for it in request.alternate_email_addresses or []}
    there = {folded(at(it, "value")) for it in at(candidate, "emailAddresses") or []}
    return (
        shows(candidate, request.wire(), _PLACES, but=("alternateEmailAddresses", "location"))
        and further <= there
        and (request.location is None or equal(place(request.location), _location(candidate)))
    )


def _shown_by(request: CreateCandidateNote) -> Callable[[Record], bool]:
    """Returns a test for notes with exactly this text: in a plain one, what looks like a tag is text."""
    text = request.note if isinstance(request.note, str) else request.note.value
    is_html = not isinstance(request.note, str) and request.note.type == "text/html"
    words, private = text.split(), bool(request.is_private)
    dated = request.created_at and time_fact(request.created_at)

    def is_that_note(note: Record) -> bool:
        content = str(note.get("content") or "")
        return (
            (content == text if is_html else unescape(content).split() == words)
            and (dated is None or equal(dated, note.get("createdAt")))
            and note.get("isPrivate") is private
        )

    return is_that_note


def _bare(text: str) -> str:
    """A note's words alone: Ashby may take tags away and write characters in another way."""
    return " ".join(unescape(_TAG.sub(" ", text)).split())


_TAG = re.compile("<[^<>]*>")


def place(address: Address) -> Fact:
    """Where a candidate lives, as a fact."""
    return _parts({"city": address.city, "region": address.region, "country": address.country})


def _parts(parts: Mapping[str, str | None]) -> Fact:
    """A place with labeled parts: a city, a region and a country may share a name."""
    known = {kind: name for kind, name in parts.items() if name is not None}
    return {"words": ", ".join(f"{kind} {given(name)}" for kind, name in known.items()) or "nothing", **known}


def _location(candidate: Record) -> Fact:
    if not candidate or is_unread(candidate, "location"):
        return UNREAD
    names = {at(it, "type"): at(it, "name") for it in at(candidate, "location", "locationComponents") or []}
    parts = {kind.lower(): names[kind] for kind in ("City", "Region", "Country") if names.get(kind)}
    return _parts(parts) if parts else one_line(at(candidate, "location", "locationSummary") or "") or None


def _links(candidate: Record) -> Fact:
    links = at(candidate, "socialLinks")
    return UNREAD if links is None else sorted(f"{at(link, 'type')} {at(link, 'url')}" for link in links)


@builds(CreateCandidateTag)
def create_tag(request: CreateCandidateTag, reads: ReadCache, builder: CardBuilder) -> None:
    """Create a tag."""
    derive(request, reads, builder)
    if builder.alike and builder.alike.records:
        builder.consequence("Ashby returns the existing tag and creates no other.")
