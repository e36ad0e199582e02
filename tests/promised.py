"""The promised tools, in order, and the token budgets of their definitions: `promised_tools.json`."""

import json
from pathlib import Path

_STATED = json.loads(Path(__file__).with_name("promised_tools.json").read_text("utf-8"))

ACCESS: dict[str, str] = {name: access for it in _STATED["toolsets"].values() for name, access in it["tools"].items()}
"""Read or write, by the tool's name."""
TOOLSETS: dict[str, list[str]] = {toolset: list(it["tools"]) for toolset, it in _STATED["toolsets"].items()}
TOKEN_BUDGETS: dict[str, int] = {toolset: it["token_budget"] for toolset, it in _STATED["toolsets"].items()}
"""The token budget of each toolset's definitions."""
TOKEN_BUDGET: int = _STATED["token_budget"]
"""The token budget of all promised tools together."""
TOKEN_BUDGET_OF_READS: int = _STATED["token_budget_of_reads"]
