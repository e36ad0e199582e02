"""Converting a model's values for fields to Ashby's."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_ashby.endpoints.fields import FieldSubmission
from langchain_ashby.errors import ArgumentError
from langchain_ashby.field_values import INTERVALS
from langchain_ashby.forms import Form, custom_field_value
from langchain_ashby.ids import short

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
OPTIONS = [
    {"label": "Strong yes", "value": "4f"},
    {"label": "Yes", "value": "3f"},
    {"label": "Twice", "value": "t1"},
    {"label": "twice", "value": "t2"},
    {"label": "Gone", "value": "g", "isArchived": True},
    {"value": "bare"},
]
MONEY = {"value": 90000, "currencyCode": "USD"}
RANGE = {"type": "number-range", "minValue": 1, "maxValue": 2.5}
PAY = {"type": "compensation-range", "minValue": 1, "maxValue": 2, "currencyCode": "EUR", "interval": "1 YEAR"}

FITS: dict[str, list[tuple[Any, Any]]] = {
    "Boolean": [(True, True), (False, False)],
    "CompensationRange": [
        ({"min_value": 1, "max_value": 2, "currency_code": "eur", "interval": "1 YEAR"}, PAY),
        ({"minValue": 1, "maxValue": 2, "currencyCode": "EUR", "interval": "1 YEAR"}, PAY),
        (PAY, PAY),
    ],
    "Currency": [
        ({"value": 90000, "currency_code": "USD"}, MONEY),
        ({"value": 90000.0, "currencyCode": " usd "}, MONEY),
        ({"value": 0.5, "currency_code": "JPY"}, {"value": 0.5, "currencyCode": "JPY"}),
    ],
    "Date": [("2026-11-24", "2026-11-24"), ("20261124", "2026-11-24")],
    "Email": [("ada@example.com", "ada@example.com")],
    "LongText": [("Two\nlines", "Two\nlines"), ("", "")],
    "MultiValueSelect": [
        (["Yes"], ["3f"]),
        (["yes", "4f", "Strong Yes"], ["3f", "4f"]),
        ([], []),
    ],
    "Number": [(3, 3), (3.0, 3), (-1, -1), (0, 0), (10**320, 10**320)],
    "NumberRange": [
        ({"min_value": 1, "max_value": 2.5}, RANGE),
        (RANGE, RANGE),
        ({"minValue": 1, "max_value": 2.5}, RANGE),
    ],
    "Phone": [("+1 555 0100", "+1 555 0100")],
    "RichText": [
        ("Good.", {"type": "PlainText", "value": "Good."}),
        ({"type": "PlainText", "value": "Good."}, {"type": "PlainText", "value": "Good."}),
    ],
    "Score": [
        (3, {"score": 3}),
        (4.0, {"score": 4}),
        ({"score": 1}, {"score": 1}),
        (
            {"score": 2, "comments": "Hm."},
            {"score": 2, "comments": {"type": "PlainText", "value": "Hm."}},
        ),
        ({"score": 2, "comments": None}, {"score": 2}),
    ],
    "String": [("Some text", "Some text")],
    "UUID": [(ID, ID), (ID.upper(), ID), (ID.replace("-", ""), ID)],
    "Url": [("https://example.com/a?b=c", "https://example.com/a?b=c"), ("http://localhost", "http://localhost")],
    "ValueSelect": [("3f", "3f"), ("Yes", "3f"), (" YES ", "3f"), ("bare", "bare"), ("t2", "t2")],
    "SomethingNew": [("as it is", "as it is"), (3, 3), ({"a": 1}, {"a": 1})],
}

MISFITS: dict[str, list[tuple[Any, str]]] = {
    "Boolean": [(value, "takes true or false") for value in (1, 0, "true", "yes", [], {})],  # type: ignore[var-annotated]
    "CompensationRange": [
        (5, "takes an object of min_value, max_value, currency_code, interval"),
        ({"min_value": 1, "max_value": 2, "currency_code": "EUR", "interval": "yearly"}, "takes an interval of: NONE"),
        ({"min_value": 1, "max_value": 2, "currency_code": "EUR"}, "takes an interval of"),
        ({"min_value": 3, "max_value": 2, "currency_code": "EUR", "interval": "NONE"}, "not above max_value"),
        ({"min_value": 1, "currency_code": "EUR", "interval": "NONE"}, "takes a number"),
        ({"min_value": 1, "max_value": 2, "interval": "NONE"}, "takes a currency_code of three letters"),
    ],
    "Currency": [
        (90000, "takes an object of value, currency_code"),
        ("90000 USD", "takes an object of value, currency_code"),
        ({"value": "90000", "currency_code": "USD"}, "takes a number"),
        ({"value": True, "currency_code": "USD"}, "takes a number"),
        ({"value": 1, "currency_code": "dollars"}, "takes a currency_code of three letters"),
        ({"value": 1}, "takes a currency_code of three letters"),
        ({"value": 1, "currency_code": "USD", "amount": 1}, "amount is not known"),
        ({"value": float("inf"), "currency_code": "USD"}, "takes a number"),
    ],
    "Date": [(value, "takes a date, YYYY-MM-DD") for value in ("tomorrow", "24.11.2026", "2026-11-31", 20261124, "")],
    "Email": [(value, "takes one e-mail address") for value in ("ada", "a@b@c", "a b@c", "", 5)],
    "LongText": [(5, "takes text"), (["a"], "takes text"), (True, "takes text")],
    "MultiValueSelect": [
        ("Yes", "takes a list of: Strong yes, Yes"),
        (["Yes", "No"], "takes one of: Strong yes, Yes"),
        (["Gone"], "takes one of"),
    ],
    "Number": [
        ("3", "takes a number"),
        (True, "takes a number"),
        (2.5, "takes a whole number"),
        (float("nan"), "takes a number"),
        (float("-inf"), "takes a number"),
    ],
    "NumberRange": [
        ([1, 2], "takes an object of min_value, max_value"),
        ({"min_value": 1}, "takes a number"),
        ({"min_value": 2, "max_value": 1}, "not above max_value"),
    ],
    "Phone": [(15550100, "takes text")],
    "RichText": [(5, "takes text"), ({"text": "Good."}, "takes text")],
    "Score": [
        (value, "takes a score from 1 to 4")
        for value in (0, 5, 2.5, "3", True, None, [3], {}, {"score": 0}, {"score": True}, {"score": [1]})
    ]
    + [({"score": 3, "comment": "lost?"}, "comment is not known"), ({"score": 3, "comments": 5}, "takes text")],
    "String": [(5, "takes text"), ({"value": "a"}, "takes text")],
    "UUID": [(value, "takes a UUID") for value in ("abc", "", 5, ["a"])],
    "Url": [
        (value, "takes a web address") for value in ("example.com", "ftp://a.example", "https://", "https:// a", 5)
    ],
    "ValueSelect": [
        ("No", "takes one of: Strong yes, Yes, Twice, twice, bare"),
        ("Gone", "takes one of"),
        ("g", "takes one of"),
        ("TWICE", "several options have this label; give the value: t1, t2"),
        (["Yes"], "takes one of"),
        (3, "takes one of"),
        (None, "takes one of"),
    ],
}


@dataclass(frozen=True)
class Given:
    path: str
    value: Any


def form(*fields: dict[str, Any], required: bool = False) -> Form:
    return Form({"sections": [{"fields": [{"field": field, "isRequired": required} for field in fields]}]})


def field(path: str, title: str, type_: str = "String") -> dict[str, Any]:
    return {"path": path, "title": title, "type": type_, "selectableValues": OPTIONS if "Select" in type_ else []}


def problem(form: Form, *entries: Given) -> ArgumentError:
    with pytest.raises(ArgumentError) as caught:
        form.fill(entries)
    assert caught.value.code == "form_mismatch"
    return caught.value


@pytest.mark.parametrize(("type_", "value", "stored"), [(t, v, s) for t, pairs in FITS.items() for v, s in pairs])
def test_a_form_field_accepts_values_of_its_type(type_: str, value: Any, stored: Any) -> None:
    filled = form(field("_f", "F", type_)).fill([Given("_f", value)])
    assert filled == {"_f": stored}
    assert type(filled["_f"]) is type(stored)


@pytest.mark.parametrize(("type_", "value", "says"), [(t, v, s) for t, pairs in MISFITS.items() for v, s in pairs])
def test_a_form_field_refuses_other_values_and_says_what_it_accepts(type_: str, value: Any, says: str) -> None:
    error = problem(form(field("_f", "The field", type_)), Given("_f", value))
    assert error.message.startswith("field_submissions: _f: ")
    assert says in error.message
    assert f"- The field (path _f): {type_}" in error.remedy


def test_every_type_is_tried_both_ways() -> None:
    assert set(FITS) == {*MISFITS, "SomethingNew"}


@pytest.mark.parametrize("interval", INTERVALS)
def test_every_interval_of_pay_is_taken(interval: str) -> None:
    value = {"min_value": 1, "max_value": 1, "currency_code": "EUR", "interval": interval}
    assert form(field("_p", "Pay", "CompensationRange")).fill([Given("_p", value)])["_p"]["interval"] == interval


class TestFinding:
    form = form(field("_a", "Salary"), field("_b", "salary"), field("_c", "Notes "), field("Salary", "Other"))

    def test_goes_by_path_first(self) -> None:
        assert self.form.fill([Given("Salary", "x")]) == {"Salary": "x"}

    @pytest.mark.parametrize("name", ["Notes", "notes", " NOTES "])
    def test_goes_by_title_in_any_case(self, name: str) -> None:
        assert self.form.fill([Given(name, "x")]) == {"_c": "x"}

    def test_takes_a_path_that_is_an_id_in_the_spelling_that_models_read(self) -> None:
        path = "68ed7695-acef-563d-967c-05dadf9e6265"
        whole = form(field(path, "Type"))
        assert whole.find(short(path)).path == whole.find(path).path == path

    def test_says_which_paths_share_a_title(self) -> None:
        assert "several fields have this title; give the path: _a, _b" in str(problem(self.form, Given("SALARY", "x")))

    def test_says_that_there_is_no_such_field(self) -> None:
        error = problem(self.form, Given("_d", "x"))
        assert error.message == "field_submissions: _d: the form has no such field"
        for line in ("- Salary (path _a): String", "- salary (path _b): String", "- Other (path Salary): String"):
            assert line in error.remedy

    def test_refuses_a_field_that_is_given_twice(self) -> None:
        assert "Notes: is given twice" in str(problem(self.form, Given("_c", "x"), Given("Notes", "y")))
        assert "_c: is given twice" in str(problem(self.form, Given("Notes", 5), Given("_c", "y")))

    def test_works_without_a_title(self) -> None:
        assert form({"path": "_x", "type": "String"}).fill([Given("_x", "y")]) == {"_x": "y"}


class TestRequired:
    form = form(field("_a", "Salary", "Currency"), field("_b", "Notes"), required=True)

    def test_fields_have_to_be_given(self) -> None:
        error = problem(self.form)
        assert error.message == "field_submissions: Salary: is required; Notes: is required"

    def test_fields_that_are_wrong_are_not_called_missing_too(self) -> None:
        error = problem(self.form, Given("Notes", 5), Given("_a", 5))
        assert error.message.count("Notes") == 1
        assert error.message.count("Salary") == 0
        assert "is required" not in error.message

    def test_reads_well(self) -> None:
        assert problem(self.form, Given("_a", {"value": 1, "currency_code": "USD"})).for_model() == (
            "form_mismatch: field_submissions: Notes: is required. The form's fields:\n"
            '- Salary (path _a): Currency, required; {"value", "currency_code": such as "USD"}\n'
            "- Notes (path _b): String, required."
        )

    def test_fields_do_not_bind_an_empty_form(self) -> None:
        assert Form({}).fill([]) == {}


def test_options_are_listed_by_label() -> None:
    error = problem(form(field("_s", "Verdict", "ValueSelect")), Given("_s", "?"))
    assert "- Verdict (path _s): ValueSelect; options: Strong yes, Yes, Twice, twice, bare" in error.for_model()


@pytest.mark.slow
@given(
    type_=st.sampled_from(list(FITS)),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(
                    ["score", "comments", "value", "min_value", "max_value", "currencyCode", "interval", "x"]
                ),
                inner,
            )
        ),
        max_leaves=5,
    ),
)
def test_any_value_is_converted_or_refused(type_: str, value: Any) -> None:
    try:
        stored = form(field("_f", "F", type_)).fill([Given("_f", value)])
    except ArgumentError as error:
        assert error.message.startswith("field_submissions: _f: ")
    else:
        if type_ != "SomethingNew":  # stored values convert to themselves
            again = stored["_f"]["score"] if type_ == "Score" else stored["_f"]
            assert form(field("_f", "F", type_)).fill([Given("_f", again)])["_f"] == (
                {"score": again} if type_ == "Score" else stored["_f"]
            )


@pytest.mark.parametrize(
    "value",
    [True, 1, 1.5, "1", "2026-11-24", ["a"], {"value": 1, "currency_code": "USD"}, {"score": 3, "comments": "x"}],
)
def test_a_submission_keeps_the_type_of_its_value(value: Any) -> None:
    kept = FieldSubmission(path="_f", value=value).value
    assert (kept, type(kept)) == (value, type(value))


def test_nulls_from_strict_mode_do_not_count_as_extra() -> None:
    value = {"value": 5, "currency_code": "USD", "min_value": None, "max_value": None, "interval": None}
    stored = form(field("_f", "F", "Currency")).fill([Given("_f", value)])
    assert stored == {"_f": {"value": 5, "currencyCode": "USD"}}


FIELDS = [
    {
        "id": f"f-{type_}",
        "title": f"My {type_}",
        "objectType": "Candidate",
        "fieldType": type_,
        "selectableValues": OPTIONS if "Select" in type_ else None,
    }
    for type_ in FITS
]
FULL_TIME = "2026-11-24T15:00:00.000Z"


class TestCustomField:
    @pytest.mark.parametrize(
        ("type_", "value", "stored"),
        [(t, v, s) for t, pairs in FITS.items() if t not in ("Number", "Date") for v, s in pairs]
        + [("Number", 3, 3), ("Number", 2.5, 2.5), ("Number", 4.0, 4)]
        + [("Date", FULL_TIME, FULL_TIME), ("Date", "2026-11-24T15:00:00+01:00", "2026-11-24T14:00:00.000Z")]
        + [("Date", "2026-11-24", "2026-11-24")],
    )
    def test_takes_what_fits_its_type(self, type_: str, value: Any, stored: Any) -> None:
        assert custom_field_value(FIELDS, f"f-{type_}", "Candidate", value) == stored  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("type_", "value", "says"),
        [(t, v, s) for t, pairs in MISFITS.items() if t not in ("Number", "Date") for v, s in pairs if v is not None]
        + [("Number", "3", "takes a number"), ("Number", float("nan"), "takes a number")]
        + [
            ("Date", value, "takes a date, YYYY-MM-DD, or an ISO 8601 time with its zone")
            for value in ("tomorrow", 5, "24.11.2026", "2026-11-24T15:00:00", "0001-01-01T00:00:00+05:00")
        ],
    )
    def test_refuses_what_does_not(self, type_: str, value: Any, says: str) -> None:
        with pytest.raises(ArgumentError) as caught:
            custom_field_value(FIELDS, f"f-{type_}", "Candidate", value)  # type: ignore[arg-type]
        assert caught.value.message.startswith("field_value: ")
        assert says in caught.value.message
        assert f"The field: My {type_}: {type_}" in caught.value.remedy

    @pytest.mark.parametrize("type_", FITS)
    def test_is_cleared_by_null(self, type_: str) -> None:
        assert custom_field_value(FIELDS, f"f-{type_}", "Candidate", None) is None  # type: ignore[arg-type]

    def test_has_to_exist(self) -> None:
        with pytest.raises(ArgumentError, match="there is no custom field nope") as caught:
            custom_field_value(FIELDS, "nope", "Candidate", 1)  # type: ignore[arg-type]
        assert caught.value.code == "custom_field_not_found"
        assert "ashby_list_custom_fields" in caught.value.for_model()

    @pytest.mark.parametrize("value", [1, None])
    def test_has_to_belong_to_the_record(self, value: Any) -> None:
        with pytest.raises(ArgumentError, match="'My Number' belongs to Candidate, not Job"):
            custom_field_value(FIELDS, "f-Number", "Job", value)  # type: ignore[arg-type]
