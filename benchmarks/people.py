"""Candidates of other kinds than the sandbox's: everyday names, scripts that are dear in tokens, very long names."""

from __future__ import annotations

import re
from random import Random
from typing import Any, NamedTuple
from uuid import UUID


class Crowd(NamedTuple):
    """What the people of a crowd are called, do and write from."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    position: tuple[str, ...]
    company: tuple[str, ...]
    city: tuple[str, ...]
    mail: tuple[str, ...]


EVERYDAY = Crowd(
    ("James", "Mary", "Robert", "Patricia", "Jennifer", "Michael", "Linda", "David", "Elizabeth", "Sarah", "José"),
    ("Smith", "Johnson", "Williams", "Garcia", "Miller", "Rodriguez", "Martinez", "Anderson", "Nguyen", "O'Brien"),
    ("Senior Software Engineer", "Account Executive", "Product Manager", "Data Analyst", "Recruiter", "VP Engineering"),
    ("Northwind Traders", "Acme Corp", "Contoso", "Fabrikam", "Globex", "Initech", "Umbrella Health", "Hooli"),
    ("San Francisco", "New York", "Austin", "Chicago", "Toronto", "London"),
    ("gmail.com", "gmail.com", "gmail.com", "outlook.com", "yahoo.com", "icloud.com"),
)
SCRIPTS = Crowd(
    (
        "محمد",
        "فاطمة",
        "நிவேதா",
        "सुनीता",
        "अनिरुद्ध",
        "วิชัย",
        "慧玲",
        "健太",
        "민준",
        "Владислав",
        "Екатерина",
        "Αικατερίνη",
    ),
    ("الحسيني", "கிருஷ்ணன்", "चक्रवर्ती", "ศรีสุวรรณ", "欧阳", "佐々木", "제갈", "Константинопольский", "Παπαδοπούλου"),
    ("مهندس برمجيات أول", "ソフトウェアエンジニア", "वरिष्ठ अभियंता", "Инженер-программист", "高级软件工程师"),
    ("شركة الموانئ المتحدة", "株式会社北浜製作所", "सागर कंसल्टेंसी सर्विसेज", "Лаборатория Причал", "云海集团"),
    ("الرياض", "東京", "बेंगलुरु", "Москва", "上海"),
    ("gmail.com", "qq.com", "mail.ru"),
)
LONG = Crowd(
    ("Maximilian Friedrich Alexander", "María de los Ángeles Guadalupe", "Christopher-Sebastian"),
    ("von Hohenfels-Reichenstein zu Lützelburg", "Papadimitropoulou-Konstantinidis", "Fernández de la Cueva y Rojas"),
    ("Vice President of Platform Architecture and Developer Productivity", "Senior Director, Strategic Enablement"),
    (
        "Gesellschaft für vernetzte Hafenlogistik und Umschlagtechnik mbH",
        "Harbour Advisory Limited Partnership",
    ),
    ("Llanfairpwllgwyngyll", "San Pedro Garza García"),
    ("wirtschaftspruefungsgesellschaft.example.com",),
)
CROWDS = {"everyday": EVERYDAY, "scripts": SCRIPTS, "long": LONG}
TAGS = ("Referral", "Top of market", "Do not contact", "Strong culture add", "Willing to relocate")
SOURCES = ("LinkedIn", "Careers page", "Referral", "Job board", "Sourced", "Import")


def candidates(crowd: Crowd | None, number: int, rng: Random) -> list[dict[str, Any]]:
    """Candidates of a crowd as Ashby lists them; of a mixture, mostly everyday, without one."""
    return [_candidate(crowd or rng.choices((EVERYDAY, SCRIPTS, LONG), (20, 4, 1))[0], rng) for _ in range(number)]


def _candidate(crowd: Crowd, rng: Random) -> dict[str, Any]:
    first, last = rng.choice(crowd.first), rng.choice(crowd.last)
    plain = re.sub("[^a-z]", "", f"{first}{last}".lower())[:28]
    local = plain or "".join(rng.choices("abcdefghijklmnop", k=9))
    number = rng.choice(("", "", str(rng.randint(1, 99))))
    return {
        "id": str(UUID(int=rng.getrandbits(128), version=4)),
        "name": f"{first} {last}",
        "primaryEmailAddress": {"value": f"{local}{number}@{rng.choice(crowd.mail)}"},
        "position": rng.choice(crowd.position),
        "company": rng.choice(crowd.company),
        "location": {"locationSummary": rng.choice(crowd.city)},
        "tags": [{"title": title} for title in rng.sample(TAGS, rng.choice((0, 0, 1, 2)))],
        "source": {"title": rng.choice(SOURCES)},
        "applicationIds": ["…"] * rng.choice((0, 1, 1, 1, 2)),
        "createdAt": f"2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}T10:00:00.000Z",
    }
