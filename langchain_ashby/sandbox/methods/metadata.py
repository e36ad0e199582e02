"""The lists that a hiring process draws on: sources, reasons, message templates."""

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import INCLUDE_ARCHIVED
from langchain_ashby.sandbox.paging import Page
from langchain_ashby.sandbox.records import ArchiveReason, CloseReason, CommunicationTemplate, Source
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import request

_PERMISSION = "hiringProcessMetadata"

CLOSE_REASONS = Resource(CloseReason, _PERMISSION)
CLOSE_REASONS.list("closeReason.list", INCLUDE_ARCHIVED)

ARCHIVE_REASONS = Resource(ArchiveReason, _PERMISSION)
ARCHIVE_REASONS.search("archiveReason.list", INCLUDE_ARCHIVED, paged=True)

TEMPLATES = Resource(CommunicationTemplate, _PERMISSION)
TEMPLATES.search("communicationTemplate.list")


@method("source.list", "hiringProcessMetadataRead", request(optional=INCLUDE_ARCHIVED.optional, paged=True))
def list_sources(call: Call) -> Page:
    """Returns the sources on one page without a sync token, whatever the cursor and the limit."""
    return Page([dict(source) for source in call.store.find(Source, *INCLUDE_ARCHIVED.conditions(call))])
