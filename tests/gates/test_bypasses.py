"""Every way past a local hook is caught where commits are judged as objects: at the push, on the server, in CI.

The table in docs/security.md names these tests.
"""

import subprocess

import pytest

from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.gates.team import archive, checked, code, onto_main, pushed, team


@pytest.fixture
def main(repo: Repo) -> Repo:
    return team(repo)


def caught(repo: Repo, *expected: str) -> None:
    """Both gates give the same verdict, and it is this one."""
    assert checked(repo) == sorted(expected)
    assert onto_main(repo) == sorted(expected)


def test_commit_that_names_an_active_change_passes(main: Repo) -> None:
    code(main, "Store the secret\n\nChange: add-2fa")
    caught(main)


def test_no_verify(main: Repo) -> None:
    main.write("src/code.py", "x\n")
    main.git("commit", "-q", "-a", "-n", "-m", "Sneak")
    caught(main, "R001")


def test_hooks_path_switched_off(main: Repo) -> None:
    main.write("src/code.py", "x\n")
    main.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-a", "-m", "Sneak")
    caught(main, "R001")


def test_alias_that_skips_hooks(main: Repo) -> None:
    main.write("src/code.py", "x\n")
    main.git("-c", "alias.ci=commit -n", "ci", "-q", "-a", "-m", "Sneak")
    caught(main, "R001")


def test_commit_tree(main: Repo) -> None:
    main.write("src/code.py", "x\n")
    main.git("add", "-A")
    tree = main.git("write-tree")
    oid = main.git("commit-tree", "-p", "HEAD", "-m", "Sneak", tree)
    main.git("update-ref", "refs/heads/main", oid)
    caught(main, "R001")


def test_library_that_runs_no_hooks(main: Repo) -> None:
    pygit2 = pytest.importorskip("pygit2")
    main.write("src/code.py", "x\n")
    held = pygit2.Repository(str(main.path))
    held.index.add("src/code.py")
    who = pygit2.Signature("Mallory", "mallory@example.com", 1, 0)
    held.create_commit("refs/heads/main", who, who, "Sneak\n", held.index.write_tree(), [held.head.target])
    caught(main, "R001")


def test_cherry_pick_of_a_commit_without_reference(main: Repo) -> None:
    main.git("checkout", "-q", "-b", "side")
    oid = code(main, "Sneak", "src/side.py")
    main.git("checkout", "-q", "main")
    main.git("cherry-pick", oid)
    caught(main, "R001")


def test_revert_without_reference(main: Repo) -> None:
    code(main, "Store it\n\nChange: add-2fa")
    main.git("branch", "-f", "base")
    main.git("revert", "--no-edit", "HEAD")
    caught(main, "R001")


def test_rebase_that_drops_the_reference(main: Repo) -> None:
    code(main, "Store it\n\nChange: add-2fa")
    main.git("rebase", "-q", "--force-rebase", "base", "--exec", "git commit -q --amend -n -m Sneak")
    caught(main, "R001")


def test_mailed_patch(main: Repo) -> None:
    main.git("checkout", "-q", "-b", "side")
    code(main, "Sneak", "src/side.py")
    patch = main.git("format-patch", "-1", "--stdout")
    main.git("checkout", "-q", "main")
    main.git("am", "-q", input=patch + "\n")
    caught(main, "R001")


def test_fast_forward_to_a_bad_branch(main: Repo) -> None:
    main.git("checkout", "-q", "-b", "side")
    code(main, "Sneak", "src/side.py")
    main.git("checkout", "-q", "main")
    main.git("merge", "-q", "--ff-only", "side")
    caught(main, "R001")


@pytest.mark.parametrize("subject", ["Merge branch 'x'", 'Revert "y"', "v1.2.3", "1.2.3", "Initial commit"])
def test_subject_that_other_linters_exempt(main: Repo, subject: str) -> None:
    code(main, subject)
    caught(main, "R001")


