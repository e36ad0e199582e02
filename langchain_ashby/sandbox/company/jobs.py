"""Tidewright's jobs, their postings, and the openings to fill."""

from typing import NamedTuple

from langchain_ashby.sandbox.company.forms import APPLICATION_FORM_DEFINITION
from langchain_ashby.sandbox.company.make import Record, Records, ago, ident, idents, present, ref


class JobRow(NamedTuple):
    """A job; the team is its hiring manager, recruiter and the rest, as keys of users."""

    key: str
    title: str
    status: str
    department: str
    location: str
    plan: str
    team: str
    requisition: str
    pay: tuple[str, int, int] | None
    created: int  # days ago
    opened: int | None
    closed: int | None
    employment: str = "FullTime"
    confidential: bool = False


JOBS = (
    JobRow("staff", "Staff Engineer", "Open", "platform", "oslo", "engineering", "yuki priya sofia liam ravi",
           "TW-101", ("EUR", 105000, 140000), 150, 140, None),
    JobRow("sre", "Site Reliability Engineer", "Open", "platform", "remote-eu", "engineering", "yuki priya liam",
           "TW-102", ("EUR", 85000, 110000), 120, 118, None),
    JobRow("ml", "Machine Learning Engineer", "Open", "data", "halifax", "engineering", "ravi daniel sofia",
           "TW-103", ("CAD", 130000, 165000), 90, 84, None),
    JobRow("designer", "Senior Product Designer", "Open", "design", "london", "general", "zofia daniel amara",
           "TW-104", ("GBP", 75000, 92000), 100, 95, None),
    JobRow("sales", "Account Executive, Ports", "Open", "sales", "hamburg", "general", "grace elena maren",
           "TW-105", ("EUR", 70000, 90000), 60, 55, None),
    JobRow("vp", "VP Finance", "Open", "finance", "oslo", "executive", "maren mateo",
           "TW-106", ("EUR", 180000, 220000), 80, 75, None, confidential=True),
    JobRow("intern", "Fleet Software Intern", "Draft", "fleet", "singapore", "", "liam priya",
           "TW-107", None, 12, None, None, employment="Intern"),
    JobRow("manager", "Product Manager, Port Operations", "Closed", "management", "london", "general",
           "amara daniel", "TW-088", ("GBP", 80000, 98000), 300, 290, 30),
    JobRow("writer", "Technical Writer", "Archived", "product", "remote-us", "general", "amara elena",
           "TW-061", None, 700, 690, 420, employment="PartTime"),
)  # fmt: skip
JOB_ROWS = {row.key: row for row in JOBS}
USUAL_PAY = ("EUR", 60000, 80000)
"""The pay of a job that does not state its own."""

ROLES = ("Hiring Manager", "Recruiter", "Interviewer", "Coordinator")
"""The roles on a hiring team, in the order in which a job's team is stated."""
_STACKS = {"staff": ["rs", "py"], "sre": ["go", "py"], "ml": ["py"]}

# key, job, published, listed, boards, further locations
POSTINGS = (
    ("staff", "staff", True, True, "external internal", "remote-eu"),
    ("sre", "sre", True, True, "external", ""),
    ("ml", "ml", True, True, "external", "remote-us"),
    ("designer", "designer", True, True, "external", ""),
    ("sales", "sales", True, False, "external", ""),
    ("sales-internal", "sales", True, True, "internal", ""),
    ("vp", "vp", True, False, "external", ""),
    ("intern", "intern", False, False, "external", ""),
)

