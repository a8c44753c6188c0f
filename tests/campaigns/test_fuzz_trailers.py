"""Fifty thousand odd messages: our parser of trailers against Git's."""

import os
import random

import pytest

from tests.hooks.git_trailers import PIECES, parsed_by_git, parsed_by_us


@pytest.mark.campaign
def test_fifty_thousand_messages_are_read_as_git_reads_them() -> None:
    seed = int(os.environ.get("GITSPEC_SEED", "1"))
    chance = random.Random(seed)
    for number in range(50_000):
        pieces = (chance.choice(PIECES) + chance.choice(("", "", "\n")) for _ in range(chance.randint(1, 18)))
        message = "".join(pieces).encode("latin-1")
        assert parsed_by_us(message) == parsed_by_git(message), f"seed {seed}, message {number}: {message!r}"
