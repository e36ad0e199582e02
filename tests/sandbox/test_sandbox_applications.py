"""Applications, and the rules of moving them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from caller import Caller
from small_company import ident

from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.methods.stages import ORGANIZATION_ZONE

CARA = ident("Cara Ruiz for engineer")
EZRA = ident("Ezra Moss for engineer")


def stage(name: str) -> str:
    return ident(f"plan {name}")


def move(call: Caller, to: str, **more: Any) -> Any:
    return call("application.changeStage", applicationId=CARA, interviewStageId=stage(to), **more)


def refused_move(call: Caller, to: str, application: str = CARA, **more: Any) -> str:
    return call.refused("application.changeStage", applicationId=application, interviewStageId=stage(to), **more)


def make_offer(call: Caller, opening: str | None = None) -> Any:
    process = call("offerProcess.start", applicationId=CARA)
    form = call("offer.start", offerProcessId=process["id"])
    values = {"startDate": "2027-01-01", "salary": {"value": 90_000, "currencyCode": "EUR"}}
    if opening:
        values["openingId"] = ident(opening)
    submissions = [{"path": path, "value": value} for path, value in values.items()]
    return call(
        "offer.create",
        offerProcessId=process["id"],
        offerFormId=form["id"],
        offerForm={"fieldSubmissions": submissions},
    )


def accept(sandbox: AshbySandbox, offer_id: str) -> None:
    """Candidates accept offers outside the API, so this changes the records directly."""
    store = sandbox._engine.store
    from langchain_ashby.sandbox.records import Offer

    offer = store.get(Offer, offer_id)
    assert offer is not None
    with store.transaction():
        store.put(Offer, {**offer, "acceptanceStatus": "Accepted", "offerStatus": "CandidateAccepted"})


def test_lists_filter_by_status_and_job(call: Caller) -> None:
    assert [found["candidate"]["name"] for found in call("application.list", status="Lead")] == ["Dora Lind"]
    assert len(call("application.list", jobId=ident("engineer"))) == 3
    assert call("application.list", jobId=ident("engineer"), status="Hired") == []
    assert "openings" in call("application.list", expand=["openings"])[0]
    assert "openings" not in call("application.list")[0]


def test_an_application_starts_as_a_lead_in_the_default_plan(call: Caller) -> None:
    created = call("application.create", candidateId=ident("Dora Lind"), jobId=ident("closed"))
    assert created["status"] == "Lead"
    assert created["currentInterviewStage"]["id"] == stage("Lead")
    assert created["hiringTeam"][0]["firstName"] == "Anna"
    details = call("application.info", applicationId=created["id"])
    assert [entry["title"] for entry in details["applicationHistory"]] == ["Lead stage"]
    assert created["id"] in call("candidate.info", id=ident("Dora Lind"))["applicationIds"]


def test_an_application_may_start_at_the_first_screen_or_in_another_plan(call: Caller) -> None:
    body = {"candidateId": ident("Dora Lind"), "jobId": ident("engineer")}
    screened = call("application.create", **body, interviewStageId="FirstPreInterviewScreen")
    assert screened["currentInterviewStage"]["id"] == stage("PreInterviewScreen")
    other = call("application.create", **body, interviewPlanId=ident("other plan"))
    assert other["currentInterviewStage"]["id"] == ident("other plan PreInterviewScreen")
    wrong = call.refused("application.create", **body, interviewStageId=ident("other plan Active"))
    assert wrong.startswith("interview_stage_not_found")
    assert "cannot start" in call.refused("application.create", **body, interviewStageId=stage("Hired"))
    assert "no default interview plan" in call.refused("application.create", **(body | {"jobId": ident("draft")}))


def test_an_application_may_bring_its_history(call: Caller) -> None:
    body = {"candidateId": ident("Dora Lind"), "jobId": ident("engineer")}
    lead = {"stageId": stage("Lead"), "stageNumber": 0, "enteredStageAt": "2026-01-01T00:00:00Z"}
    archived = {"stageId": stage("Archived"), "stageNumber": 1, "enteredStageAt": "2026-02-01T00:00:00Z"}
    with_reason = archived | {"archiveReasonId": ident("not qualified")}
    created = call("application.create", **body, applicationHistory=[with_reason, lead])
    assert (created["status"], created["archiveReason"]["text"]) == ("Archived", "Not qualified")
    history = call("application.info", applicationId=created["id"])["applicationHistory"]
    assert history[0]["leftStageAt"] == history[1]["enteredStageAt"]
    for past in ([lead, archived], [lead, lead], [lead | {"stageNumber": 2}, with_reason]):
        assert "applicationHistory" in call.refused("application.create", **body, applicationHistory=past)


def test_a_move_closes_one_entry_of_the_history_and_opens_another(call: Caller) -> None:
    assert move(call, "Offer")["currentInterviewStage"]["type"] == "Offer"
    history = call("application.info", applicationId=CARA)["applicationHistory"]
    assert [entry["stageNumber"] for entry in history] == [0, 1]
    assert history[0]["leftStageAt"] == history[1]["enteredStageAt"]
    assert "leftStageAt" not in history[1]


def test_a_reason_is_required_to_archive_and_refused_elsewhere(call: Caller) -> None:
    reason = ident("not qualified")
    assert refused_move(call, "Archived").startswith("invalid_input archiveReasonId")
    assert refused_move(call, "Offer", archiveReasonId=reason).startswith("invalid_input archiveReasonId")
    assert refused_move(call, "Archived", archiveReasonId=ident("none")).startswith("archive_reason_not_found")
    assert refused_move(call, "Archived", archiveReasonId=ident("old reason")).startswith("archive_reason_not_found")
    archived = move(call, "Archived", archiveReasonId=reason)
    assert (archived["status"], archived["archiveReason"]["id"]) == ("Archived", reason)
    assert archived["archivedAt"]
    back = move(call, "Active")
    assert back["status"] == "Active"
    assert "archiveReason" not in back
    assert "archivedAt" not in back


def test_an_archive_email_needs_its_template_and_an_address(call: Caller) -> None:
    body = {"archiveReasonId": ident("not qualified")}
    mail: dict[str, Any] = {"archiveEmail": {"communicationTemplateId": ident("goodbye")}}
    missing: dict[str, Any] = {"archiveEmail": {"communicationTemplateId": ident("none")}}
    wrong: dict[str, Any] = {"archiveEmail": {"communicationTemplateId": ident("hello")}}
    assert refused_move(call, "Archived", **body, **missing).startswith("communication_template_not_found")
    assert refused_move(call, "Archived", **body, **wrong).startswith("communication_template_not_allowed")
    assert refused_move(call, "Archived", EZRA, **body, **mail).startswith("invalid_input archiveEmail")
    assert refused_move(call, "Offer", **mail).startswith("invalid_input archiveEmail")
    assert call("application.info", applicationId=EZRA)["status"] == "Active"
    assert move(call, "Archived", **body, **mail)["status"] == "Archived"


def email_of(call: Caller, **more: Any) -> Any:
    """When the e-mail of archiving Cara goes; None if none does."""
    mail = {"communicationTemplateId": ident("goodbye"), **more}
    move(call, "Archived", archiveReasonId=ident("not qualified"), archiveEmail=mail)
    application = next(it for it in call.sandbox.records("application") if it["id"] == CARA)
    return application.get("archiveEmail", {}).get("sendAt")


def test_an_archive_email_goes_the_following_morning_unless_it_has_a_time(call: Caller) -> None:
    today = datetime.now(ORGANIZATION_ZONE)
    goes = datetime.fromisoformat(email_of(call)).astimezone(ORGANIZATION_ZONE)
    assert goes.replace(tzinfo=None) == datetime.combine(today.date() + timedelta(days=1), time(9, 32))


@pytest.mark.parametrize(
    ("given", "goes"),
    [
        ("2099-01-01T10:00:00+01:00", "2099-01-01T09:00:00.000Z"),
        ("2099-01-01T10:00:00", "2099-01-01T10:00:00.000Z"),
    ],
)
def test_an_archive_email_goes_when_it_should_and_a_time_without_zone_is_utc(
    call: Caller, given: str, goes: str
) -> None:
    assert email_of(call, sendAt=given) == goes


def test_an_archive_email_whose_time_is_past_goes_at_once(call: Caller) -> None:
    before = datetime.now(UTC)
    sent = datetime.fromisoformat(email_of(call, sendAt="2020-01-01T10:00:00Z"))
    assert before - timedelta(seconds=1) < sent <= datetime.now(UTC)


def test_an_application_that_is_archived_already_gets_no_email(call: Caller) -> None:
    move(call, "Archived", archiveReasonId=ident("not qualified"))
    assert email_of(call) is None


def test_a_stage_of_another_plan_is_not_found(call: Caller) -> None:
    body = {"applicationId": CARA, "interviewStageId": ident("other plan Active")}
    assert call.refused("application.changeStage", **body).startswith("interview_stage_not_found")
    body = {"applicationId": ident("none"), "interviewStageId": stage("Active")}
    assert call.refused("application.changeStage", **body).startswith("application_not_found")


def test_the_same_stage_again_changes_no_history(call: Caller) -> None:
    move(call, "Active")
    assert len(call("application.info", applicationId=CARA)["applicationHistory"]) == 1


def test_hiring_needs_an_accepted_offer_and_fills_its_opening(call: Caller) -> None:
    assert "hiring needs an accepted offer" in refused_move(call, "Hired")
    offer = make_offer(call, "SEAT-1")
    assert "hiring needs an accepted offer" in refused_move(call, "Hired")
    accept(call.sandbox, offer["id"])
    assert move(call, "Hired")["status"] == "Hired"
    assert call("opening.info", openingId=ident("SEAT-1"))["openingState"] == "Filled"
    expanded = call("application.info", applicationId=CARA, expand=["openings"])
    assert [opening["id"] for opening in expanded["openings"]] == [ident("SEAT-1")]


def test_hiring_needs_an_opening_that_is_still_free(call: Caller) -> None:
    offer = make_offer(call)
    accept(call.sandbox, offer["id"])
    assert "opening" in refused_move(call, "Hired")


def test_hiring_into_an_opening_that_was_closed_is_refused(call: Caller) -> None:
    offer = make_offer(call, "SEAT-1")
    accept(call.sandbox, offer["id"])
    call("opening.setOpeningState", openingId=ident("SEAT-1"), openingState="Closed", closeReasonId=ident("budget"))
    assert refused_move(call, "Hired").startswith("opening_in_use")


def test_a_source_is_set_and_taken_away_with_null(call: Caller) -> None:
    sourced = call("application.changeSource", applicationId=CARA, sourceId=ident("referral"))
    assert sourced["source"]["title"] == "Referral"
    assert "source" not in call("application.changeSource", applicationId=CARA, sourceId=None)
    assert "sourceId: is required" in call.refused("application.changeSource", applicationId=CARA)


def test_the_deprecated_spellings_still_work(call: Caller) -> None:
    assert call("application.change_stage", applicationId=CARA, interviewStageId=stage("Offer"))
    assert call("application.change_source", applicationId=CARA, sourceId=ident("referral"))
    for asked, called in (("changeSource", "change_source"), ("change_source", "changeSource")):
        call.sandbox.fault(f"application.{asked}", status=500)
        assert call.post(f"application.{called}", {}).status_code == 500


def test_an_update_sets_source_credit_and_creation(call: Caller) -> None:
    updated = call(
        "application.update",
        applicationId=CARA,
        sourceId=ident("referral"),
        creditedToUserId=ident("ben"),
        createdAt="2025-01-01T00:00:00Z",
    )
    assert updated["creditedToUser"]["firstName"] == "Ben"
    assert updated["createdAt"] == "2025-01-01T00:00:00.000Z"
    assert "creditedToUserId" in call.refused("application.update", applicationId=CARA, creditedToUserId=ident("no"))


@pytest.mark.parametrize("expand", [["everything"], "openings"])
def test_only_known_things_can_be_expanded(call: Caller, expand: Any) -> None:
    assert "expand" in call.refused("application.info", applicationId=CARA, expand=expand)


def test_offers_hold_their_opening_and_need_its_right_state(call: Caller) -> None:
    make_offer(call, "SEAT-1")
    other = ident("Dora Lind for engineer")
    process = call("offerProcess.start", applicationId=other)

    def refused(values: dict[str, Any]) -> str:
        form = call("offer.start", offerProcessId=process["id"])
        submissions = [{"path": path, "value": value} for path, value in values.items()]
        body = {"offerProcessId": process["id"], "offerFormId": form["id"]}
        return call.refused("offer.create", **body, offerForm={"fieldSubmissions": submissions})

    terms = {"startDate": "2027-01-01", "salary": {"value": 1, "currencyCode": "EUR"}}
    assert refused(terms | {"openingId": ident("SEAT-1")}).startswith("opening_in_use")
    assert refused(terms | {"openingId": ident("SEAT-DRAFT")}).startswith("opening_state_invalid")
    assert "openingId" in refused(terms | {"openingId": ident("none")})
    assert "'salary'" in refused({"startDate": "2027-01-01"})
    assert "currencyCode" in refused(terms | {"salary": {"value": 1, "currencyCode": "euro"}})
    assert "no field 'bonus'" in refused(terms | {"bonus": 1})
    assert "startDate" in refused(terms | {"startDate": "soon"})


def test_an_offer_form_is_used_once_and_a_second_offer_makes_new_terms(call: Caller) -> None:
    offer = make_offer(call)
    assert (offer["offerStatus"], offer["acceptanceStatus"]) == ("WaitingOnApprovalStart", "Created")
    assert offer["latestVersion"]["salary"] == {"value": 90_000, "currencyCode": "EUR"}
    process = call.sandbox.records("offerProcess")[-1]
    used = call.sandbox.records("offerForm")[-1]
    submissions = [
        {"path": "startDate", "value": "2027-02-01"},
        {"path": "salary", "value": {"value": 1, "currencyCode": "EUR"}},
    ]
    body = {"offerProcessId": process["id"], "offerForm": {"fieldSubmissions": submissions}}
    assert "used already" in call.refused("offer.create", **body, offerFormId=used["id"])
    form = call("offer.start", offerProcessId=process["id"])
    again = call("offer.create", **body, offerFormId=form["id"], excludeFormDefinition=True)
    assert again["id"] == offer["id"]
    assert len(again["versions"]) == 2
    assert again["latestVersion"]["startDate"] == "2027-02-01T00:00:00.000Z"
    assert "formDefinition" not in again
    assert "formDefinition" in call("offer.info", offerId=offer["id"])
    assert "under way" in call.refused("offerProcess.start", applicationId=CARA)
    assert [found["id"] for found in call("offer.list", offerStatus=["WaitingOnApprovalStart"])] == [offer["id"]]
    assert call("offer.list", approvalStatus=["Approved"]) == []


def test_an_archived_application_gets_no_offer(call: Caller) -> None:
    move(call, "Archived", archiveReasonId=ident("not qualified"))
    assert "archived already" in call.refused("offerProcess.start", applicationId=CARA)


def test_an_offer_process_that_waits_for_its_offer_is_not_started_twice(call: Caller) -> None:
    assert call("offerProcess.start", applicationId=CARA) == call("offerProcess.start", applicationId=CARA)
