"""The facts of Ashby's schemas that the contract tests need: names, types, required keys, enums. No prose.

    python -m tests.contract.slice openapi.json

adds the methods that tools call and the slice lacks, from Ashby's published OpenAPI description. Given a folder, it
makes the slice anew: from `contract.json`, each method's request and response schemas, `methods.json`, the list of
methods, and `openapi.json` if it is there. Repeated schemas are in `shared`; `{"shared": 7}` refers to one.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_ashby.endpoint import Endpoint, Operation
from langchain_ashby.endpoints import OPERATIONS, internal

FILE = Path(__file__).with_name("ashby.json")
KEYWORDS = {"type", "properties", "required", "format", "items", "allOf", "anyOf", "oneOf", "enum"}
KEYWORDS |= {"additionalProperties", "minItems"}
MISSPELLED = {"candidateWrite": "candidatesWrite"}
"""Permissions that some methods name in another way than all others."""
WORTH_SHARING = 120
"""The length from which a repeated schema is shared."""


def slice_of(folder: Path) -> dict[str, Any]:
    """The slice of the schemas in a folder, before sharing: `{"methods": …, "schemas": …}`."""
    schemas = json.loads((folder / "contract.json").read_text("utf-8"))
    published = folder / "openapi.json"
    openapi = json.loads(published.read_text("utf-8")) if published.is_file() else {"paths": {}}
    sliced = {
        "methods": [_method(stated) for stated in json.loads((folder / "methods.json").read_text("utf-8"))],
        "schemas": {
            endpoint: _schemas_of(stated["request"], stated["responses"]["200"], openapi)
            for endpoint, stated in schemas.items()
        },
    }
    return extended(sliced, openapi)


def extended(sliced: dict[str, Any], openapi: dict[str, Any]) -> dict[str, Any]:
    """The slice with the methods that tools and cards call and that it lacks, as Ashby's OpenAPI description says."""
    schemas, methods = dict(sliced["schemas"]), list(sliced["methods"])
    helpers = [it for it in vars(internal).values() if isinstance(it, type) and issubclass(it, Endpoint)]
    for operation in (*OPERATIONS.values(), *helpers):
        for step in (operation, *operation.steps):
            if "path" not in vars(step):
                continue
            if step.path not in schemas and (stated := openapi["paths"].get(f"/{step.path}")):
                bodies = stated["post"].get("requestBody", {}), stated["post"]["responses"]["200"]
                request, reply = (each.get("content", {}).get("application/json", {}).get("schema") for each in bodies)
                schemas[step.path] = _schemas_of(request, reply, openapi)
        if operation in helpers:
            continue
        known = {method["endpoint"] for method in methods}
        if operation.path not in known and (stated := openapi["paths"].get(f"/{operation.path}")):
            methods.append(_described(operation, stated["post"], schemas[operation.path]["request"]))
    return {"methods": methods, "schemas": dict(sorted(schemas.items()))}


def _schemas_of(request: Any, reply: Any, document: Any) -> dict[str, Any]:
    return {"request": facts(request or {}, document), "responses": {"200": facts(reply, document)}}


def _described(operation: type[Operation[Any]], stated: dict[str, Any], request: Any) -> dict[str, Any]:
    """A method's entry in the list. Ashby names the permission in the text, and grants reads and writes apart."""
    [named] = set(re.findall(r"`(\w+(?:Read|Write))`", stated["description"]))
    permission = MISSPELLED.get(named, named)
    params = {each["name"]: each for each in reversed([*_parameters(request)])}  # alternatives repeat what they share
    return {
        "endpoint": operation.path,
        "tool": operation.tool_name(),
        "write": permission.endswith("Write"),
        "permission": permission,
        "paginated": "cursor" in params,
        "sync_token": "syncToken" in params,
        "params": [*reversed(params.values())],
    }


