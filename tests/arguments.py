"""Generates arguments for tools from the endpoint classes: every type, every alternative, every nesting."""

import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Literal

from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError
from pydantic.fields import FieldInfo

from langchain_ashby.endpoint import Arguments, Operation
from langchain_ashby.endpoints import fields
from langchain_ashby.field_values import email, web_address
from langchain_ashby.ids import Id

Strategy = st.SearchStrategy[Any]

moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(datetime.isoformat)
some_text = st.text(min_size=1, max_size=30).filter(lambda text: text.strip())
addresses = st.from_regex(r"https?://[a-z0-9]{1,20}\.example(/[\w.~-]{0,10})?", fullmatch=True)

BY_CHECK: dict[Callable[..., Any], Strategy] = {
    fields._zoned: moments,
    fields._since: moments | moments.map(lambda moment: moment.removesuffix("+00:00")),
    email: st.emails(),
    web_address: addresses,
    fields._some_text: some_text,
}
"""Values that pass a check."""

BY_TYPE: dict[Any, Strategy] = {
    bool: st.booleans(),
    str: st.text(max_size=30),
    int: st.integers(0, 1000),
    float: st.floats(-1e6, 1e6),
    date: st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat),
    dict[str, str]: st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=3),
}

PAY = {"min_value": 1, "max_value": 2, "currency_code": "EUR", "interval": "1 YEAR"}
VALUES: dict[str, tuple[Any, ...]] = {
    "Boolean": (True, False),
    "CompensationRange": (PAY,),
    "Currency": ({"value": 90000, "currency_code": "USD"}, {"value": 0.5, "currencyCode": "usd"}),
    "Date": ("2026-11-24",),
    "Email": ("ada@example.com",),
    "LongText": ("Two\nlines",),
    "MultiValueSelect": (["Yes", "No"], [], ["n"]),
    "Number": (3, -1, 4.0),
    "NumberRange": ({"min_value": 1, "max_value": 2},),
    "Phone": ("+1 555 0100",),
    "RichText": ("Good.",),
    "Score": (3, {"score": 4, "comments": "Good."}),
    "String": ("Text",),
    "UUID": ("1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11",),
    "Url": ("https://example.com",),
    "ValueSelect": ("Yes", "n"),
}
"""Valid values for a form's field, by its type."""

FIELD_IDS = {type_: f"{number:08x}-0000-4000-8000-000000000000" for number, type_ in enumerate(VALUES)}
OPTIONS = [{"label": "Yes", "value": "y"}, {"label": "No", "value": "n"}]
FORM = {
    "sections": [
        {
            "title": "All types",
            "fields": [
                {"field": {"id": id_, "path": f"_{type_}", "title": f"A {type_}", "type": type_, "isNullable": True,
                           "selectableValues": OPTIONS}, "isRequired": False}
                for type_, id_ in FIELD_IDS.items()
            ],
        }
    ]
}  # fmt: skip
CUSTOM_FIELDS = [
    {"id": id_, "title": type_, "objectType": object_type, "fieldType": type_, "selectableValues": OPTIONS}
    for object_type in ("Application", "Candidate", "Job", "Opening")
    for type_, id_ in FIELD_IDS.items()
    if type_ not in ("RichText", "Score")  # only forms have fields of these types
]


def submissions(full: bool) -> Strategy:
    """Values for fields of `FORM`, by path or title."""
    return st.lists(
        st.sampled_from(list(VALUES)), unique=True, min_size=len(VALUES) if full else 0, max_size=len(VALUES)
    ).flatmap(
        lambda types: st.tuples(
            *(
                st.fixed_dictionaries(
                    {"path": st.sampled_from([f"_{type_}", f"a {type_}"]), "value": st.sampled_from(VALUES[type_])}
                )
                for type_ in types
            )
        ).map(list)
    )


def custom_field_value_of(type_: str) -> Strategy:
    return st.fixed_dictionaries(
        {"custom_field_id": st.just(FIELD_IDS[type_]), "field_value": st.sampled_from((*VALUES[type_], None))}
    )


