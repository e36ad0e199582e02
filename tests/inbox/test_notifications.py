"""Whom the inbox tells what, when, and how often: on real servers, with the clock set by the test."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from people import browser_of
from proxies import authorities
from recorder import Answer, Recorder, unused_port
from told import BASE, NOON, SECRET, Office, action, card, hook, mail_server, put, question, record, texts

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.inbox.notifications import Email, Notice, Notifier, Slack, Webhook, troubles
from langchain_ashby.inbox.notifications.turn import Turn
from langchain_ashby.inbox.outbox import Agent

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def notifier(recorder: Recorder) -> Notifier:
    return Notifier({"hook": hook(recorder)}, base_url=BASE)


def test_what_comes_within_a_short_time_is_one_message_without_any_name(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    offer = action("ashby_create_offer", "Create offer")
    office.questions = [question("q1", action(), offer)]
    office.tick(notifier, after=1)
    assert not recorder.requests
    office.questions.append(question("q2", since=NOON + timedelta(seconds=20)))
    office.tick(notifier, after=28)
    assert not recorder.requests
    office.tick(notifier, after=1)
    [sent] = recorder.requests
    assert sent.body["data"]["text"] == "3 changes wait for approval: Change stage (2), Create offer"
    assert sent.body["data"]["url"] == f"{BASE}/"
    urls = [it["url"] for it in sent.body["data"]["items"]]
    assert urls == [f"{BASE}/approvals/q1/1", f"{BASE}/approvals/q1/2", f"{BASE}/approvals/q2/1"]
    assert b"Ada" not in sent.content and b"Lovelace" not in sent.content
    for _ in range(100):
        office.tick(notifier, after=MINUTE)
    assert len(recorder.requests) == 1


def test_a_question_that_is_dated_ahead_by_another_clock_is_told_at_once(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    office.questions = [question(since=NOON + timedelta(hours=1))]
    office.tick(notifier)
    assert len(recorder.requests) == 1


def test_details_are_told_only_to_a_channel_that_asks_for_them(office: Office, recorder: Recorder) -> None:
    channels = {"short": hook(recorder, "short"), "full": hook(recorder, "full", details=True)}
    office.questions = [question()]
    office.tick(Notifier(channels, base_url=BASE), after=31)
    said = {it.endpoint: it.content.decode() for it in recorder.requests}
    assert "Ada" not in said["short"] and "Ada" in said["full"]
    assert "medium risk" in said["short"]


def test_a_card_with_a_private_value_is_told_by_its_title_even_with_details(office: Office, recorder: Recorder) -> None:
    secret = action(card=card("Set the salary of Ada Lovelace to 100,000", private={"Salary": "compensation"}))
    office.questions = [question("q1", secret)]
    stale = "Not executed. Since it was proposed, things have changed:\n- Salary: 90,000, was 100,000"
    put(office.store, record(card=secret["card"], at=NOON + timedelta(seconds=5), outcome="stale", detail=stale))
    notifier = Notifier({"hook": hook(recorder, details=True)}, base_url=BASE)
    office.tick(notifier, after=0)
    office.tick(notifier, after=60)
    assert len(recorder.requests) == 2
    assert not any(b"100,000" in it.content for it in recorder.requests)


def test_a_question_that_is_answered_at_once_is_not_told(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    office.questions = [question()]
    office.tick(notifier, after=10)
    office.questions = []
    office.tick(notifier, after=60)
    assert not recorder.requests


def test_reviewers_are_reminded_before_a_change_expires_and_told_when_it_has(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    office.questions = [question(lives=timedelta(days=1))]
    for hours in range(25):
        office.now = NOON + timedelta(hours=hours, minutes=1)
        office.tick(notifier)
        office.now = NOON + timedelta(hours=hours, minutes=31)
        office.tick(notifier)
    told = [(it.body["type"], it.body["data"]["text"].partition(":")[0]) for it in recorder.requests]
    assert told == [
        ("approvals.waiting", "1 change waits for approval"),
        ("approvals.waiting", "1 approval expires soon"),
        ("approvals.waiting", "1 approval expires soon"),
        ("approvals.outcome", "1 approval has expired"),
    ]
    assert "expires Wed 25 Nov 2026, 12:00 UTC" in recorder.requests[1].body["data"]["items"][0]["text"]


def test_no_reminder_comes_in_the_first_half_of_the_time(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    office.questions = [question(lives=timedelta(minutes=50))]
    for _ in range(49):
        office.tick(notifier, after=MINUTE)
    assert len(recorder.requests) == 1


def test_a_second_reviewer_is_asked_but_not_the_first_one_again(office: Office) -> None:
    with mail_server() as (mailbox, port):
        mail = Email("localhost", port, "i@x.example", authorities=authorities(), to=["ben@x.example", "lea@x.example"])
        office.questions = [question("q1", action(approved_by=[{"reviewer": "Ben@X.example", "at": "…"}]))]
        office.tick(Notifier({"mail": mail}, base_url=BASE), after=31)
    assert [to for _, to, _ in mailbox.letters] == [["lea@x.example"]]
    assert mailbox.letters[0][2]["Subject"] == "1 change needs a second reviewer: Change stage"


def test_before_a_held_change_is_made_people_are_told_that_it_can_be_stopped(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    held = action(held_until=(NOON + timedelta(hours=1)).isoformat(), approved_by=[{"reviewer": "Ben"}])
    office.questions = [question("q1", held)]
    office.tick(notifier, after=49 * MINUTE)
    assert not recorder.requests
    office.tick(notifier, after=2 * MINUTE)
    assert texts(recorder.requests) == ["1 held change will be made soon; you can still stop it: Change stage"]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("rejected", "rejected"),
        ("superseded", "canceled"),
        ("refused", "refused by Ashby"),
        ("unknown", "not known"),
        ("stale", "out of date"),
        ("expired", None),
        ("applied", ""),
        ("responded", ""),
        ("edited", ""),
    ],
)
def test_the_requester_learns_of_what_leaves_something_to_do(
    office: Office, recorder: Recorder, outcome: str, words: str | None
) -> None:
    notifier = Notifier({"hook": hook(recorder, details=True)}, base_url=BASE)
    office.tick(notifier)
    put(office.store, record(5, outcome=outcome))
    office.tick(notifier, after=60)
    if words == "":
        assert not recorder.requests
        return
    [sent] = recorder.requests
    expected = "1 approval has expired" if words is None else f"1 change: {words}"
    assert (
        sent.body["type"] == "approvals.outcome"
        and sent.body["data"]["text"] == f"{expected}: Change application stage"
    )
    assert sent.body["data"]["url"].startswith(f"{BASE}/outcomes/")


def test_a_rejection_is_told_with_its_reason_to_whom_the_application_names(office: Office) -> None:
    with mail_server() as (mailbox, port):
        mail = Email("localhost", port, "i@x.example", authorities=authorities(), to=["all@x.example"], details=True)
        notifier = Notifier(
            {"mail": mail}, base_url=BASE, requesters={"Ravi@example.com": ["mail:ravi@x.example"], "*": []}
        )
        office.questions = [question()]
        office.tick(notifier)
        office.questions = []
        part = record(7, part_of="ashby_archive_applications")
        put(office.store, record(6), part, record(8, thread_id="nobody asked"))
        office.tick(notifier, after=60)
    [(_, to, letter)] = mailbox.letters
    assert (to, letter["Subject"]) == (["ravi@x.example"], "1 change: rejected: Change application stage")
    body = letter.get_body(("plain",))
    assert body is not None and "rejected by Ben: too early" in body.get_content()


def test_whoever_rejected_their_own_request_is_not_told_of_it(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    office.questions = [question()]
    office.tick(notifier)
    office.questions = []
    put(office.store, record(6, reviewer="RAVI@example.com"))
    office.tick(notifier, after=60)
    assert not recorder.requests


def test_what_happened_before_a_channel_was_set_up_is_not_told(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    put(office.store, *(record(-number, at=NOON - timedelta(minutes=number)) for number in range(1, 50)))
    for _ in range(5):
        office.tick(notifier, after=MINUTE)
    assert not recorder.requests


@pytest.mark.parametrize(
    ("recipients", "told"),
    [
        (None, {"a", "b"}),
        ({"ashby_change_application_stage": ["a"]}, {"a"}),
        ({"ashby_create_offer": ["a"]}, {"a", "b"}),
        ({"ashby_create_offer": ["a"], "*": ["b"]}, {"b"}),
        ({"job: backend ENGINEER": ["b"], "*": ["a"]}, {"b"}),
        ({"job:eng": ["b"]}, {"b"}),
        ({"risk:medium": ["a"], "job:eng": ["b"]}, {"a", "b"}),
        ({"risk:high": ["a"], "*": []}, set()),
        (lambda notice: ["a"] if notice.risk == "medium" else [], {"a"}),
        (lambda notice: None, {"a", "b"}),
        (lambda notice: 1 / 0, {"a", "b"}),
        (lambda notice: ["c"], {"a", "b"}),
        (lambda notice: "a", {"a", "b"}),
    ],
)
def test_recipients_follow_from_tool_job_and_risk_or_a_function(
    office: Office, recorder: Recorder, recipients: Any, told: set[str]
) -> None:
    channels = {"a": hook(recorder, "a"), "b": hook(recorder, "b")}
    office.questions = [question()]
    office.tick(Notifier(channels, base_url=BASE, recipients=recipients), after=31)
    assert {it.endpoint for it in recorder.requests} == told


@pytest.mark.parametrize(
    "options",
    [
        {"recipients": {"ashby_create_offer": ["nowhere"]}},
        {"recipients": {"ashby_create_offer": ["hook:ada@example.com"]}},
        {"recipients": {"ashby_create_offer": "hook"}},
        {"recipients": {"colour:red": ["hook"]}},
        {"recipients": {"job:": ["hook"]}},
        {"recipients": {"risk:hihg": ["hook"]}},
        {"recipients": {"ashby_create_ofer": ["hook"]}},
        {"channels": {"hook": object()}},
        {"window": 30},
        {"reminders": [timedelta(hours=1), 30]},
        {"requesters": {"ravi": ["mail:nobody"]}},
        {"base_url": "http://inbox.example"},
        {"base_url": "inbox"},
        {"base_url": "https://user:password@inbox.example"},
    ],
)
def test_a_rule_that_cannot_be_one_is_refused_at_the_start(recorder: Recorder, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Notifier(**({"channels": {"hook": hook(recorder)}, "base_url": BASE} | options))


def test_nothing_is_lost_while_a_channel_is_down_and_the_inbox_says_so(
    office: Office, notifier: Notifier, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.answers["hook"] = [Answer(status=503)]
    office.questions = [question()]
    office.tick(notifier, after=31)
    assert [str(it) for it in troubles(office.store)] == [
        "hook has been answering 503 since 12:00 UTC on 24 Nov; 1 message not delivered."
    ]
    for number in range(2, 40):
        office.questions.append(question(f"q{number}", since=office.now))
        office.tick(notifier, after=MINUTE)
    assert len(recorder.requests) < 12, "a channel that is down is left alone for longer each time"
    recorder.answers["hook"] = [Answer()]
    office.tick(notifier, after=HOUR)
    assert not troubles(office.store)
    delivered = [it for it in recorder.requests[-40:]]
    told = {it["url"] for sent in delivered for it in sent.body["data"]["items"]}
    assert {f"{BASE}/approvals/q{number}/1" for number in range(1, 40)} <= told
    ids = [it.headers["webhook-id"] for it in recorder.requests]
    assert ids.count(ids[0]) > 1, "the first one was sent again with the same id"
    assert "503" in caplog.text and "Ada" not in caplog.text


def test_a_message_that_is_refused_holds_up_no_other(office: Office) -> None:
    with mail_server() as (mailbox, port):
        to = ["nobody@x.example", "ada@x.example"]
        mail = Email("localhost", port, "i@x.example", authorities=authorities(), to=to)
        notifier = Notifier({"mail": mail}, base_url=BASE)
        office.questions = [question()]
        office.tick(notifier, after=31)
        office.tick(notifier, after=60)
    assert [it for _, it, _ in mailbox.letters] == [["ada@x.example"]]
    assert [(it.why, it.waiting) for it in troubles(office.store)] == [("has been refusing a recipient", 1)]


def test_a_message_about_what_was_decided_meanwhile_is_not_sent_late(
    office: Office, notifier: Notifier, recorder: Recorder
) -> None:
    recorder.answers["hook"] = [Answer(status=503), Answer()]
    office.questions = [question()]
    office.tick(notifier, after=31)
    office.questions = []
    office.tick(notifier, after=HOUR)
    assert len(recorder.requests) == 1 and not troubles(office.store)


def test_after_three_days_a_message_is_given_up_and_the_log_says_so(
    office: Office, notifier: Notifier, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.answers["hook"] = [Answer(status=503)]
    office.questions = [question()]
    office.tick(notifier, after=31)
    office.tick(notifier, after=3 * DAY + 1)
    assert not troubles(office.store) and "not be delivered through hook in three days" in caplog.text
    count = len(recorder.requests)
    office.tick(notifier, after=HOUR)
    assert len(recorder.requests) == count


def test_what_still_waits_after_weeks_is_not_told_again(office: Office, notifier: Notifier, recorder: Recorder) -> None:
    office.questions = [question()]
    office.tick(notifier, after=31)
    put(office.store, record(100, thread_id="other"))
    for _ in range(30):
        office.tick(notifier, after=DAY)
    office.tick(Notifier({"hook": hook(recorder)}, base_url=BASE), after=HOUR)
    office.tick(Notifier({"hook": hook(recorder)}, base_url=BASE), after=HOUR)
    assert len(recorder.requests) == 2


def test_an_own_channel_that_fails_in_its_own_way_is_tried_again(office: Office, caplog: Any) -> None:
    class Pigeon:
        details, to = False, ("",)
        sent = 0

        def takes(self, address: str) -> bool:
            return True

        def send(self, *_: Any) -> None:
            self.sent += 1
            if self.sent == 1:
                raise KeyError("Ada Lovelace")

    pigeon = Pigeon()
    notifier = Notifier({"pigeon": pigeon}, base_url=BASE)
    office.questions = [question()]
    office.tick(notifier, after=31)
    assert troubles(office.store)[0].why == "has been failing (KeyError)" and "Ada" not in caplog.text
    office.tick(notifier, after=MINUTE)
    assert pigeon.sent == 2 and not troubles(office.store)


def test_no_address_and_no_secret_is_kept_in_the_store_or_logged(
    office: Office, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dead = f"http://127.0.0.1:{unused_port()}/T0KEN"
    notifier = Notifier({"slack": Slack(dead), "hook": Webhook(dead, SECRET)}, base_url=BASE)
    office.questions = [question()]
    office.tick(notifier, after=31)
    kept = str([it.value for it in office.store.search((), limit=1000)])
    assert len(troubles(office.store)) == 2
    for text in (kept, caplog.text, str(troubles(office.store)), repr(notifier)):
        assert "T0KEN" not in text and SECRET.removeprefix("whsec_") not in text


def test_a_notice_reads_back_as_it_was_kept() -> None:
    from langchain_ashby.inbox.notifications.notices import from_json, of_question, to_json

    asked = question(lives=timedelta(days=1))
    for notice in of_question(asked, [timedelta(hours=1)], timedelta(minutes=1)):
        assert isinstance(notice, Notice) and from_json(to_json(notice)) == notice


def test_the_inbox_tells_while_it_runs_and_shows_which_channel_does_not_answer(
    agent: Agent, recorder: Recorder
) -> None:
    recorder.answers["down"] = [Answer(status=500)]
    channels = {"hook": hook(recorder, details=True), "other": hook(recorder, "down")}
    notifier = Notifier(channels, base_url="http://127.0.0.1", window=timedelta(0))
    with browser_of(agent, notifier=notifier) as browser:
        until = time.monotonic() + 20
        while {*recorder.endpoints()} != {"hook", "down"} or "other has been answering 500" not in browser.get(
            "/"
        ).text:
            assert time.monotonic() < until
            time.sleep(0.05)
        [sent] = [it for it in recorder.requests if it.endpoint == "hook"]
        card_page = browser.get(sent.body["data"]["url"])
        assert card_page.status_code == 200 and "Add a note to Ada Lovelace" in card_page.text
    other = Turn(agent.store)  # type: ignore[arg-type]
    assert other.taken(NOON), "an inbox that has ended lets another one send"
