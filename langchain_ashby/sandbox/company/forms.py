"""The company's own fields and its forms: feedback, job application, offer."""

from typing import Any

from langchain_ashby.sandbox.company.make import Record, Records, ident, present
from langchain_ashby.sandbox.company.organization import ORGANIZATION_ID

EMPLOYMENT_TYPES = "ft=Full-time|pt=Part-time|fixed=Fixed term"

# key, object, title, type, choices as value=Label, flags (private, required, archived)
FIELDS = (
    ("preferred-name", "Candidate", "Preferred name", "String", "", ""),
    ("relocation", "Candidate", "Open to relocation", "Boolean", "", ""),
    ("notice", "Candidate", "Notice period (weeks)", "Number", "", ""),
    ("earliest", "Candidate", "Earliest start", "Date", "", ""),
    ("permit", "Candidate", "Work authorization", "ValueSelect",
     "citizen=Citizen or permanent resident|permit=Has a permit|sponsor=Needs sponsorship", ""),
    ("languages", "Candidate", "Languages", "MultiValueSelect",
     "en=English|no=Norwegian|de=German|fr=French|zh=Chinese|ar=Arabic|hi=Hindi|eo=Esperanto (retired)", ""),
    ("portfolio", "Candidate", "Portfolio", "Url", "", ""),
    ("background", "Candidate", "Background", "LongText", "", ""),
    ("experience", "Candidate", "Years of experience", "NumberRange", "", ""),
    ("expectation", "Candidate", "Salary expectation", "CompensationRange", "", "private"),
    ("current-salary", "Candidate", "Current salary", "Currency", "", "private archived"),
    ("take-home", "Application", "Take-home score", "Number", "", ""),
    ("debrief", "Application", "Debrief summary", "LongText", "", "private"),
    ("relocation-budget", "Application", "Relocation budget", "Currency", "", ""),
    ("bonus-paid", "Application", "Referral bonus paid", "Boolean", "", ""),
    ("hris", "Application", "HRIS record", "UUID", "", ""),
    ("old-rating", "Application", "Rating (old scale)", "ValueSelect", "a=A|b=B|c=C", "archived"),
    ("cost-centre", "Job", "Cost centre", "String", "", "required"),
    ("urgency", "Job", "Hiring urgency", "ValueSelect", "p1=Urgent|p2=This quarter|p3=When we find someone", ""),
    ("stack", "Job", "Tech stack", "MultiValueSelect", "py=Python|rs=Rust|go=Go|f77=Fortran (retired)", ""),
    ("budget", "Job", "Budget", "CompensationRange", "", "private"),
    ("review", "Job", "Next headcount review", "Date", "", ""),
    ("approved", "Opening", "Approved by finance", "Boolean", "", ""),
    ("seniority", "Opening", "Seniority", "ValueSelect", "l3=Engineer|l4=Senior|l5=Staff|l6=Principal", ""),
    ("budget-year", "Opening", "Budget year", "Number", "", ""),
    ("equity", "Offer", "Equity (options)", "Number", "", ""),
    ("employment", "Offer", "Employment type", "ValueSelect", EMPLOYMENT_TYPES, "required"),
    ("sign-on", "Offer", "Sign-on bonus", "Currency", "", "private"),
    ("offer-notes", "Offer", "Notes", "LongText", "", ""),
    ("training", "Employee", "Interviewer training", "ValueSelect", "lvl1=Shadowing|lvl2=Trained|lvl3=Trainer", ""),
    ("project-owner", "Talent_Project", "Owner's team", "String", "", ""),
)  # fmt: skip

RECOMMENDATION = "1=Strong No|2=No|3=Yes|4=Strong Yes"

# section, then its fields: path, title, type, choices, required
SCORECARD = (
    ("Recommendation", (
        ("overall_recommendation", "Overall recommendation", "ValueSelect", RECOMMENDATION, True),
        ("feedback", "What did you see?", "RichText", "", True),
    )),
    ("Skills", (
        ("technical_depth", "Technical depth", "Score", "", True),
        ("problem_solving", "Problem solving", "Score", "", False),
        ("communication", "Communication", "Score", "", False),
        ("areas", "Areas covered", "MultiValueSelect",
         "design=System design|coding=Coding|lead=Leadership|ops=Operations|values=Values", False),
        ("work_with", "Would you like to work with this person?", "Boolean", "", False),
    )),
)  # fmt: skip

