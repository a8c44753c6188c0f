"""Examples for the JSON Schemas: what an editor shows beside a completion. Each is a document that is valid as it is."""

from typing import Any

_STEPS = (
    "GIVEN an authenticated session\n"
    "WHEN 30 minutes pass without activity\n"
    "THEN the session is invalidated: `401` from then on\n"
    "AND the user must sign in again\n"
)
SCENARIO: dict[str, Any] = {"id": "idle-timeout", "steps": _STEPS}
REQUIREMENT: dict[str, Any] = {
    "id": "session-expiry",
    "title": "Session expiry",
    "text": "The system MUST expire a session after 30 minutes without activity.\n",
    "scenarios": [SCENARIO],
}
MODIFIED: dict[str, Any] = {
    "id": "session-expiry",
    "seen": {"text": "9f2c41d0a7be", "idle-timeout": "77ab03e1c204"},
    "text": {
        "from": "The system MUST expire a session after 30 minutes without activity.\n",
        "to": "The system MUST expire a session after 15 minutes without activity.\n",
    },
}
REMOVED: dict[str, Any] = {
    "id": "remember-me",
    "reason": "Replaced by two-factor sign-in.",
    "migration": "Users sign in again.",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "Scenario": SCENARIO,
    "Requirement": REQUIREMENT,
    "ModifiedRequirement": MODIFIED,
    "RemovedRequirement": REMOVED,
    "Capability": {
        "capability": "auth",
        "title": "Authentication",
        "purpose": "Sign users in and keep their sessions safe.",
        "requirements": [REQUIREMENT],
    },
    "Change": {
        "change": "add-2fa",
        "title": "Two-factor authentication",
        "kind": "feature",
        "created": "2026-11-21",
        "scope": ["src/auth/**", "tests/auth/**"],
    },
    "Delta": {
        "capability": "auth",
        "renamed": [{"id": "login-page", "to": "sign-in-page", "title": {"from": "Login page", "to": "Sign-in page"}}],
        "moved": [{"id": "device-list", "to": "devices/device-list"}],
        "removed": [REMOVED],
        "modified": [MODIFIED],
        "added": [
            {"id": "totp-enrolment", "after": "session-expiry", "text": "The system MUST offer TOTP enrolment.\n"}
        ],
    },
    "Policy": {
        "version": "1",
        "code": {"include": ["**"], "exclude": ["docs/**", "*.md"]},
        "skip": [{"reason": "typo", "max_lines": 20}],
        "proposal": {"sections": ["Rollback"]},
        "attributes": {"priority": {"type": "choice", "values": ["must", "should", "could"], "required": True}},
    },
    "Task": {
        "id": "1.1",
        "text": "Issue a one-time code",
        "status": "pending",
        "requirement": "auth/totp-enrolment",
        "line": 5,
    },
}
