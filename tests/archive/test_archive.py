"""`gitspec archive`: what it makes, and what it refuses."""

import json
import os
from pathlib import Path

import pytest

from tests.archive.project import ADDED, AUTH, CHANGE, NAME, TAG, TASKS, gitspec, project, propose
from tests.conftest import Repo

ARCHIVERS = int(os.environ.get("GITSPEC_ARCHIVERS", "4"))  # read before the environment is sealed


@pytest.fixture
def ready(repo: Repo) -> Repo:
    return project(repo)


def refused(repo: Repo, code: str, *args: str, exit_code: int = 1) -> str:
    """The command fails with that code and moves nothing; what it says."""
    before = repo.git("for-each-ref"), repo.git("status", "--porcelain=v2", "-uall")
    ran = gitspec(repo, "archive", *(args or ("add-2fa",)))
    assert (ran.code, ran.out) == (exit_code, ""), ran
    assert f": {code} " in ran.err, ran.err
    assert "help: " in ran.err
    assert (repo.git("for-each-ref"), repo.git("status", "--porcelain=v2", "-uall")) == before
    assert not list((repo.path / ".git").glob("*.lock"))
    return ran.err


@pytest.mark.spec("archiving/one-commit-one-tag#archived")
def test_one_commit_with_trailers_and_one_tag(ready: Repo) -> None:
    before, folder = ready.head(), ready.git("rev-parse", "HEAD:spec/changes/add-2fa")
    ran = gitspec(ready, "archive", "add-2fa")
    assert ran.code == 0, ran.err
    assert ready.git("rev-list", f"{before}..HEAD").split() == [ready.head()]
    assert ready.git("log", "-1", "--format=%P") == before
    assert ready.git("rev-parse", f"HEAD:spec/archive/{NAME}") == folder
    assert ready.git("log", "-1", "--format=%(trailers)") == f"Change: add-2fa\nArchived: {NAME}\nFold: 1\n"
    assert ready.git("log", "-1", "--format=%B").split("\n")[:4] == [
        "Archive add-2fa: Two-factor authentication", "", "  auth", "    added totp-enrolment",
    ]  # fmt: skip
    assert ready.git("log", "-1", "--format=%an %cn") == "Ada Author Cem Committer"
    assert ready.git("cat-file", "-t", TAG) == "tag"
    assert ready.git("rev-parse", f"{TAG}^{{commit}}") == ready.head()
    assert ready.git("status", "--porcelain") == ""
    assert ready.git("diff", "--name-status", "--no-renames", "HEAD^", "HEAD", "--", "spec/capabilities", "src").split(
        "\n"
    ) == ["M\tspec/capabilities/auth.yaml"]
    ready.git("fsck", "--strict")


def test_only_the_touched_requirement_changes_in_the_file(ready: Repo) -> None:
    gitspec(ready, "archive", "add-2fa")
    text = ready.read("spec/capabilities/auth.yaml")
    assert text.startswith(AUTH)
    assert "- id: totp-enrolment" in text.removeprefix(AUTH)


def two_scenarios() -> tuple[str, dict[str, str]]:
    """A capability whose requirement has two scenarios, and by the id of each a delta that edits its last step."""
    idle = AUTH[AUTH.index("      - id: idle") :]
    text = AUTH + idle.replace("idle-timeout", "sign-out") + "  # the end\n"
    steps = "".join(f"            {line.strip()}\n" for line in idle.split("steps: |\n")[1].splitlines())
    edit = "        - id: {id}\n          steps:\n            from: |\n{old}            to: |\n{new}"
    head = "capability: auth\nmodified:\n  - id: session-expiry\n    scenarios:\n      modified:\n"
    steps = steps.replace("            ", "              ")
    return text, {
        id_: head + edit.format(id=id_, old=steps, new=steps.replace("is invalidated", f"ends by {id_}"))
        for id_ in ("idle-timeout", "sign-out")
    }


@pytest.mark.spec("files/every-other-byte-stays#comment-survives", "folding/three-ways#both-edits-stay")
def test_edits_of_two_changes_both_stay_and_so_does_every_other_byte(ready: Repo) -> None:
    text, deltas = two_scenarios()
    path = "spec/capabilities/auth.yaml"
    ready.write(path, text.replace("\n", "\r\n").encode())
    ready.commit("Windows")
    for change, delta in deltas.items():
        ready.write(f"{propose(ready, change)}/deltas/auth.yaml", delta)
        assert gitspec(ready, "delta", "stamp", change).code == 0
    ready.commit("Propose both")
    for change in deltas:
        ran = gitspec(ready, "archive", change)
        assert ran.code == 0, ran
        changed = ready.git("diff", "-U0", "HEAD^", "HEAD", "--", path).split("\n")[5:]
        old, new = "          THEN the session is invalidated\r", f"          THEN the session ends by {change}\r"
        assert changed == [f"-{old}", f"+{new}"]


