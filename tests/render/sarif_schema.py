"""The part of the SARIF 2.1.0 schema that a report uses, with nothing else allowed."""

from typing import Any


def _closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_TEXT = {"type": "string"}
_MESSAGE = _closed(["text"], text=_TEXT)
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_POSITION = {"type": "integer", "minimum": 1}
_LOCATION = _closed(
    ["physicalLocation"],
    physicalLocation=_closed(
        ["artifactLocation"],
        artifactLocation=_closed(["uri"], uri={"type": "string", "pattern": r"^[A-Za-z0-9_.~%-][A-Za-z0-9/_.~%-]*$"}),
        region=_closed(["startLine"], startLine=_POSITION, startColumn=_POSITION),
    ),
)
_RESULT = _closed(
    ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=_LEVEL,
    message=_MESSAGE,
    locations={"type": "array", "items": _LOCATION, "minItems": 1, "maxItems": 1},
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    properties={"type": "object"},
)
_RULE = _closed(
    ["id", "shortDescription", "helpUri", "defaultConfiguration"],
    id=_TEXT,
    shortDescription=_MESSAGE,
    helpUri={"type": "string", "pattern": "^https://"},
    defaultConfiguration=_closed(["level"], level=_LEVEL),
)
_NOTIFICATION = _closed(["message"], level=_LEVEL, message=_MESSAGE)
_RUN = _closed(
    ["tool", "results"],
    tool=_closed(
        ["driver"],
        driver=_closed(
            ["name"],
            name=_TEXT,
            version=_TEXT,
            informationUri=_TEXT,
            rules={"type": "array", "items": _RULE, "uniqueItems": True},
        ),
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations={
        "type": "array",
        "items": _closed(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications={"type": "array", "items": _NOTIFICATION},
        ),
    },
    results={"type": "array", "items": _RESULT},
)
SCHEMA = _closed(
    ["version", "runs"],
    **{"$schema": _TEXT, "version": {"enum": ["2.1.0"]}, "runs": {"type": "array", "items": _RUN}},
)
