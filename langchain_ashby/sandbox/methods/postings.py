"""Job postings."""

from typing import Any, cast

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.messages import Refusal, invalid
from langchain_ashby.sandbox.methods.notes import plain, reduced_html
from langchain_ashby.sandbox.paging import Page
from langchain_ashby.sandbox.records import JobBoard, JobPosting
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import jobs as reply
from langchain_ashby.sandbox.replies.shared import without
from langchain_ashby.sandbox.statement import Choice, Flag, Many, Shape, Text, Uuid, request
from langchain_ashby.sandbox.store import equals
from langchain_ashby.sandbox.visibility import visible


@method("jobBoard.list", "jobsRead", request())
def list_boards(call: Call) -> Page:
    """Returns the job boards on one page."""
    return Page([without(board, "isPrimary") for board in call.store.find(JobBoard)])


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@method(
    "jobPosting.list",
    "jobsRead",
    request(
        optional={
            "location": Text(),
            "department": Text(),
            "listedOnly": Flag(),
            "jobBoardId": Uuid(),
            "includeUnpublishedJobPostings": Flag(),
        },
        # Clients send a cursor and a limit; everything is on one page all the same.
        paged=True,
    ),
)
def list_postings(call: Call) -> Any:
    """The postings of a job board, by default the primary one."""
    conditions = visible(JobPosting, call.key)
    if not call.body.get("includeUnpublishedJobPostings"):
        conditions.append(equals("isPublished", True))
    if call.body.get("listedOnly"):
        conditions.append(equals("isListed", True))
    board_id = _board_id(call)
    return [
        reply.posting(call, record)
        for record in call.store.find(JobPosting, *conditions)
        if board_id is None or board_id in record["jobBoardIds"]
        if call.body.get("location") in (None, reply.location_name(call, record))
        if call.body.get("department") in (None, *reply.team_names(call, record))
    ]


@method(
    "jobPosting.info",
    "jobsRead",
    request(
        {"jobPostingId": Uuid()},
        {
            "jobBoardId": Uuid(),
            "expand": Many(Choice(("job",))),
            "includeUnpublishedJobPostings": Flag(),
        },
    ),
)
def get_posting(call: Call) -> Any:
    """Finds a posting; an unpublished one only if those are asked for."""
    posting = call.get(JobPosting, call.body["jobPostingId"])
    if not posting["isPublished"] and not call.body.get("includeUnpublishedJobPostings"):
        raise Refusal("job_posting_not_found", "The posting is not published.")
    if "jobBoardId" in call.body and _board_id(call) not in posting["jobBoardIds"]:
        raise invalid("jobBoardId", "the posting is not on this job board")
    return reply.posting_details(call, posting, call.body.get("expand", []))


@method(
    "jobPosting.update",
    "jobsWrite",
    request(
        {"jobPostingId": Uuid()},
        {
            "title": Text(),
            "workplaceType": Choice(("OnSite", "Hybrid", "Remote")),
            "description": Shape({"type": Choice(("text/html",)), "content": Text()}),
            "suppressDescriptionOpening": Flag(),
            "suppressDescriptionClosing": Flag(),
        },
    ),
)
def update_posting(call: Call) -> Any:
    """Changes a posting, published or not. The text loses the tags that Ashby does not keep."""
    posting = call.get(JobPosting, call.body["jobPostingId"])
    posting = cast(
        JobPosting,
        {**posting, **{key: value for key, value in call.body.items() if key not in ("jobPostingId", "description")}},
    )
    if "description" in call.body:
        posting["descriptionHtml"] = reduced_html(call.body["description"]["content"], _HEADINGS)
        posting["descriptionPlain"] = plain(posting["descriptionHtml"])
    return reply.posting_details(call, call.save(JobPosting, posting))


def _board_id(call: Call) -> str | None:
    """The job board asked for, else the primary one, if there is any."""
    if "jobBoardId" in call.body:
        return call.refer(JobBoard, call.body["jobBoardId"], "jobBoardId")["id"]
    return next((board["id"] for board in call.store.find(JobBoard, equals("isPrimary", True))), None)