# identifier, state, jobs, locations, team, hire by (days ahead), seniority, backfill, archived, close reason
OPENINGS = (
    ("OP-201", "Open", "staff", "oslo", "platform", 60, "l5", False, False, ""),
    ("OP-202", "Open", "staff", "oslo remote-eu", "platform", 90, "l5", True, False, ""),
    ("OP-203", "Filled", "staff", "oslo", "platform", -20, "l5", False, False, ""),
    ("OP-204", "Open", "sre", "remote-eu", "platform", 45, "l4", False, False, ""),
    ("OP-205", "Filled", "sre", "remote-eu", "platform", -35, "l4", False, False, ""),
    ("OP-206", "Open", "ml", "halifax", "data", 75, "l4", False, False, ""),
    ("OP-207", "Approved", "ml", "halifax remote-us", "data", 120, "l4", True, False, ""),
    ("OP-208", "Open", "designer", "london", "design", 30, "l4", True, False, ""),
    ("OP-209", "Open", "sales", "hamburg", "sales", 40, "l4", False, False, ""),
    ("OP-210", "Draft", "", "singapore", "fleet", 200, "l3", False, False, ""),
    ("OP-211", "Closed", "manager", "london", "management", -60, "l4", False, False, "budget"),
    ("OP-212", "Closed", "writer", "remote-us", "product", -400, "l3", True, True, "merged"),
    ("OP-213", "Filled", "manager", "london", "management", -50, "l4", False, False, ""),
)

# key, title, department, status
TEMPLATES = (
    ("engineer", "Engineer", "engineering", "Active"),
    ("intern", "Intern", "fleet", "Inactive"),
)


def records() -> Records:
    """Boards, brands, templates, jobs, postings and openings."""
    for key, title in (("external", "Careers at Tidewright"), ("internal", "Internal moves")):
        internal = key == "internal"
        yield "jobBoard", {"id": ident("board", key), "title": title, "isInternal": internal, "isPrimary": not internal}
    for key, name in (("tidewright", "Tidewright"), ("harbour", "Harbour Robotics")):
        yield "brand", {"id": ident("brand", key), "name": name, "hostedJobsPageSlug": key}
    for key, title, department, status in TEMPLATES:
        yield (
            "jobTemplate",
            {
                "id": ident("job template", key),
                "title": title,
                "status": status,
                "departmentId": ident("department", department),
                "locationId": ident("location", "oslo"),
                "defaultInterviewPlanId": ident("plan", "engineering"),
            },
        )
    for role in ROLES:
        yield "applicationHiringTeamRole", {"id": ident("application role", role), "title": role}
    for row in JOBS:
        yield "job", _job(row)
    for posting in POSTINGS:
        yield "jobPosting", _posting(*posting)
    for opening in OPENINGS:
        yield "opening", _opening(*opening)


def hiring_team(job: str) -> list[Record]:
    """Manager, recruiter and interviewers of a job."""
    users = JOB_ROWS[job].team.split()
    return [{"userId": ident("user", user), "role": ROLES[min(at, 2)]} for at, user in enumerate(users)]


def seat(identifier: str, job: str, opened: float, filled: float | None) -> Record:
    """An opening of a job for one person, opened and perhaps filled so many days ago."""
    row = JOB_ROWS[job]
    stated = (identifier, "Open" if filled is None else "Filled", job, row.location, row.department)
    opening = {**_opening(*stated, 30, "l4", False, False, ""), "createdAt": ago(opened), "openedAt": ago(opened)}
    opening["latestVersion"] = {**opening["latestVersion"], "createdAt": ago(opened)}
    return opening if filled is None else {**opening, "closedAt": ago(filled)}


def _job(row: JobRow) -> Record:
    fields: dict[str, object] = {
        ident("field", "cost-centre"): f"41-{row.department[:3].upper()}",
        ident("field", "urgency"): "p1" if row.key == "staff" else "p2",
        ident("field", "review"): "2026-12-15",
    }
    if row.key in _STACKS:
        fields[ident("field", "stack")] = _STACKS[row.key]
    if row.pay:
        currency, low, high = row.pay
        fields[ident("field", "budget")] = {
            "type": "compensation-range",
            "minValue": low,
            "maxValue": high,
            "currencyCode": currency,
            "interval": "1 YEAR",
        }
    return present(
        id=ident("job", row.key),
        title=row.title,
        status=row.status,
        confidential=row.confidential,
        employmentType=row.employment,
        departmentId=ident("department", row.department),
        locationId=ident("location", row.location),
        defaultInterviewPlanId=ref("plan", row.plan),
        interviewPlanIds=[ident("plan", row.plan)] if row.plan else [],
        customRequisitionId=row.requisition,
        brandId=ident("brand", "tidewright"),
        authorId=ident("user", row.team.split()[1]),
        hiringTeam=hiring_team(row.key),
        customFieldValues=fields,
        compensationTiers=_tiers(row.key, *row.pay) if row.pay else None,
        createdAt=ago(row.created),
        updatedAt=ago(min(row.created, row.closed or 10)),
        openedAt=ago(row.opened) if row.opened else None,
        closedAt=ago(row.closed) if row.closed else None,
    )