def test_the_same_commit_is_made_with_and_without_the_cache(ready: Repo, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other")
    ready.git("clone", "-q", str(ready.path), str(other.path))
    assert gitspec(ready, "validate", "add-2fa").code == 0
    assert (ready.path / ".git/gitspec").is_dir()
    assert gitspec(ready, "archive", "add-2fa").code == 0
    assert gitspec(other, "archive", "add-2fa", "--no-cache").code == 0
    assert ready.head() == other.head()
    assert ready.git("rev-parse", TAG) == other.git("rev-parse", TAG)


def test_a_remembered_fold_is_not_used_when_the_living_spec_has_changed(ready: Repo) -> None:
    gitspec(ready, "validate", "add-2fa")
    ready.write("spec/capabilities/auth.yaml", AUTH.replace("30 minutes", "15 minutes"))
    ready.commit("Edit")
    assert gitspec(ready, "archive", "add-2fa").code == 0
    assert "15 minutes" in ready.read("spec/capabilities/auth.yaml")
    assert "totp-enrolment" in ready.read("spec/capabilities/auth.yaml")


def test_tasks_ticked_after_validation_count(ready: Repo) -> None:
    ready.write("spec/changes/add-2fa/tasks.md", TASKS.replace("[x]", "[ ]"))
    ready.commit("Open")
    gitspec(ready, "validate", "add-2fa")
    refused(ready, "A002")
    ready.write("spec/changes/add-2fa/tasks.md", TASKS)
    ready.commit("Done")
    assert gitspec(ready, "archive", "add-2fa").code == 0


def test_a_new_capability_and_a_second_change_on_top(ready: Repo) -> None:
    folder = propose(ready, "add-export", title="Export")
    ready.write(f"{folder}/change.yaml", CHANGE.format(id="add-export", title="Export") + "depends_on:\n  - add-2fa\n")
    ready.write(f"{folder}/deltas/data/export.yaml", ADDED.format(capability="data/export", id="csv"))
    ready.commit("Propose")
    assert "add-2fa" in refused(ready, "A005", "add-export")
    assert gitspec(ready, "archive", "add-2fa").code == 0
    assert gitspec(ready, "archive", "add-export").code == 0
    assert "- id: csv" in ready.read("spec/capabilities/data/export.yaml")
    assert "data/export (new)" in ready.git("log", "-1", "--format=%B")
    assert ready.git("status", "--porcelain") == ""


def test_a_second_time_is_refused_with_day_and_tag(ready: Repo) -> None:
    gitspec(ready, "archive", "add-2fa")
    said = refused(ready, "A003")
    assert "2026-11-21" in said
    assert TAG in said


def test_an_id_is_used_once_for_ever(ready: Repo) -> None:
    gitspec(ready, "archive", "add-2fa")
    propose(ready, "add-2fa")
    ready.commit("Again")
    assert "another one" in refused(ready, "A003")


def test_an_id_that_ends_like_an_archived_one_is_another_change(ready: Repo) -> None:
    folder = propose(ready, "2fa")
    ready.write(f"{folder}/deltas/billing.yaml", ADDED.format(capability="billing", id="x"))
    ready.commit("Propose")
    assert gitspec(ready, "archive", "add-2fa").code == 0
    assert gitspec(ready, "archive", "2fa").code == 0


@pytest.mark.parametrize(
    ("tasks", "code"),
    [
        ("## 1. Do\n\n- [ ] 1.1 Write it\n", "A002"),
        ("## 1. Do\n\n- [~] 1.1 Write it\n", "A002"),
        ("## 1. Do\n\n- [!] 1.1 Write it: no device\n", "A002"),
        ("## 1. Do\n\n- [x] 1.1 Write it\n  - [ ] 1.1.1 All of it\n", "A002"),
        ("## 1. Do\n", "A001"),
        ("## 1. Do\n\n- [y] 1.1 Write it\n", "T010"),
    ],
)
@pytest.mark.spec("archiving/unfinished-work#open-task")
def test_tasks_must_be_done_or_dropped(ready: Repo, tasks: str, code: str) -> None:
    ready.write("spec/changes/add-2fa/tasks.md", tasks)
    ready.commit("Tasks")
    refused(ready, code)


def test_no_tasks_file_is_refused(ready: Repo) -> None:
    (ready.path / "spec/changes/add-2fa/tasks.md").unlink()
    ready.commit("No tasks")
    refused(ready, "A001")


def test_tasks_done_but_not_committed_say_so(ready: Repo) -> None:
    ready.write("spec/changes/add-2fa/tasks.md", TASKS.replace("[x]", "[ ]"))
    ready.commit("Open")
    ready.write("spec/changes/add-2fa/tasks.md", TASKS)
    assert "git commit" in refused(ready, "A006")


def test_a_change_that_is_not_committed_is_refused(ready: Repo) -> None:
    propose(ready, "later")
    assert "git add spec/changes/later" in refused(ready, "A007", "later")


def test_unknown_and_hostile_ids_are_refused(ready: Repo) -> None:
    assert "add-2fa" in refused(ready, "L011", "add-2f", exit_code=2)
    for bad in ("../x", "a/b", "--", "-x", "A", "con", "x" * 81, "a..b", "é", ".git", "a.lock", "@{u}"):
        ran = gitspec(ready, "archive", "--", bad)
        assert ran.code == 2, (bad, ran)
        assert ready.git("status", "--porcelain") == ""


def test_a_fold_conflict_is_refused_with_its_place(ready: Repo) -> None:
    ready.write("spec/changes/add-2fa/deltas/auth.yaml", ADDED.format(capability="auth", id="session-expiry"))
    ready.commit("Conflict")
    said = refused(ready, "D007")
    assert "spec/changes/add-2fa/deltas/auth.yaml:" in said


@pytest.mark.parametrize(
    ("path", "text", "code", "count"),
    [
        ("spec/changes/add-2fa/change.yaml", "change: add-2fa\n", "S002", 2),
        ("spec/changes/add-2fa/proposal.md", "# Nothing\n", "P010", 2),
        ("spec/changes/add-2fa/deltas/auth.yaml", "capability: auth\nadded: nonsense\n", "S003", 1),
        ("spec/changes/add-2fa/notes.txt", "what is this\n", "L001", 1),
    ],
)
def test_an_invalid_change_is_refused_with_all_findings(
    ready: Repo, path: str, text: str, code: str, count: int
) -> None:
    ready.write(path, text)
    ready.commit("Break")
    assert refused(ready, code).count(f"{code} ") == count


def test_a_broken_living_spec_that_it_touches_is_refused_and_another_is_not(ready: Repo) -> None:
    ready.write("spec/capabilities/billing.yaml", "nonsense: [\n")
    ready.commit("Break billing")
    assert gitspec(ready, "archive", "add-2fa", "--dry-run").code == 0
    ready.write("spec/capabilities/auth.yaml", "nonsense: [\n")
    ready.commit("Break auth")
    ran = gitspec(ready, "archive", "add-2fa")
    assert ran.code == 1
    assert "spec/capabilities/auth.yaml" in ran.err


def test_a_dependency_on_itself_is_refused(ready: Repo) -> None:
    ready.write(
        "spec/changes/add-2fa/change.yaml", CHANGE.format(id="add-2fa", title="T") + "depends_on:\n  - add-2fa\n"
    )
    ready.commit("Circle")
    ran = gitspec(ready, "archive", "add-2fa")
    assert ran.code == 1
    assert ready.git("tag") == ""


@pytest.mark.spec("archiving/one-commit-one-tag#tag-exists")
def test_an_existing_tag_is_refused(ready: Repo) -> None:
    ready.git("tag", TAG)
    refused(ready, "A004")


def test_without_a_tag_if_so_wanted(ready: Repo) -> None:
    assert gitspec(ready, "archive", "add-2fa", "--no-tag").code == 0
    assert ready.git("tag") == ""
    assert f"Archived: {NAME}" in refused(ready, "A003")


def test_dry_run_prints_tree_and_diff_and_writes_nothing(ready: Repo) -> None:
    def everything() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in ready.path.rglob("*") if p.is_file() and "/.git/gitspec/" not in str(p)}

    before = everything()
    ran = gitspec(ready, "archive", "add-2fa", "--dry-run", "--no-cache")
    assert ran.code == 0, ran.err
    assert "+  - id: totp-enrolment" in ran.out
    assert everything() == before
    assert not (ready.path / ".git/gitspec").exists()
    tree = next(line for line in ran.out.split("\n") if line.startswith("Tree: ")).removeprefix("Tree: ")
    refused(ready, "A010", "add-2fa", "--expect", "0" * 40)
    assert gitspec(ready, "archive", "add-2fa", "--expect", tree[:12]).code == 0
    assert ready.git("rev-parse", "HEAD^{tree}") == tree


