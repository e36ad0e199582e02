"""Candidates beyond those written out by hand: as many as asked for, each the same every time."""

from random import Random

from langchain_ashby.sandbox.company.people import Person

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
STAGES = (
    ("Application Review",) * 4
    + ("New Lead", "Reached Out", "Recruiter Screen:needs", "Recruiter Screen:done")
    + ("Archived:experience@Application Review",) * 7
    + ("Archived:withdrew@Recruiter Screen", "Archived:skills@Recruiter Screen")
)
CLOSED_STAGES = ("Archived:closed@Application Review", "Archived:closed@Recruiter Screen")


def person(index: int, rng: Random) -> Person:
    """The candidate of this index, in short."""
    if rng.random() < 0.15:
        name, key = rng.choice(WHOLE)
    else:
        (first, first_key), (last, last_key) = rng.choice(FIRST), rng.choice(LAST)
        name, key = f"{first} {last}", f"{first_key}.{last_key}"
    position, job = rng.choice(POSITIONS)
    stage = rng.choice(CLOSED_STAGES if job == "manager" else STAGES)
    applications = f"{job}:{stage}" if rng.random() < 0.93 else ""
    if applications and job == "staff" and rng.random() < 0.08:
        applications += f" | sre:{rng.choice(STAGES)}"
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
    )
