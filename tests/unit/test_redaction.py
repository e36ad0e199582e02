"""Private data is in neither the text nor the artifact unless allowed, and omissions are named."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from every_answer import desk

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.results.redaction import CATEGORIES, left_out_note, without_private

MONEY = {"value": 5000, "currencyCode": "EUR"}
RANGE = {"type": "compensation-range", "minValue": 1, "maxValue": 2, "currencyCode": "EUR", "interval": "1 YEAR"}
SECRET = {"id": "f1", "title": "Debrief", "value": "weak", "valueLabel": "Weak", "isPrivate": True}
OPEN = {"id": "f2", "title": "Notice", "value": 12, "isPrivate": False}
PAY = {"id": "f3", "title": "Expectation", "value": RANGE, "valueLabel": "1-2 EUR", "isPrivate": False}


def field(path: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"field": {"path": path, "type": type_, **more}}


FIELDS = [field("pay", "Currency"), field("secret", "String", isPrivate=True), field("a", "String")]
FORM = {"sections": [{"fields": FIELDS}]}
NO_PAY = {"leftOut": "compensation"}
TIER = {"components": [{"compensationType": "Bonus", "interval": "NONE", "minValue": None, "maxValue": None}]}
NOTE = {"isPrivate": True, "content": "A private note is a note."}
DEFINITION = {"isPrivate": True, "title": "Budget", "fieldType": "Currency"}


@pytest.mark.parametrize(
    ("result", "kept", "left_out"),
    [
        ({"submitterClientIp": "203.0.113.7", "submitterUserAgent": "Mozilla", "id": "1"}, {"id": "1"}, {"client": 2}),
        ({"submitterClientIp": "", "id": "1"}, {"submitterClientIp": "", "id": "1"}, {}),
        ({"customFields": [SECRET, OPEN]}, {"customFields": [OPEN]}, {"fields": 1}),
        ({"customFields": [PAY, OPEN]}, {"customFields": [OPEN]}, {"compensation": 1}),
        (SECRET, {"id": "f1", "title": "Debrief", "isPrivate": True, "value": {"leftOut": "fields"}}, {"fields": 1}),
        (
            PAY,
            {"id": "f3", "title": "Expectation", "isPrivate": False, "value": {"leftOut": "compensation"}},
            {"compensation": 1},
        ),
        ({"customFields": [SECRET | {"isPrivate": None}, OPEN]}, {"customFields": [OPEN]}, {"fields": 1}),
        ({"customFields": [PAY | {"value": [MONEY]}, OPEN]}, {"customFields": [OPEN]}, {"compensation": 1}),
        ({"customFields": [PAY | {"value": ["a", MONEY]}, OPEN]}, {"customFields": [OPEN]}, {"compensation": 1}),
        (
            PAY | {"value": [MONEY]},
            {"id": "f3", "title": "Expectation", "isPrivate": False, "value": {"leftOut": "compensation"}},
            {"compensation": 1},
        ),
        ({"submittedValues": {"a": [MONEY]}}, {"submittedValues": {"a": NO_PAY}}, {"compensation": 1}),
        (
            {
                "formDefinition": {"sections": [{"fields": [field("a", "String", isPrivate=None)]}]},
                "submittedValues": {"a": "x"},
            },
            {
                "formDefinition": {"sections": [{"fields": [field("a", "String", isPrivate=None)]}]},
                "submittedValues": {"a": {"leftOut": "fields"}},
            },
            {"fields": 1},
        ),
        ({"latestVersion": {"salary": MONEY, "a": "d"}}, {"latestVersion": {"a": "d"}}, {"compensation": 1}),
        ({"compensation": {"compensationTiers": [TIER]}, "compensationTierSummary": "10K"}, {}, {"compensation": 2}),
        ({"a": {"deep": [{"amount": MONEY}]}}, {"a": {"deep": [{}]}}, {"compensation": 1}),
        (
            {"formDefinition": FORM, "submittedValues": {"pay": 7, "secret": "x", "a": "b", "c": MONEY}},
            {
                "formDefinition": FORM,
                "submittedValues": {"pay": NO_PAY, "secret": {"leftOut": "fields"}, "a": "b", "c": NO_PAY},
            },
            {"compensation": 2, "fields": 1},
        ),
        (
            {"submittedValues": {"_systemfield_eeoc_gender": "F", "_systemfield_name": "Ada"}},
            {"submittedValues": {"_systemfield_eeoc_gender": {"leftOut": "surveys"}, "_systemfield_name": "Ada"}},
            {"surveys": 1},
        ),
        (
            [{"surveyType": "Diversity", "submittedValues": {"x": "y"}}, {"id": "1", "submittedValues": {"x": "y"}}],
            [{"id": "1", "submittedValues": {"x": "y"}}],
            {"surveys": 1},
        ),
        (NOTE, NOTE, {}),
        (DEFINITION, DEFINITION, {}),
        ("text", "text", {}),
        (None, None, {}),
    ],
)  # fmt: skip
def test_private_data_is_removed_and_counted(result: Any, kept: Any, left_out: dict[str, int]) -> None:
    before = json.dumps(result)
    assert without_private(result) == (kept, left_out)
    assert json.dumps(result) == before, "the client's result is left alone"
    assert without_private(result, CATEGORIES) == (result, {})


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_category_is_allowed_by_itself(category: str) -> None:
    result = {
        "submitterClientIp": "203.0.113.7",
        "customFields": [SECRET],
        "salary": MONEY,
        "submittedValues": {"_systemfield_eeoc_race": "x"},
    }
    _, left_out = without_private(result, [category])
    assert left_out.keys() == CATEGORIES.keys() - {category}


@pytest.mark.parametrize(
    "result",
    [
        {"customFields": [SECRET | {"value": None, "valueLabel": None}, {"id": "f4", "value": "", "isPrivate": True}]},
        {"compensation": {"compensationTiers": [], "shouldDisplayCompensationOnJobBoard": False}},
        {"salary": None, "latestVersion": {"salary": {"currencyCode": "EUR", "value": None}}},
        {"formDefinition": FORM, "submittedValues": {"pay": None, "secret": "", "c": {"score": None}}},
        {"shouldDisplayCompensationOnJobBoard": True, "compensationTierSummary": ""},
        {"type": "number-range", "minValue": 3, "maxValue": 5},
        {"score": 4, "comments": {"type": "PlainText", "value": "Calm"}},
    ],
)
def test_what_is_empty_or_no_money_stays_and_is_not_counted(result: Any) -> None:
    assert without_private(result) == (result, {})


@pytest.mark.parametrize(
    "money",
    [
        {"value": 120_000},
        {"value": 120_000, "currencyCode": None},
        {"type": "compensation-range", "minValue": 1, "maxValue": None},
        {"minValue": None, "maxValue": 5, "interval": "1 YEAR"},
        {"compensationType": "EquityPercentage", "interval": "NONE", "minValue": 1, "maxValue": 2},
    ],
)
def test_money_without_a_currency_is_left_out_too(money: Any) -> None:
    for record in (
        {"amount": money},
        {"salary": money},
        {"customFields": [{"id": "f", "title": "Rate", "value": money}]},
    ):
        kept, left_out = without_private(record)
        assert left_out == {"compensation": 1}
        assert kept in ({}, {"customFields": []})


def test_pay_is_recognized_by_its_key_wherever_it_stands() -> None:
    posting = {"linkedData": {"baseSalary": {"currency": "USD", "value": {"minValue": 1}}, "title": "Engineer"}}
    assert without_private(posting) == ({"linkedData": {"title": "Engineer"}}, {"compensation": 1})


def test_omissions_are_named_on_a_line_of_our_own() -> None:
    assert left_out_note({}) == ""
    assert left_out_note({"fields": 1, "client": 2}) == (
        "Left out as private: client (2), fields (1); AshbyToolkit(private=…) allows it."
    )


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(
        ConfigurationError, match=r"no kind of private data 'salary'. Choose from client, surveys, fields, comp"
    ):
        AshbyToolkit(AshbyClient("key"), private=["salary"])


READS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("list_applications", {"limit": 25}),
    ("list_offers", {}),
    ("list_job_postings", {}),
    ("search_candidates", {"name": "Ada Lovelace"}),
    ("search_jobs", {"title": "Staff Engineer"}),
)


@pytest.mark.parametrize("allowed", [(), tuple(CATEGORIES)], ids=["nothing", "everything"])
def test_text_and_artifact_have_the_allowed_data(allowed: tuple[str, ...], tmp_path: Path) -> None:
    with desk(tmp_path, private=allowed) as somebody:
        for name, arguments in READS:
            somebody.call(name, **arguments)
        [ada] = somebody.answers["search_candidates"].artifact["results"]
        for application in ada["applicationIds"]:
            somebody.call("list_application_feedback", application_id=application)
    artifacts = json.dumps([message.artifact for message in somebody.answers.values()])
    texts = "\n".join(message.text for message in somebody.answers.values())
    for secret in ("203.0.113.7", "Mozilla/5.0", "currencyCode", "Salary expectation", "compensationTierSummary"):
        assert (secret in artifacts) is bool(allowed), secret
    assert (
        bool(re.search(r"Expected pay: [\d,]+ to [\d,]+ EUR a year", texts))
        is ("|144,000 EUR|" in texts)
        is bool(allowed)
    )
    assert ("Expected pay: (left out as private)" in texts) is not bool(allowed)
    assert ("# Left out as private: " in texts) is not bool(allowed)
