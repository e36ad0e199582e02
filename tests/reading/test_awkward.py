"""Awkward but possible records, written by hand: results describe them truthfully."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from recorder import Recorder, success

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import short

ONE, TWO, THREE = (f"3f1c000{it}-5b1e-4c3e-9d52-6c1f1c7a0b1{it}" for it in (1, 2, 3))
S1, S2, S3 = short(ONE), short(TWO), short(THREE)


class Awkward(NamedTuple):
    """A reply from Ashby, and lines that the tool's answer must contain."""

    tool: str
    results: Any
    lines: list[str]
    args: dict[str, Any] = {}  # noqa: RUF012


def _candidate(**more: Any) -> dict[str, Any]:
    return {"id": ONE, "name": "Ada", "emailAddresses": [], "tags": [], "applicationIds": [TWO]} | more


def _application(**more: Any) -> dict[str, Any]:
    times = {"createdAt": "2026-08-05T10:00:00Z", "updatedAt": "2026-10-26T10:00:00Z"}
    return {"id": ONE, "status": "Active", "currentInterviewStage": {"id": TWO, "title": "Onsite"}, **times} | more


def _answered(kind: str, answer: Any, *choices: dict[str, Any]) -> list[dict[str, Any]]:
    field = {"path": "p", "title": "Asked", "type": kind, "selectableValues": [*choices]}
    form = {"sections": [{"fields": [{"isRequired": True, "field": field}]}]}
    return [{"id": ONE, "applicationId": TWO, "formDefinition": form, "submittedValues": {"p": answer}}]


def _paid(**salary: Any) -> dict[str, Any]:
    return {"id": ONE, "offerStatus": "X", "acceptanceStatus": "Y", "latestVersion": {"id": TWO, "salary": salary}}