@pytest.mark.parametrize("subject", ["fixup! First", "squash! First", "amend! First"])
def test_autosquash_on_a_protected_branch(main: Repo, subject: str) -> None:
    code(main, f"{subject}\n\nChange: add-2fa")
    assert onto_main(main) == ["R015"]
    assert checked(main, "base..HEAD", onto="main") == ["R015"]


def test_trailer_above_a_co_author_block_still_counts(main: Repo) -> None:
    code(main, "Squash\n\nChange: add-2fa\n\n---------\n\nCo-authored-by: B <b@example.com>")
    caught(main)


@pytest.mark.spec("references/trailers-as-git-reads-them#quoted-in-the-body")
def test_text_that_only_looks_like_a_trailer(main: Repo) -> None:
    code(main, "Squash\n\n* one\n\n  Change: add-2fa\n\nmore text")
    caught(main, "R008")


def test_reference_to_a_change_that_is_not_there(main: Repo) -> None:
    code(main, "Sneak\n\nChange: add-3fa")
    caught(main, "R002")


def test_id_in_another_script_that_looks_alike(main: Repo) -> None:
    code(main, "Sneak\n\nChange: аdd-2fa")
    caught(main, "R004")


def test_replace_ref_that_shows_a_good_message(main: Repo) -> None:
    bad = code(main, "Sneak")
    good = main.git("commit-tree", "-p", "base", "-m", "Good\n\nChange: add-2fa", f"{bad}^{{tree}}")
    main.git("replace", bad, good)
    caught(main, "R001")


@pytest.mark.spec("gates/policy-of-the-target#loosened-in-the-same-push")
def test_policy_edited_in_the_same_push(main: Repo) -> None:
    main.write("spec/gitspec.yaml", 'version: "1"\ncode:\n  exclude:\n    - "**"\n')
    code(main, "Loosen")
    code(main, "Sneak", text="more and more\n")
    caught(main, "R001")


def test_branch_unprotected_by_the_push_that_a_gate_judges_afterwards(main: Repo) -> None:
    old = main.git("rev-parse", "base")
    main.write("spec/gitspec.yaml", 'version: "1"\nprotected:\n  branches:\n    - other\n')
    code(main, "fixup! Store the secret\n\nChange: add-2fa")
    assert pushed(main, ("refs/heads/main", old, main.head())) == ["R015"]


def test_policy_removed(main: Repo) -> None:
    main.git("rm", "-q", "spec/gitspec.yaml")
    code(main, "Free", "docs/x.md")
    code(main, "Sneak", text="more and more\n")
    caught(main, "R001", "R012")


def test_policy_removed_and_brought_back_with_forged_specs(main: Repo) -> None:
    main.git("rm", "-q", "-r", "spec")
    main.commit("Free")
    main.git("checkout", "-q", "base", "--", "spec")
    path = "spec/capabilities/auth.yaml"
    main.write(path, main.read(path).replace("30 minutes", "30 years"))
    main.commit("Adopt again")
    found = checked(main)
    assert "H001" in found and "R012" in found
    assert onto_main(main) == found


def test_orphan_with_a_policy_of_its_own(main: Repo) -> None:
    main.git("checkout", "-q", "--orphan", "other")
    path = "spec/capabilities/auth.yaml"
    main.write(path, main.read(path).replace("30 minutes", "30 years"))
    main.write("src/code.py", "other\n")
    main.commit("Adopt")
    main.git("checkout", "-q", "main")
    main.git("merge", "-q", "--allow-unrelated-histories", "-X", "theirs", "-m", "Merge\n\nChange: add-2fa", "other")
    found = checked(main)
    assert "R012" in found and "H001" in found
    assert onto_main(main) == found


@pytest.mark.spec("gates/merges#code-from-before-the-policy")
def test_code_from_before_the_policy_comes_in_by_a_clean_merge(repo: Repo) -> None:
    repo.write("README.md", "old\n")
    repo.commit("Before")
    repo.git("branch", "old")
    team(repo)
    repo.git("checkout", "-q", "old")
    code(repo, "Sneak", "src/old.py")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "-m", "Merge old", "old")
    caught(repo, "R001")
    told = gitspec(repo, "check", "base..HEAD").out
    assert "the merge brings code that no judged commit has brought (src/old.py) and names no change" in told
    repo.git("commit", "-q", "--amend", "-m", "Merge old\n\nChange: add-2fa")
    caught(repo)


