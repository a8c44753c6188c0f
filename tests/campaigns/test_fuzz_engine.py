"""The engine with any facts and any policy: findings or CannotJudge, never another exception, and each with a way out."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitspec.domain.commit import CommitFacts, Identity, Named, Touched
from gitspec.domain.judge import judge
from gitspec.domain.policy import ApprovalRules, Bot, CodePaths, Policy, Protected, ScopeRules, SkipReason
from gitspec.domain.rules import RULES
from gitspec.domain.severity import with_severities
from gitspec.errors import CannotJudge
from tests.render.reports import texts

EXAMPLES = 2_000
words = st.one_of(st.sampled_from(("add-2fa", "old", "typo", "import", "emergency", "bug-fix", "tests")), texts)
keys = st.sampled_from(
    ("Change", "Change-Skip", "Spec-Edit", "Task", "Spec", "Settles", "Archived", "chang", "Signed-off-by")
)
trailers = st.lists(st.builds("{}: {}".format, keys, words), max_size=5).map("\n".join)
messages = st.one_of(
    texts, st.builds("{}\n\n{}\n".format, texts, trailers), st.builds("fixup! {}\n\n{}".format, texts, trailers)
)
paths = st.one_of(
    st.sampled_from(
        (
            "src/a.py", "docs/a.md", "spec", "spec/gitspec.yaml", "spec/capabilities/auth.yaml", ".gitattributes",
            "spec/archive/2026-11-20-old/change.yaml", "spec/changes/add-2fa/change.yaml", "Spec/x", ".mcp.json",
        )
    ),
    texts,
)  # fmt: skip
modes = st.sampled_from((0, 0o100644, 0o100755, 0o120000, 0o160000, 0o100664, 7))
ids = st.frozensets(words, max_size=3)
archived = st.dictionaries(words, st.one_of(st.just("spec/archive/2026-11-20-old"), texts), max_size=3)
identities = st.builds(Identity, texts, st.one_of(st.just("bot@example.com"), texts))
patterns = st.lists(
    st.one_of(st.sampled_from(("**", "src/**", "!docs/**", "*.md", "[a", "a**b**c", "\\")), texts), max_size=3
).map(tuple)
facts_of_any_commit = st.builds(
    CommitFacts,
    message=messages,
    touched=st.lists(st.builds(Touched, paths, modes, modes), max_size=5).map(tuple),
    active=ids,
    active_before=ids,
    archived=archived,
    archived_before=archived,
    governed=st.booleans(),
    parents=st.integers(0, 4),
    named=st.lists(st.builds(Named, texts, st.lists(words, max_size=2).map(tuple)), max_size=2).map(tuple),
    lines=st.dictionaries(paths, st.one_of(st.none(), st.integers(0, 10**9)), max_size=3),
    local=st.booleans(),
    place=texts,
    landing=st.booleans(),
    author=identities,
    committer=identities,
    scopes=st.dictionaries(words, patterns, max_size=2),
    unapproved=st.dictionaries(words, texts, max_size=2),
    linked=st.frozensets(paths, max_size=2),
    attributes=st.one_of(st.just("* merge=union"), texts),
    tasks=st.dictionaries(words, st.frozensets(texts, max_size=2), max_size=2),
    specs=st.dictionaries(words, st.booleans(), max_size=2),
    settles=st.dictionaries(words, st.booleans(), max_size=2),
    layout=st.just(()),
)
skips = st.builds(
    SkipReason.model_construct,
    reason=words,
    paths=patterns,
    max_lines=st.one_of(st.none(), st.integers(0, 50)),
    settle=st.booleans(),
)
policies = st.builds(
    Policy.model_construct,
    mode=st.sampled_from(("enforce", "warn")),
    severity=st.dictionaries(st.sampled_from(sorted(RULES)), st.sampled_from(("error", "warning", "info")), max_size=3),
    adopted=patterns,
    code=st.builds(CodePaths.model_construct, include=patterns, exclude=patterns),
    skip=st.lists(skips, max_size=3).map(tuple),
    spec_edits=st.lists(words, max_size=2).map(tuple),
    protected=st.builds(Protected.model_construct, branches=st.lists(texts, max_size=2).map(tuple)),
    bots=st.lists(
        st.builds(Bot.model_construct, name=texts, emails=st.just(("bot@example.com",)), paths=patterns), max_size=1
    ).map(tuple),
    scope=st.builds(ScopeRules.model_construct, enforce=st.booleans(), required=st.booleans()),
    approvals=st.builds(ApprovalRules.model_construct, need=st.sampled_from(("none", "merged", "recorded"))),
)


@pytest.mark.campaign
@settings(max_examples=EXAMPLES, deadline=2_000, suppress_health_check=list(HealthCheck))
@given(facts_of_any_commit, st.one_of(policies, st.none()))
def test_any_commit_gets_findings_and_no_crash(facts: CommitFacts, policy: Policy | None) -> None:
    try:
        found = judge(facts, policy)
    except CannotJudge:
        return
    for finding in found:
        assert finding.code in RULES and finding.help and finding.message
    if policy is not None:
        kept = with_severities(found, policy)
        assert [f.code for f in kept] == [f.code for f in found]
    assert judge(facts, policy) == found, "the same facts, the same findings"
