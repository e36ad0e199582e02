"""Custom fields and their values."""

from typing import Any

from langchain_ashby.sandbox import forms
from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import INCLUDE_ARCHIVED
from langchain_ashby.sandbox.messages import invalid
from langchain_ashby.sandbox.records import Application, Candidate, CustomField, Job, Opening
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import shared as reply
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Anything, Choice, Field, Many, Shape, Uuid, request

_OWNERS: dict[str, type[Any]] = {"Application": Application, "Candidate": Candidate, "Job": Job, "Opening": Opening}
_OBJECT: dict[str, Field] = {"objectId": Uuid(), "objectType": Choice(tuple(_OWNERS))}
_VALUE: dict[str, Field] = {"fieldId": Uuid(), "fieldValue": Anything()}


FIELDS = Resource(CustomField, "hiringProcessMetadata", lambda call, record: reply.custom_field(record))
FIELDS.list("customField.list", INCLUDE_ARCHIVED)
FIELDS.info("customField.info")


@method("customField.setValue", "candidatesWrite", request({**_OBJECT, **_VALUE}))
def set_value(call: Call) -> Any:
    """Sets the value of one field, or clears it with `null`."""
    return _set_values(call, [call.body], [""])[0]


@method("customField.setValues", "candidatesWrite", request({**_OBJECT, "values": Many(Shape(_VALUE), least=1)}))
def set_values(call: Call) -> Any:
    """Sets the values of several fields, all or none."""
    stated = call.body["values"]
    return _set_values(call, stated, [f"values[{index}]." for index in range(len(stated))])


def _set_values(call: Call, stated: list[dict[str, Any]], places: list[str]) -> list[Any]:
    kind = _OWNERS[call.body["objectType"]]
    owner = call.get(kind, call.body["objectId"])
    holder = owner["latestVersion"] if kind is Opening else owner
    replies = []
    for item, place in zip(stated, places, strict=True):
        field = call.refer(CustomField, item["fieldId"], f"{place}fieldId")
        if field["objectType"] != call.body["objectType"] or field["isArchived"]:
            state = "archived" if field["isArchived"] else f"a field of {field['objectType']}"
            raise invalid(f"{place}fieldId", f"{field['title']} is {state}")
        value = item["fieldValue"]
        if value is None:
            holder["customFieldValues"].pop(field["id"], None)
        else:
            value = forms.custom_field_value(field, value, f"{place}fieldValue")
            holder["customFieldValues"][field["id"]] = value
        replies.append(reply.custom_field_value(field, value))
    call.save(kind, owner)
    return replies