def test_honest_merge_needs_no_reference(main: Repo) -> None:
    main.git("checkout", "-q", "-b", "side")
    code(main, "Side\n\nChange: add-2fa", "src/side.py")
    main.git("checkout", "-q", "main")
    code(main, "Main\n\nChange: add-2fa", "src/main.py")
    main.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    caught(main)


@pytest.mark.spec("gates/merges#evil-merge")
def test_evil_merge(main: Repo) -> None:
    main.git("checkout", "-q", "-b", "side")
    code(main, "Side\n\nChange: add-2fa", "src/side.py")
    main.git("checkout", "-q", "main")
    code(main, "Main\n\nChange: add-2fa", "src/main.py")
    main.git("merge", "-q", "--no-commit", "--no-ff", "side")
    code(main, "Merge side", "src/evil.py")
    caught(main, "R001")


def test_merge_that_throws_the_other_side_away(main: Repo) -> None:
    main.git("checkout", "-q", "-b", "side")
    code(main, "Side\n\nChange: add-2fa", "src/side.py")
    main.git("checkout", "-q", "main")
    code(main, "Main\n\nChange: add-2fa", "src/main.py")
    main.git("merge", "-q", "-s", "ours", "-m", "Merge side", "side")
    caught(main, "R001")


def test_octopus_that_hides_content(main: Repo) -> None:
    for side in ("one", "two"):
        main.git("checkout", "-q", "-b", side, "base")
        code(main, f"{side}\n\nChange: add-2fa", f"src/{side}.py")
    main.git("checkout", "-q", "main")
    main.git("merge", "-q", "-m", "Merge", "one", "two")
    caught(main)
    main.write("src/evil.py", "evil\n")
    main.git("add", "-A")
    main.git("commit", "-q", "-n", "--amend", "-m", "Merge")
    caught(main, "R001")


def test_union_driver_in_attributes(main: Repo) -> None:
    """A clone with the driver and a bare repository without give one verdict: nobody's drivers are asked."""
    main.write(".gitattributes", "*.py merge=union\n")
    main.commit("Attributes")
    main.git("branch", "-f", "base")
    main.git("checkout", "-q", "-b", "side")
    code(main, "Side\n\nChange: add-2fa", text="theirs\n")
    main.git("checkout", "-q", "main")
    code(main, "Main\n\nChange: add-2fa", text="ours\n")
    main.git("merge", "-q", "-m", "Merge side", "side")
    caught(main, "R001")
    bare = main.bare(main.path.parent / "bare.git")
    assert checked(bare, "base..main") == ["R001"]


def test_rename_on_the_other_side_moves_an_unjudged_line_into_code(main: Repo) -> None:
    text = "".join(f"line {n}\n" for n in range(20))
    main.write("docs/tool.txt", text)
    main.commit("Docs")
    main.git("branch", "-f", "base")
    main.git("checkout", "-q", "-b", "side")
    code(main, "Only documentation", "docs/tool.txt", text + "import evil\n")
    main.git("checkout", "-q", "main")
    main.git("mv", "docs/tool.txt", "src/tool.py")
    main.commit("Turn it into code\n\nChange: add-2fa")
    main.git("merge", "-q", "-m", "Merge side", "side")
    assert "import evil" in main.read("src/tool.py")
    caught(main, "R001")


def test_honest_rename_of_code_on_the_other_side(main: Repo) -> None:
    text = "".join(f"line {n}\n" for n in range(20))
    main.write("src/tool.py", text)
    main.commit("Tool\n\nChange: add-2fa")
    main.git("branch", "-f", "base")
    main.git("checkout", "-q", "-b", "side")
    code(main, "Edit\n\nChange: add-2fa", "src/tool.py", text + "more\n")
    main.git("checkout", "-q", "main")
    main.git("mv", "src/tool.py", "src/kit.py")
    main.commit("Rename\n\nChange: add-2fa")
    main.git("merge", "-q", "-m", "Merge side", "side")
    assert "more" in main.read("src/kit.py")
    caught(main)