def _tiers(job: str, currency: str, low: int, high: int) -> list[Record]:
    summary = f"{currency} {low // 1000}K to {high // 1000}K"
    salary = {
        "id": ident("pay", job, "salary"),
        "summary": summary,
        "compensationType": "Salary",
        "interval": "1 YEAR",
        "currencyCode": currency,
        "minValue": low,
        "maxValue": high,
    }
    equity = {
        "id": ident("pay", job, "equity"),
        "summary": "Offers Equity",
        "compensationType": "EquityPercentage",
        "interval": "NONE",
    }
    return [
        {
            "id": ident("pay", job),
            "title": "Base",
            "tierSummary": f"{summary} • Offers Equity",
            "components": [salary, equity],
        }
    ]


def _posting(key: str, job: str, published: bool, listed: bool, boards: str, further: str) -> Record:
    row = JOB_ROWS[job]
    text = f"Tidewright makes software that ports run on. As {row.title} you will help ships find their berth on time."
    return present(
        id=ident("posting", key),
        jobId=ident("job", job),
        title=row.title,
        isPublished=published,
        isListed=listed,
        jobBoardIds=idents("board", boards),
        locationIds={
            "primaryLocationId": ident("location", row.location),
            "secondaryLocationIds": idents("location", further),
        },
        workplaceType={"remote-eu": "Remote", "hamburg": "OnSite", "singapore": "OnSite"}.get(row.location, "Hybrid"),
        descriptionHtml=f"<p>{text}</p>",
        descriptionPlain=text,
        publishedDate=ago(row.opened or row.created)[:10],
        applicationDeadline=ago(-45) if key == "sales" else None,
        applyLink=f"https://jobs.example.com/tidewright/{ident('posting', key)}/application",
        externalLink=f"https://jobs.example.com/tidewright/{ident('posting', key)}",
        shouldDisplayCompensationOnJobBoard=job in ("staff", "sre"),
        applicationFormDefinition=APPLICATION_FORM_DEFINITION,
        updatedAt=ago(7),
    )


def _opening(
    identifier: str,
    state: str,
    jobs: str,
    locations: str,
    team: str,
    ahead: int,
    seniority: str,
    backfill: bool,
    archived: bool,
    reason: str,
) -> Record:
    created = max(100, 80 - ahead)
    started = state in ("Open", "Filled", "Closed")
    version = present(
        id=ident("opening version", identifier),
        createdAt=ago(created - 5),
        authorId=ident("user", "mateo"),
        identifier=identifier,
        description=f"Headcount plan 2026, {team}",
        teamId=ident("department", team),
        jobIds=idents("job", jobs),
        locationIds=idents("location", locations),
        targetHireDate=ago(-ahead)[:10],
        targetStartDate=ago(-ahead - 30)[:10],
        isBackfill=backfill,
        employmentType=JOB_ROWS[jobs].employment if jobs else "Intern",
        hiringTeam=hiring_team(jobs)[:2] if jobs else [],
        customFieldValues={
            ident("field", "approved"): state != "Draft",
            ident("field", "seniority"): seniority,
            ident("field", "budget-year"): 2026,
        },
    )
    return present(
        id=ident("opening", identifier),
        openingState=state,
        isArchived=archived,
        archivedAt=ago(25) if archived else None,
        openedAt=ago(created - 10) if started else None,
        closedAt=ago(30) if state in ("Filled", "Closed") else None,
        closeReasonId=ref("close reason", reason),
        latestVersion=version,
        createdAt=ago(created),
    )
