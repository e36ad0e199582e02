"""Tags, and tagging candidates."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.methods.filters import INCLUDE_ARCHIVED, unarchived
from langchain_ashby.sandbox.paging import Page, listing
from langchain_ashby.sandbox.records import Candidate, CandidateTag
from langchain_ashby.sandbox.refusal import invalid
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.statement import Text, Uuid, request
from langchain_ashby.sandbox.store import Condition


@method("candidateTag.list", "hiringProcessMetadataRead", request(optional=INCLUDE_ARCHIVED, paged=True))
def list_tags(call: Call) -> Page:
    """Page through the tags."""
    return listing(call, CandidateTag, dict, unarchived(call))


@method("candidateTag.create", "hiringProcessMetadataWrite", request({"title": Text()}))
def create_tag(call: Call) -> Any:
    """Create a tag, or return the one that has this title."""
    title = call.body["title"].strip()
    same = Condition("casefold(json_extract(data, '$.title')) = ?", (title.casefold(),))
    found = call.store.find(CandidateTag, same, limit=1)
    if found:
        return found[0]
    tag: CandidateTag = {"id": call.store.new_id(), "title": title, "isArchived": False}
    return call.store.add(CandidateTag, tag)


@method("candidate.addTag", "candidatesWrite", request({"candidateId": Uuid(), "tagId": Uuid()}))
def add_tag(call: Call) -> Any:
    """Tag a candidate; a tag that it has already changes nothing."""
    candidate = call.get(Candidate, call.body["candidateId"])
    tag = call.refer(CandidateTag, call.body["tagId"], "tagId")
    if tag["isArchived"]:
        raise invalid("tagId", f"the tag {tag['title']} is archived")
    if tag["id"] not in candidate["tagIds"]:
        candidate["tagIds"].append(tag["id"])
        candidate = call.save(Candidate, candidate)
    return reply.candidate(call, candidate)
