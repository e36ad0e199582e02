"""Ashby's methods, one file per resource: what each request must look like, and the rule that answers it."""

# Importing a resource registers its methods.
from langchain_ashby.sandbox.methods import (  # noqa: F401
    applications,
    candidates,
    custom_fields,
    feedback,
    files,
    interviews,
    jobs,
    metadata,
    notes,
    offers,
    openings,
    organization,
    postings,
    schedules,
    stages,
    tags,
)
from langchain_ashby.sandbox.registry import METHODS

__all__ = ["METHODS"]
