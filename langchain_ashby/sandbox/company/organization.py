"""Tidewright itself: people, departments, locations, and the lists that recruiting chooses from."""

from langchain_ashby.sandbox.company.make import Records, ago, ident, present, ref

ORGANIZATION_ID = ident("organization")

# key, first name, last name, role in Ashby, manager, days since the last change, works here
USERS = (
    ("maren", "Maren", "Solberg", "Organization Admin", "", 40, True),
    ("tobias", "Tobias", "Lindqvist", "Organization Admin", "maren", 25, True),
    ("priya", "Priya", "Raman", "Elevated Access", "maren", 3, True),
    ("daniel", "Daniel", "Okafor", "Elevated Access", "maren", 12, True),
    ("mateo", "Mateo", "Ibáñez", "Elevated Access", "maren", 60, True),
    ("yuki", "Yuki", "Tanaka", "Limited Access", "tobias", 8, True),
    ("sofia", "Sofia", "Marchetti", "Limited Access", "yuki", 15, True),
    ("liam", "Liam", "O'Connor", "Limited Access", "yuki", 90, True),
    ("ravi", "Ravi", "Menon", "Limited Access", "tobias", 33, True),
    ("amara", "Amara", "Nwosu", "Limited Access", "maren", 21, True),
    ("zofia", "Zofia", "Kowalczyk", "Limited Access", "amara", 52, True),
    ("grace", "Grace", "Adeyemi", "Limited Access", "maren", 70, True),
    ("elena", "Elena", "Petrova", "External Recruiter", "priya", 5, True),
    ("jonas", "Jonas", "Weber", "Limited Access", "yuki", 200, False),
)

# key, name, name shown to candidates, parent, archived
DEPARTMENTS = (
    ("engineering", "Engineering", "Engineering", "", False),
    ("platform", "Platform", "Platform Engineering", "engineering", False),
    ("fleet", "Fleet Software", "", "engineering", False),
    ("data", "Data & ML", "Data and Machine Learning", "engineering", False),
    ("engineering-ops", "Operations", "", "engineering", False),
    ("product", "Product", "Product", "", False),
    ("design", "Product Design", "", "product", False),
    ("management", "Product Management", "", "product", False),
    ("market", "Go-to-Market", "Sales & Customer Success", "", False),
    ("sales", "Sales", "", "market", False),
    ("market-ops", "Operations", "", "market", False),
    ("finance", "Finance & People", "", "", False),
    ("hardware", "Hardware Lab", "", "engineering", True),
)

# key, name, name shown to candidates, parent, workplace ("" for a region), city, region, country, archived
LOCATIONS = (
    ("world", "Worldwide", "", "", "", "", "", "", False),
    ("europe", "Europe", "", "world", "", "", "", "", False),
    ("americas", "Americas", "", "world", "", "", "", "", False),
    ("asia", "Asia-Pacific", "", "world", "", "", "", "", False),
    ("oslo", "Oslo", "Oslo, Norway", "europe", "Hybrid", "Oslo", "Oslo", "Norway", False),
    ("hamburg", "Hamburg", "Hamburg, Germany", "europe", "OnSite", "Hamburg", "Hamburg", "Germany", False),
    ("london", "London", "London, UK", "europe", "Hybrid", "London", "England", "United Kingdom", False),
    ("remote-eu", "Remote (Europe)", "Anywhere in Europe", "europe", "Remote", "", "", "", False),
    ("halifax", "Halifax", "Halifax, Canada", "americas", "Hybrid", "Halifax", "Nova Scotia", "Canada", False),
    ("remote-us", "Remote (Americas)", "", "americas", "Remote", "", "", "United States", False),
    ("singapore", "Singapore", "", "asia", "OnSite", "Singapore", "", "Singapore", False),
    ("rotterdam", "Rotterdam", "", "europe", "OnSite", "Rotterdam", "South Holland", "Netherlands", True),
)

# key, title, source type ("" for none), archived
SOURCES = (
    ("careers", "Careers Page", "Inbound", False),
    ("linkedin-post", "LinkedIn Job Post", "Inbound", False),
    ("referral", "Employee Referral", "Referral", False),
    ("linkedin", "Sourced on LinkedIn", "Sourced", False),
    ("github", "Sourced on GitHub", "Sourced", False),
    ("agency", "Agency: Fjordline Search", "Agency", False),
    ("conference", "Port Tech Summit 2026", "Event", False),
    ("unknown", "Unspecified", "", False),
    ("newsgroup", "Old Newsgroup Ad", "Inbound", True),
)

# key, title, archived
TAGS = (
    ("silver", "Silver medalist", False),
    ("boomerang", "Former employee", False),
    ("relocate", "Needs relocation", False),
    ("visa", "Needs visa", False),
    ("maritime", "Maritime experience", False),
    ("speaker", "Conference speaker", False),
    ("fast", "Fast track", False),
    ("later", "Contact again in 2027", False),
    ("campus", "Campus 2022", True),
)

