"""Pull requests are judged as they will land: every commit, the squash message, and the archive after all others."""

from pathlib import Path

import pytest

from tests.ci.forge import OPEN, Forge, adds, github, proposed

SQUASH = {"allow_squash_merge": True, "allow_rebase_merge": False, "allow_merge_commit": False}
MERGE = {"allow_squash_merge": False, "allow_rebase_merge": False, "allow_merge_commit": True}
REBASE = {"allow_squash_merge": False, "allow_rebase_merge": True, "allow_merge_commit": False}
PR_BODY = {"squash_merge_commit_title": "PR_TITLE", "squash_merge_commit_message": "PR_BODY"}
MESSAGES = {"squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "COMMIT_MESSAGES"}
BLANK = {"squash_merge_commit_title": "PR_TITLE", "squash_merge_commit_message": "BLANK"}


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path)


def code(forge: Forge, message: str = "Code\n\nChange: add-2fa", path: str = "src/new.py") -> str:
    forge.dev.write(path, f"{message!r}\n")
    return forge.dev.commit(message)


def test_a_good_pull_request_passes_with_a_summary(forge: Forge) -> None:
    forge.branch()
    code(forge)
    payload = forge.pull_request(settings={**SQUASH, **PR_BODY})
    ran = github(forge.runner(), "pull_request", payload)
    assert ran.code == 0, ran.log
    assert ran.outputs == {"verdict": "passed", "errors": "0", "warnings": "0"}
    assert "✅" in ran.summary
    assert "::error" not in ran.log


def test_a_commit_without_a_reference_is_refused_although_the_title_would_do(forge: Forge) -> None:
    forge.branch()
    bad = code(forge, "No reference")
    payload = forge.pull_request(settings={**SQUASH, **PR_BODY})
    ran = github(forge.runner(), "pull_request", payload)
    assert ran.code == 1
    assert "R001" in ran.log
    assert bad[:12] in ran.log
    assert "lands by squash" not in ran.log
    assert ran.outputs["verdict"] == "refused"


@pytest.mark.parametrize(
    ("settings", "title", "body", "accepted"),
    [
        (PR_BODY, "Add", "Why.\n\nChange: add-2fa", True),
        (PR_BODY, "Add", "Why.\r\n\r\nChange: add-2fa\r\n", True),
        (PR_BODY, "Add", "Why.", False),
        (PR_BODY, "Add", None, False),
        (PR_BODY, "Change: add-2fa", "", False),
        (PR_BODY, "Add", "Change: add-2fa\n\nand more text", False),
        (PR_BODY, "Add", "Change: add-3fa", False),
        (BLANK, "Add", "Change: add-2fa", False),
        (MESSAGES, "Add", "nothing here", True),
    ],
)
def test_the_squash_message_is_judged_as_github_composes_it(
    forge: Forge, settings: dict[str, str], title: str, body: str | None, accepted: bool
) -> None:
    forge.branch()
    code(forge, "One\n\nChange: add-2fa", "src/one.py")
    code(forge, "Two\n\nChange: add-2fa", "src/two.py")
    payload = forge.pull_request(title, body, settings={**SQUASH, **settings}, action="edited")
    ran = github(forge.runner(), "pull_request", payload)
    assert (ran.code == 0) is accepted, ran.log
    if not accepted:
        assert "lands by squash" in ran.log


def test_credits_of_several_authors_do_not_hide_the_reference(forge: Forge) -> None:
    forge.branch()
    code(forge, "One\n\nChange: add-2fa", "src/one.py")
    forge.dev.write("src/two.py", "2\n")
    forge.dev.git("add", "-A")
    forge.dev.git("commit", "-qnm", "Two\n\nChange: add-2fa", "--author=B <b@example.com>")
    payload = forge.pull_request(body="Change: add-2fa", settings={**SQUASH, **PR_BODY})
    assert github(forge.runner(), "pull_request", payload).code == 0