OFFER, LISTED = "ashby_get_offer", "ashby_list_applications"
CASES: dict[str, Awkward] = {
    "a candidate whose addresses are null may have one": Awkward(
        "ashby_list_candidates",
        [_candidate(emailAddresses=None), _candidate(id=TWO)],
        [f"{S1} Ada|unknown|{S2}", f"{S2} Ada|-|{S2}"],
    ),
    "a tag and a source without a title are not none": Awkward(
        "ashby_list_candidates",
        [
            _candidate(tags=[{"id": TWO, "title": None}, {"id": ONE, "title": "Fast"}], source={"id": ONE}),
            _candidate(id=TWO, tags=[{"id": ONE, "title": "unknown"}], source=None),
        ],
        [f"{S1} Ada|-|unknown, Fast|unknown|{S2}", f'{S2} Ada|-|"unknown"||{S2}'],
    ),
    "a reason without a text still says who rejected whom": Awkward(
        LISTED,
        [
            _application(archiveReason={"id": TWO, "text": None, "reasonType": "RejectedByOrg"}),
            _application(id=TWO, archiveReason=None),
        ],
        [f"{S1} Onsite||unknown (by org)|20260805|20261026", f"{S2} Onsite|||20260805|20261026"],
    ),
    "jobs without a title are told apart": Awkward(
        LISTED,
        [_application(job={"id": ONE, "title": None}), _application(id=TWO, job={"id": TWO, "title": None})],
        [f"{S1} unknown ({S1[:6]}…)|Onsite||20260805|20261026", f"{S1} unknown", f"{S2} unknown"],
    ),
    "a job without an id is not taken for the number of another": Awkward(
        LISTED,
        [_application(job={"title": "1"}), *[_application(job={"id": TWO, "title": "Cook"})] * 11],
        [f"{S1} 1||805|1026", f"{S1} 2||805|1026", "1 |1", f"2 {S2}|Cook"],
    ),
    "a job, an address and a title of another width and script stay as they are": Awkward(
        "ashby_list_jobs",
        [{"id": it, "title": title} for it, title in ((ONE, "Cook"), (TWO, "Ｃook"), (THREE, "Сook"))],  # noqa: RUF001
        [f"{S1} Cook|unknown", f"{S2} Ｃook|unknown", f"{S3} Сook|unknown"],  # noqa: RUF001
    ),
    "openings that are null are not none, and those not asked for are not told": Awkward(
        LISTED,
        [_application(openings=None), _application(id=TWO, openings=[])],
        [f"{S1} Onsite||unknown|20260805|20261026", f"{S2} Onsite||(none)|20260805|20261026"],
        {"expand": ["openings"]},
    ),
    "a change that is null is not none since": Awkward(
        LISTED,
        [_application(createdAt=None, updatedAt=None), _application(id=TWO)],
        [f"{S1} Onsite|||unknown", f"{S2} Onsite||20260805|20261026"],
    ),
    "a stay without a beginning": Awkward(
        "ashby_get_application",
        _application(applicationHistory=[{"id": ONE, "title": "Onsite", "stageId": TWO, "enteredStageAt": None}]),
        [f"  Onsite: since (start not given) ({S2})"],
        {"application_id": ONE},
    ),
    "an offer whose terms are null is not one that needs no approval": Awkward(
        "ashby_list_offers",
        [{"id": ONE, "offerStatus": "X", "acceptanceStatus": "Y", "latestVersion": None}],
        ["# offer_id offer|acceptance|approval", f"{S1} X|Y|unknown"],
    ),
    "pay without end": Awkward(
        OFFER, _paid(value=10**400, currencyCode="EUR"), [f"  salary: 1{'0' * 400} EUR"], {"offer_id": ONE}
    ),
    "pay below zero, in halves": Awkward(
        OFFER,
        _paid(minValue=-0.5, maxValue=0, currencyCode="EUR", interval="0.5 MONTH"),
        ["  salary: -0.5 to 0 EUR every half month"],
        {"offer_id": ONE},
    ),
    "pay with a label and no type": Awkward(
        OFFER,
        _paid(label="Sign-on", minValue=5, currencyCode="EUR", interval="1 TIME"),
        ["  salary: Sign-on: from 5 EUR once"],
        {"offer_id": ONE},
    ),
    "a custom field without a title, with zero, no, nothing and null": Awkward(
        "ashby_get_candidate",
        _candidate(
            customFields=[
                {"id": ONE, "title": title, "value": value}
                for title, value in ((None, 0), ("A", False), ("B", ""), ("C", None), ("D", {"a": [{"b": None}]}))
            ]
        ),
        [f"  {it} ({S1})" for it in ("unknown: 0", "A: no", "B: (none)", "C: unknown", 'D: a: [{"b": null}]')],
        {"candidate_id": ONE},
    ),
    "a choice without a label": Awkward(
        "ashby_list_application_feedback",
        _answered("ValueSelect", "a", {"value": "a", "label": None}, {"value": "b", "label": "B"}),
        ["  Asked: a"],
        {"application_id": TWO},
    ),
    "a choice of a word that is not known": Awkward(
        "ashby_list_application_feedback",
        _answered("MultiValueSelect", ["b", "new"], {"value": "b", "label": "B, C"}),
        ['  Asked: "B, C", new'],
        {"application_id": TWO},
    ),
    "a score of zero is a score": Awkward(
        "ashby_list_application_feedback",
        _answered("Score", {"score": 0, "comments": ""}),
        ["  Asked: 0 of 4"],
        {"application_id": TWO},
    ),
    "an approval whose steps are null, and one whose approvers are": Awkward(
        "ashby_list_approvals",
        [
            {"id": ONE, "entityId": ONE, "entityType": "offer", "steps": None},
            {"id": TWO, "entityId": TWO, "entityType": "offer", "steps": [{"approvalsRequired": 0, "approvers": None}]},
        ],
        ["  (steps unknown)", "  takes 0 approvals; not completed; approvers unknown"],
        {"entity_type": "offer"},
    ),
    "an interview over the end of summer time, with somebody who has no name": Awkward(
        "ashby_list_interview_schedules",
        [
            {
                "id": ONE,
                "applicationId": TWO,
                "status": "SomethingNew",
                "interviewEvents": [
                    {
                        "id": THREE,
                        "startTime": "2026-10-25T02:30:00+02:00",
                        "endTime": "2026-10-25T02:30:00+01:00",
                        "interviewers": [{"id": TWO, "email": None, "isEnabled": None}],
                    }
                ],
            }
        ],
        [
            f"  2026-10-25T02:30+02:00 to 2026-10-25T02:30+01:00, interview ({S3}); "
            f"with {S2} (not known whether deactivated)",
            f"{S1} {S2}|not read|not read|SomethingNew",
        ],
    ),
    "an archived stage, and one whose type is new": Awkward(
        "ashby_list_interview_stages",
        [
            {"id": ONE, "title": "Archived", "type": "Archived", "orderInInterviewPlan": 0},
            {"id": TWO, "title": "Archived", "type": "OnIce", "orderInInterviewPlan": None},
            {"id": THREE, "title": "Archived", "type": None},
        ],
        [f"{S1} 0|Archived", f"{S2} |Archived (OnIce)", f"{S3} |Archived (type unknown)"],
        {"interview_plan_id": ONE},
    ),
    "a user of whom nothing is known": Awkward(
        "ashby_list_users",
        [{"id": ONE, "firstName": None, "lastName": None, "globalRole": None, "isEnabled": None}, {"id": TWO}],
        [f"{S1} unknown|unknown", f"{S2} |unknown"],
    ),
    "a place without a name": Awkward(
        "ashby_list_jobs",
        [{"id": ONE, "title": "Cook", "status": "Open", "location": {"id": TWO, "workplaceType": "Remote"}}],
        [f"{S1} Cook|Open|{S2}|unknown (Remote)|unknown"],
        {"expand": ["location"]},
    ),
    "a listing of which not all was sent": Awkward(
        "ashby_list_archive_reasons",
        [{"id": ONE, "text": "Pay", "reasonType": "NewType", "isArchived": None}],
        [f"{S1} Pay|new type|unknown"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_awkward_record_is_described_truthfully(name: str, recorder: Recorder, client: AshbyClient) -> None:
    case = CASES[name]
    recorder.answers[OPERATIONS[case.tool].path] = [success(case.results, moreDataAvailable=False)]
    [tool] = AshbyToolkit(client, include=[case.tool], private=["compensation"]).get_tools()
    text = tool.invoke(case.args)
    missing = set(case.lines) - set(text.split("\n"))
    assert not missing, text
