"""The slice of Ashby's schemas grows by what Ashby publishes, and by nothing else."""

from typing import Any

from slice import extended

ID = {"type": "string", "format": "uuid", "description": "Prose."}
OPENAPI: dict[str, Any] = {
    "paths": {
        "/candidate.addTag": {
            "post": {
                "description": "Prose. **Requires the [`candidatesWrite`](authentication) permission.**",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["candidateId"],
                                "properties": {
                                    "candidateId": {"allOf": [{"$ref": "#/components/id"}, {"description": "Prose."}]},
                                    "kinds": {"type": "array", "items": {"enum": ["Old", "New"]}},
                                    "place": {"type": "object", "properties": {"$ref": "#/components/place"}},
                                },
                            }
                        }
                    }
                },
                "responses": {"200": {"content": {"application/json": {"schema": {"oneOf": [{}, {}]}}}}},
            }
        },
        "/no.tool": {"post": {"responses": {"200": {}}}},
    },
    "components": {"id": ID, "place": {"city": {"type": "string", "example": "Prose"}}},
}


def test_a_method_that_a_tool_calls_is_added_with_its_permission_and_parameters() -> None:
    sliced = extended({"methods": [], "schemas": {}}, OPENAPI)
    assert sliced["methods"] == [
        {
            "endpoint": "candidate.addTag",
            "tool": "ashby_add_candidate_tag",
            "write": True,
            "permission": "candidatesWrite",
            "paginated": False,
            "sync_token": False,
            "params": [
                {"name": "candidateId", "type": "string", "required": True},
                {"name": "kinds", "type": "array", "required": False, "enum": ["Old", "New"]},
                {"name": "place", "type": "object", "required": False},
                {"name": "place.city", "type": "string", "required": False},
            ],
        }
    ]
    assert list(sliced["schemas"]) == ["candidate.addTag"]
    request = sliced["schemas"]["candidate.addTag"]["request"]
    assert request["properties"]["place"] == {"type": "object", "properties": {"city": {"type": "string"}}}
    assert "Prose" not in str(sliced)


def test_what_the_slice_has_stays_as_it_is() -> None:
    kept = {"methods": [{"endpoint": "candidate.addTag"}], "schemas": {"candidate.addTag": {"request": {}}}}
    assert extended(kept, OPENAPI) == kept
