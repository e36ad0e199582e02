"""Jobs, postings and openings."""

from collections.abc import Collection

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.records import Department, Job, JobPosting, JobTemplate, Location, Opening
from langchain_ashby.sandbox.replies.shared import Reply, custom_fields, hides, hiring_team, user, without
from langchain_ashby.sandbox.store import Condition, equals

_SCHEMA_ORG_EMPLOYMENT = {
    "FullTime": "FULL_TIME",
    "PartTime": "PART_TIME",
    "Contract": "CONTRACTOR",
    "Temporary": "TEMPORARY",
    "Intern": "INTERN",
}


def job(call: Call, record: Job, expand: Collection[str] = (), *, drafts: bool = False) -> Reply:
    """A job; `drafts` adds the ids of unpublished postings."""
    reply = without(record, "authorId", "hiringTeam", "customFieldValues", "compensationTiers")
    reply["author"] = user(call, record["authorId"])
    reply["hiringTeam"] = hiring_team(call, record["hiringTeam"])
    reply["customFields"] = custom_fields(call, record["customFieldValues"])
    published = [] if drafts else [equals("isPublished", True)]
    reply["jobPostingIds"] = call.store.ids(JobPosting, equals("jobId", record["id"]), *published)
    if "location" in expand:
        reply["location"] = dict(call.embedded(Location, record["locationId"]))
    if "openings" in expand:
        of_job = Condition(
            "EXISTS (SELECT 1 FROM json_each(data, '$.latestVersion.jobIds') WHERE value = ?)", (record["id"],)
        )
        reply["openings"] = [opening(call, found) for found in call.store.find(Opening, of_job)]
    return reply


def job_details(call: Call, record: Job, expand: Collection[str] = (), *, drafts: bool = False) -> Reply:
    """A job with its pay."""
    tiers = record.get("compensationTiers", [])
    return job(call, record, expand, drafts=drafts) | {"compensation": {"compensationTiers": tiers}}


def template(call: Call, record: JobTemplate) -> Reply:
    """A job template."""
    reply: Reply = dict(record)
    if "location" in call.body.get("expand", []) and "locationId" in record:
        reply["location"] = dict(call.embedded(Location, record["locationId"]))
    return reply


def opening(call: Call, record: Opening) -> Reply:
    """An opening."""
    version = without(record["latestVersion"], "customFieldValues", "hiringTeam")
    version["jobIds"] = [job_id for job_id in version["jobIds"] if not hides(call, Job, job_id)]
    version["hiringTeam"] = hiring_team(call, record["latestVersion"]["hiringTeam"])
    version["customFields"] = custom_fields(call, record["latestVersion"]["customFieldValues"])
    return without(record, "latestVersion", "createdAt") | {"latestVersion": version}


def team_names(call: Call, record: JobPosting) -> list[str]:
    """The names from the department down to the posting's own team."""
    names: list[str] = []
    department_id: str | None = call.embedded(Job, record["jobId"])["departmentId"]
    while department_id is not None:
        department = call.embedded(Department, department_id)
        names.insert(0, department["name"])
        department_id = department.get("parentId")
    return names


def location_name(call: Call, record: JobPosting) -> str:
    """The name of the posting's primary location."""
    return call.embedded(Location, record["locationIds"]["primaryLocationId"])["name"]


def posting(call: Call, record: JobPosting) -> Reply:
    """A posting in a list."""
    shown = ("id", "jobId", "title", "isListed", "locationIds", "workplaceType", "publishedDate", "applicationDeadline")
    links = ("applyLink", "externalLink", "shouldDisplayCompensationOnJobBoard", "updatedAt")
    reply: Reply = {key: value for key, value in record.items() if key in shown + links}
    names, tiers = team_names(call, record), _tier_summary(call, record)
    reply |= {"departmentName": names[0], "teamName": names[-1], "locationName": location_name(call, record)}
    reply["employmentType"] = call.embedded(Job, record["jobId"])["employmentType"]
    return reply | ({"compensationTierSummary": tiers} if tiers else {})


def posting_details(call: Call, record: JobPosting, expand: Collection[str] = ()) -> Reply:
    """A posting with everything that a job board shows."""
    place = call.embedded(Location, record["locationIds"]["primaryLocationId"])
    work = call.embedded(Job, record["jobId"])
    reply = posting(call, record)
    components = [without(part, "id") for tier in work.get("compensationTiers", []) for part in tier["components"]]
    reply |= {
        "teamNameHierarchy": team_names(call, record),
        "isRemote": place["isRemote"],
        "descriptionHtml": record["descriptionHtml"],
        "descriptionPlain": record["descriptionPlain"],
        "descriptionParts": {
            "descriptionBody": {"html": record["descriptionHtml"], "plain": record["descriptionPlain"]}
        },
        "applicationFormDefinition": record["applicationFormDefinition"],
        "surveyFormDefinitions": [],
        "compensation": {
            "compensationTierSummary": reply.pop("compensationTierSummary", ""),
            "summaryComponents": components,
            "compensationTiers": work.get("compensationTiers", []),
            "shouldDisplayCompensationOnJobBoard": reply.pop("shouldDisplayCompensationOnJobBoard"),
        },
        "linkedData": _linked_data(record, work),
    }
    if "address" in place:
        reply["address"] = place["address"]
    if "job" in expand:
        reply["job"] = job(call, work)
    return reply


def _tier_summary(call: Call, record: JobPosting) -> str:
    tiers = call.embedded(Job, record["jobId"]).get("compensationTiers", [])
    return "; ".join(tier["tierSummary"] for tier in tiers)


def _linked_data(record: JobPosting, work: Job) -> Reply:
    """The posting in the words of schema.org, which search engines read."""
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": record["title"],
        "description": record["descriptionHtml"],
        "identifier": {"@type": "PropertyValue", "name": record["title"], "value": record["id"]},
        "datePosted": record["publishedDate"],
        "employmentType": _SCHEMA_ORG_EMPLOYMENT[work["employmentType"]],
    }
