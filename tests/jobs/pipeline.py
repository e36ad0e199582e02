"""Jobs about a job and its pipeline: rejections, interviews, offers, openings, closing it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from .desk import Desk, State
from .job import TODAY, Job

MONTH = timedelta(days=30)


def parting(desk: Desk, reason: str, template: str) -> dict[str, Any]:
    """The arguments for an archive reason with a word that the recruiter said, and for the e-mail that she means."""
    (found,) = [row["id"] for row in desk("list_archive_reasons").rows() if reason in row["reason"]]
    (email,) = [row["id"] for row in desk("list_communication_templates").rows() if row["title"] == template]
    return {"archive_reason_id": found, "archive_email": {"communication_template_id": email}}


class Rejections(Job):
    """Six people wait in the review of the Staff Engineer, some for long."""

    number = 4
    candidates = 150
    job = "Staff Engineer"
    reason, template = "Not enough relevant experience", "Rejection after review"

    def do(self, desk: Desk) -> object:
        """Reads what reasons and e-mails there are, and asks for one decision on all who waited too long."""
        before = (date.fromisoformat(desk.today) - MONTH).strftime("%Y%m%d")
        rows = desk("list_applications", job_id=self.job, status="Active", limit=100).rows()
        desk(
            "archive_applications",
            application_ids=[
                row["id"] for row in rows if row["stage"].startswith("Application Review") and row["created"] < before
            ],
            **parting(desk, "experience", "Rejection after review"),
        )
        return None

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """Those over 30 days old are archived with the reason and the mail; the others wait on."""
        reason = state.one("archiveReason", text=self.reason)["id"]
        template = state.one("communicationTemplate", title=self.template)["id"]
        oldest = (date.fromisoformat(TODAY) - MONTH).isoformat()
        rejected = [it for it in state.in_stage(self.job, "Archived") if "archiveEmail" in it]
        for application in rejected:
            if application["createdAt"] >= oldest:
                yield f"{application['id']} is too young to be rejected"
            if application["archiveReasonId"] != reason:
                yield f"{application['id']} has another reason"
            if application["archiveEmail"]["communicationTemplateId"] != template:
                yield f"{application['id']} gets another e-mail"
        waiting = list(state.in_stage(self.job, "Application Review"))
        if any(it["createdAt"] < oldest for it in waiting):
            yield "somebody who applied too long ago still waits"
        if (len(rejected), len(waiting)) != (3, 3):
            yield f"{len(rejected)} were rejected and {len(waiting)} wait"


class Interview(Job):
    """Kwame Mensah comes back for another hour."""

    number = 5
    times = ("2027-01-12T10:00:00-05:00", "2027-01-12T11:00:00-05:00", "2027-01-12T12:00:00-05:00")
    interviewers = ("Liam O'Connor", "Ravi Menon")

    def do(self, desk: Desk) -> object:
        """Looks up the interviewers' addresses; the answers name the schedule and the meeting."""
        application_id = desk.application_of("Kwame Mensah")
        users = desk("list_users")
        addresses = [users.lines(name)[0].partition("<")[2].partition(">")[0] for name in self.interviewers]
        meeting = {
            "interview_id": "System Design",
            "interviewers": [{"email": address, "feedback_required": True} for address in addresses],
        }
        first, second, end = self.times
        events = [{**meeting, "start_time": first, "end_time": second}]
        made = desk("create_interview_schedule", application_id=application_id, interview_events=events)
        schedule = {"interview_schedule_id": made.id_after("interview_schedule_id: ")}
        event = {
            **meeting,
            "interview_event_id": made.id_after("System Design ("),
            "start_time": second,
            "end_time": end,
        }
        desk("update_interview_schedule", **schedule, interview_event=[event])
        desk("cancel_interview_schedule", **schedule)
        return None

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """One schedule, canceled, with one meeting of two interviewers an hour later than at first."""
        (made,) = [
            it
            for it in state.all("interviewSchedule", applicationId=state.application("Kwame Mensah")["id"])
            if it["interviewEvents"][0]["startTime"] > "2027"
        ]
        if made["status"] != "Cancelled":
            yield f"the schedule is {made['status']}"
        (event,) = made["interviewEvents"]
        if (event["startTime"], event["endTime"]) != ("2027-01-12T16:00:00.000Z", "2027-01-12T17:00:00.000Z"):
            yield f"it begins at {event['startTime']}"
        people = [state.one("user", id=it["userId"])["email"] for it in event["interviewers"]]
        if people != ["liam@example.com", "ravi@example.com"]:
            yield f"the interviewers are {people}"


