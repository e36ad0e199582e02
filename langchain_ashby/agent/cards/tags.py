"""The card for a new tag."""

from __future__ import annotations

from langchain_ashby.agent.cards.builder import CardBuilder
from langchain_ashby.agent.cards.plain import derive
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.endpoints.candidates import CreateCandidateTag


@builds(CreateCandidateTag)
def create(request: CreateCandidateTag, reads: ReadCache, builder: CardBuilder) -> None:
    """Create a tag."""
    derive(request, reads, builder)
    if builder.alike and builder.alike.records:
        builder.consequence("Ashby returns the existing tag and creates no other.")
