"""Finding out by reading if a write has happened: for each write, and in misleading cases."""

from __future__ import annotations

import pytest
from desk import EXAMPLES, SCORECARD, TERMS, Desk, Request, make, meeting

from langchain_ashby.agent.cards import Card
from langchain_ashby.agent.execution import creations
from langchain_ashby.errors import AshbyError

pytestmark = pytest.mark.slow


def attempt(desk: Desk, request: Request, drop: str | None = None) -> None:
    """Try the write, with the connection lost before or after its effect."""
    if drop is None:
        desk.client.call(request)
        return
    desk.sandbox.fault(request.path, drop=drop)
    with pytest.raises(AshbyError) as caught:
        desk.client.call(request)
    assert caught.value.outcome_unknown


# A record that is not there may have been made and removed. Of openings and offers no read shows the last change, nor
# whether a change of a candidate's projects counts as one of the candidate.
MADE = [name for name in EXAMPLES if name.startswith(("create_", "submit_", "upload_", "request_", "update_offer"))]
SET = [name for name in EXAMPLES if name not in MADE and name != "update_interview_schedule"]
UNDATED = [*MADE, *(name for name in SET if "opening" in name or "project" in name), "start_offer_approval"]
# A file's name proves nothing about its bytes, and no read shows an e-mail, why an opening was closed, or a request.
UNPROVABLE = ["upload_candidate_resume", "upload_candidate_file", "change_application_stage", "set_opening_state"]
UNPROVABLE += ["request_feedback"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_write_whose_connection_was_lost_is_settled_by_reading(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    attempt(desk, request, drop="before")
    assert desk.settled(request, card) is (None if name in UNDATED else False)
    attempt(desk, request, drop="after")
    assert desk.settled(request, card) is (None if name in UNPROVABLE else True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_write_that_somebody_has_undone_is_not_called_undone_by_itself(desk: Desk, name: str) -> None:
    request, before = EXAMPLES[name](desk), desk.sandbox.state()
    card = desk.card(request)
    attempt(desk, request)
    desk.put_back(before)
    assert desk.settled(request, card) is None


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("minutes", [-60, -6, 6, 60])
def test_settling_does_not_depend_on_any_clock(desk: Desk, name: str, minutes: int) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    desk.sandbox._engine.clock._ahead += 60 * minutes
    attempt(desk, request)
    assert desk.settled(request, card) is (None if name in UNPROVABLE else True)


@pytest.mark.parametrize("name", MADE)
def test_one_record_does_not_prove_two_attempts(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    attempt(desk, request)
    assert desk.settled(request, card, attempts=2) is None
    everything = creations.ids_in(desk.sandbox.state())
    assert desk.settled(request, card, taken=everything) is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_claimed_when_nothing_can_be_read(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    card = desk.card(request)
    desk.sandbox.fault("*", times=60, status=403, body="{}")
    assert desk.settled(request, card) is None


# What was so before the write is nobody's proof.
@pytest.mark.parametrize("name", MADE)
def test_what_stood_on_the_card_already_does_not_count(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    attempt(desk, request)
    card = desk.card(request)
    assert desk.settled(request, card) is None


@pytest.mark.parametrize("name", SET)
def test_a_value_that_was_so_before_tells_nothing(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    attempt(desk, request)
    card = desk.card(request)
    assert desk.settled(request, card) is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_can_be_settled_without_its_card(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    attempt(desk, request)
    assert desk.settled(request, None) is None


def test_a_card_of_another_version_tells_nothing(desk: Desk) -> None:
    request = EXAMPLES["change_application_stage"](desk)
    card: Card = {**desk.card(request), "version": 0}
    attempt(desk, request)
    assert desk.settled(request, card) is None


def test_the_history_tells_that_an_application_was_never_in_a_stage(desk: Desk) -> None:
    request = EXAMPLES["change_application_stage"](desk)
    card = desk.card(request)
    desk.client.call(
        make("change_application_stage", application_id=desk.application(), interview_stage_id=desk.stage("Offer"))
    )
    assert desk.settled(request, card) is False


def test_what_somebody_else_has_set_meanwhile_tells_nothing(desk: Desk) -> None:
    request = EXAMPLES["change_application_source"](desk)
    card = desk.card(request)
    other = desk.one("source", title="Agency: Fjordline Search")["id"]
    desk.client.call(make("change_application_source", application_id=desk.application(), source_id=other))
    assert desk.settled(request, card) is None


def test_an_update_of_several_fields_counts_only_as_a_whole(desk: Desk) -> None:
    request = EXAMPLES["update_candidate"](desk)
    card = desk.card(request)
    half = make("update_candidate", candidate_id=desk.candidate(), email="ada.king@example.com")
    desk.client.call(half)
    assert desk.settled(request, card) is None


def test_a_backdated_note_is_known_by_the_card(desk: Desk) -> None:
    request = make(
        "create_candidate_note", candidate_id=desk.candidate(), note="From paper.", created_at="2020-01-01T00:00:00Z"
    )
    card = desk.card(request)
    attempt(desk, request, drop="after")
    assert desk.settled(request, card) is True


def test_a_private_note_that_the_key_may_not_see_is_not_called_missing(desk: Desk) -> None:
    request = make(
        "create_candidate_note", candidate_id=desk.candidate("Chloé Martin"), note="Secret.", is_private=True
    )
    card = desk.card(request)
    assert desk.settled(request, card) is None
    attempt(desk, request)
    assert desk.settled(request, card) is None


def test_a_note_of_html_is_known_again_only_if_nothing_of_it_was_changed(desk: Desk) -> None:
    for value, proven in (("1 &lt; 2, <b>calm</b>", True), ("<p>1 &lt; 2, <b>calm</b></p>", None)):
        note = {"type": "text/html", "value": value}
        request = make("create_candidate_note", candidate_id=desk.candidate(), note=note)
        card = desk.card(request)
        attempt(desk, request, drop="after")
        assert desk.settled(request, card) is proven


def test_a_note_of_which_ashby_left_words_out_is_not_called_missing(desk: Desk) -> None:
    note = {"type": "text/html", "value": "<p>Fine.</p><script>words that are dropped</script>"}
    request = make("create_candidate_note", candidate_id=desk.candidate(), note=note)
    card = desk.card(request)
    assert desk.settled(request, card) is None
    attempt(desk, request, drop="after")
    assert desk.settled(request, card) is None


def test_an_opening_without_an_identifier_is_known_by_what_it_has(desk: Desk) -> None:
    request = make("create_opening", description="Night watch.", job_ids=[desk.job()])
    card = desk.card(request)
    assert desk.settled(request, card) is None
    attempt(desk, request, drop="after")
    assert desk.settled(request, card) is True


def test_a_scorecard_of_nobody_in_particular_is_known_by_its_values(desk: Desk) -> None:
    form = desk.id("feedbackFormDefinition", title="Interview Scorecard")
    common = {"application_id": desk.application(), "feedback_form_definition_id": form}
    request = make("submit_application_feedback", **common, field_submissions=SCORECARD)
    card = desk.card(request)
    other = [{"path": "overall_recommendation", "value": "No"}, *SCORECARD[1:]]
    attempt(desk, make("submit_application_feedback", **common, field_submissions=other))
    assert desk.settled(request, card) is None
    attempt(desk, request)
    assert desk.settled(request, card) is True


def test_an_offer_with_other_terms_leaves_it_open(desk: Desk) -> None:
    request = EXAMPLES["create_offer"](desk)
    card = desk.card(request)
    other = [{"path": "Base salary", "value": {"value": 1, "currency_code": "EUR"}}, *TERMS[1:]]
    attempt(desk, make("create_offer", application_id=desk.application(), field_submissions=other))
    assert desk.settled(request, card) is None


def test_an_offer_that_was_only_started_does_not_pass_for_made(desk: Desk) -> None:
    request = EXAMPLES["create_offer"](desk)
    card = desk.card(request)
    desk.sandbox.fault("offer.start", drop="after")
    with pytest.raises(AshbyError):
        desk.client.call(request)
    assert desk.settled(request, card) is None


def test_an_offer_of_a_process_alone_cannot_be_settled(desk: Desk) -> None:
    process = desk.one("offerProcess", status="WaitingOnOfferCreation")["id"]
    request = make("create_offer", offer_process_id=process, field_submissions=TERMS)
    card = desk.card(request)
    attempt(desk, request, drop="after")
    assert desk.settled(request, card) is None


def test_a_file_of_a_handle_cannot_be_settled(desk: Desk) -> None:
    request = make("upload_candidate_file", candidate_id=desk.candidate(), file_handle="fh_1")
    assert desk.settled(request, desk.card(request)) is None


def test_cancelled_meetings_are_gone(desk: Desk) -> None:
    created = desk.client.call(
        make("create_interview_schedule", application_id=desk.application(), interview_events=[meeting()])
    )
    event = created["interviewEvents"][0]["id"]
    request = make("update_interview_schedule", interview_schedule_id=created["id"], interview_event_id_to_cancel=event)
    card = desk.card(request)
    assert desk.settled(request, card) is False
    attempt(desk, request, drop="after")
    assert desk.settled(request, card) is True


def test_a_schedule_that_is_to_be_made_anew_has_been_called_off(desk: Desk) -> None:
    created = desk.client.call(
        make("create_interview_schedule", application_id=desk.application(), interview_events=[meeting()])
    )
    request = make("cancel_interview_schedule", interview_schedule_id=created["id"], allow_reschedule=True)
    card = desk.card(request)
    assert desk.settled(request, card) is False
    attempt(desk, request, drop="after")
    assert desk.settled(request, card) is True


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Preferred name", "Ada K."),
        ("Open to relocation", True),
        ("Notice period (weeks)", 6),
        ("Earliest start", "2027-02-01"),
        ("Work authorization", 0),
        ("Languages", 0),
        ("Portfolio", "https://ada.example.com/work"),
        ("Background", "One.\nTwo."),
        ("Years of experience", {"min_value": 9, "max_value": 11}),
        ("Salary expectation", {"min_value": 1, "max_value": 2, "currency_code": "EUR", "interval": "1 YEAR"}),
    ],
)
def test_custom_fields_of_each_type_are_settled(desk: Desk, title: str, value: object) -> None:
    field = desk.one("customField", title=title)
    if value == 0 and value is not False:
        option = next(it["label"] for it in reversed(field["selectableValues"]) if not it.get("isArchived"))
        value = [option] if field["fieldType"] == "MultiValueSelect" else option
    args = {"object_type": "Candidate", "object_id": desk.candidate(), "custom_field_id": field["id"]}
    request = make("set_custom_field_value", **args, field_value=value)
    card = desk.card(request)
    if card["unchecked"]:  # a private field may have a value that cannot be seen
        attempt(desk, request, drop="after")
        assert desk.settled(request, card) is None
        return
    attempt(desk, request, drop="after")
    assert desk.settled(request, card) is True
    clear = make("set_custom_field_value", **args, field_value=None)
    card = desk.card(clear)
    assert desk.settled(clear, card) is False
    # A private value that is gone looks like one that the key may not see.
    gone = None if field["isPrivate"] else True
    attempt(desk, clear, drop="after")
    assert desk.settled(clear, card) is gone
