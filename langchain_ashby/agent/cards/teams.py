"""Cards for the hiring team of an application."""

from __future__ import annotations

from typing import Any

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import candidate_and_job, the_application, the_user, who
from langchain_ashby.endpoints.applications import (
    AddApplicationHiringTeamMember,
    GetApplication,
    ListApplicationHiringTeamRoles,
    RemoveApplicationHiringTeamMember,
)
from langchain_ashby.endpoints.organization import GetUser
from langchain_ashby.text.words import UNNAMED, at, called, folded, named, one_line, person


@builds(AddApplicationHiringTeamMember)
def add(request: AddApplicationHiringTeamMember, reads: ReadCache, builder: CardBuilder) -> None:
    """Give a user a role on the hiring team."""
    _change(request, reads, builder, adds=True)


@builds(RemoveApplicationHiringTeamMember)
def remove(request: RemoveApplicationHiringTeamMember, reads: ReadCache, builder: CardBuilder) -> None:
    """Take a role on the hiring team from a user."""
    _change(request, reads, builder, adds=False)


def _change(
    request: AddApplicationHiringTeamMember | RemoveApplicationHiringTeamMember,
    reads: ReadCache,
    builder: CardBuilder,
    *,
    adds: bool,
) -> None:
    found, roles, user_read = reads.all(
        GetApplication(application_id=request.application_id),
        ListApplicationHiringTeamRoles(),
        GetUser(user_id=request.team_member_id),
    )
    application = the_application(builder, found)
    candidate_and_job(builder, reads, application)
    user = the_user(builder, "The user", user_read, request.team_member_id)
    role = builder.named("The role", roles, request.role_id, "title")
    of = f"the hiring team of {who(builder, application)}"
    builder.line = (
        f"Add {called(user)} to {of}, as {called(role)}"
        if adds
        else f"Remove {called(user)}, {called(role)}, from {of}"
    )
    team = at(application, "hiringTeam")
    entries = team if isinstance(team, list) else None
    before = _has(entries, request.team_member_id, role)
    member = f"{called(user)} ({called(role)})"
    others = [_member(it) for it in entries or [] if not _is(it, request.team_member_id, role)]
    kept = ", ".join(others) or None if entries is not None else f"the present members without {member}"
    whole = ", ".join([*others, member]) if entries is not None else f"the present members and {member}"
    change = ("Hiring team", whole if before is True else kept, whole if adds else kept)
    if before is UNREAD:
        builder.not_checked("Whether the user has this role already could not be read.", "medium")
    builder.set_field(f"{one_line(role['name'])} {one_line(user['name'])}", before, adds, change=change)
    if before is adds:
        builder.warn("Already up to date; nothing would change.")
    elsewhere = [it for it in entries or [] if _has_role(it, role) and at(it, "userId") != request.team_member_id]
    if not adds and before is True and not elsewhere:
        builder.warn("Nobody else has this role on the hiring team.")
    if at(application, "status") == "Archived":
        builder.warn("The application is archived.", "low")
    builder.consequence("It is not documented whether Ashby notifies the user, or what access a role gives.")


def _has(team: list[Any] | None, user_id: str, role: Fact) -> Any:
    """Whether a user has a role. The team names roles by their titles; one without a title may be any."""
    if team is None or role["name"] == UNNAMED:
        return UNREAD
    if any(_is(it, user_id, role) for it in team):
        return True
    return UNREAD if any(at(it, "userId") in (user_id, None) and not at(it, "role") for it in team) else False


def _is(member: Any, user_id: str, role: Fact) -> bool:
    return at(member, "userId") == user_id and _has_role(member, role)


def _has_role(member: Any, role: Fact) -> bool:
    return bool(at(member, "role")) and folded(at(member, "role")) == folded(role["name"])


def _member(entry: Any) -> str:
    return f"{named(person(entry) or UNNAMED)} ({named(at(entry, 'role') or UNNAMED)})"
