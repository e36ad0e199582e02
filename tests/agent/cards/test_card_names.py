"""Two records of one name are told apart on every card, whatever it is that differs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from desk import ADA, EXAMPLES, NOW, STAFF, Desk, Request, make, meeting
from recorder import Answer, Recorder, Sent, success
from situations import SRE, email, reason

from langchain_ashby import AshbyClient
from langchain_ashby.agent.cards import Card, ReadCache, card_of
from langchain_ashby.agent.cards.names import apart
from langchain_ashby.sandbox.records import KINDS
from langchain_ashby.text.letters import alike
from langchain_ashby.text.words import called, named, shown

pytestmark = pytest.mark.slow

MADE = "2026-01-02T10:00:00.000Z"


def of_kind(desk: Desk, kind: str, number: int = -1, **having: Any) -> str:
    """The id of a record that is not the one of the examples."""
    return [str(it["id"]) for it in desk.seed[kind] if all(it.get(key) == value for key, value in having.items())][
        number
    ]


def twins(desk: Desk, kind: str, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What may differ between two records of one kind and one name."""
    others: dict[str, list[dict[str, Any]]] = {
        "candidate": [
            {"emailAddresses": [{"value": "other@example.org", "type": "Work", "isPrimary": True}]},
            {"emailAddresses": [], "phoneNumbers": [{"value": "+47 1", "type": "Work", "isPrimary": True}]},
            {"emailAddresses": [], "phoneNumbers": [], "company": "Analytical Society"},
        ],
        "application": [
            {"createdAt": MADE},
            {"jobId": twin(desk, "job", record.get("jobId"), customRequisitionId="TW-9")},
        ],
        "job": [
            {"customRequisitionId": "TW-9"},
            {"locationId": of_kind(desk, "location", type="Location")},
            {"customRequisitionId": None},
            {"customRequisitionId": None, "departmentId": of_kind(desk, "department")},
        ],
        "interviewStage": [
            {"orderInInterviewPlan": 21},
            {"interviewPlanId": of_kind(desk, "interviewPlan", title="Executive Search")},
            {"interviewPlanId": of_kind(desk, "interviewPlan", title="Apprenticeship (draft)")},
        ],
        "interview": [{"externalTitle": "A talk"}, {"isDebrief": not record.get("isDebrief")}, {"jobId": desk.job()}],
        "interviewPlan": [{"isArchived": True}, {"createdAt": MADE}, {}],
        "feedbackFormDefinition": [{"isArchived": True}],
        "opening": [{"latestVersion": {**record.get("latestVersion", {}), "identifier": "OP-X"}}],
        "user": [{"email": "namesake@example.com"}, {"isEnabled": False}],
        "department": [{"parentId": of_kind(desk, "department", parentId=None)}, {"isArchived": True}],
        "location": [{"parentLocationId": None}, {"isArchived": True}, {}],
        "source": [{"sourceType": {"id": MADE, "title": "Agency", "isArchived": False}}, {"isArchived": True}, {}],
        "archiveReason": [{"reasonType": "RejectedByCandidate"}, {"isArchived": True}, {}],
        "closeReason": [{"isArchived": True}, {}],
        "candidateTag": [{"isArchived": True}, {}],
        "project": [{"isArchived": True}, {"createdAt": MADE}, {}],
        "customField": [{"fieldType": "String"}, {}],
        "communicationTemplate": [{"createdAt": MADE}, {}],
        "applicationHiringTeamRole": [{}],
        "jobPosting": [
            {
                "locationIds": record.get("locationIds", {})
                | {"primaryLocationId": of_kind(desk, "location", name="London")}
            },
        ],
        "offer": [{"applicationId": twin(desk, "application", record.get("applicationId"), createdAt=MADE)}],
        "interviewSchedule": [
            {"applicationId": twin(desk, "application", record.get("applicationId"), createdAt=MADE)},
        ],
    }
    return others.get(kind, [])


def twin(desk: Desk, kind: str, record_id: Any, **other: Any) -> str | None:
    """The id of a new record like another one, but for some of its values; None stands for a key that it lacks."""
    store = desk.sandbox._engine.store
    found = store.get(KINDS[kind], record_id)
    if found is None:
        return None
    new_id = str(uuid5(NAMESPACE_URL, json.dumps([record_id, other], sort_keys=True)))
    record = {key: value for key, value in ({**found, **other, "id": new_id}).items() if value is not None}
    with store.transaction():
        if store.get(KINDS[kind], new_id) is None:
            store.add(KINDS[kind], record)
    return new_id


