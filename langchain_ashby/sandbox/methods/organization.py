"""Users, departments, locations, and the API key itself."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.methods.filters import INCLUDE_ARCHIVED, unarchived
from langchain_ashby.sandbox.paging import Page, listing
from langchain_ashby.sandbox.records import Department, Location, User
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import shared as reply
from langchain_ashby.sandbox.statement import Email, Flag, Uuid, request
from langchain_ashby.sandbox.store import Condition, equals


@method("user.list", "organizationRead", request(optional={"includeDeactivated": Flag()}, paged=True))
def list_users(call: Call) -> Page:
    """Page through the users; deactivated ones only if they are asked for."""
    conditions = [] if call.body.get("includeDeactivated") else [equals("isEnabled", True)]
    return listing(call, User, lambda record: reply.user_reply(call, record), conditions)


@method("user.info", "organizationRead", request({"userId": Uuid()}))
def get_user(call: Call) -> Any:
    """Find a user by id."""
    return reply.user_reply(call, call.get(User, call.body["userId"]))


@method("user.search", "organizationRead", request({"email": Email()}))
def search_users(call: Call) -> Any:
    """Find the user with this e-mail address: a list of one or none."""
    same = Condition("casefold(json_extract(data, '$.email')) = ?", (call.body["email"].casefold(),))
    return [reply.user_reply(call, record) for record in call.store.find(User, same)]


@method("department.list", "organizationRead", request(optional=INCLUDE_ARCHIVED, paged=True))
def list_departments(call: Call) -> Page:
    """Page through the departments and teams."""
    return listing(call, Department, dict, unarchived(call))


@method("department.info", "organizationRead", request({"departmentId": Uuid()}))
def get_department(call: Call) -> Any:
    """Find a department or team."""
    return call.get(Department, call.body["departmentId"])


@method(
    "location.list",
    "organizationRead",
    request(optional={**INCLUDE_ARCHIVED, "includeLocationHierarchy": Flag()}, paged=True),
)
def list_locations(call: Call) -> Page:
    """Page through the locations; regions only if they are asked for."""
    conditions = unarchived(call)
    if not call.body.get("includeLocationHierarchy"):
        conditions.append(equals("type", "Location"))
    return listing(call, Location, dict, conditions)


@method("apiKey.info", "apiKeysRead", request())
def get_api_key(call: Call) -> Any:
    """What the calling key may do."""
    return {"title": call.key.id, "createdAt": call.key.created_at, "scopes": call.key.scopes()}
