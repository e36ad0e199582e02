"""People who are deleted, anonymized or merged, which Ashby does without a word in its lists."""

from typing import Any

import pytest
import requests
from caller import Caller

from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture
def company() -> Any:
    with AshbySandbox(candidates=12) as sandbox:
        yield sandbox


def applications_of(sandbox: AshbySandbox, candidate_id: str) -> list[str]:
    return [each["id"] for each in sandbox.records("application") if each["candidateId"] == candidate_id]


def with_applications(sandbox: AshbySandbox) -> str:
    return str(sandbox.records("application")[0]["candidateId"])


def test_a_deleted_candidate_is_gone_with_everything_and_no_list_says_so(company: AshbySandbox) -> None:
    call, gone = Caller(company, company.api_key), with_applications(company)
    tokens = {name: call.envelope(name)["syncToken"] for name in ("candidate.list", "application.list")}
    applications = applications_of(company, gone)
    company.delete_candidate(gone)
    left = str({kind: records for kind, records in company.state().items() if kind != "file"})
    assert not [each for each in [gone, *applications] if each in left]
    assert [call(name, syncToken=token) for name, token in tokens.items()] == [[], []]
    assert call.refused("candidate.info", id=gone).startswith("candidate_not_found")


def test_an_anonymized_candidate_keeps_the_applications_and_nothing_that_tells_who_it_was(
    company: AshbySandbox,
) -> None:
    call, person = Caller(company, company.api_key), with_applications(company)
    token, applications = call.envelope("candidate.list")["syncToken"], applications_of(company, person)
    company.anonymize_candidate(person)
    [changed] = call("candidate.list", syncToken=token)
    assert changed["id"] == person and changed["applicationIds"] == applications
    told = ("emailAddresses", "phoneNumbers", "socialLinks", "fileHandles", "customFields")
    assert not any(changed[key] for key in told) and not {"company", "position", "school", "location"} & changed.keys()


def test_a_merged_candidate_gives_its_applications_away(company: AshbySandbox) -> None:
    call, person = Caller(company, company.api_key), with_applications(company)
    into = next(each["id"] for each in company.records("candidate") if each["id"] != person)
    applications = applications_of(company, person)
    body = {"merge": person, "into": into}
    assert requests.post(f"{company.url}/_sandbox/departures", json=body, timeout=10).status_code == 200
    assert set(applications) <= set(call("candidate.info", id=into)["applicationIds"])
    assert call.refused("candidate.info", id=person).startswith("candidate_not_found")


def test_an_application_is_deleted_alone(company: AshbySandbox) -> None:
    call, person = Caller(company, company.api_key), with_applications(company)
    first, *others = applications_of(company, person)
    company.delete_application(first)
    assert call.refused("application.info", applicationId=first).startswith("application_not_found")
    assert call("candidate.info", id=person)["applicationIds"] == others
