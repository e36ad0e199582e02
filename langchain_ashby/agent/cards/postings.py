"""The card for a job posting."""

from __future__ import annotations

import re

from langchain_ashby.agent.cards.builder import CardBuilder
from langchain_ashby.agent.cards.plain import derive
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.endpoints.jobs import UpdateJobPosting
from langchain_ashby.text.words import at, joined, one_line

_KEPT = {"h1", "h2", "h3", "h4", "h5", "h6", "b", "i", "u", "a", "ul", "ol", "li", "code", "pre"}
"""The tags that Ashby keeps in a posting's text."""


@builds(UpdateJobPosting)
def update(request: UpdateJobPosting, reads: ReadCache, builder: CardBuilder) -> None:
    """Change a job posting."""
    posting = derive(request, reads, builder).record
    if request.description is not None:
        if lost := lost_tags(request.description):
            builder.warn(f"Ashby leaves out tags: {one_line(joined(lost), 200)}. The text may look different.")
        builder.consequence("Only the posting's own text changes, not the opening and closing of the brand.")
    if builder.changes and at(posting, "isListed") is True:
        builder.consequence(
            "The posting is listed. It is not documented when the job board shows the change.", "medium"
        )
    elif builder.changes and at(posting, "isListed") is None:
        builder.not_checked("Whether the posting is listed is not known.", "medium")


def lost_tags(text: str) -> list[str]:
    """The tags in a posting's text that Ashby leaves out."""
    return sorted({tag.lower() for tag in re.findall(r"</?\s*([A-Za-z][\w-]*)", text)} - _KEPT)