def test_a_fixup_may_be_squashed_and_not_rebased_or_merged(forge: Forge) -> None:
    forge.branch()
    code(forge)
    code(forge, "fixup! Code\n\nChange: add-2fa", "src/more.py")
    verdicts = {}
    for name, settings in (("squash", SQUASH), ("rebase", REBASE), ("merge", MERGE)):
        payload = forge.pull_request(settings={**settings, **PR_BODY})
        verdicts[name] = github(forge.runner(), "pull_request", payload).code
    assert verdicts == {"squash": 0, "rebase": 1, "merge": 1}


def test_a_message_that_nobody_would_use_is_not_judged(forge: Forge) -> None:
    forge.branch()
    code(forge)
    runner = None
    for settings in (MERGE, REBASE):
        payload = forge.pull_request("No reference", "None", settings={**settings, **PR_BODY})
        runner = forge.runner()
        assert github(runner, "pull_request", payload).code == 0
        assert github(runner, "pull_request", payload, "--landing", "squash").code == 1
        assert github(runner, "pull_request", payload, "--landing", "any").code == 1


def test_a_rebase_and_a_merge_are_judged_on_the_branch_as_it_is_now(forge: Forge) -> None:
    """What the commits refer to was archived meanwhile: fine where they were made, not where a rebase puts them."""
    forge.branch()
    code(forge)
    code(forge, path="src/b.py")
    rebased = forge.pull_request(settings=REBASE)
    merged = forge.pull_request(settings=MERGE)
    other = forge.clone("archiver")
    _gitspec(other, "archive", "add-2fa")
    other.git("push", "-q", "origin", "main")
    ran = github(forge.runner(), "pull_request", rebased)
    assert ran.code == 1
    assert "R003" in ran.log
    assert "lands by rebase" in ran.log
    assert github(forge.runner(), "pull_request", merged).code == 0


def test_the_message_of_a_merge_commit_is_judged(forge: Forge) -> None:
    forge.branch()
    code(forge)
    texts = {"merge_commit_title": "PR_TITLE", "merge_commit_message": "PR_BODY"}
    payload = forge.pull_request("Add", "Change: no-such-change", settings={**MERGE, **texts})
    ran = github(forge.runner(), "pull_request", payload)
    assert ran.code == 1
    assert "R002" in ran.log
    assert "lands by merge" in ran.log


def test_an_edit_that_a_rename_on_the_branch_moves_into_code_is_code(forge: Forge) -> None:
    text = "".join(f"line {n}\n" for n in range(30))
    forge.land("docs/notes.md", text, "Write notes")
    forge.branch()
    forge.dev.write("docs/notes.md", text.replace("line 7", "import os"))
    forge.dev.commit("Edit notes")
    other = forge.clone("renamer")
    (other.path / "docs/notes.md").rename(other.path / "src/notes.py")
    other.commit("Move it\n\nChange: add-2fa")
    other.git("push", "-q", "origin", "main")
    for settings in (SQUASH, REBASE, MERGE):
        payload = forge.pull_request("Edit", "Notes", settings={**settings, **PR_BODY})
        ran = github(forge.runner(), "pull_request", payload)
        assert ran.code == 1, ran.log
        assert "src/notes.py" in ran.log


def test_one_bots_name_exempts_no_other_commit(forge: Forge) -> None:
    """The first commit says that it is the bot's; the squash merge of all is not."""
    other = forge.clone("policy")
    bots = "bots:\n  - name: renovate\n    emails: [bot@example.com, noreply@github.com]\n    paths: ['**']\n"
    other.write("spec/gitspec.yaml", f'version: "1"\n{bots}')
    other.commit("Name the bot\n\nChange: add-2fa")
    other.git("push", "-q", "origin", "main")
    forge.branch()
    bot = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "b"), ("EMAIL", "bot@example.com"))
    }
    forge.dev.write("src/bot.py", "1\n")
    forge.dev.git("add", "-A")
    forge.dev.git("commit", "-qm", "Update", **bot)
    payload = forge.pull_request("Update", "", settings={**SQUASH, **PR_BODY})
    assert github(forge.runner(), "pull_request", payload).code == 0, "a bot's own request passes"
    code(forge)
    payload = forge.pull_request("Update", "", settings={**SQUASH, **PR_BODY})
    ran = github(forge.runner(), "pull_request", payload)
    assert ran.code == 1
    assert "lands by squash" in ran.log