# key, text, type, archived
ARCHIVE_REASONS = (
    ("offer-declined", "Declined our offer", "RejectedByCandidate", False),
    ("withdrew", "Withdrew: accepted another offer", "RejectedByCandidate", False),
    ("pay", "Withdrew: compensation", "RejectedByCandidate", False),
    ("experience", "Not enough relevant experience", "RejectedByOrg", False),
    ("skills", "Did not meet the technical bar", "RejectedByOrg", False),
    ("culture", "Working style mismatch", "RejectedByOrg", True),
    ("duplicate", "Duplicate application", "Other", False),
    ("closed", "Position closed", "Other", False),
    ("spam", "Spam", "Other", False),
)

# key, text, archived
CLOSE_REASONS = (
    ("filled", "Hired", False),
    ("budget", "Budget withdrawn", False),
    ("merged", "Merged with another opening", False),
    ("reorg", "Reorganization 2023", True),
)

ROLES = ("Hiring Manager", "Recruiter", "Interviewer", "Coordinator")

# key, title, description, author, archived, confidential
PROJECTS = (
    ("maritime", "Maritime engineers", "People who have shipped software for ships.", "priya", False, False),
    ("harbour", "Harbour Robotics launch", "", "daniel", False, False),
    ("succession", "Succession planning", "", "maren", False, True),
    ("campus", "Campus 2022", "Students we met on the campus tour.", "priya", True, False),
)

# key, title, what it is meant for, may accompany an archiving
TEMPLATES = (
    ("rejection", "Rejection after review", "email"),
    ("rejection-onsite", "Rejection after onsite", "email"),
    ("position-closed", "Position closed", "email"),
    ("outreach", "First contact", "inMail"),
    ("connect", "Connection request", "linkedInConnection"),
    ("availability", "Asking for availability", "email"),
)


def user_email(key: str) -> str:
    """The work address of a user."""
    return f"{key}@example.com"


def records() -> Records:
    """Everything in this module."""
    for key, first, last, role, manager, changed, enabled in USERS:
        yield (
            "user",
            present(
                id=ident("user", key),
                firstName=first,
                lastName=last,
                email=user_email(key),
                globalRole=role,
                isEnabled=enabled,
                managerId=ref("user", manager),
                updatedAt=ago(changed),
                customFieldValues={ident("field", "training"): "lvl2" if role == "Limited Access" else "lvl3"},
            ),
        )
    for key, name, external, parent, archived in DEPARTMENTS:
        yield (
            "department",
            present(
                id=ident("department", key),
                name=name,
                externalName=external or None,
                isArchived=archived,
                parentId=ref("department", parent),
                createdAt=ago(1900),
                updatedAt=ago(320),
                extraData={"costCentre": "4100"} if key == "platform" else None,
            ),
        )
    for key, name, external, parent, workplace, city, region, country, archived in LOCATIONS:
        address = {"addressLocality": city, "addressRegion": region, "addressCountry": country}
        yield (
            "location",
            present(
                id=ident("location", key),
                name=name,
                externalName=external or None,
                isArchived=archived,
                isRemote=workplace == "Remote",
                workplaceType=workplace or None,
                type="Location" if workplace else "LocationHierarchy",
                parentLocationId=ref("location", parent),
                address={"postalAddress": {part: name for part, name in address.items() if name}} if country else None,
            ),
        )
    for key, title, kind, archived in SOURCES:
        source_type = {"id": ident("source type", kind), "title": kind, "isArchived": False} if kind else None
        yield "source", present(id=ident("source", key), title=title, isArchived=archived, sourceType=source_type)
    for key, title, archived in TAGS:
        yield "candidateTag", {"id": ident("tag", key), "title": title, "isArchived": archived}
    for key, text, kind, archived in ARCHIVE_REASONS:
        reason = {"id": ident("archive reason", key), "text": text, "reasonType": kind, "isArchived": archived}
        yield "archiveReason", reason
    for key, text, archived in CLOSE_REASONS:
        yield "closeReason", {"id": ident("close reason", key), "reasonText": text, "isArchived": archived}
    for number, (key, title, description, author, archived, confidential) in enumerate(PROJECTS):
        yield (
            "project",
            present(
                id=ident("project", key),
                title=title,
                description=description or None,
                authorId=ident("user", author),
                isArchived=archived,
                confidential=confidential,
                customFieldValues={} if archived else {ident("field", "project-owner"): "Talent"},
                createdAt=ago(300 + 200 * number),
            ),
        )
    for title in ROLES:
        yield "hiringTeamRole", {"id": ident("role", title), "title": title}
    for key, title, intended in TEMPLATES:
        yield (
            "communicationTemplate",
            {
                "id": ident("template", key),
                "title": title,
                "intendedTypes": [intended],
                "createdAt": ago(700),
                "updatedAt": ago(90),
            },
        )
