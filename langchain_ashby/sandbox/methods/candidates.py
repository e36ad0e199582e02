"""Candidates and their tags: listing, finding, creating and changing them."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import CREATED_AFTER, INCLUDE_ARCHIVED
from langchain_ashby.sandbox.messages import Refusal
from langchain_ashby.sandbox.paging import LARGEST_PAGE
from langchain_ashby.sandbox.records import Candidate, CandidateLocation, CandidateTag, Contact, Source, User
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import (
    Alternatives,
    Choice,
    Email,
    Field,
    Flag,
    Many,
    Moment,
    Shape,
    Text,
    Url,
    Uuid,
    request,
)
from langchain_ashby.sandbox.store import Condition, contains, has_email, matches
from langchain_ashby.sandbox.visibility import visible

_LOCATION = Shape(optional={"city": Text(), "region": Text(), "country": Text()})
_LINK_TYPES = ("LinkedIn", "GitHub", "Twitter", "Medium", "StackOverflow", "YouTube", "CodePen", "Website")
_PROFILE: dict[str, Field] = {
    "email": Email(),
    "phoneNumber": Text(),
    "linkedInUrl": Url(),
    "githubUrl": Url(),
    "sourceId": Uuid(),
    "creditedToUserId": Uuid(),
    "location": _LOCATION,
    "createdAt": Moment(),
}


CANDIDATES = Resource(Candidate, "candidates", reply.candidate)
CANDIDATES.list("candidate.list", CREATED_AFTER)


@method(
    "candidate.info",
    "candidatesRead",
    Alternatives(Shape({"id": Uuid()}), Shape({"externalMappingId": Text()})),
)
def get_candidate(call: Call) -> Any:
    """Finds a candidate by id, or by the id that another system knows it by."""
    if "id" in call.body:
        return reply.candidate(call, call.get(Candidate, call.body["id"]))
    mapped = Condition(
        "EXISTS (SELECT 1 FROM json_each(data, '$.externalMappingIds') WHERE value = ?)",
        (call.body["externalMappingId"],),
    )
    found = call.store.find(Candidate, mapped, *visible(Candidate, call.key), limit=1)
    if not found:
        raise Refusal("candidate_not_found", "There is no candidate with this external mapping id.")
    return reply.candidate(call, found[0])


@method("candidate.search", "candidatesRead", request(optional={"email": Text(), "name": Text()}))
def search_candidates(call: Call) -> Any:
    """Finds up to 100 candidates that have this e-mail address and a name with these letters."""
    conditions = visible(Candidate, call.key)
    if "email" in call.body:
        conditions.append(has_email(call.body["email"].strip()))
    if "name" in call.body:
        conditions.append(contains("name", call.body["name"]))
    found = call.store.find(Candidate, *conditions, limit=LARGEST_PAGE)
    return [reply.candidate(call, record) for record in found]


@method(
    "candidate.create",
    "candidatesWrite",
    request({"name": Text()}, {**_PROFILE, "website": Url(), "alternateEmailAddresses": Many(Email())}),
)
def create_candidate(call: Call) -> Any:
    """Creates a candidate, even if there is one with this e-mail address: only recruiters merge candidates."""
    body = call.body
    candidate = call.create(Candidate, name=body["name"])
    _apply_profile(call, candidate)
    _set_links(candidate, {"Website": body.get("website")})
    for address in body.get("alternateEmailAddresses", []):
        _add_email(candidate, address)
    return reply.candidate(call, call.save(Candidate, candidate))


@method(
    "candidate.update",
    "candidatesWrite",
    request(
        {"candidateId": Uuid()},
        {
            **_PROFILE,
            "name": Text(),
            "websiteUrl": Url(),
            "alternateEmail": Email(),
            "socialLinks": Many(Shape({"type": Choice(_LINK_TYPES), "url": Url()})),
            "sendNotifications": Flag(),
        },
    ),
)
def update_candidate(call: Call) -> Any:
    """Changes what the body names and leaves the rest; `socialLinks` replaces every link."""
    body = call.body
    candidate = call.get(Candidate, body["candidateId"])
    candidate["name"] = body.get("name", candidate["name"])
    _apply_profile(call, candidate)
    _set_links(candidate, {"Website": body.get("websiteUrl")})
    if "alternateEmail" in body:
        _add_email(candidate, body["alternateEmail"])
    if "socialLinks" in body:
        candidate["socialLinks"] = body["socialLinks"]
    return reply.candidate(call, call.save(Candidate, candidate))


def _apply_profile(call: Call, candidate: Candidate) -> None:
    body = call.body
    call.refer_if_given(Source, "sourceId")
    call.refer_if_given(User, "creditedToUserId")
    if "email" in body:
        candidate["emailAddresses"] = _with_primary(candidate["emailAddresses"], body["email"])
    if "phoneNumber" in body:
        candidate["phoneNumbers"] = _with_primary(candidate["phoneNumbers"], body["phoneNumber"])
    if "sourceId" in body:
        candidate["sourceId"] = body["sourceId"]
    if "creditedToUserId" in body:
        candidate["creditedToUserId"] = body["creditedToUserId"]
    if "location" in body:
        candidate["location"] = _location(call, body["location"])
    candidate["createdAt"] = body.get("createdAt", candidate["createdAt"])
    _set_links(candidate, {"LinkedIn": body.get("linkedInUrl"), "GitHub": body.get("githubUrl")})


def _with_primary(contacts: list[Contact], value: str) -> list[Contact]:
    """The contacts with another primary one in place of the old."""
    others = [contact for contact in contacts if not contact["isPrimary"] and not _is_same(contact, value)]
    return [{"value": value, "type": "Personal", "isPrimary": True}, *others]


def _add_email(candidate: Candidate, value: str) -> None:
    if not any(_is_same(contact, value) for contact in candidate["emailAddresses"]):
        candidate["emailAddresses"].append({"value": value, "type": "Other", "isPrimary": False})


def _is_same(contact: Contact, value: str) -> bool:
    return contact["value"].casefold() == value.casefold()


def _set_links(candidate: Candidate, links: dict[Any, str | None]) -> None:
    """Replaces the links of these types."""
    for link_type, url in links.items():
        if url is not None:
            others = [link for link in candidate["socialLinks"] if link["type"] != link_type]
            candidate["socialLinks"] = [*others, {"type": link_type, "url": url}]


def _location(call: Call, parts: dict[str, str]) -> CandidateLocation:
    components: list[tuple[Any, str]] = [("City", "city"), ("Region", "region"), ("Country", "country")]
    given = [(component, parts[key]) for component, key in components if key in parts]
    return {
        "id": call.store.new_id(),
        "locationSummary": ", ".join(name for _, name in given),
        "locationComponents": [{"type": component, "name": name} for component, name in given],
    }


TAGS = Resource(CandidateTag, "hiringProcessMetadata")
TAGS.list("candidateTag.list", INCLUDE_ARCHIVED)

CANDIDATES.add("candidate.addTag", "tagId", CandidateTag)
CANDIDATES.remove("candidate.removeTag", "tagId", CandidateTag)


@method("candidateTag.create", "hiringProcessMetadataWrite", request({"title": Text()}))
def create_tag(call: Call) -> Any:
    """Creates a tag, or returns the one that has this title."""
    title = call.body["title"].strip()
    found = call.store.find(CandidateTag, matches("title", title), limit=1)
    return found[0] if found else call.create(CandidateTag, title=title)