def test_without_settings_every_way_to_land_must_do(forge: Forge) -> None:
    forge.branch()
    code(forge)
    code(forge, path="src/b.py")
    payload = forge.pull_request("T", "nothing", settings=PR_BODY)
    assert github(forge.runner(), "pull_request", payload).code == 1


def test_the_policy_is_that_of_the_branch_before(forge: Forge) -> None:
    """The message of the squash merge would do; the commits are judged too, by the policy that the request replaces."""
    forge.branch()
    forge.dev.write("spec/gitspec.yaml", 'version: "1"\ncode:\n  exclude:\n    - "**"\n')
    forge.dev.commit("Nothing is code any more\n\nChange: add-2fa")
    bad = code(forge, "No reference")
    for settings in (SQUASH, MERGE, REBASE):
        payload = forge.pull_request(settings={**settings, **PR_BODY})
        ran = github(forge.runner(), "pull_request", payload)
        assert ran.code == 1
        assert "R001" in ran.log
        assert bad[:12] in ran.log


def test_the_merge_commit_of_the_payload_and_what_lies_in_the_work_tree_do_not_count(forge: Forge) -> None:
    forge.branch()
    code(forge, "No reference")
    payload = forge.pull_request(settings={**MERGE})
    clone = forge.runner()
    clone.git("checkout", "-q", "--detach", forge.main())
    assert github(clone, "pull_request", payload).code == 1


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_shallow_clone_is_no_pass(forge: Forge, depth: int) -> None:
    forge.branch()
    for name in "abc":
        code(forge, "No reference", f"src/{name}.py")
    payload = forge.pull_request(settings=MERGE)
    ran = github(forge.runner(depth=depth), "pull_request", payload)
    assert ran.code == 3, ran.log
    assert ran.outputs["verdict"] == "cannot-judge"
    assert "fetch-depth: 0" in ran.log
    assert all("could not judge" in shown and "refused" not in shown for shown in (ran.log, ran.summary))


def test_a_base_that_is_not_here_is_no_pass(forge: Forge) -> None:
    forge.branch()
    code(forge)
    payload = forge.pull_request(settings=MERGE)
    clone = forge.runner()
    payload["pull_request"]["base"]["sha"] = "1" * 40
    ran = github(clone, "pull_request", payload)
    assert ran.code == 3
    assert "G018" in ran.log


@pytest.mark.parametrize("sha", ["main", "HEAD", "--output=x", "refs/pull/7/merge", "", None, 7, "A" * 40, "1" * 39])
def test_only_full_ids_are_resolved(forge: Forge, sha: object) -> None:
    forge.branch()
    code(forge)
    for side in ("base", "head"):
        payload = forge.pull_request(settings=MERGE)
        payload["pull_request"][side]["sha"] = sha
        clone = forge.runner()
        assert github(clone, "pull_request", payload).code == 3
        assert not (clone.path / "x").exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"pull_request": []}', '{"pull_request": {"base": 1}}', "[" * 99999]
)
def test_a_payload_that_says_nothing_is_no_pass(forge: Forge, text: str) -> None:
    forge.branch()
    code(forge)
    forge.pull_request()
    ran = github(forge.runner(), "pull_request", text)
    assert ran.code == 3, ran.log


def test_events_that_bring_nothing_are_wrong_usage(forge: Forge) -> None:
    forge.branch()
    code(forge)
    payload = forge.pull_request()
    clone = forge.runner()
    for name in ("workflow_dispatch", "pull_request_target", ""):
        assert github(clone, name, payload).code == 2


def test_a_request_that_conflicts_cannot_land(forge: Forge) -> None:
    forge.branch()
    code(forge, path="src/same.py")
    payload = forge.pull_request(settings=MERGE)
    forge.land("src/same.py", "theirs\n")
    clone = forge.runner()
    ran = github(clone, "pull_request", payload)
    assert ran.code == 1
    assert "L006" in ran.log
    assert "src/same.py" in ran.log


