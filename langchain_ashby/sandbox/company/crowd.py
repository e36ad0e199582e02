"""Candidates beyond those written out by hand: as many as asked for, each the same every time."""

from random import Random
from typing import NamedTuple

from langchain_ashby.sandbox.company.jobs import JOB_ROWS
from langchain_ashby.sandbox.company.people import Person
from langchain_ashby.sandbox.company.plans import STAGES

# name, as in an e-mail address
FIRST = (
    ("Anna", "anna"), ("José", "jose"), ("Łucja", "lucja"), ("Björn", "bjorn"), ("Zoé", "zoe"), ("Mihai", "mihai"),
    ("Siddharth", "siddharth"), ("Aoife", "aoife"), ("Kwabena", "kwabena"), ("Yuto", "yuto"), ("Leïla", "leila"),
    ("Ottilie", "ottilie"), ("Tariq", "tariq"), ("Ngozi", "ngozi"), ("Émile", "emile"), ("Marta", "marta"),
    ("Søren", "soren"), ("Thùy", "thuy"), ("Jakub", "jakub"), ("Beatriz", "beatriz"), ("Oleh", "oleh"),
    ("Ines", "ines"), ("Dmitri", "dmitri"), ("Wanjiru", "wanjiru"), ("Hal", "hal"),
)  # fmt: skip
LAST = (
    ("Nyström", "nystrom"), ("García", "garcia"), ("Wójcik", "wojcik"), ("Šimunić", "simunic"), ("O'Hara", "ohara"),
    ("Çelik", "celik"), ("Banerjee", "banerjee"), ("van der Berg", "vanderberg"), ("Asante", "asante"), ("Ito", "ito"),
    ("Benali", "benali"), ("Lindström", "lindstrom"), ("Rahman", "rahman"), ("Eze", "eze"), ("Dubois", "dubois"),
    ("Ferreira", "ferreira"), ("Holm", "holm"), ("Phạm", "pham"), ("Dvořák", "dvorak"), ("Bondarenko", "bondarenko"),
    ("Kamau", "kamau"), ("Schäfer", "schafer"), ("Moretti", "moretti"), ("Sjöberg", "sjoberg"), ("Grant", "grant"),
)  # fmt: skip
WHOLE = (
    ("李娜", "li.na"), ("张伟", "zhang.wei"), ("محمد العلي", "mohammed.alali"), ("Ольга Іваненко", "olha.ivanenko"),
    ("सुनीता राव", "sunita.rao"), ("Γιώργος Νίκου", "giorgos.nikou"), ("鈴木 健", "suzuki.ken"),
    ("이서연", "lee.seoyeon"),
)  # fmt: skip
PLACES = ("oslo", "stockholm", "hamburg", "warsaw", "london", "dublin", "paris", "halifax", "newyork", "bengaluru")
POSITIONS = (
    ("Software Engineer", "staff"), ("Senior Software Engineer", "staff"), ("Backend Developer", "staff"),
    ("Site Reliability Engineer", "sre"), ("Cloud Engineer", "sre"), ("Data Scientist", "ml"), ("ML Engineer", "ml"),
    ("Product Designer", "designer"), ("UX Researcher", "designer"), ("Account Manager", "sales"),
    ("Product Manager", "manager"),
)  # fmt: skip
COMPANIES = ("Quayside Labs", "Saltmarsh", "Lumenfall", "Brackwater", "Pelagos Software", "Nordlys Data", "")
SCHOOLS = ("KTH", "NTNU", "TU Berlin", "Trinity College Dublin", "Politechnika Gdańska", "University of Leeds", "")
SOURCES = ("careers",) * 5 + ("linkedin-post",) * 3 + ("linkedin", "github", "referral", "agency", "conference")


class Standing(NamedTuple):
    """Where an application stands, as in `Person.applications`, and for how many days on average.

    `share` weighs it against the others. `{second}` and `{panel}` are the plan's later interviews.
    """

    share: int
    stage: str
    days: float


def _standings(days: float, stage: str, details: str) -> tuple[Standing, ...]:
    """A stage by the details that it occurs with, as `detail=share`."""
    stated = (detail.partition("=") for detail in details.split(", "))
    return tuple(Standing(int(share), f"{stage}:{detail}", days) for detail, _, share in stated)