def kinds_of(desk: Desk) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The kind of each record, and the record, by id."""
    return {str(it["id"]): (kind, it) for kind, records in desk.sandbox.state().items() for it in records}


def words_of(card: Card) -> str:
    """What a card says in words: neither the exact arguments nor the addresses of links."""
    return json.dumps([card["line"], card["changes"], card["consequences"], card["warnings"]], ensure_ascii=False)


def with_twins(desk: Desk, request: Request) -> Iterator[tuple[str, list[Request]]]:
    """For each record that a call names: its kind, and the call with others of its name, which differ in one value.

    The first is a mere copy, so that nothing else tells them apart, such as applications that only one has. Where even
    copies have to be told apart, the record itself is there, too.
    """
    call, known = request.model_dump_json(exclude_unset=True), kinds_of(desk)
    for record_id in [it for it in known if it in call]:
        kind, record = known[record_id]
        differing = twins(desk, kind, record)
        others = [record_id if {} in differing else twin(desk, kind, record_id)] if differing else []
        others += [twin(desk, kind, record_id, **other) for other in differing]
        calls = [json.loads(call.replace(record_id, str(it))) for it in others]
        yield kind, [type(request).model_validate(it) for it in calls]


@pytest.mark.parametrize("name", EXAMPLES)
def test_cards_for_two_records_of_one_name_differ(desk: Desk, name: str) -> None:
    for kind, calls in with_twins(desk, EXAMPLES[name](desk)):
        reads = ReadCache(desk.client, now=NOW)
        said = [words_of(card_of(it, reads)) for it in calls]
        for one, other in combinations(range(len(said)), 2):
            assert said[one] != said[other], (kind, calls[one], calls[other])


def test_every_record_that_a_write_names_has_twins(desk: Desk) -> None:
    without = {kind for name in EXAMPLES for kind, calls in with_twins(desk, EXAMPLES[name](desk)) if not calls}
    assert not without


def test_one_persons_applications_for_two_jobs_of_one_title_are_told_apart(desk: Desk) -> None:
    job = twin(desk, "job", desk.job(), customRequisitionId=None, locationId=of_kind(desk, "location", name="Hamburg"))
    other = twin(desk, "application", desk.application(), jobId=job)
    both = [desk.application(), other]
    to = {"interview_stage_id": desk.stage("Archived"), **reason(desk)}
    reads = ReadCache(desk.client, now=NOW)
    moves = [card_of(make("change_application_stage", application_id=it, **to), reads) for it in both]
    who = f"Move {ADA} (ada.lovelace@example.org), {STAFF}"
    assert [it["line"] for it in moves] == [
        f"{who} ({job}, considered since 30 Jun 2026), from Onsite to Archived; reason: Spam (other)"
        for job in ("TW-101, Oslo", "Hamburg, Platform")
    ]


def test_a_name_that_looks_like_one_with_an_address_is_quoted() -> None:
    assert named("Ada (ada@example.org)", "mallory@example.org") == "“Ada (ada@example.org)” (mallory@example.org)"
    assert named("Ada", "ada@example.org") == "Ada (ada@example.org)"
    assert called({"id": "1", "name": "Ada, hired", "apart": ["a@b.c"]}) == "“Ada, hired” (a@b.c)"
    assert shown({"id": "1", "name": "Pay", "apart": ["other", "archived"]}) == "Pay (other, archived)"


def test_what_has_parentheses_of_its_own_is_quoted_within_others(desk: Desk) -> None:
    job = {"title": SRE, "customRequisitionId": "TW-102", "location": {"name": "Remote (Europe)"}}
    assert called({"name": SRE, "apart": apart(job)}) == f"{SRE} (TW-102, “Remote (Europe)”)"
    plan = desk.id("interviewPlan", title="Executive Search")
    stage = twin(
        desk, "interviewStage", desk.stage("Offer"), interviewPlanId=twin(desk, "interviewPlan", plan, isArchived=True)
    )
    card = desk.card(make("change_application_stage", application_id=desk.application(), interview_stage_id=stage))
    assert card["changes"][0]["after"] == "Offer (order 6, plan Executive Search [archived])"


def test_names_that_differ_only_at_their_ends_still_differ() -> None:
    one, other = (f"Staff Software Engineer, Developer Experience and Infrastructure Platforms ({it})" for it in "AB")
    assert named(one) != named(other) and len(named(one)) <= 82


@pytest.mark.parametrize("title", ["Fаst trаck", "Ｆast track", "FAST  track", "Fast\u200b track"])  # noqa: RUF001
def test_names_that_only_look_alike_are_told_apart_by_their_ids(title: str) -> None:
    titles = enumerate(["Fast track", title])
    tags = [{"id": f"{number}1111111-1111-4111-8111-111111111111", "title": it} for number, it in titles]
    assert [apart(it, tags) for it in tags] == [["id 01111111…"], ["id 11111111…"]]


def test_records_that_nothing_tells_apart_are_told_by_their_ids() -> None:
    one, other = ({"id": f"{it}" * 8, "title": "Fast track", "isArchived": False} for it in "ab")
    assert apart(one, [one, other]) == ["id aaaaaaaa…"] and apart(one, [one]) == []


@pytest.mark.parametrize("tool", ["update_application", "change_application_source", "cancel_interview_schedule"])
def test_a_job_that_cannot_be_read_leaves_its_title_and_is_said_not_to_be_checked(desk: Desk, tool: str) -> None:
    desk.sandbox.fault("job.info", status=403, body="{}", times=9)
    card = desk.card(EXAMPLES[tool](desk))
    assert f"{STAFF} (considered since 30 Jun 2026)" in card["line"]
    assert any(it.startswith("The job could not be read") for it in card["unchecked"])


def test_what_only_explains_is_not_read_when_ashby_is_slow(recorder: Recorder) -> None:
    job, department = (str(uuid5(NAMESPACE_URL, it)) for it in ("job", "department"))
    record = {"id": job, "title": "Engineer", "status": "Open", "confidential": False, "departmentId": department}

    def answer(_: Sent) -> Answer:
        time.sleep(1.2)
        return success({**record, "createdAt": MADE})

    recorder.answers["job.info"].append(answer)
    with AshbyClient("key", recorder.url, budget=2, max_retries=0) as client:
        card = card_of(make("set_job_status", job_id=job, status="Open"), ReadCache(client, now=NOW))
    assert card["line"] == "Open the job Engineer (created 2 Jan 2026)" and card["risk"] == "high"
    assert "The department of the job was not read: Ashby answers slowly." in card["unchecked"]
    assert "department.info" not in recorder.endpoints()


# Duplicates.


@pytest.mark.parametrize("argument", ["email", "alternate_email_addresses"])
def test_a_duplicate_is_found_by_any_address_and_the_card_says_by_which(desk: Desk, argument: str) -> None:
    addresses = {"email": "s@example.org", "alternate_email_addresses": ["b@example.org"]}
    somebody = desk.client.call(make("create_candidate", name="Somebody Else", **addresses))
    card = desk.card(make("create_candidate", name="Bea", **{"email": "bea@example.org", argument: "B@example.org"}))
    found = "A candidate with the e-mail address B@example.org exists: Somebody Else (s@example.org), added "
    assert card["risk"] == "high" and any(it.startswith(found) for it in card["warnings"])
    assert [it["url"] for it in card["links"]] == [somebody["profileUrl"]]
    card = desk.card(make("update_candidate", candidate_id=desk.candidate(), alternate_email="B@example.org"))
    found = "Another candidate has the e-mail address B@example.org: Somebody Else (s@example.org), added "
    assert any(it.startswith(found) for it in card["warnings"])


def test_more_addresses_than_are_searched_for_are_said_not_to_be_checked(desk: Desk) -> None:
    many = [f"bea{number}@example.org" for number in range(7)]
    card = desk.card(make("create_candidate", name="Bea", alternate_email_addresses=many))
    assert card["unchecked"] == ["Only 5 of the 7 e-mail addresses were looked up."]
    assert not any("by name only" in it for it in card["warnings"])


def test_two_jobs_of_the_title_of_a_new_one_are_both_named(desk: Desk) -> None:
    twin(desk, "job", desk.job(), customRequisitionId="TW-9", status="Closed")
    places = {"department_id": desk.id("department", name="Platform"), "location_id": desk.id("location", name="Oslo")}
    card = desk.card(make("create_job", title=STAFF, **places))
    assert [it for it in card["warnings"] if "with this title" in it] == [
        f"A job with this title exists: {STAFF} (TW-101); it is open.",
        f"A job with this title exists: {STAFF} (TW-9); it is closed.",
    ]


# Interviewers.


def test_two_interviewers_of_one_name_are_told_apart_by_their_addresses(desk: Desk) -> None:
    twin(desk, "user", desk.user("Sofia"), email="sofia2@example.com")
    cards = [
        desk.card(
            make(
                "create_interview_schedule",
                application_id=desk.application(),
                interview_events=[meeting(interviewers=[{"email": it}])],
            )
        )
        for it in ("sofia@example.com", "sofia2@example.com")
    ]
    assert [str(it["changes"][0]["after"]).partition(", with ")[2] for it in cards] == [
        "Sofia Marchetti (sofia@example.com)",
        "Sofia Marchetti (sofia2@example.com)",
    ]


def test_two_templates_of_one_title_are_told_apart(desk: Desk) -> None:
    of_one_title = desk.one("communicationTemplate", title="Rejection after review")["id"]
    other = twin(desk, "communicationTemplate", of_one_title, createdAt=MADE)
    cards = []
    for template in (of_one_title, other):
        sent = {**email(desk)["archive_email"], "communication_template_id": template}
        cards.append(
            desk.card(
                make(
                    "change_application_stage",
                    application_id=desk.application(),
                    interview_stage_id=desk.stage("Archived"),
                    archive_email=sent,
                )
            )
        )
    assert cards[0]["consequences"] != cards[1]["consequences"]


FIELDS = [str(uuid5(NAMESPACE_URL, str(number))) for number in range(5)]
LONG: dict[str, Any] = {"fieldType": "LongText"}
QUOTED = {"title": "Notice (long text)"}


LIKE_EACH_OTHER: dict[str, list[dict[str, Any] | None]] = {
    "one like another with its type": [{}, LONG, QUOTED],
    "one like an exact title": [{}, LONG, QUOTED, {"title": f"Notice (long text and id {FIELDS[1]})"}],
    "a private one": [LONG, {**QUOTED, "isPrivate": True}, {"fieldType": "Url"}],
    "an archived one": [{}, {"isArchived": True}],
    "all alike": [{}, {}, {"isPrivate": True}],
    "other letters": [{}, LONG, {"title": "NOTICE (long text)"}, {"title": "Notice\u200b"}],
    "one like a fact": [{"title": "Candidate"}],
    "unknown ones": [{"title": "Custom field"}, None, None],
}
"""Custom fields of one record, by what is odd about them: how they differ from the others; None for unknown ones."""


@pytest.mark.parametrize("definitions", LIKE_EACH_OTHER.values(), ids=LIKE_EACH_OTHER)
def test_custom_fields_whose_titles_could_read_the_same_keep_their_values_apart(
    desk: Desk, definitions: list[dict[str, Any] | None]
) -> None:
    ids, store = FIELDS[: len(definitions)], desk.sandbox._engine.store
    kinds = {"title": "Notice", "objectType": "Application", "fieldType": "String"}
    flags = {"isRequired": False, "isPrivate": False, "isArchived": False}
    known = {
        it: {"id": it, **kinds, **flags, **own} for it, own in zip(ids, definitions, strict=True) if own is not None
    }
    before = {it: f"https://example.com/{number}" for number, it in enumerate(known)}
    after = {it: f"https://example.com/new/{number}" for number, it in enumerate(ids)}
    application = store.get(KINDS["application"], desk.application())
    assert application is not None
    with store.transaction():
        for definition in known.values():
            store.add(KINDS["customField"], definition)
        store.put(KINDS["application"], {**application, "customFieldValues": before})

    values = [{"custom_field_id": it, "field_value": value} for it, value in after.items()]
    what = {"object_type": "Application", "object_id": desk.application()}
    card = desk.card(make("set_custom_field_values", **what, values=values))

    titles = {it: str(card["refers"][it]["name"]) for it in ids}
    assert len({alike(it) for it in titles.values()}) == len(ids)
    assert [it["field"] for it in card["changes"]] == [*titles.values()]
    facts = {titles[it]: value for it, value in before.items()}
    assert {it: fact for it, fact in card["facts"].items() if it in titles.values()} == facts
    assert card["facts"]["Candidate"]["id"] == application["candidateId"]
    is_private = [titles[it] for it in ids if it not in known or known[it]["isPrivate"]]
    assert [*card["private"]] == is_private


def test_a_custom_field_is_called_by_its_title_alone_where_no_other_on_the_card_reads_like_it(desk: Desk) -> None:
    store = desk.sandbox._engine.store
    field = desk.one("customField", objectType="Candidate", title="Preferred name")
    with store.transaction():
        store.add(KINDS["customField"], {**field, "id": FIELDS[0], "title": "Preferred name (string)"})
    what = {"object_type": "Candidate", "object_id": desk.candidate(), "field_value": "Ada"}
    titles = [
        desk.card(make("set_custom_field_value", **what, custom_field_id=it))["changes"][0]["field"]
        for it in (field["id"], FIELDS[0])
    ]
    assert titles == ["Preferred name", "Preferred name (string)"]
