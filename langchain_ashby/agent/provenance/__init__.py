"""Traces the values of a write: who said them, which record has them, or which text by outsiders.

It compares texts, so it takes no model and always gives the same answer. Exactly what the user said is said by the
user; what is only in a text by outsiders is found through disguises. A paraphrase is the model's own words.
"""

from langchain_ashby.agent.provenance.sources import Said, trace
from langchain_ashby.agent.provenance.thread import Outside, outside

__all__ = ["Outside", "Said", "outside", "trace"]