LATER = {
    "engineering": {"second": "Technical Phone Screen", "panel": "Onsite"},
    "general": {"second": "Hiring Manager", "panel": "Onsite Panel"},
}
REJECTED_ELSEWHERE = ("experience@Application Review", "withdrew@Recruiter Screen", "skills@Onsite")
STANDINGS = (
    Standing(250, "Application Review", 18),
    Standing(55, "New Lead", 30),
    Standing(45, "Reached Out", 20),
    *_standings(5, "Recruiter Screen", "needs=16, availability=8, booking=8, submitted=6, scheduled=16, hold=3"),
    *_standings(4, "Recruiter Screen", "waiting=10, done=20, cancelled=3"),
    *_standings(6, "{second}", "needs=6, scheduled=12, hold=1, waiting=9, done=9, cancelled=3"),
    *_standings(5, "{panel}", "needs=4, availability=2, scheduled=8, waiting=7, done=6"),
    *_standings(6, "Offer", "start=2, definition=1, unapproved=1, approval=3, refused=1, sent=4"),
    Standing(16, "Hired", 50),
    *_standings(45, "Archived", "experience@Application Review=250, spam@Application Review=10"),
    *_standings(40, "Archived", "duplicate@Application Review=8, closed@Application Review=8"),
    *_standings(40, "Archived", "experience@Recruiter Screen=38, withdrew@Recruiter Screen=30"),
    *_standings(40, "Archived", "pay@Recruiter Screen=14"),
    *_standings(35, "Archived", "skills@{second}=55, withdrew@{second}=18, skills@{panel}=30, pay@{panel}=6"),
    *_standings(30, "Archived", "culture@{panel}=5, offer-declined@Offer=7, withdrew@Offer=2"),
)
CLOSED_STANDINGS = (
    *_standings(60, "Archived", "experience@Application Review=60, closed@Application Review=50"),
    *_standings(50, "Archived", "closed@Recruiter Screen=20, withdrew@Recruiter Screen=5, closed@{second}=10"),
    *_standings(50, "Archived", "skills@{second}=10, closed@{panel}=4, offer-declined@Offer=2"),
    Standing(3, "Hired", 60),
)
_SHORTEST = 6.0
"""The days that a stage takes at least: its interviews take place within four, and it takes a share of the whole."""


def person(index: int, rng: Random) -> Person:
    """The candidate of this index, in short."""
    if rng.random() < 0.05:
        name, key = rng.choice(WHOLE)
    else:
        (first, first_key), (last, last_key) = rng.choice(FIRST), rng.choice(LAST)
        initial = rng.choice(("", "", "", f" {rng.choice('ABCDEFGHIJKLMNOPRSTVW')}."))
        name, key = f"{first}{initial} {last}", f"{first_key}.{last_key}"
    position, job = rng.choice(POSITIONS)
    standings = CLOSED_STANDINGS if JOB_ROWS[job].closed else STANDINGS
    (standing,) = rng.choices(standings, [each.share for each in standings])
    stage = standing.stage.format(**LATER[JOB_ROWS[job].plan])
    applications = f"{job}:{stage}" if rng.random() < 0.93 else ""
    came, since = _days(job, stage, standing.days, rng)
    if applications and job == "staff" and rng.random() < 0.08:
        applications += f" | sre:Archived:{rng.choice(REJECTED_ELSEWHERE)}"
    return Person(
        key=f"{key}.{index}",
        name=name,
        place=rng.choice(PLACES),
        position=position,
        company=rng.choice(COMPANIES),
        school=rng.choice(SCHOOLS),
        source=rng.choice(SOURCES),
        recommendations=rng.choice("2334"),
        applications=applications,
        tags=rng.choice(("", "", "", "later", "silver", "relocate visa")),
        came=came,
        since=since,
        seat=f"OP-{index + 1000}" if applications and stage in ("Hired", "Offer:sent") else "",
    )


def _days(job: str, stage: str, usual: float, rng: Random) -> tuple[float, float]:
    """The days since the candidate came, and since the last move."""
    row = JOB_ROWS[job]
    title, _, detail = stage.partition(":")
    titles = [each for each, *_ in STAGES[row.plan]]
    moves = titles.index(detail.partition("@")[2] or title) + (title == "Archived")
    # No application is older than its job, nor than the other job that some candidates were considered for.
    rows = [row, JOB_ROWS["sre"]] if job == "staff" else [row]
    oldest = min(each.opened or each.created for each in rows)
    least = (row.closed or 0) + (_SHORTEST if detail in ("waiting", "done", "cancelled") else 0.4)
    most = oldest - _SHORTEST * moves - 0.5
    since = least + rng.expovariate(1 / usual)
    if since > most:
        since = rng.uniform(least, most)
    return since + rng.uniform(_SHORTEST * moves, min(2 * _SHORTEST * moves, oldest - 0.4 - since)), since
