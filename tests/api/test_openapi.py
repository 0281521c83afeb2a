"""The OpenAPI document says of each address of the API what it takes and who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> Any:
    return Client().get("/api/openapi.json").json()


def test_each_address_of_the_api_is_described(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    assert len(document["paths"]) == len(get_resolver("indgang.api.urls").url_patterns)
    operations = [each for item in document["paths"].values() for name, each in item.items() if name != "parameters"]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert all(each["summary"] and each["responses"] for each in operations)
    schemas = document["components"]["schemas"]
    used = str(document).split("#/components/schemas/")[1:]
    assert {each.partition("'")[0] for each in used} == set(schemas)


def test_a_body_is_described_by_the_form_that_reads_it(document: Any) -> None:
    answer = document["paths"]["/api/shifts/{code}/loans/{pk}/answer/"]
    assert [each["schema"]["type"] for each in answer["parameters"]] == ["string", "integer"]
    schema = answer["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["answer"] == {"type": "string", "enum": ["yes", "no"]}
    assert schema["required"] == ["answer"]
    assert {"200", "400", "403", "422"} == set(answer["post"]["responses"])
    assert answer["post"]["parameters"][0]["name"] == "X-CSRFToken"
    known = document["paths"]["/api/forecasts/{code}/knowledge/stand-in/"]["post"]["requestBody"]["content"]
    fields = known["application/json"]["schema"]["properties"]
    assert fields["week"] == fields["week"] | {"type": "array", "items": {"type": "integer"}}
    assert fields["scaling"]["type"] == "number", "it has decimals"
    assert document["paths"]["/api/health/"]["get"]["security"] == []
    assert set(document["paths"]["/api/shifts/{code}/loans/"]) == {"get", "post", "parameters"}
    runs = document["paths"]["/api/scenarios/{pk}/runs/"]["post"]["requestBody"]["content"]["application/json"]
    of_queue = runs["schema"]["properties"]["queues"]
    assert (of_queue["type"], of_queue["items"]["properties"]["callback_after"]["description"]) == (
        "array", "seconds from 5 to 3600 until a callback is offered",
    )  # fmt: skip
