"""Jobs about single people: records, referrals, feedback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .desk import Desk, State
from .job import Job


class NewAddress(Job):
    """Emily Carter has moved on, and is in the database twice."""

    number = 3
    beyond = "merging candidates; a company to set"

    def do(self, desk: Desk) -> object:
        """Finds both records by the old address, updates hers, and leaves the rest in a note."""
        found = desk("search_candidates", email="emily.carter@example.org").rows()
        (hers,) = [row for row in found if row["name"] == "Emily Carter"]
        (other,) = [row for row in found if row is not hers]
        address = {"email": "emily@dry-dock.example.com", "alternate_email": "emily.carter@example.org"}
        desk("update_candidate", candidate_id=hers["id"], **address)
        note = f"Now at Dry Dock. {other['name']} is the same person: please merge."
        desk("create_candidate_note", candidate_id=hers["id"], note=note)
        return other["id"]

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """The old address stays, as a second one."""
        emily = state.one("candidate", name="Emily Carter")
        addresses = {it["value"]: it["isPrimary"] for it in emily["emailAddresses"]}
        if addresses.get("emily@dry-dock.example.com") is not True or "emily.carter@example.org" not in addresses:
            yield f"her addresses are {addresses}"
        if not any("Dry Dock" in note["content"] for note in state.all("note", candidateId=emily["id"])):
            yield "there is no note about her company"


class Referral(Job):
    """Sofia knows somebody."""

    number = 8

    def do(self, desk: Desk) -> object:
        """Looks first for the person, and for what a referral is called here."""
        desk("search_candidates", email="wanda.kowal@example.net")
        (source,) = [row["id"] for row in desk("list_sources").rows() if "Referral" in row["title"]]
        credit = {"source_id": source, "credited_to_user_id": "Sofia Marchetti"}
        made = desk(
            "create_candidate",
            name="Wanda Kowal",
            email="wanda.kowal@example.net",
            phone_number="+49 30 23125099",
            linked_in_url="https://www.linkedin.com/in/example-wanda-kowal",
            location={"city": "Hamburg", "country": "Germany"},
            **credit,
        )
        candidate = {"candidate_id": made.id_after("candidate_id: ")}
        desk("add_candidate_tag", **candidate, tag_id="Maritime experience")
        desk("create_candidate_note", **candidate, note="Sofia worked with her on vessel tracking.")
        stage = {"job_id": "Staff Engineer", "interview_stage_id": "Application Review"}
        desk("create_application", **candidate, **stage, **credit)
        return None

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """Everything is there once."""
        wanda = state.one("candidate", name="Wanda Kowal")
        sofia = state.one("user", email="sofia@example.com")["id"]
        referral = state.one("source", title="Employee Referral")["id"]
        (application,) = state.all("application", candidateId=wanda["id"])
        for record in (wanda, application):
            if (record.get("sourceId"), record.get("creditedToUserId")) != (referral, sofia):
                yield "it is not credited to Sofia as a referral"
        if wanda["tagIds"] != [state.one("candidateTag", title="Maritime experience")["id"]]:
            yield f"her tags are {wanda['tagIds']}"
        if len(state.all("note", candidateId=wanda["id"])) != 1:
            yield "she does not have one note"
        if application not in state.in_stage("Staff Engineer", "Application Review"):
            yield "her application is elsewhere"


class Feedback(Job):
    """Siobhán Ní Dhomhnaill has been interviewed twice; the recruiter's keyboard has no accents."""

    number = 9
    name = "Siobhán Ní Dhomhnaill"

    def do(self, desk: Desk) -> object:
        """Tells what was recommended, and whose feedback is missing."""
        application_id = desk.application_of("Siobhan Ni Dhomhnaill")
        given = desk("list_application_feedback", application_id=application_id)
        verdicts = [line.rpartition(": ")[2] for line in given.lines("Move forward?") + given.lines("Overall")]
        meetings = desk("list_interview_schedules", application_id=application_id)
        missing = [line.partition(" with ")[2].split(" (")[0] for line in meetings.lines("no feedback yet")]
        return verdicts, missing

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """The answer holds for the state, which the job did not see."""
        application = state.application(self.name)["id"]
        words = {"1": "Strong No", "2": "No", "3": "Yes", "4": "Strong Yes"}
        given = state.all("feedback", applicationId=application)
        verdicts = [words[it["submittedValues"]["overall_recommendation"]] for it in given]
        heard = {(it["interviewEventId"], it["submittedByUserId"]) for it in given}
        missing = [
            state.one("user", id=interviewer["userId"])["email"]
            for schedule in state.all("interviewSchedule", applicationId=application)
            for event in schedule["interviewEvents"]
            for interviewer in event["interviewers"]
            if (event["id"], interviewer["userId"]) not in heard
        ]
        if not missing or answer != (verdicts, missing):
            yield f"the answer is {answer}, and not {(verdicts, missing)}"


class Scorecard(Job):
    """Liam O'Connor interviewed Ingrid and has not said anything yet."""

    number = 10
    name = "Ingrid Bjørnsdatter Halvorsen"

    def do(self, desk: Desk) -> object:
        """Finds the meeting and the form."""
        application = {"application_id": desk.application_of(self.name)}
        meetings = desk("list_interview_schedules", **application)
        (mine,) = meetings.lines("liam@example.com", "no feedback yet")
        form = {"feedback_form_definition_id": "Interview Scorecard"}
        asked = desk("get_feedback_form_definition", **form)
        values = {
            asked.path_of("Overall recommendation"): "Strong Yes",
            asked.path_of("What did you see?"): "Drove the exercise from the first minute.",
            asked.path_of("Technical depth"): 4,
        }
        desk(
            "submit_application_feedback",
            **application,
            **form,
            user_id="Liam O'Connor",
            interview_event_id=type(meetings)(mine).id_after("("),
            field_submissions=[{"path": path, "value": value} for path, value in values.items()],
        )
        return None

    def wrong(self, state: State, answer: Any) -> Iterator[str]:
        """It is his, for the pairing, with what he said."""
        liam = state.one("user", email="liam@example.com")["id"]
        his = state.all("feedback", applicationId=state.application(self.name)["id"], submittedByUserId=liam)
        values = [it["submittedValues"] for it in his]
        said = {"overall_recommendation": "4", "feedback": "Drove the exercise from the first minute."}
        if values != [{**said, "technical_depth": {"score": 4}}]:
            yield f"his scorecards are {values}"
        pairing = state.one("interview", title="Pair Programming")["id"]
        if [it.get("interviewId") for it in his] != [pairing]:
            yield "it is not for the interview that he gave"


JOBS = (NewAddress(), Referral(), Feedback(), Scorecard())