def test_it_is_judged_on_the_newest_tip_that_is_known(forge: Forge) -> None:
    """The change that the commits name was archived on main meanwhile: squashed there, the reference is one to history."""
    forge.branch()
    code(forge)
    payload = forge.pull_request(settings={**SQUASH, **PR_BODY})
    other = forge.clone("archiver")
    _gitspec(other, "archive", "add-2fa")
    other.git("push", "-q", "origin", "main")
    ran = github(forge.runner(), "pull_request", payload)
    assert ran.code == 1
    assert "R003" in ran.log
    assert "lands by squash" in ran.log


def _gitspec(repo, *args: str) -> None:  # type: ignore[no-untyped-def]
    from tests.archive.project import gitspec

    assert gitspec(repo, *args).code == 0


# -- specs


@pytest.mark.spec("gates/pull-request#second-of-two")
def test_the_second_of_two_that_collide_fails_before_it_lands(forge: Forge) -> None:
    """Both add the same requirement with other words. The first has landed, complete and not yet archived."""
    forge.branch("first")
    proposed(forge.dev, "one", adds("lockout", "The system MUST lock after 3 tries."))
    forge.dev.commit("Propose one")
    assert github_of(forge).code == 0
    forge.dev.git("push", "-q", "origin", "HEAD:refs/heads/main")
    forge.branch("second")
    forge.dev.git("reset", "-q", "--hard", "HEAD~1")
    proposed(forge.dev, "two", adds("lockout", "The system MUST lock after 9 tries."))
    forge.dev.commit("Propose two")
    ran = github_of(forge)
    assert ran.code == 1, ran.log
    assert "D007" in ran.log
    assert "once add-2fa, one is archived" in ran.log
    assert "spec/changes/two/deltas/auth.yaml" in ran.log
    assert "cannot be archived" in ran.summary


def test_a_change_with_open_tasks_collides_too(forge: Forge) -> None:
    forge.branch()
    proposed(forge.dev, "two", adds("totp-enrolment", "The system MUST refuse."), tasks=OPEN)
    forge.dev.commit("Propose two")
    ran = github_of(forge)
    assert ran.code == 1
    assert "D007" in ran.log


def test_a_change_that_is_not_complete_may_land(forge: Forge) -> None:
    forge.branch()
    proposed(forge.dev, "two", adds("lockout"), tasks=OPEN)
    forge.dev.commit("Propose two")
    ran = github_of(forge)
    assert ran.code == 0, ran.log
    assert "tasks are open" in ran.summary


def test_the_summary_shows_each_requirement_that_changes(forge: Forge) -> None:
    forge.branch()
    proposed(forge.dev, "two", adds("lockout", "The system MUST lock."))
    forge.dev.commit("Propose two")
    ran = github_of(forge)
    assert "@@ added auth/lockout @@" in ran.summary
    assert "+ The system MUST lock." in ran.summary
    assert "add-2fa" in ran.summary


def test_the_summary_names_living_edits_that_a_delta_has_not_seen(forge: Forge) -> None:
    """The delta quotes the present, as somebody may make it do after the fact, and was begun before."""
    forge.branch()
    delta = (
        "capability: auth\nmodified:\n  - id: session-expiry\n    title:\n      from: Session expiry\n"
        "      to: Expiry\n"
    )
    proposed(forge.dev, "two", delta, tasks=OPEN)
    forge.dev.commit("Propose two")
    first = forge.clone("first")
    edit = "capability: auth\nmodified:\n  - id: session-expiry\n    rationale:\n      to: |\n        Auditors ask.\n"
    proposed(first, "one", edit)
    _gitspec(first, "delta", "stamp", "one")
    first.commit("Propose one")
    _gitspec(first, "archive", "one")
    first.git("push", "-q", "origin", "main")
    ran = github_of(forge)
    assert "Edited in the living specs since" in ran.summary
    assert "auth/session-expiry" in ran.summary
    assert "archived change one" in ran.summary


def test_paths_that_the_layout_does_not_know_are_refused(forge: Forge) -> None:
    forge.branch()
    forge.dev.write("spec/conftest.py", "import os\n")
    forge.dev.commit("Plant\n\nChange: add-2fa")
    ran = github_of(forge)
    assert ran.code == 1
    assert "L001" in ran.log