SCREEN = (
    ("Recommendation", (
        ("overall_recommendation", "Move forward?", "ValueSelect", RECOMMENDATION, True),
        ("summary", "Summary of the call", "RichText", "", True),
        ("one_line", "In one line", "String", "", False),
        ("motivation", "Why Tidewright?", "LongText", "", False),
    )),
    ("Terms", (
        ("notice_weeks", "Notice period in weeks", "Number", "", False),
        ("earliest_start", "Earliest start", "Date", "", False),
        ("expected_pay", "Expected pay", "CompensationRange", "", False),
        ("current_pay", "Current pay", "Currency", "", False),
        ("team_sizes", "Team sizes led", "NumberRange", "", False),
    )),
    ("References", (
        ("reference_email", "Reference: e-mail", "Email", "", False),
        ("reference_phone", "Reference: phone", "Phone", "", False),
        ("reference_url", "Reference: link", "Url", "", False),
        ("referring_user", "Id of the referring colleague", "UUID", "", False),
    )),
)  # fmt: skip

DEBRIEF = (
    ("", (
        ("overall_recommendation", "Recommendation", "ValueSelect", RECOMMENDATION, True),
        ("decision", "Notes", "RichText", "", False),
    )),
)  # fmt: skip

APPLICATION_FORM = (
    ("About you", (
        ("_systemfield_name", "Name", "String", "", True),
        ("_systemfield_email", "E-mail", "Email", "", True),
        ("_systemfield_resume", "Resume", "File", "", False),
    )),
    ("Questions", (
        ("why", "Why do you want to work with us?", "LongText", "", False),
        ("start", "When could you start?", "Date", "", False),
    )),
)  # fmt: skip

# key, title, sections, default form, archived, the interview it belongs to alone
FEEDBACK_FORMS = (
    ("scorecard", "Interview Scorecard", SCORECARD, True, False, ""),
    ("screen", "Recruiter Screen", SCREEN, False, False, "recruiter-screen"),
    ("debrief", "Debrief", DEBRIEF, False, False, "debrief"),
    ("scorecard-2023", "Interview Scorecard 2023", DEBRIEF, False, True, ""),
)

OFFER_FORM = (
    ("Terms", (
        ("salary", "Base salary", "Currency", "", True),
        ("startDate", "Start date", "Date", "", True),
        (ident("field", "employment"), "Employment type", "ValueSelect", EMPLOYMENT_TYPES, True),
        ("openingId", "Opening", "UUID", "", False),
    )),
    ("Extras", (
        (ident("field", "equity"), "Equity (options)", "Number", "", False),
        (ident("field", "sign-on"), "Sign-on bonus", "Currency", "", False),
        (ident("field", "offer-notes"), "Notes", "LongText", "", False),
    )),
)  # fmt: skip

Sections = tuple[tuple[str, tuple[tuple[str, str, str, str, bool], ...]], ...]


def form_definition(form: str, sections: Sections) -> dict[str, Any]:
    """A form as Ashby shows it."""
    return {"sections": [_section(form, title, fields) for title, fields in sections]}


def records() -> Records:
    """Custom fields, feedback forms and the offer form."""
    for key, kind, title, field_type, choices, flags in FIELDS:
        yield (
            "customField",
            present(
                id=ident("field", key),
                title=title,
                objectType=kind,
                fieldType=field_type,
                isRequired="required" in flags,
                isPrivate="private" in flags,
                isArchived="archived" in flags,
                selectableValues=[_choice(choice) for choice in choices.split("|")] if choices else None,
            ),
        )
    for key, title, _, default, archived, interview in FEEDBACK_FORMS:
        yield (
            "feedbackFormDefinition",
            present(
                id=ident("form", key),
                organizationId=ORGANIZATION_ID,
                title=title,
                isArchived=archived,
                isDefaultForm=default,
                formDefinition=FORM_DEFINITIONS[key],
                interviewId=ident("interview", interview) if interview else None,
            ),
        )
    offer: Record = {
        "id": ident("form", "offer"),
        "title": "Offer",
        "formDefinition": form_definition("offer", OFFER_FORM),
    }
    yield "offerFormDefinition", offer


def _choice(stated: str) -> dict[str, Any]:
    value, _, label = stated.partition("=")
    return {"label": label, "value": value, "isArchived": "(retired)" in label}


def _section(form: str, title: str, fields: tuple[tuple[str, str, str, str, bool], ...]) -> dict[str, Any]:
    return present(title=title or None, fields=[_field(form, *field) for field in fields])


def _field(form: str, path: str, title: str, kind: str, choices: str, required: bool) -> dict[str, Any]:
    selectable = [{key: _choice(each)[key] for key in ("label", "value")} for each in choices.split("|")]
    return {
        "isRequired": required,
        "field": present(
            id=ident("form", form, path),
            type=kind,
            path=path,
            humanReadablePath=title,
            title=title,
            isNullable=not required,
            selectableValues=selectable if choices else None,
        ),
    }


FORM_DEFINITIONS = {key: form_definition(key, sections) for key, _, sections, *_ in FEEDBACK_FORMS}
APPLICATION_FORM_DEFINITION = form_definition("application", APPLICATION_FORM)