def test_main_merged_into_a_branch_that_is_judged_later(main: Repo) -> None:
    main.git("checkout", "-q", "-b", "side")
    code(main, "Side\n\nChange: add-2fa", "src/side.py")
    main.git("checkout", "-q", "main")
    code(main, "Main\n\nChange: add-2fa", "src/main.py")
    main.git("branch", "-f", "base")
    main.git("checkout", "-q", "side")
    main.git("merge", "-q", "-m", "Catch up", "main")
    code(main, "More\n\nChange: add-2fa", "src/side.py", "more of it\n")
    caught(main)


def test_symlink_in_place_of_a_change_folder(main: Repo) -> None:
    (main.path / "spec/changes/evil").symlink_to("../../docs")
    code(main, "Sneak\n\nChange: evil")
    assert "R002" in checked(main)
    assert onto_main(main) == checked(main)


def test_submodule_in_place_of_a_change_folder(main: Repo) -> None:
    main.git("update-index", "--add", "--cacheinfo", f"160000,{main.head()},spec/changes/evil")
    main.write("src/code.py", "x\n")
    main.git("add", "src/code.py")
    main.git("commit", "-q", "-n", "-m", "Sneak\n\nChange: evil")
    assert "R002" in checked(main)
    assert onto_main(main) == checked(main)


def test_living_spec_edited_by_hand(main: Repo) -> None:
    path = "spec/capabilities/auth.yaml"
    main.write(path, main.read(path).replace("30 minutes", "30 years"))
    main.commit("Longer\n\nChange: add-2fa")
    caught(main, "H001")


def test_forged_archive_commit(main: Repo) -> None:
    archive(main)
    path = "spec/capabilities/auth.yaml"
    main.write(path, main.read(path).replace("30 minutes", "30 years"))
    main.git("commit", "-q", "-n", "-a", "--amend", "--no-edit")
    caught(main, "H002")


def test_proven_archive_passes_and_code_cannot_name_it_afterwards(main: Repo) -> None:
    archive(main)
    caught(main)
    code(main, "Late\n\nChange: add-2fa")
    caught(main, "R003")


def test_code_that_rides_in_an_archive_commit(main: Repo) -> None:
    archive(main)
    main.write("src/code.py", "rides\n")
    main.git("add", "-A")
    message = main.git("log", "-1", "--format=%B").replace("Change: ", "Changed: ")
    main.git("commit", "-q", "-n", "--amend", "-m", message)
    caught(main, "R001")


def test_forged_words_of_a_cherry_pick(main: Repo) -> None:
    landed = code(main, "Store it\n\nChange: add-2fa")
    archive(main)
    main.git("branch", "-f", "base")
    code(main, f"Sneak\n\n(cherry picked from commit {landed})\nChange: add-2fa", "src/evil.py")
    caught(main, "R003")


def test_honest_revert_may_name_an_archived_change(main: Repo) -> None:
    landed = code(main, "Store it\n\nChange: add-2fa")
    archive(main)
    main.git("branch", "-f", "base")
    main.git("revert", "--no-edit", landed)
    message = main.git("log", "-1", "--format=%B")
    main.git("commit", "-q", "-n", "--amend", "-m", f"{message}\nChange: add-2fa")
    caught(main)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.spec("gates/check#hidden-history")
def test_shallow_clone_cannot_judge(main: Repo, depth: int) -> None:
    for number in range(3):
        code(main, f"Step {number}\n\nChange: add-2fa", text=f"{number}\n")
    clone = main.path.parent / f"shallow-{depth}"
    subprocess.run(
        ["git", "clone", "-q", f"--depth={depth}", "--no-single-branch", f"file://{main.path}", str(clone)], check=True
    )
    done = gitspec(Repo(clone), "check", "origin/base..HEAD")
    assert done.code == 3 and ("G016" in done.err or "G018" in done.err)