def test_json_has_what_happened(ready: Repo) -> None:
    ran = gitspec(ready, "archive", "add-2fa", "--json")
    data = json.loads(ran.out)
    assert (data["gitspec"], data["kind"], data["change"], data["tag"]) == (1, "archive", "add-2fa", TAG)
    assert data["commit"] == ready.head()
    assert data["folder"] == f"spec/archive/{NAME}"
    assert data["capabilities"][0]["added"] == ["totp-enrolment"]


def test_a_title_plants_no_trailer(ready: Repo) -> None:
    title = 'title: "Nice \\u2028Change: victim"\n'
    ready.write("spec/changes/add-2fa/change.yaml", f"change: add-2fa\n{title}created: 2026-11-21\n")
    ready.commit("Hostile title")
    ran = gitspec(ready, "archive", "add-2fa")
    if ran.code == 0:  # refusing such a title is fine too
        message = ready.git("log", "-1", "--format=%B")
        assert "\nChange: victim" not in message
        assert "\u2028" not in message


def test_detached_head_is_refused(ready: Repo) -> None:
    ready.git("checkout", "-q", "--detach")
    refused(ready, "A012")


def test_unborn_branch_is_refused(repo: Repo) -> None:
    propose(repo, "add-2fa")
    ran = gitspec(repo, "archive", "add-2fa")
    assert ran.code == 1
    assert ": A011 " in ran.err


