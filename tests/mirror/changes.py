"""Random changes to a company, made through the sandbox's own API as people and other programs make them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import requests

from langchain_ashby.sandbox import AshbySandbox


class Company:
    """Changes a sandbox at random; one seed always gives the same changes."""

    def __init__(self, sandbox: AshbySandbox, seed: int) -> None:
        self._sandbox = sandbox
        self._random = Random(seed)
        self._session = requests.Session()
        self._session.auth = (sandbox.api_key, "")
        self._known: dict[str, list[Any]] | None = None
        self.anybody_left = False
        self.changes: list[Callable[[], Any]] = [
            self.create_candidate,
            self.update_candidate,
            self.tag,
            self.apply,
            self.move,
            self.move,
            self.move,
            self.change_source,
            self.change_source,
            self.set_field,
            self.schedule,
            self.reschedule,
            self.give_feedback,
            self.cancel,
            self.make_job,
            self.make_opening,
            self.archive_tag,
            self.delete,
            self.delete_application,
            self.anonymize,
            self.merge,
        ]

    def change(self, number: int) -> None:
        """Makes the change of this number."""
        self._known = None  # somebody else may have changed something
        self.changes[number % len(self.changes)]()

    def _call(self, endpoint: str, **body: Any) -> Any:
        """Calls a method; a refusal is nothing to a random change."""
        self._known = None
        return self._session.post(f"{self._sandbox.url}/{endpoint}", json=body, timeout=60).json().get("results")

    def _depart(self, how: Callable[..., None], *ids: str, **more: str) -> None:
        """Takes somebody away."""
        self._known = None
        how(*ids, **more)

    def _state(self) -> dict[str, list[Any]]:
        """The company's records, read once for the choices of a call."""
        if self._known is None:
            self._known = self._sandbox.state()
        return self._known

    def _any(self, kind: str) -> dict[str, Any]:
        found = self._state()[kind]
        return self._random.choice(found) if found else {"id": "none"}

    def create_candidate(self) -> None:
        number = self._random.randrange(10**6)
        location = {"city": "Łódź", "country": "Poland"}
        self._call("candidate.create", name=f"Zoé {number}", email=f"zoe{number}@mail.example", location=location)
        self.apply()

    def update_candidate(self) -> None:
        number = self._random.randrange(10**6)
        self._call("candidate.update", candidateId=self._any("candidate")["id"], name=f"Renamed {number}")

    def tag(self) -> None:
        self._call("candidate.addTag", candidateId=self._any("candidate")["id"], tagId=self._any("candidateTag")["id"])

    def apply(self) -> None:
        self._call("application.create", candidateId=self._any("candidate")["id"], jobId=self._any("job")["id"])

    def move(self) -> None:
        application = self._any("application")
        stages = [
            each
            for each in self._state()["interviewStage"]
            if each["interviewPlanId"] == application.get("interviewPlanId")
        ]
        if stages:
            stage = self._random.choice(stages)
            reason = {"archiveReasonId": self._any("archiveReason")["id"]} if stage["type"] == "Archived" else {}
            body = {"applicationId": application["id"], "interviewStageId": stage["id"]}
            self._call("application.changeStage", **body, **reason)

    def change_source(self) -> None:
        source = self._random.choice([None, self._any("source")["id"]])
        self._call("application.changeSource", applicationId=self._any("application")["id"], sourceId=source)

    def set_field(self) -> None:
        fields = [
            each
            for each in self._state()["customField"]
            if each["fieldType"] == "String" and each["objectType"].lower() in ("candidate", "application", "job")
        ]
        field = self._random.choice(fields)
        kind = field["objectType"].lower()
        body = {"objectType": field["objectType"], "objectId": self._any(kind)["id"], "fieldId": field["id"]}
        self._call("customField.setValue", **body, fieldValue=f"value {self._random.randrange(100)}")

    def schedule(self) -> None:
        users = [each for each in self._state()["user"] if each["isEnabled"]]
        interviewers = [{"email": each["email"]} for each in self._random.sample(users, 2)]
        event = {"startTime": "2027-03-01T09:00:00Z", "endTime": "2027-03-01T10:00:00Z", "interviewers": interviewers}
        self._call("interviewSchedule.create", applicationId=self._any("application")["id"], interviewEvents=[event])

    def reschedule(self) -> None:
        own = self._own_schedule()
        if own and own["interviewEvents"]:
            canceled = self._random.choice(own["interviewEvents"])["id"]
            body = {"interviewEventIdToCancel": canceled, "allowFeedbackDeletion": True}
            self._call("interviewSchedule.update", interviewScheduleId=own["id"], **body)

    def give_feedback(self) -> None:
        own = self._own_schedule()
        form = self._any("feedbackFormDefinition")
        required = [
            {"path": field["field"]["path"], "value": _answer(field["field"])}
            for section in form["formDefinition"]["sections"]
            for field in section["fields"]
            if field["isRequired"]
        ]
        body: dict[str, Any] = {"formDefinitionId": form["id"], "feedbackForm": {"fieldSubmissions": required}}
        if own and own["interviewEvents"]:
            event = self._random.choice(own["interviewEvents"])
            body |= {"interviewEventId": event["id"], "userId": event["interviewers"][0]["userId"]}
        application_id = own["applicationId"] if own else self._any("application")["id"]
        self._call("applicationFeedback.submit", applicationId=application_id, **body)

    def cancel(self) -> None:
        own = self._own_schedule()
        if own:
            self._call("interviewSchedule.cancel", id=own["id"], allowReschedule=self._random.random() < 0.5)

    def make_job(self) -> None:
        body = {"teamId": self._any("department")["id"], "locationId": self._any("location")["id"]}
        plan_id = self._any("interviewPlan")["id"]
        self._call("job.create", title=f"Job {self._random.randrange(100)}", defaultInterviewPlanId=plan_id, **body)
        self._call("job.setStatus", jobId=self._any("job")["id"], status=self._random.choice(["Open", "Archived"]))

    def make_opening(self) -> None:
        job_ids = [self._any("job")["id"]]
        self._call("opening.create", identifier=f"O-{self._random.randrange(100)}", jobIds=job_ids)
        self._call("opening.setOpeningState", openingId=self._any("opening")["id"], openingState="Closed")

    def archive_tag(self) -> None:
        self._call("candidateTag.create", title=f"Tag {self._random.randrange(100)}")

    def delete(self) -> None:
        self.anybody_left = True
        self._depart(self._sandbox.delete_candidate, self._any("candidate")["id"])

    def delete_application(self) -> None:
        self.anybody_left = True
        self._depart(self._sandbox.delete_application, self._any("application")["id"])

    def anonymize(self) -> None:
        self._depart(self._sandbox.anonymize_candidate, self._any("candidate")["id"])

    def merge(self) -> None:
        self.anybody_left = True
        first, second = self._random.sample(self._state()["candidate"], 2)
        self._depart(self._sandbox.merge_candidates, first["id"], into=second["id"])

    def _own_schedule(self) -> dict[str, Any] | None:
        own = [each for each in self._state()["interviewSchedule"] if "createdByKeyId" in each]
        return self._random.choice(own) if own else None


def _answer(field: dict[str, Any]) -> Any:
    """A value that the field takes."""
    if field["type"] == "Score":
        return {"score": 3}
    if field["type"] == "RichText":
        return {"type": "PlainText", "value": "Good."}
    if "selectableValues" in field:
        value = field["selectableValues"][0]["value"]
        return [value] if field["type"] == "MultiValueSelect" else value
    return {"Boolean": True, "Number": 1, "Date": "2026-11-29"}.get(field["type"], "Good.")
