"""The promised tools, in order, and how many tokens their definitions may take: `promised_tools.json`.

`make regenerate` writes the tools into the file; the budgets are raised by hand.
"""

import json
from pathlib import Path
from typing import Any

from langchain_ashby.endpoint import Operation

FILE = Path(__file__).with_name("promised_tools.json")
_STATED = json.loads(FILE.read_text("utf-8"))

TOKEN_BUDGETS: dict[str, int] = {toolset: it["token_budget"] for toolset, it in _STATED["toolsets"].items()}
"""The token budget of each toolset's definitions."""
TOKEN_BUDGETS_OF_WHOLE_TOOLSETS: dict[str, int] = {
    toolset: it.get("token_budget_of_all", it["token_budget"]) for toolset, it in _STATED["toolsets"].items()
}
"""The token budget of each toolset with the tools that come on request."""
TOKEN_BUDGET: int = _STATED["token_budget"]
"""How many the tools that every toolkit has may take together."""
TOKEN_BUDGET_OF_READS: int = _STATED["token_budget_of_reads"]


def text(toolsets: dict[str, dict[str, type[Operation[Any]]]]) -> str:
    """What the file has to say of these tools; a new toolset has no budget yet."""
    stated = _STATED | {
        "toolsets": {
            toolset: {
                "token_budget": TOKEN_BUDGETS.get(toolset, 0),
                "token_budget_of_all": TOKEN_BUDGETS_OF_WHOLE_TOOLSETS.get(toolset, 0),
                "tools": {name: it.access for name, it in operations.items() if not it.on_request},
                "on_request": {name: it.access for name, it in operations.items() if it.on_request},
            }
            for toolset, operations in toolsets.items()
        }
    }
    return json.dumps(stated, indent=2) + "\n"
