"""The engine by itself: facts in, findings out."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain.choice import choose
from gitspec.domain.commit import CommitFacts, Named, Touched
from gitspec.domain.finding import Finding
from gitspec.domain.judge import judge, needs_policy
from gitspec.domain.mend import missing_trailer
from gitspec.domain.policy import Policy
from gitspec.domain.references import near_misses, references
from gitspec.domain.rules import RULES
from tests.hooks.git_trailers import PIECES

CODE = (Touched("src/app.py", 0o100644, 0o100644),)
FACTS = CommitFacts(
    message="Count\n",
    touched=CODE,
    active=frozenset(["add-2fa", "dark-mode"]),
    active_before=frozenset(["add-2fa", "dark-mode"]),
    archived={"old": "spec/archive/2026-11-20-old"},
    archived_before={"old": "spec/archive/2026-11-20-old"},
)


def codes(facts: CommitFacts, policy: Policy | None = None) -> list[str]:
    """The codes of all findings."""
    return [f.code for f in judge(facts, policy or Policy())]


def saying(*trailers: str, **changes: object) -> CommitFacts:
    """The facts with those trailers."""
    return FACTS._replace(message="\n".join(["Count", "", *trailers, ""]), **changes)


def test_a_reference_counts_when_its_change_is_active_here_or_before() -> None:
    assert codes(saying("Change: add-2fa")) == []
    assert codes(saying("Change: add-2fa", active=frozenset())) == []
    assert codes(saying("Change: add-2fa", active_before=frozenset())) == []
    assert codes(saying("Change: add-2fa", active=frozenset(), active_before=frozenset())) == ["R002"]


def test_every_reference_is_judged() -> None:
    assert codes(saying("Change: add-2fa", "Change: nothing", "Change: old", "Change: A B")) == ["R002", "R003", "R004"]


def test_a_wrong_reference_is_refused_whatever_is_touched() -> None:
    assert codes(saying("Change: nothing", touched=())) == ["R002"]


def test_an_archived_change_is_named_only_for_what_it_did() -> None:
    assert codes(saying("Change: old")) == ["R003"]
    assert codes(saying("Change: old", named=(Named("1" * 40, ("add-2fa",)),))) == ["R003"]
    assert codes(saying("Change: old", named=(Named("1" * 40, ("old",)),))) == []
    assert codes(saying("Change: old", archived_before={})) == []


def test_autosquash_is_lenient_in_local_hooks_only() -> None:
    facts = FACTS._replace(message="fixup! Count\n")
    assert codes(facts) == ["R001"]
    assert codes(facts._replace(local=True)) == []
    assert codes(facts._replace(local=True, message="fixup!Count\n")) == ["R001"]
    assert codes(facts._replace(local=True, message="squash! Count\n\nChange: nothing\n")) == ["R002"]


def test_subjects_exempt_nothing() -> None:
    for subject in ("Merge branch 'x'", 'Revert "x"', "v1.2.3", "chore: release", "Initial commit"):
        assert codes(FACTS._replace(message=f"{subject}\n")) == ["R001"]


def test_one_reason_of_several_must_cover_the_commit() -> None:
    facts = saying("Change-Skip: tests", "Change-Skip: typo", lines={"src/app.py": 2})
    assert codes(facts) == []
    assert codes(saying("Change-Skip: tests", lines={"src/app.py": 2})) == ["R006"]
    assert codes(saying("Change-Skip: typo", lines={"src/app.py": 21})) == ["R007"]
    assert codes(saying("Change-Skip: typo", lines={"src/app.py": None})) == ["R007"]
    assert codes(saying("Change-Skip: typo", "Change-Skip: mood")) == ["R005"]
    assert codes(saying("Change-Skip: typo"), Policy(skip=())) == ["R005"]


def test_adoption_may_bring_living_specs_and_nothing_else_is_forgiven() -> None:
    living = Touched("spec/capabilities/auth.yaml", 0, 0o100644)
    policy = Touched("spec/gitspec.yaml", 0, 0o100644)
    assert codes(FACTS._replace(touched=(living, policy), governed=False)) == []
    assert codes(FACTS._replace(touched=(living, policy))) == ["R016", "R010"]
    assert codes(FACTS._replace(touched=(living, policy, *CODE), governed=False)) == ["R001"]


def test_an_archive_commit_writes_living_specs_and_its_own_folder() -> None:
    touched = (
        Touched("spec/capabilities/auth.yaml", 0o100644, 0o100644),
        Touched("spec/archive/2026-11-21-add-2fa/change.yaml", 0, 0o100644),
        Touched("spec/changes/add-2fa/change.yaml", 0o100644, 0),
    )
    archived = {**FACTS.archived, "add-2fa": "spec/archive/2026-11-21-add-2fa"}
    facts = saying("Change: add-2fa", touched=touched, archived=archived, active=frozenset(["dark-mode"]))
    assert codes(facts) == []
    assert codes(facts._replace(archived_before=archived)) == ["R011", "R010"]
    never_active = {**FACTS.archived, "ghost": "spec/archive/2026-11-21-ghost"}
    forged = (Touched("spec/archive/2026-11-21-ghost/change.yaml", 0, 0o100644),)
    assert codes(saying(touched=forged, archived=never_active)) == ["R010"]
    assert codes(saying("Spec-Edit: import", touched=forged, archived=never_active)) == []


def test_the_policy_is_asked_only_where_it_matters() -> None:
    assert not needs_policy(FACTS._replace(touched=()))
    assert not needs_policy(saying("Change: add-2fa", touched=()))
    assert needs_policy(FACTS)
    assert needs_policy(saying("Change: add-2fa")), "it may hold the change to its scope"
    assert needs_policy(saying("Change: add-2fa", "Change-Skip: typo"))
    assert needs_policy(saying("Change: add-2fa", "Spec-Edit: import"))


def test_near_misses_say_what_is_wrong() -> None:
    message = (
        "Change: subject\n\n> Change: quoted\n\nChange: above\n\nChanges: plural\nChange-Id: I1\nChange: prose in it\n"
        "Change: last\nand more\n"
    )
    assert [(miss.line, miss.why) for miss in near_misses(message)] == [
        (1, "it is the subject"),
        (3, "it stands in a list or quotation"),
        (5, "text follows it, and trailers are the last paragraph"),
        (7, "the key is 'Change'"),
        (10, "its paragraph holds lines that are no trailers"),
    ]
    assert near_misses("Count\n\nChange: add-2fa\n") == []


def test_the_missing_trailer_is_offered_when_it_is_clear() -> None:
    def offered(facts: CommitFacts) -> str:
        option = choose(option="", branch="", setting="", active=["dark-mode"])
        return missing_trailer(judge(facts, Policy()), facts, ["typo", "tests"], option)

    assert offered(FACTS) == "Change: dark-mode"
    assert offered(saying("Change: add-2f")) == "Change: add-2fa"
    assert offered(saying("Change: zzz")) == "Change: dark-mode"
    assert offered(saying("Change-Skip: typos")) == "Change-Skip: typo"
    assert offered(saying("Change-Skip: zzz")) == ""
    assert offered(saying("Change = add-2fa")) == "Change: add-2fa"
    assert offered(saying("Change: a", "Change: b")) == ""
    touched = (Touched("spec/capabilities/auth.yaml", 0o100644, 0o100644),)
    assert offered(saying(touched=touched)) == "", "no trailer mends that"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*PIECES, "Change-Skip: typo", "Spec-Edit: import", "\u202e", "\x1b"]) | st.text(max_size=8)).map("".join),
    st.lists(
        st.builds(
            Touched,
            st.sampled_from(["src/a", "spec", "spec/x.py", "spec/capabilities/a.yaml", "spec/archive/2026-11-20-old/x"])
            | st.text(st.characters(exclude_characters="\0"), min_size=1),
            st.sampled_from([0, 0o100644, 0o100755, 0o120000, 0o160000]),
            st.sampled_from([0, 0o100644, 0o100755, 0o120000, 0o160000]),
        ),
        max_size=3,
    ),
    st.booleans(),
)  # fmt: skip
def test_any_facts_give_findings_and_no_crash(message: str, touched: list[Touched], governed: bool) -> None:
    facts = FACTS._replace(message=message, touched=tuple(touched), governed=governed)
    for found in judge(facts, Policy()):
        assert isinstance(found, Finding) and found.code in RULES and found.help
    if not needs_policy(facts):
        assert judge(facts, None) == judge(facts, Policy())


def test_huge_messages_and_commits_are_judged_in_time() -> None:
    lines = ["Count", "", *["Change #x" + " " * 50] * 20_000, "", " " * 1_000_000, "change" + " " * 1_000_000 + "x"]
    touched = tuple(Touched(f"src/{n}.py", 0, 0o100644) for n in range(20_000))
    start = time.perf_counter()
    found = judge(FACTS._replace(message="\n".join(lines), touched=touched), Policy())
    assert found and time.perf_counter() - start < 20
    assert references("\n".join(lines)).changes == ()
