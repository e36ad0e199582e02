"""Projects, and the candidates in them."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import CREATED_AFTER
from langchain_ashby.sandbox.methods.candidates import CANDIDATES
from langchain_ashby.sandbox.paging import LARGEST_PAGE, Page, listing_of
from langchain_ashby.sandbox.records import Candidate, Project
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Text, Uuid, request
from langchain_ashby.sandbox.store import contains
from langchain_ashby.sandbox.visibility import visible

PROJECTS = Resource(Project, "candidates", reply.project)
PROJECTS.list("project.list", CREATED_AFTER)

CANDIDATES.add("candidate.addProject", "projectId", Project)
CANDIDATES.remove("candidate.removeProject", "projectId", Project)


@method("project.search", "candidatesRead", request(optional={"title": Text()}))
def search_projects(call: Call) -> Any:
    """Finds up to 100 projects that have these letters in their title."""
    conditions = visible(Project, call.key)
    if "title" in call.body:
        conditions.append(contains("title", call.body["title"]))
    return [reply.project(call, record) for record in call.store.find(Project, *conditions, limit=LARGEST_PAGE)]


@method("candidate.listProjects", "candidatesRead", request({"candidateId": Uuid()}, paged=True))
def list_projects_of_candidate(call: Call) -> Page:
    """Returns the projects that a candidate is in, as far as the key may see them."""
    candidate = call.get(Candidate, call.body["candidateId"])
    found = [call.find(Project, project_id) for project_id in candidate["projectIds"]]
    return listing_of(call, [reply.project(call, record) for record in found if record is not None])
