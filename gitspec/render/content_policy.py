"""What a page may run, by digest: Content Security Policy Level 3, https://www.w3.org/TR/CSP3/."""

import base64
import hashlib


def source_digest(text: str) -> str:
    """The source expression, quoted, that allows just this text of a style or script element."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
