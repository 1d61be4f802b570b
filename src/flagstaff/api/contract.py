"""What the document of the API says beside the handlers: who may call, how it can fail, and what a body holds."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server

from flagstaff.api import bodies
from flagstaff.api.answers import Problem
from flagstaff.api.problems import MEDIA_TYPE

_SAID: Final = {
    400: "It cannot be read, or a signature in it cannot be trusted: malformed, bad-ticket, wrong-way, bad-cursor",
    401: "It is not known who asks: unauthorised, bad-key, bad-token, expired-token",
    403: "Who asks may not do this: own-content, not-a-participant, not-a-reporter, scope-missing",
    404: "There is no such thing: unknown-kind, no-such-flag, nothing-published",
    405: "This address does not take that method: method-not-allowed",
    409: "It does not fit the present state: unknown-menu-version (with the current menu), in-flight, too-late",
    413: "More than 1 MiB was sent, 4 MiB in a batch, or 128 KiB for a hint: too-large",
    422: "It is against a rule: unknown-option, details-missing, details-too-long, key-reused, too-many-rows",
    429: "More than a minute's worth; none was kept, Retry-After says when: too-many-flags, -hints, -letters",
    503: "Nothing was kept, and the same may be sent again after Retry-After seconds: busy",
}


def failing(*statuses: int) -> dict[int, ResponseSpec]:
    """Return how an address can fail, as the document tells it."""
    return {
        status: ResponseSpec(
            Problem, media_type=MEDIA_TYPE, description=_SAID[status], generate_examples=False
        )
        for status in statuses
    }


SECURED: Final[Sequence[dict[str, list[str]]]] = [{"person_token": []}, {"api_key": []}]
MACHINES: Final[Sequence[dict[str, list[str]]]] = [{"api_key": []}]
MY_PROBLEMS: Final = failing(400, 401, 403, 404, 409, 503)
FLAG_PROBLEMS: Final = failing(400, 401, 403, 404, 409, 413, 422, 429, 503)
BULK_PROBLEMS: Final = failing(400, 401, 403, 413, 422, 429, 503)
HINT_PROBLEMS: Final = failing(400, 401, 403, 404, 413, 422, 429)
PUSH_PROBLEMS: Final = failing(400, 401, 403, 404, 409, 413, 422, 503)
LETTER_PROBLEMS: Final = failing(400, 401, 403, 404, 409, 413, 422, 429, 503)
ANSWER_PROBLEMS: Final = failing(400, 401, 403, 404, 409, 413, 422, 503)
FEED_PROBLEMS: Final = failing(400, 401, 403, 503)
OPEN_PROBLEMS: Final = failing(400, 404)

BODIES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "receive_flag": bodies.FlagBody,
    "receive_flags": bodies.BulkBody,
    "propose_options": bodies.HintBody,
    "push_content": bodies.Subject,
    "follow_content": bodies.ContentEventsBody,
    "follow_persons": bodies.PersonEventsBody,
    "lodge_appeal": bodies.AppealBody,
    "answer_question": bodies.AnswerBody,
    "answer_notice": bodies.AnswerBody,
    "suggest_option": bodies.SuggestionBody,
    "write_letter": bodies.LetterBody,
    "write_again": bodies.LetterBody,
}
"""What each writing address takes; the handlers read it themselves, with the reader of the hot route."""

_WITHOUT_KEY: Final = frozenset({"receive_flags", "propose_options"})  # in its rows; keeps nothing
_NUMBER: Final = {"number": "$response.body#/number"}
_FIRST: Final = {"number": "$response.body#/items/0/number"}
_NEXT: Final = {"after": "$response.body#/next"}
LINKS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "receive_flag": {"show_my_flag": _NUMBER, "withdraw_flag": _NUMBER, "answer_question": _NUMBER},
    "list_my_flags": {"show_my_flag": _FIRST, "withdraw_flag": _FIRST, "answer_question": _FIRST},
    "lodge_appeal": {"withdraw_appeal": _NUMBER},
    "write_letter": {"write_again": _NUMBER},
    "list_my_letters": {"write_again": _FIRST},
    "list_my_notices": {"answer_notice": _FIRST},
    "read_measures": {"read_measures": _NEXT},
    "read_versions": {"read_versions": _NEXT},
}
"""What an answer leads on to: by operation, the operations that take something out of it, and what."""

_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Belongs to the caller and the address, for 7 days: a repeat gets the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


class ContractPlugin(JsonRenderPlugin):
    """Serve the document completed: bodies with every field, and nothing allowed beside them."""

    def render(self, request: Any, openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 - the library's signature
        """Return the document."""
        return msgspec.json.encode(completed(openapi_schema))


def completed(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of the document with bodies, the Idempotency-Key, and closed schemas."""
    whole: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    _, schemas = msgspec.json.schema_components(
        list(BODIES.values()), ref_template="#/components/schemas/{name}"
    )
    known = whole.setdefault("components", {}).setdefault("schemas", {})
    known.update(schemas)
    for schema in known.values():
        if schema.get("type") == "object" and "properties" in schema and schema.get("title") != "Problem":
            schema["additionalProperties"] = False
    for methods in whole["paths"].values():
        for operation in methods.values():
            body = BODIES.get(operation.get("operationId", ""))
            if body is not None:
                reference = {"$ref": f"#/components/schemas/{body.__name__}"}
                content = {"application/json": {"schema": reference}}
                operation["requestBody"] = {"required": True, "content": content}
                if operation["operationId"] not in _WITHOUT_KEY:
                    operation.setdefault("parameters", []).append(_KEY)
            _lead_on(operation)
    return whole


def _lead_on(operation: dict[str, Any]) -> None:
    links = {
        target: {"operationId": target, "parameters": parameters}
        for target, parameters in LINKS.get(operation.get("operationId", ""), {}).items()
    }
    if links:
        first = min(operation["responses"])
        operation["responses"][first]["links"] = links


def openapi() -> OpenAPIConfig:
    """Return how the document is made and served: alone, for the library's own pages load scripts from elsewhere."""
    return OpenAPIConfig(
        title="Flagstaff",
        version="1",
        summary="Flags, receipts, notices, measures: the contract between a platform and its Trust & Safety service.",
        path="/schema",
        render_plugins=[ContractPlugin()],
        servers=[Server(url="/")],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "api_key": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An API key, fs_<id>_<secret>: the platform's server.",
                ),
                "person_token": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    bearer_format="JWT",
                    description="A JWT (HS256) that the platform signed for one person, at most 15 minutes long.",
                ),
            }
        ),
    )
