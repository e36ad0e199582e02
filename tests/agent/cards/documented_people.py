"""What Ashby documents about writes on candidates and applications."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from desk import EXAMPLES, Desk, Request, make
from documented import NONE, Documented
from situations import SRE, email, feedback, held, in_archive, reason, stage
from test_card_second_look import answer


def updated(desk: Desk, **more: Any) -> Request:
    return make("update_candidate", candidate_id=desk.candidate(), **more)


def noted(desk: Desk, note: Any = "Hello.", **more: Any) -> Request:
    return make("create_candidate_note", candidate_id=desk.candidate(), note=note, **more)


def applied(desk: Desk, **more: Any) -> Request:
    return make("create_application", candidate_id=desk.candidate(), job_id=desk.job(SRE), **more)


def applied_with_history(desk: Desk, *stages: str, **more: Any) -> Request:
    history = [
        {
            "interview_stage_id": desk.stage(it),
            "stage_number": number,
            "entered_stage_at": f"2026-10-0{number + 1}T00:00:00Z",
        }
        for number, it in enumerate(stages)
    ]
    return applied(desk, application_history=history[::-1], **more)


def archived(desk: Desk, **more: Any) -> Request:
    return stage(desk, "Archived", **reason(desk), **more)


def without_primary_address(desk: Desk) -> Request:
    """Archives with an e-mail where the candidate has only an address that is not the primary one."""
    request = archived(desk, **email(desk))
    candidate = desk.client.call(make("get_candidate", candidate_id=desk.candidate()))
    application = desk.client.call(make("get_application", application_id=desk.application()))
    addresses = [{"value": "ada@work.example", "type": "Work", "isPrimary": False}]
    without = {key: value for key, value in candidate.items() if key != "primaryEmailAddress"}
    answer(desk, "candidate.info", {**without, "emailAddresses": addresses})
    person = {key: value for key, value in application["candidate"].items() if key != "primaryEmailAddress"}
    answer(desk, "application.info", {**application, "candidate": person})
    return request


def archived_again(desk: Desk, **more: Any) -> Request:
    """Moves what is archived to another archived stage."""
    another = desk.client.call(make("get_interview_stage", interview_stage_id=desk.stage("Onsite")))
    answer(desk, "interviewStage.info", {**another, "title": "Rejected after onsite", "type": "Archived"})
    return stage(desk, "Onsite", in_archive(desk)[0], **reason(desk), **more)


def with_offers(request: Callable[[Desk], Request], *offers: dict[str, Any], desk: Desk) -> Request:
    """The call where Ashby answers with these offers for the application."""
    made = request(desk)
    version = {"id": desk.id("job", title=SRE), "createdAt": "2026-10-20T09:00:00.000Z", "approvalStatus": None}
    whole = [
        {"id": desk.application(), "applicationId": desk.application(), "latestVersion": version, **it} for it in offers
    ]
    answer(desk, "offer.list", whole)
    return made


def archived_with(*offers: dict[str, Any]) -> Callable[[Desk], Request]:
    return lambda desk: with_offers(archived, *offers, desk=desk)


def hired_with(*offers: dict[str, Any]) -> Callable[[Desk], Request]:
    return lambda desk: with_offers(partial(stage, to="Hired"), *offers, desk=desk)


def terms(of: str) -> dict[str, Any]:
    return {"latestVersion": {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "createdAt": f"{of}T09:00:00.000Z"}}


OUT = {"acceptanceStatus": "WaitingOnResponse", "offerStatus": "WaitingOnCandidateResponse"}
ACCEPTED = {"acceptanceStatus": "Accepted", "offerStatus": "CandidateAccepted", "decidedAt": "2026-10-25T09:00:00.000Z"}
LAGGING = {**ACCEPTED, "offerStatus": "WaitingOnCandidateResponse"}
CANCELLED = {"acceptanceStatus": "Cancelled", "offerStatus": "OfferCancelled"}
UNKNOWN = {"acceptanceStatus": None, "offerStatus": None}
ENDS = "It is not documented whether archiving ends an offer."


PEOPLE: dict[str, list[Documented]] = {
    "create_candidate": [
        Documented(
            "adds a candidate, and considers them for no job",
            EXAMPLES["create_candidate"],
            ["not considered for any job"],
        ),
        Documented(
            "the address is the primary, personal one",
            EXAMPLES["create_candidate"],
            ["E-mail address mary@example.com"],
        ),
    ],
    "update_candidate": [
        Documented(
            "what is not named stays",
            lambda it: updated(it, name="Ada King"),
            ["Change the name of"],
            ["E-mail address"],
        ),
        Documented(
            "a list of links replaces all, and single links beside it are ignored",
            lambda it: updated(
                it,
                github_url="https://github.com/x",
                social_links=[{"type": "GitHub", "url": "https://github.com/ada"}],
            ),
            ["List of links", "overrides the single links"],
            ["nothing would change"],
        ),
        Documented(
            "a further address is added",
            lambda it: updated(it, alternate_email="a@b.example"),
            ["Further e-mail address a@b.example"],
            ["nothing would change"],
        ),
        Documented(
            "subscribers are notified by default",
            lambda it: updated(it, name="Ada King"),
            ["subscribed to the candidate are notified"],
        ),
        Documented(
            "unless that is turned off",
            lambda it: updated(it, name="Ada King", send_notifications=False),
            ["are not notified"],
        ),
        Documented(
            "the fate of the old address is open",
            lambda it: updated(it, email="a@b.example"),
            ["It is not documented whether the present e-mail address stays on the profile"],
        ),
        Documented(
            "so is that of a place's other parts",
            lambda it: updated(it, location={"city": "Paris"}),
            ["It is not documented whether the parts of the location that are not given stay."],
            ["nothing would change"],
        ),
    ],
    "create_candidate_note": [
        Documented("subscribers are not notified by default", noted, ["subscribed to the candidate are not notified"]),
        Documented(
            "unless that is asked for",
            lambda it: noted(it, send_notifications=True),
            ["subscribed to the candidate are notified"],
        ),
        Documented("it is not private by default", noted, ["The note is not private."]),
        Documented(
            "a private one needs a key that may see private fields",
            lambda it: noted(it, is_private=True),
            ["only users and API keys that may see private fields", "Ashby accepts a private note only from"],
        ),
        Documented(
            "HTML keeps a few elements",
            lambda it: noted(it, {"type": "text/html", "value": "<h1>Hi</h1>"}),
            ["Ashby strips all HTML except bold"],
        ),
        Documented("plain text keeps everything", noted, NONE, ["strips"]),
    ],
    "add_candidate_tag": [Documented("adds a tag", EXAMPLES["add_candidate_tag"], ["Fast track"])],
    "upload_candidate_resume": [
        Documented(
            "the file is parsed, for what is missing only",
            EXAMPLES["upload_candidate_resume"],
            ["fills in what is missing on the profile; existing values stay"],
        ),
    ],
    "upload_candidate_file": [
        Documented(
            "attaches it to the profile",
            EXAMPLES["upload_candidate_file"],
            ["Attach the file reference letter.txt to the profile of Ada Lovelace"],
            NONE,
        )
    ],
    "remove_candidate_tag": [Documented("removes a tag", EXAMPLES["remove_candidate_tag"], ["Fast track"])],
    "create_candidate_tag": [
        Documented("a tag is new", EXAMPLES["create_candidate_tag"], ["can't delete"], ["existing tag"]),
        Documented(
            "a title that is taken makes no other tag",
            lambda _: make("create_candidate_tag", title="fast track"),
            ["Ashby returns the existing tag and creates no other."],
        ),
    ],
    "add_candidate_project": [
        Documented("adds to a project", EXAMPLES["add_candidate_project"], ["Harbour Robotics launch"])
    ],
    "remove_candidate_project": [
        Documented("removes from a project", EXAMPLES["remove_candidate_project"], ["from the project Maritime"])
    ],
    "create_application": [
        Documented("it starts in the first stage of type Lead", applied, ["starting in the first Lead stage"]),
        Documented(
            "or in the first pre-interview screen",
            lambda it: applied(it, interview_stage_id="FirstPreInterviewScreen"),
            ["starting in the first pre-interview screen"],
        ),
        Documented("the plan is the default one", applied, ["Interview plan the default of the job"]),
        Documented(
            "a history's highest number is the present stage",
            lambda it: applied_with_history(it, "New Lead", "Onsite"),
            ["starting in Onsite"],
            ["Lead stage"],
        ),
        Documented(
            "an archived stage in it needs a reason",
            lambda it: applied_with_history(it, "New Lead", "Archived"),
            ["has no archive reason: Ashby will refuse", "archived from the start"],
        ),
        Documented(
            "its stages belong to the plan",
            lambda it: applied_with_history(
                it, "New Lead", interview_plan_id=it.id("interviewPlan", title="Business & Design")
            ),
            ["A stage of the history belongs to another interview plan: Ashby will refuse"],
            ["Ashby may refuse"],
        ),
    ],
    "update_application": [
        Documented(
            "subscribers are notified by default",
            EXAMPLES["update_application"],
            ["subscribed to the application are notified"],
        ),
        Documented(
            "a creation time that is not given becomes that of the call",
            EXAMPLES["update_application"],
            ["becomes the time of the call"],
        ),
        Documented(
            "one that is given is set",
            lambda it: make("update_application", application_id=it.application(), created_at="2026-01-01T00:00:00Z"),
            ["Creation time Thu 1 Jan 2026"],
            ["becomes the time of the call"],
        ),
    ],
    "change_application_stage": [
        Documented(
            "archiving needs a reason", lambda it: stage(it, "Archived"), ["No reason is given: Ashby will refuse"]
        ),
        Documented(
            "a reason is for archiving only",
            lambda it: stage(it, "Offer", **reason(it)),
            ["for archiving only: Ashby will refuse"],
        ),
        Documented(
            "without an e-mail none is asked for",
            archived,
            ["The application is archived.", "asks for no e-mail"],
            ["becomes active"],
        ),
        Documented(
            "without a time the e-mail goes the following morning",
            lambda it: archived(it, **email(it)),
            [
                "the following morning at 9:32 in the organization's time zone",
                "If the e-mail can't be sent, Ashby does not move the application.",
            ],
            ["at once"],
        ),
        Documented(
            "at a time that is past, at once",
            lambda it: archived(it, **email(it, send_at="2026-11-01T09:00:00Z")),
            [
                "at ada.lovelace@example.org at once.",
                "time, Sun 1 Nov 2026, 09:00 UTC, is in the past: it is sent at once.",
            ],
            ["9:32"],
        ),
        Documented(
            "at its time, if that is to come",
            lambda it: archived(it, **email(it, send_at="2026-11-05T09:00:00Z")),
            ["on Thu 5 Nov 2026, 09:00 UTC"],
            ["at once", "9:32"],
        ),
        Documented(
            "what is archived already gets no e-mail",
            lambda it: archived_again(it, **email(it)),
            [
                "archived already: Ashby sends no e-mail",
                "The application stays archived.",
                "Whether the reason takes the place of the present one is not documented.",
            ],
            ["gets the e-mail", "becomes active", "The application is archived.", "recalled"],
        ),
        Documented(
            "what is archived can come back",
            lambda it: stage(it, "Onsite", in_archive(it)[0]),
            ["Whether the archived application becomes active again is not documented."],
            ["stays archived"],
        ),
        Documented(
            "also as a lead",
            lambda it: stage(it, "New Lead", in_archive(it)[0]),
            ["becomes a lead again"],
            ["becomes active"],
        ),
        Documented(
            "the template has to be meant for e-mail",
            lambda it: archived(
                it, archive_email={"communication_template_id": it.id("communicationTemplate", title="First contact")}
            ),
            ["is not intended for e-mail: Ashby will refuse"],
            ["gets the e-mail", "recalled"],
        ),
        Documented(
            "the candidate has to have a primary e-mail address",
            without_primary_address,
            ["The candidate has no primary e-mail address: Ashby will refuse."],
            ["gets the e-mail", "recalled"],
        ),
        Documented(
            "an offer that is out is told",
            archived_with(OUT),
            [
                "The offer for this application is under way: waiting on candidate response, "
                "its latest terms from Tue 20 Oct 2026, 09:00 UTC.",
                ENDS,
            ],
        ),
        Documented(
            "so is one that is accepted",
            archived_with(ACCEPTED),
            ["is accepted, decided on Sun 25 Oct 2026, 09:00 UTC", ENDS],
        ),
        Documented(
            "the status of an offer may lag",
            archived_with(LAGGING),
            [
                "is accepted according to one of its statuses "
                "(acceptance status “accepted”, offer status “waiting on candidate response”)"
            ],
        ),
        Documented(
            "an offer may have no status",
            archived_with(UNKNOWN),
            ["may still stand: acceptance status “not known”, offer status “not known”", ENDS],
        ),
        Documented(
            "an offer that is over does not stand", archived_with(CANCELLED), NONE, ["offer for this application", ENDS]
        ),
        Documented(
            "the newest terms are the current ones",
            archived_with({**ACCEPTED, **terms("2026-10-20")}, {**OUT, **terms("2026-10-28")}),
            [
                "An earlier of 2 offers for this application is accepted",
                "The newest of 2 offers for this application is under way",
            ],
        ),
        Documented(
            "terms may be newer than the decision",
            archived_with({**ACCEPTED, **terms("2026-10-28")}),
            ["the decision is older than these terms"],
        ),
        Documented(
            "a hire may not bypass an offer's approval",
            lambda it: stage(it, "Hired"),
            ["counts as hired", "Ashby refuses to skip an offer's approval"],
        ),
        Documented(
            "an accepted offer is what it takes",
            hired_with(ACCEPTED),
            ["counts as hired"],
            ["refuses to skip", "is accepted"],
        ),
        Documented(
            "not one that was canceled since",
            hired_with({**ACCEPTED, "offerStatus": "OfferCancelled"}),
            [
                "may still stand: acceptance status “accepted”, offer status “offer cancelled”",
                "No accepted offer is known",
            ],
        ),
    ],
    "change_application_source": [
        Documented("null takes the source away", EXAMPLES["change_application_source"], ["Clear the source"]),
    ],
    "submit_application_feedback": [
        Documented("it is credited to the user", EXAMPLES["submit_application_feedback"], ["credited to Yuki"]),
        Documented(
            "or to the key's",
            lambda it: feedback(it, [{"path": "overall_recommendation", "value": "Yes"}]),
            ["credited to the user of the API key"],
        ),
        Documented(
            "on a meeting, only to its interviewer",
            lambda it: feedback(it, [], interview_event_id=held(it)["id"], user_id=it.user("Maren")),
            ["did not take part in this meeting: Ashby will refuse"],
        ),
    ],
}
"""By the name of the tool."""
