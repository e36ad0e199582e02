"""The hiring team of an application."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.messages import invalid
from langchain_ashby.sandbox.records import Application, ApplicationHiringTeamRole, TeamMember, User
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies.shared import hiring_team
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Uuid, request

ROLES = Resource(ApplicationHiringTeamRole, "candidates")
ROLES.search("applicationHiringTeamRole.list")

_MEMBER = request({"applicationId": Uuid(), "teamMemberId": Uuid(), "roleId": Uuid()})


@method("application.addHiringTeamMember", "candidatesWrite", _MEMBER)
def add_member(call: Call) -> Any:
    """Gives a user a role; one that they have already changes nothing."""
    application = call.get(Application, call.body["applicationId"])
    user = call.refer(User, call.body["teamMemberId"], "teamMemberId")
    if not user["isEnabled"]:
        raise invalid("teamMemberId", "the user is deactivated")
    member = _member(call, user)
    if member not in application["hiringTeam"]:
        application["hiringTeam"] = [*application["hiringTeam"], member]
        call.save(Application, application)
    return hiring_team(call, [member])[0]


@method("application.removeHiringTeamMember", "candidatesWrite", _MEMBER)
def remove_member(call: Call) -> Any:
    """Takes a role from a user, who may keep others."""
    application = call.get(Application, call.body["applicationId"])
    member = _member(call, call.refer(User, call.body["teamMemberId"], "teamMemberId"))
    if member not in application["hiringTeam"]:
        raise invalid("teamMemberId", "the user does not have this role on the hiring team of the application")
    application["hiringTeam"] = [it for it in application["hiringTeam"] if it != member]
    call.save(Application, application)
    return hiring_team(call, [member])[0]


def _member(call: Call, user: User) -> TeamMember:
    role = call.refer(ApplicationHiringTeamRole, call.body["roleId"], "roleId")
    return {"userId": user["id"], "role": role["title"]}
