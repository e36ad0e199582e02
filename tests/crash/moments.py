"""Readable names for the points at which processes died."""

from __future__ import annotations

import re

_ASKING = [
    (r"__interrupt__", "during the review: the question is being saved"),
    (r"putting .*journal|after saving proposals", "between preparing and asking"),
    (r"", "while the model proposes"),
]
_ANSWERING = [
    (r"__resume__", "during the review: the answer is being saved"),
    (r"before putting .*journal: an entry", "before the claim"),
    (r"after putting .*journal: an entry|before the request", "after the claim, before the request"),
    (r"on arrival then late", "mid-request, and the effect comes late"),
    (r"on arrival then nothing", "mid-request, and the request is lost"),
    (r"on arrival", "mid-request"),
    (r"after effect", "after the effect, before the reply"),
    (r"after the reply|before putting .*journal: concluded", "after the reply, before the record"),
    (r"after putting .*journal: concluded|before saving messages$", "after the record, before the checkpoint"),
    (r"removing", "while a claim is taken back"),
    (r"", "at another checkpoint"),
]


def name_of(told: str) -> str:
    """The name of a trial's fault, from the words of its row."""
    phase, colon, what = told.partition(": ")
    if not colon:
        return told  # a fault on Ashby's side
    if what.startswith(("the database fails", "canceled")):
        return f"{what.partition(' fails ')[0]}{' fails' if ' fails ' in what else ''} (nobody dies)"
    if what.startswith("held up"):
        return "stopped past its lease: " + what.removeprefix("held up ")
    if "random instant" in what:
        name = "at a random instant"
    else:
        known = _ASKING if phase == "ask" else _ANSWERING
        name = next(name for pattern, name in known if re.search(pattern, what))
    return f"recovering: {name}" if phase == "recover" else name
