"""Tags, and tagging candidates."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import INCLUDE_ARCHIVED
from langchain_ashby.sandbox.methods.candidates import CANDIDATES
from langchain_ashby.sandbox.records import CandidateTag
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Text, request
from langchain_ashby.sandbox.store import matches

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
