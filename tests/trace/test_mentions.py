"""What a message names is what its trailers say, however little of it is read to tell."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain import trailers
from gitspec.domain.mentions import mention_finder
from tests.hooks.git_trailers import PIECES

KEYS = ("Change", "Task", "Spec", "Change-Skip", "Settles", "Archived")
LINES = ["Title\n", "\n", "\n", "Change: a\n", "change : b\n", "SPEC: c/d\n", "Task: 1.1\n", "\n prose\n", "Key: v\n"]
LINES += [
    "Signed-off-by: A <a@example.com>\n",
    "(cherry picked from commit 1)\n",
    "changes: x\n",
    "Change:\n",
    " folded\n",
]
mentions_of = mention_finder(())  # one for all: what it remembers of a message must be true of the next


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from([*LINES, *LINES, *PIECES]), max_size=10).map("".join))
def test_it_names_what_its_trailers_say(message: str) -> None:
    known = {key.lower(): key for key in KEYS}
    said = [(known[key.lower()], value) for key, value in trailers._read(message, "#") if key.lower() in known]
    assert mentions_of(message) == tuple(dict.fromkeys(one for one in said if one[1]))


def test_same_last_paragraph_below_another_text_is_read_anew_when_it_matters() -> None:
    assert mentions_of("Do it\n\nbody\n\nChange: a\n") == (("Change", "a"),)
    assert mentions_of(f"Do it\n# {trailers.SCISSORS}\n\nChange: a\n") == ()
    assert mentions_of("Do it\n\nChange: a\n\nConflicts:\n") == (("Change", "a"),)
    assert mentions_of("Do it\n\nChange: a\n\nSigned-off-by: A <a@example.com>\n") == (("Change", "a"),)
    assert mentions_of("Do it\n\nthis change: prose\n") == ()
    assert mentions_of("Do it\n\nThis reverts commit 1234567.\n\nChange: a\n") == (
        ("Change", "a"),
        ("Reverts", "1234567"),
    )
