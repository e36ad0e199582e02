"""Users, departments, locations, and the API key itself."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import INCLUDE_ARCHIVED, search, unless
from langchain_ashby.sandbox.records import Department, HiringTeamRole, Location, User
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import shared as reply
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Email, Flag, request
from langchain_ashby.sandbox.store import equals

USERS = Resource(User, "organization", reply.user_reply)
USERS.list("user.list", unless("includeDeactivated", equals("isEnabled", True)))
USERS.info("user.info")
USERS.search("user.search", search("email", Email()))

DEPARTMENTS = Resource(Department, "organization")
DEPARTMENTS.list("department.list", INCLUDE_ARCHIVED)
DEPARTMENTS.info("department.info")

LOCATIONS = Resource(Location, "organization")
LOCATIONS.list("location.list", INCLUDE_ARCHIVED, unless("includeLocationHierarchy", equals("type", "Location")))


@method("hiringTeamRole.list", "organizationRead", request(optional={"namesOnly": Flag()}))
def list_hiring_team_roles(call: Call) -> Any:
    """Returns the titles of the roles; the roles themselves if `namesOnly` is false."""
    roles = call.store.find(HiringTeamRole)
    return [role["title"] for role in roles] if call.body.get("namesOnly", True) else roles


@method("apiKey.info", "apiKeysRead", request())
def get_api_key(call: Call) -> Any:
    """Tells what the calling key may do."""
    return {"title": call.key.id, "createdAt": call.key.created_at, "scopes": call.key.scopes()}