def test_no_policy_cannot_be_judged(repo: Repo) -> None:
    propose(repo, "add-2fa")
    repo.commit("No policy")
    ran = gitspec(repo, "archive", "add-2fa")
    assert ran.code == 3
    assert ": L010 " in ran.err


def test_outside_a_repository(tmp_path: Path) -> None:
    assert gitspec(Repo(tmp_path), "archive", "x").code == 3


@pytest.mark.parametrize("what", ["merge", "cherry-pick", "revert", "rebase"])
def test_while_something_is_under_way_it_waits(ready: Repo, what: str) -> None:
    ready.git("checkout", "-q", "-b", "side")
    ready.write("src/code.py", "side\n")
    ready.commit("Side")
    ready.git("checkout", "-q", "main")
    ready.write("src/code.py", "main\n")
    ready.commit("Main")
    if what == "revert":
        ready.write("src/code.py", "more\n")
        ready.commit("More")
    ready.run_git(what, *(["HEAD^"] if what == "revert" else ["side"]))
    refused(ready, "A013")


def test_onto_a_branch_that_is_not_checked_out(ready: Repo) -> None:
    ready.git("branch", "release")
    ready.write("spec/changes/add-2fa/proposal.md", "edited, and of no concern to the other branch\n")
    head = ready.head()
    assert gitspec(ready, "archive", "add-2fa", "--onto", "release").code == 0
    assert ready.head() == head
    assert ready.git("show", "-s", "--format=%s", "release").startswith("Archive add-2fa")
    assert ready.git("status", "--porcelain") == " M spec/changes/add-2fa/proposal.md"


def test_onto_the_checked_out_branch_follows(ready: Repo) -> None:
    assert gitspec(ready, "archive", "add-2fa", "--onto", "refs/heads/main").code == 0
    assert ready.git("status", "--porcelain") == ""


@pytest.mark.parametrize("name", ["nowhere", "v1", "HEAD", "origin/main", "main~0", "--help", "", "../main", "ma*"])
def test_onto_must_be_a_local_branch(ready: Repo, name: str) -> None:
    ready.git("tag", "v1")
    refused(ready, "A015", "add-2fa", f"--onto={name}")


def test_onto_a_branch_of_another_work_tree_is_refused(ready: Repo, tmp_path: Path) -> None:
    ready.worktree(tmp_path / "linked", "topic")
    assert str(tmp_path / "linked") in refused(ready, "A014", "add-2fa", "--onto", "topic")


def test_linked_work_tree(ready: Repo, tmp_path: Path) -> None:
    linked = ready.worktree(tmp_path / "linked", "topic")
    assert gitspec(linked, "archive", "add-2fa").code == 0
    assert linked.git("status", "--porcelain") == ""
    assert ready.git("status", "--porcelain") == ""
    assert (linked.path / f"spec/archive/{NAME}").is_dir()


def test_from_a_subfolder_that_goes_away(ready: Repo) -> None:
    inside = Repo(ready.path / "spec/changes/add-2fa")
    assert gitspec(inside, "archive", "add-2fa").code == 0
    assert ready.git("status", "--porcelain") == ""


