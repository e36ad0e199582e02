"""Places where candidates live, and phone numbers there. Every number lies in a range kept free for fiction."""

from typing import NamedTuple

from langchain_ashby.sandbox.company.make import Record, ident


class Place(NamedTuple):
    """A city; `phone` takes a number from 10 to 99."""

    city: str
    region: str
    country: str
    timezone: str
    phone: str


_UK = "+44 7700 9001{:02}"
_GERMANY = "+49 30 231250{:02}"
_FRANCE = "+33 1 99 00 12 {:02}"
_SWEDEN = "+46 8 465 004 {:02}"
_AMERICA = "+1 {area} 555 01{{:02}}"

PLACES = {
    "oslo": Place("Oslo", "Oslo", "Norway", "Europe/Oslo", _SWEDEN),
    "stockholm": Place("Stockholm", "Stockholm County", "Sweden", "Europe/Stockholm", _SWEDEN),
    "hamburg": Place("Hamburg", "Hamburg", "Germany", "Europe/Berlin", _GERMANY),
    "warsaw": Place("Warszawa", "Mazowieckie", "Poland", "Europe/Warsaw", _GERMANY),
    "london": Place("London", "England", "United Kingdom", "Europe/London", _UK),
    "manchester": Place("Manchester", "England", "United Kingdom", "Europe/London", _UK),
    "dublin": Place("Dublin", "Leinster", "Ireland", "Europe/Dublin", _UK),
    "paris": Place("Paris", "Île-de-France", "France", "Europe/Paris", _FRANCE),
    "halifax": Place("Halifax", "Nova Scotia", "Canada", "America/Halifax", _AMERICA.format(area="902")),
    "toronto": Place("Toronto", "Ontario", "Canada", "America/Toronto", _AMERICA.format(area="416")),
    "newyork": Place("New York", "New York", "United States", "America/New_York", _AMERICA.format(area="212")),
    "austin": Place("Austin", "Texas", "United States", "America/Chicago", _AMERICA.format(area="512")),
    "saopaulo": Place("São Paulo", "São Paulo", "Brazil", "America/Sao_Paulo", _AMERICA.format(area="305")),
    "bengaluru": Place("Bengaluru", "Karnataka", "India", "Asia/Kolkata", _UK),
    "dubai": Place("Dubai", "", "United Arab Emirates", "Asia/Dubai", _UK),
    "singapore": Place("Singapore", "", "Singapore", "Asia/Singapore", _UK),
    "seoul": Place("Seoul", "", "South Korea", "Asia/Seoul", _AMERICA.format(area="206")),
    "tokyo": Place("Tokyo", "", "Japan", "Asia/Tokyo", _AMERICA.format(area="206")),
    "sydney": Place("Sydney", "New South Wales", "Australia", "Australia/Sydney", _UK),
}


def location(key: str) -> Record:
    """The place as a candidate's record has it."""
    place = PLACES[key]
    parts = [("City", place.city), ("Region", place.region), ("Country", place.country)]
    return {
        "id": ident("place", key),
        "locationSummary": ", ".join(name for _, name in parts if name),
        "locationComponents": [{"type": kind, "name": name} for kind, name in parts if name],
    }