class Offer(Job):
    """Łukasz Żółkiewski gets an offer in euros."""

    number = 6
    name = "Łukasz Żółkiewski"

    def do(self, desk: Desk) -> object:
        """Begins without the form, which the error shows."""
        application_id = desk.application_of(self.name)
        form = desk.attempt("create_offer", application_id=application_id, field_submissions=[])
        values = {
            form.path_of("Base salary"): {"value": 150_000, "currency_code": "EUR"},
            form.path_of("Start date"): "2026-12-01",
            form.path_of("Employment type"): "Full-time",
        }
        desk(
            "create_offer",
            offer_process_id=form.id_after("offer_process_id "),
            offer_form_id=form.id_after("offer_form_id "),
            field_submissions=[{"path": path, "value": value} for path, value in values.items()],
        )
        return None

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """One offer, with one version, of these terms."""
        (offer,) = state.all("offer", applicationId=state.application(self.name)["id"])
        (version,) = offer["versions"]
        if version["salary"] != {"value": 150_000, "currencyCode": "EUR"}:
            yield f"the salary is {version['salary']}"
        if version["startDate"][:10] != "2026-12-01":
            yield f"it begins on {version['startDate']}"


class Headcount(Job):
    """The Staff Engineer gets another seat."""

    number = 7
    beyond = "creating a posting"

    def do(self, desk: Desk) -> object:
        """Makes sure that the identifier is free."""
        desk("search_openings", identifier="OP-214")
        seat = {"identifier": "OP-214", "job_ids": ["Staff Engineer"], "location_ids": ["Oslo"]}
        desk("create_opening", **seat, opening_state="Open")
        return None

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """It is there once, open, for the job."""
        (opening,) = [it for it in state.all("opening") if it["latestVersion"]["identifier"] == "OP-214"]
        if opening["openingState"] != "Open":
            yield f"it is {opening['openingState']}"
        if opening["latestVersion"]["jobIds"] != [state.one("job", title="Staff Engineer")["id"]]:
            yield "it is not for the job"


class Closing(Job):
    """The Senior Product Designer was found; five people were still in the running."""

    number = 13
    beyond = "unlisting a posting"
    job = "Senior Product Designer"
    reason, template = "Position closed", "Position closed"

    def do(self, desk: Desk) -> object:
        """Archives whoever is left first, so that nobody is forgotten in a closed job."""
        rows = desk("list_applications", job_id=self.job, limit=100).rows()
        desk(
            "archive_applications",
            application_ids=[row["id"] for row in rows if row["stage"] not in ("Archived", "Hired")],
            **parting(desk, "closed", "Position closed"),
        )
        desk("set_job_status", job_id=self.job, status="Closed")
        return None

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """Everybody has the reason and gets the mail, but for the two who were archived long ago."""
        job = state.one("job", title=self.job)
        if job["status"] != "Closed":
            yield f"the job is {job['status']}"
        everybody = state.all("application", jobId=job["id"])
        if {it["status"] for it in everybody} - {"Archived", "Hired"}:
            yield "somebody is still active"
        reason = state.one("archiveReason", text=self.reason)["id"]
        template = state.one("communicationTemplate", title=self.template)["id"]
        told = [it for it in everybody if it.get("archiveEmail", {}).get("communicationTemplateId") == template]
        if len(told) != 5 or any(it["archiveReasonId"] != reason for it in told):
            yield f"{len(told)} are told, and not the five who were left"


JOBS = (Rejections(), Interview(), Offer(), Headcount(), Closing())
