"""What a mirror has to hold, worked out from the sandbox's own records, and what one holds."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from brute_force import shown_value
from sqlalchemy import Column, Table, select

from langchain_ashby.mirror import Mirror
from langchain_ashby.mirror.tables import candidates, metadata
from langchain_ashby.sandbox import AshbySandbox

Content = dict[str, set[tuple[Any, ...]]]
"""The rows of each table."""

_NOT_LISTED = ("histories", "seen_moves", "read_words")


def _of_ashby(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column is not candidates.c.words]


def held(mirror: Mirror) -> Content:
    """The rows that a mirror has, but for how it was read and for what is made of other columns."""
    with mirror.connect() as connection:
        return {
            name: {tuple(_iso(value) for value in row) for row in connection.execute(select(*_of_ashby(table)))}
            for name, table in metadata.tables.items()
            if name not in _NOT_LISTED
        }


def _iso(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if isinstance(value, datetime) else value


def expected(sandbox: AshbySandbox, *, forgotten: frozenset[str] = frozenset()) -> Content:
    """The rows of a mirror that is up to date."""
    state = sandbox.state()
    content: Content = {name: set() for name in metadata.tables if name not in _NOT_LISTED}
    fields = {field["id"]: field for field in state["customField"]}

    def put(table: str, *row: Any) -> None:
        content[table].add(row)

    def values_of(table: str, record: dict[str, Any]) -> None:
        for field_id, value in record["customFieldValues"].items():
            if shown := shown_value(fields[field_id], value):
                put(table, record["id"], field_id, shown)

    what: tuple[Any, ...]
    when: tuple[Any, ...]
    who: tuple[Any, ...]
    ids: tuple[Any, ...]
    times: tuple[Any, ...]
    flags: tuple[Any, ...]
    people = [each for each in state["candidate"] if each["id"] not in forgotten]
    for each in people:
        primary = [email["value"] for email in each["emailAddresses"] if email["isPrimary"]]
        place = each.get("location", {})
        parts = {part["type"]: part["name"] for part in place.get("locationComponents", [])}
        what = (each["name"], primary[0] if primary else None, each.get("position"), each.get("company"))
        where = (each.get("school"), parts.get("City"), parts.get("Region"), parts.get("Country"))
        origin = (place.get("locationSummary"), each.get("sourceId"), each.get("creditedToUserId"))
        put("candidates", each["id"], *what, *where, *origin, each["createdAt"], each["updatedAt"])
        for tag_id in each["tagIds"]:
            put("candidate_tags", each["id"], tag_id)
        values_of("candidate_fields", each)
    applications = [each for each in state["application"] if each["candidateId"] not in forgotten]
    for each in applications:
        ids = (each["id"], each["candidateId"], each["jobId"], each["currentInterviewStageId"], each["status"])
        ends = (each.get("sourceId"), each.get("creditedToUserId"), each.get("archiveReasonId"), each.get("archivedAt"))
        put("applications", *ids, *ends, each["createdAt"], each["updatedAt"])
        for member in each["hiringTeam"]:
            put("application_team", each["id"], member["userId"], member["role"])
        values_of("application_fields", each)
        for stay in each["applicationHistory"]:
            when = (stay["enteredStageAt"], stay.get("leftStageAt"))
            number, actor = stay["stageNumber"], stay.get("actorId")
            put("stage_stays", stay["id"], each["id"], stay["stageId"], number, *when, actor)
    of_known = {each["id"] for each in applications}
    for each in state["offer"]:
        if each["applicationId"] in of_known:
            newest = each["versions"][-1]
            who = (each["applicationId"], newest.get("openingId"), newest["authorId"])
            how = (each["offerStatus"], each["acceptanceStatus"], newest.get("approvalStatus"))
            start = newest["startDate"][:10] if "startDate" in newest else None
            put("offers", each["id"], *who, *how, start, newest["createdAt"], each.get("decidedAt"))
    for each in state["interviewSchedule"]:
        if each["applicationId"] in of_known:
            what = (each["applicationId"], each["interviewStageId"], each["status"], each.get("scheduledById"))
            put("interview_schedules", each["id"], *what, each["createdAt"], each["updatedAt"])
            for event in each["interviewEvents"]:
                when = (event["startTime"], event["endTime"], event["hasSubmittedFeedback"])
                made = (event["createdAt"], event["updatedAt"])
                put("interview_events", event["id"], each["id"], event["interviewId"], *when, *made)
                for who_holds in event["interviewers"]:
                    put("event_interviewers", event["id"], who_holds["userId"], who_holds["isFeedbackRequired"])
    for each in state["feedback"]:
        if each["applicationId"] in of_known:
            meeting = (each.get("interviewEventId"), each.get("interviewId"))
            given = (each["submittedByUserId"], each["submittedAt"])
            put("feedback", each["id"], each["applicationId"], *meeting, *given, None)
    for each in state["job"]:
        ids = (each["departmentId"], each["locationId"], each["employmentType"], each.get("defaultInterviewPlanId"))
        times = (each["createdAt"], each["updatedAt"], each.get("openedAt"), each.get("closedAt"))
        put("jobs", each["id"], each["title"], each["status"], *ids, each["confidential"], *times)
        for plan_id in each["interviewPlanIds"]:
            put("job_plans", each["id"], plan_id)
        for member in each["hiringTeam"]:
            put("job_team", each["id"], member["userId"], member["role"])
        values_of("job_fields", each)
    boards = {each["id"] for each in state["jobBoard"] if each["isPrimary"]}
    for each in state["jobPosting"]:
        if each["isPublished"] and boards & set(each["jobBoardIds"]):
            put("job_postings", each["id"], each["jobId"], each["title"], each["publishedDate"][:10], each["isListed"])
    for each in state["opening"]:
        newest = each["latestVersion"]
        what = (newest["identifier"], each["openingState"], newest["employmentType"], newest.get("teamId"))
        days = (newest.get("targetHireDate"), newest.get("targetStartDate"))
        times = (each.get("openedAt"), each.get("closedAt"), each.get("archivedAt"))
        put("openings", each["id"], *what, *days, each["isArchived"], newest["isBackfill"], *times)
        for job_id in newest["jobIds"]:
            put("opening_jobs", each["id"], job_id)
        for location_id in newest["locationIds"]:
            put("opening_locations", each["id"], location_id)
    for each in state["interview"]:
        flags = (each["isArchived"], each["isDebrief"], each["isFeedbackRequired"])
        put("interviews", each["id"], each["title"], each.get("jobId"), *flags)
    plans = {each["id"] for each in state["interviewPlan"] if each["isPublished"]}
    for each in state["interviewPlan"]:
        if each["id"] in plans:
            put("interview_plans", each["id"], each["title"], each["isArchived"])
    plans |= {each["interviewPlanId"] for each in applications}  # one may have become a draft since
    for each in state["interviewStage"]:
        if each["interviewPlanId"] in plans:
            what = (each["title"], each["type"], each["orderInInterviewPlan"])
            put("interview_stages", each["id"], each["interviewPlanId"], *what)
    for each in state["user"]:
        name = (each["firstName"], each["lastName"], each["email"], each["globalRole"])
        put("users", each["id"], *name, each.get("managerId"), each["isEnabled"])
    for each in state["source"]:
        put("sources", each["id"], each["title"], each.get("sourceType", {}).get("title"), each["isArchived"])
    for each in state["candidateTag"]:
        put("tags", each["id"], each["title"], each["isArchived"])
    for each in state["customField"]:
        if not each["isPrivate"]:
            labels = {it["value"]: it["label"] for it in each.get("selectableValues", [])}
            options = json.dumps(labels, ensure_ascii=False) if labels else None
            kinds = (each["objectType"], each["fieldType"])
            put("custom_fields", each["id"], each["title"], *kinds, options, each["isArchived"])
    for each in state["department"]:
        put("departments", each["id"], each["name"], each.get("parentId"), each["isArchived"])
    for each in state["location"]:
        flags = (each["isArchived"], each["isRemote"], each["type"] == "LocationHierarchy")
        put("locations", each["id"], each["name"], each.get("parentLocationId"), *flags)
    for each in state["archiveReason"]:
        put("archive_reasons", each["id"], each["text"], each["reasonType"], each["isArchived"])
    return content


def differences(mirror: Mirror, wanted: Content) -> dict[str, tuple[list[Any], list[Any]]]:
    """For each table that differs, the rows that it has too many and too few."""
    has = held(mirror)
    found: dict[str, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for name in has.keys() | wanted.keys():
        if has[name] != wanted[name]:
            found[name] = (sorted(has[name] - wanted[name], key=str), sorted(wanted[name] - has[name], key=str))
    return dict(found)