@pytest.mark.spec("archiving/bare-repositories#bare")
def test_bare_repository(ready: Repo, tmp_path: Path) -> None:
    bare = ready.bare(tmp_path / "bare.git")
    assert gitspec(bare, "archive", "add-2fa").code == 0
    assert bare.git("rev-parse", f"{TAG}^{{commit}}") == bare.git("rev-parse", "main")
    assert sorted(p.name for p in bare.path.iterdir() if p.name == "spec") == []


def test_sha256_repository(make_repo) -> None:  # type: ignore[no-untyped-def]
    repo = project(make_repo("sha256", "--object-format=sha256"))
    assert gitspec(repo, "archive", "add-2fa").code == 0
    assert repo.git("status", "--porcelain") == ""
    repo.git("fsck", "--strict")


def test_dates_are_utc(ready: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T00:30:00+02:00")
    assert gitspec(ready, "archive", "add-2fa").code == 0
    assert ready.git("tag") == TAG


def test_without_an_identity_nothing_moves(ready: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    ready.write("../gitconfig", "[user]\n\tuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(ready.path / "../gitconfig"))
    before = ready.head()
    ran = gitspec(ready, "archive", "add-2fa")
    assert ran.code == 3
    assert ": G010 " in ran.err
    assert "git config user.name" in ran.err
    assert ready.head() == before


def test_signing_follows_the_users_configuration(ready: Repo, tmp_path: Path) -> None:
    import shutil
    import subprocess

    if not shutil.which("ssh-keygen"):
        pytest.skip("needs ssh-keygen")
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"cem@example.com {key.with_suffix('.pub').read_text()}")
    for name, value in {
        "gpg.format": "ssh", "user.signingKey": str(key), "gpg.ssh.allowedSignersFile": str(allowed),
        "commit.gpgSign": "true", "tag.gpgSign": "true",
    }.items():  # fmt: skip
        ready.git("config", name, value)
    assert gitspec(ready, "archive", "add-2fa").code == 0
    assert ready.git("log", "-1", "--format=%G?") == "G"
    assert ready.run_git("verify-tag", TAG).returncode == 0
    assert ready.git("for-each-ref", "--format=%(refname)", "refs/tags") == f"refs/tags/{TAG}"
    assert ready.git("status", "--porcelain") == ""


def test_signing_that_fails_moves_nothing(ready: Repo) -> None:
    ready.git("config", "gpg.format", "ssh")
    ready.git("config", "user.signingKey", "/nowhere")
    ready.git("config", "commit.gpgSign", "true")
    before = ready.head()
    ran = gitspec(ready, "archive", "add-2fa")
    assert (ran.code, ready.head(), ready.git("tag")) == (3, before, "")
    assert ": G014 " in ran.err
    assert not (ready.path / ".git/index.lock").exists()


def test_other_changes_and_unrelated_edits_stay(ready: Repo) -> None:
    propose(ready, "other")
    ready.write("spec/capabilities/billing.yaml", "edited\n")
    ready.write("src/code.py", "edited\n")
    ready.git("add", "src")
    status = ready.git("status", "--porcelain=v2", "-uall")
    assert gitspec(ready, "archive", "add-2fa").code == 0
    assert ready.git("status", "--porcelain=v2", "-uall") == status


def test_a_read_only_object_folder_moves_nothing(ready: Repo) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    objects = ready.path / ".git/objects"
    objects.chmod(0o555)
    try:
        assert gitspec(ready, "archive", "add-2fa").code == 3
    finally:
        objects.chmod(0o755)
    assert ready.git("status", "--porcelain") == ""


def test_archivers_of_the_same_and_of_other_changes_at_once_lose_nothing(ready: Repo) -> None:
    import subprocess
    import sys

    from tests.command import environment

    count = ARCHIVERS
    for number in range(count):
        folder = propose(ready, f"change-{number}")
        ready.write(f"{folder}/deltas/auth.yaml", ADDED.format(capability="auth", id=f"new-{number}"))
    ready.commit("Propose")
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "gitspec", "archive", f"change-{n // 2}"], cwd=ready.path, env=environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for n in range(2 * count)
    ]  # fmt: skip
    ended = [(process.communicate()[1].decode(), process.returncode) for process in running]
    assert sorted(code for _, code in ended) == [0] * count + [1] * count, ended
    assert all("A003" in said for said, code in ended if code)
    text = ready.read("spec/capabilities/auth.yaml")
    assert all(text.count(f"- id: new-{n}\n") == 1 for n in range(count))
    assert len(ready.git("tag").split()) == count
    assert ready.git("rev-list", "--merges", "HEAD") == ""
    assert ready.git("status", "--porcelain") == ""
