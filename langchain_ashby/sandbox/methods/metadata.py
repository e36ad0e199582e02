"""The lists that a hiring process draws on: sources, reasons, message templates."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.methods.filters import INCLUDE_ARCHIVED, unarchived
from langchain_ashby.sandbox.paging import Page, listing
from langchain_ashby.sandbox.records import ArchiveReason, CloseReason, CommunicationTemplate, Source
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies.shared import without
from langchain_ashby.sandbox.statement import request

# Two of these lists have a single page, but clients send a cursor and a limit all the same.


@method("source.list", "hiringProcessMetadataRead", request(optional=INCLUDE_ARCHIVED, paged=True))
def list_sources(call: Call) -> Page:
    """Where candidates come from."""
    return Page([dict(source) for source in call.store.find(Source, *unarchived(call))])


@method("archiveReason.list", "hiringProcessMetadataRead", request(optional=INCLUDE_ARCHIVED, paged=True))
def list_archive_reasons(call: Call) -> Any:
    """Why applications are archived."""
    return call.store.find(ArchiveReason, *unarchived(call))


@method("closeReason.list", "hiringProcessMetadataRead", request(optional=INCLUDE_ARCHIVED, paged=True))
def list_close_reasons(call: Call) -> Page:
    """Why openings are closed."""
    return listing(call, CloseReason, dict, unarchived(call))


@method("communicationTemplate.list", "hiringProcessMetadataRead", request())
def list_communication_templates(call: Call) -> Any:
    """The message templates."""
    return [without(template, "isArchiveEmail") for template in call.store.find(CommunicationTemplate)]