CUSTOM_FIELD_TYPES = sorted({str(field["fieldType"]) for field in CUSTOM_FIELDS})
custom_field_values = st.sampled_from(CUSTOM_FIELD_TYPES).flatmap(custom_field_value_of)


def arguments(operation: type[Operation[Any]], alternative: str | None = None, full: bool = False) -> Strategy:
    """Valid arguments for the operation; with `full`, every argument that the alternative allows.

    Draws from all alternatives unless one is named.
    """
    if operation.exactly_one and alternative is None:
        return st.one_of([arguments(operation, name, full) for name in operation.exactly_one])
    others = set(operation.exactly_one) - {alternative}
    if operation.tool_name() == "ashby_create_offer" and alternative == "application_id":
        others.add("offer_form_id")  # only with a process
    if alternative == "submitted_form_instance_id":
        others.add("expand")  # some expansions need the application
    made = model(operation, others, {alternative} - {None}, full)
    if operation.tool_name() in ("ashby_set_custom_field_value", "ashby_set_custom_field_value_on_many"):
        return st.tuples(made, custom_field_values).map(lambda pair: pair[0] | pair[1])
    if operation.tool_name() == "ashby_set_custom_field_values":
        several = st.lists(custom_field_values, min_size=1, max_size=3, unique_by=lambda it: it["custom_field_id"])
        if full:
            several = st.tuples(*map(custom_field_value_of, CUSTOM_FIELD_TYPES)).map(list)
        return st.tuples(made, several).map(lambda pair: pair[0] | {"values": pair[1]})
    return made


def model(kind: type[BaseModel], without: set[str], always: set[Any], full: bool) -> Strategy:
    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if name in without:
            continue
        given = submissions(full) if name == "field_submissions" else of_field(field, full)
        (required if full or field.is_required() or name in always else optional)[name] = given
    made = st.fixed_dictionaries(required, optional=optional)
    if {"start_time", "end_time"} <= set(required):
        made = made.map(_in_order)
    return made.filter(lambda values: _fits(kind, values))


def of_field(field: FieldInfo, full: bool) -> Strategy:
    return of_type(typing.Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation, full)


def of_type(annotation: Any, full: bool) -> Strategy:
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *metadata = typing.get_args(annotation)
        for each in metadata:
            if isinstance(each, Id):
                return st.uuids().map(str)
            if isinstance(each, AfterValidator) and each.func in BY_CHECK:
                return BY_CHECK[each.func]
        bounds: dict[str, Any] = {}
        for each in metadata:
            for rule in getattr(each, "metadata", [each]):
                bounds |= {name: getattr(rule, name) for name in ("ge", "le", "min_length") if hasattr(rule, name)}
        if inner is int or int in typing.get_args(inner):
            return st.integers(bounds.get("ge", 0), bounds.get("le", 1000))
        made = of_type(inner, full)
        if bounds.get("min_length"):
            made = made.filter(lambda value: value != [])
        if any(isinstance(each, BeforeValidator) and each.func is fields._in_a_list for each in metadata):
            return made | made.filter(lambda value: len(value) == 1).map(lambda value: value[0])
        return made
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in BY_TYPE:
        return BY_TYPE[annotation]
    if origin is Literal:
        return st.sampled_from(inside)
    if origin is list:
        return st.lists(of_type(inside[0], full), min_size=1 if full else 0, max_size=3)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([of_type(each, full) for each in inside if each is not type(None)])
    if isinstance(annotation, type) and issubclass(annotation, Arguments):
        return model(annotation, set(), set(), full)
    raise NotImplementedError(f"arguments of type {annotation}")


def _in_order(event: dict[str, Any]) -> dict[str, Any]:
    start, end = sorted([event["start_time"], event["end_time"]])
    return event | {"start_time": start, "end_time": end}


def _fits(kind: type[BaseModel], values: dict[str, Any]) -> bool:
    try:
        kind.model_validate(values)
    except ValidationError:
        return False
    return True
