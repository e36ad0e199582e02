"""Ashby's methods, one file per resource: what each request must look like, and the rule that answers it."""

from importlib import import_module
from pkgutil import iter_modules

from langchain_ashby.sandbox.registry import METHODS

__all__ = ["METHODS"]

# Importing a resource registers its methods.
for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