def test_a_policy_that_nobody_could_read_does_not_land(forge: Forge) -> None:
    forge.branch()
    forge.dev.write("spec/gitspec.yaml", "version: [\n")
    forge.dev.commit("Break it\n\nChange: add-2fa")
    assert github_of(forge).code in (1, 3)


def test_nothing_is_written_to_the_clone(forge: Forge) -> None:
    forge.branch()
    proposed(forge.dev, "two", adds("lockout"))
    forge.dev.commit("Propose two")
    payload = forge.pull_request()
    clone = forge.runner()
    before = (clone.git("count-objects", "-v"), clone.git("for-each-ref"), clone.git("status", "--porcelain"))
    github(clone, "pull_request", payload)
    assert (clone.git("count-objects", "-v"), clone.git("for-each-ref"), clone.git("status", "--porcelain")) == before


def github_of(forge: Forge):  # type: ignore[no-untyped-def]
    payload = forge.pull_request("Title", "Change: add-2fa", settings={**SQUASH, **PR_BODY})
    return github(forge.runner(), "pull_request", payload)


# -- queue and push


def test_a_merge_group_is_judged_as_it_lands(forge: Forge) -> None:
    base = forge.main()
    forge.branch()
    code(forge)
    good = forge.dev.head()
    forge.dev.git("push", "-q", "origin", "HEAD:refs/heads/gh-readonly-queue/main/pr-7")
    payload = {"action": "checks_requested", "merge_group": {
        "base_sha": base, "head_sha": good, "base_ref": "refs/heads/main", "head_ref": "refs/heads/gh-readonly-queue/main/pr-7",
    }}  # fmt: skip
    assert github(forge.runner("refs/heads/gh-readonly-queue/main/pr-7"), "merge_group", payload).code == 0
    code(forge, "No reference", "src/bad.py")
    forge.dev.git("push", "-q", "origin", "HEAD:refs/heads/gh-readonly-queue/main/pr-7")
    payload["merge_group"]["head_sha"] = forge.dev.head()  # type: ignore[index]
    ran = github(forge.runner("refs/heads/gh-readonly-queue/main/pr-7"), "merge_group", payload)
    assert ran.code == 1
    assert "R001" in ran.log


def push(forge: Forge, before: str, ref: str = "refs/heads/main") -> dict[str, object]:
    return {
        "ref": ref,
        "before": before,
        "after": forge.bare.git("rev-parse", ref),
        "repository": {"default_branch": "main"},
    }


def test_a_push_is_judged_after_the_fact(forge: Forge) -> None:
    before = forge.main()
    forge.land()
    assert github(forge.runner("refs/heads/main"), "push", push(forge, before)).code == 0
    before = forge.main()
    forge.land("src/bad.py", "bad\n", "No reference")
    ran = github(forge.runner("refs/heads/main"), "push", push(forge, before))
    assert ran.code == 1
    assert "R001" in ran.log


def test_a_new_branch_is_judged_by_what_it_adds(forge: Forge) -> None:
    forge.branch("release")
    code(forge, "No reference")
    forge.dev.git("push", "-q", "origin", "HEAD:refs/heads/release")
    payload = push(forge, "0" * 40, "refs/heads/release")
    ran = github(forge.runner("refs/heads/release"), "push", payload)
    assert ran.code == 1
    assert ran.log.count("::error") == 1


def test_the_first_push_of_a_repository_is_judged(forge: Forge) -> None:
    forge.land("src/bad.py", "bad\n", "No reference")
    ran = github(forge.runner("refs/heads/main"), "push", push(forge, "0" * 40))
    assert ran.code == 1


def test_a_rewritten_branch_is_no_pass(forge: Forge) -> None:
    before = forge.land()
    forge.branch()
    forge.dev.git("reset", "-q", "--hard", "HEAD~1")
    code(forge)
    forge.dev.git("push", "-q", "--force", "origin", "HEAD:refs/heads/main")
    ran = github(forge.runner("refs/heads/main"), "push", push(forge, before))
    assert ran.code == 3, "the old tip is not in the clone"