def _parameters(schema: Any, within: str = "", required: bool = True) -> Iterator[dict[str, Any]]:
    """The parameters that a schema names, such as `location.city` and `socialLinks[].url`."""
    for part in schema.get("allOf", ()):
        yield from _parameters(part, within, required)
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _parameters(part, within, required=False)
    for key, inner in schema.get("properties", {}).items():
        merged = {name: value for part in (*inner.get("allOf", ()), inner) for name, value in part.items()}
        yield {
            "name": f"{within}{key}",
            "type": str(merged.get("type", "any")),
            "required": required and key in schema.get("required", ()),
            **({"enum": enum} if (enum := merged.get("enum", merged.get("items", {}).get("enum"))) else {}),
        }
        yield from _parameters(merged, f"{within}{key}.")
        yield from _parameters(merged.get("items", {}), f"{within}{key}[].")


def facts(schema: Any, document: Any) -> Any:
    """A schema without its prose, its references replaced by what they refer to."""
    if isinstance(schema, list):
        return [facts(each, document) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return facts(_referred(schema, document), document)
    return {
        keyword: {key: facts(each, document) for key, each in _referred(value, document).items()}
        if keyword == "properties"
        else facts(value, document)
        for keyword, value in sorted(schema.items())
        if keyword in KEYWORDS
    }


def _referred(schema: Any, document: Any) -> Any:
    """What a schema refers to, which in Ashby's description can be an object's properties too."""
    if not isinstance(schema.get("$ref"), str):
        return schema
    found = document
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[int(step) if isinstance(found, list) else step.replace("~1", "/").replace("~0", "~")]
    return _referred(found, document)


def _method(stated: dict[str, Any]) -> dict[str, Any]:
    kept = {key: stated[key] for key in ("endpoint", "tool", "write", "permission", "paginated", "sync_token")}
    return kept | {
        "params": [
            {key: each[key] for key in ("name", "type", "enum") if key in each}
            # Required in only one of several alternatives means optional.
            | {"required": each["required"] is True and "alternative" not in each}
            for each in stated["params"]
        ]
    }


def fold(sliced: dict[str, Any]) -> dict[str, Any]:
    """The slice with repeated schemas shared."""
    occurs: Counter[str] = Counter(_text(schema) for schema in _schemas(sliced["schemas"]))
    numbers: dict[str, int] = {}
    shared: list[Any] = []

    def folded(value: Any) -> Any:
        if isinstance(value, list):
            return [folded(each) for each in value]
        if not isinstance(value, dict):
            return value
        text = _text(value)
        if occurs[text] == 1 or len(text) < WORTH_SHARING:
            return {key: folded(each) for key, each in value.items()}
        if text not in numbers:
            inside = {key: folded(each) for key, each in value.items()}
            numbers[text] = len(shared)
            shared.append(inside)
        return {"shared": numbers[text]}

    schemas = folded(sliced["schemas"])
    return {"methods": sliced["methods"], "shared": shared, "schemas": schemas}


def unfold(stored: dict[str, Any]) -> dict[str, Any]:
    """The slice as `slice_of` gives it."""

    def unfolded(value: Any) -> Any:
        if isinstance(value, list):
            return [unfolded(each) for each in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"shared"}:
            return unfolded(stored["shared"][value["shared"]])
        return {key: unfolded(each) for key, each in value.items()}

    return {"methods": stored["methods"], "schemas": unfolded(stored["schemas"])}


def _schemas(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _schemas(each)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def write(sliced: dict[str, Any], file: Path = FILE) -> None:
    """Writes the slice, one line per method and shared schema, for readable diffs."""
    stored = fold(sliced)
    methods, shared = (",\n".join(map(_text, stored[part])) for part in ("methods", "shared"))
    schemas = ",\n".join(f"{json.dumps(endpoint)}:{_text(schema)}" for endpoint, schema in stored["schemas"].items())
    file.write_text(f'{{"methods":[\n{methods}\n],"shared":[\n{shared}\n],"schemas":{{\n{schemas}\n}}}}\n', "utf-8")


def read(file: Path = FILE) -> dict[str, Any]:
    """The checked-in slice."""
    return unfold(json.loads(file.read_text("utf-8")))


if __name__ == "__main__":
    given = Path(sys.argv[1])
    write(slice_of(given) if given.is_dir() else extended(read(), json.loads(given.read_text("utf-8"))))
