"""Every operation of Git's: which of our hooks it runs, with which arguments, and that none of them stages or writes.

Each situation is played twice, with the hooks and without any: what Git records and leaves behind must be the same but
for the trailers that a message got. The recorder stands where a user's earlier hook would.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gitspec.commands import hooks
from gitspec.git.hooks import HOOKS
from gitspec.git.repository import discover
from tests.hooks.conftest import Governed

RECORDER = """\
#!/bin/sh
file="$(basename "$1" 2>/dev/null)"; name=$(basename "$0" .pre-gitspec)
case $name in
prepare-commit-msg) shift; [ "${#2}" -lt 40 ] || set -- "$1" ID; echo "$name $file $*" ;;
commit-msg) echo "$name $file" ;;
post-merge) echo "$name $1" ;;
pre-push) echo "$name $1 $(wc -l | tr -d ' ')" ;;
*) echo "$name" ;;
esac | sed 's/ *$//' >> "$RAN"
"""
CODE = "git commit -q -m Code -m 'Change: add-2fa'"
EDIT = "echo edited >> src/app.py; git add src"
C, P, M = "pre-commit", "prepare-commit-msg COMMIT_EDITMSG", "commit-msg COMMIT_EDITMSG"
MERGE = ("pre-merge-commit", "prepare-commit-msg MERGE_MSG merge", "commit-msg MERGE_MSG", "post-merge 0")
FINISH = (C, f"{P} merge", M)
SITUATIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "commit -m": (f"{EDIT}; {CODE}", (C, f"{P} message", M)),
    "commit -F": (f"{EDIT}; printf 'Code\\n\\nChange: add-2fa\\n' | git commit -q -F -", (C, f"{P} message", M)),
    "commit -a": ("echo edited >> src/app.py; git commit -qam Code -m 'Change: add-2fa'", (C, f"{P} message", M)),
    "commit -- path": (
        "echo x >> README.md; git add .; echo edited >> src/app.py; "
        "git commit -qm Code -m 'Change: add-2fa' -- src/app.py",
        (C, f"{P} message", M),
    ),
    "commit in an editor": (
        f"{EDIT}; GIT_EDITOR='printf \"Code\\n\\nChange: add-2fa\\n\" >' git commit -q",
        (C, P, M),
    ),
    "commit -t": (f"{EDIT}; printf 'Change: add-2fa\\n' > ../t; GIT_EDITOR='sed -i 1iCode\\\\n' git commit -qt ../t",
                  (C, f"{P} template", M)),
    "commit -C": (f"{EDIT}; git commit -qC coded", (C, f"{P} commit coded", M)),
    "commit --amend": ("git checkout -q coded; git commit -q --amend --no-edit", (C, f"{P} commit HEAD", M)),
    "commit --fixup": (f"{EDIT}; git commit -q --fixup HEAD", (C, f"{P} message", M)),
    "commit --squash": (f"{EDIT}; git commit -q --squash HEAD -m more", (C, f"{P} message", M)),
    "commit --no-verify": (f"{EDIT}; git commit -qnm Code", (f"{P} message",)),
    "commit of nothing": ("git commit -qm Nothing", (C,)),
    "commit --dry-run": (f"{EDIT}; git commit --dry-run -qm Code", ()),
    "commit --allow-empty": ("git commit -q --allow-empty -m Empty", (C, f"{P} message", M)),
    "commit in a subfolder": (f"{EDIT}; cd src; {CODE}", (C, f"{P} message", M)),
    "commit on a detached HEAD": (f"git checkout -q --detach; {EDIT}; {CODE}", (C, f"{P} message", M)),
    "commit in a linked work tree": (
        f"git worktree add -q ../$(basename $PWD)-linked; cd ../$(basename $PWD)-linked; {EDIT}; {CODE}",
        (C, f"{P} message", M),
    ),
    "merge, fast-forward": ("git merge -q ahead", ("post-merge 0",)),
    "merge --no-ff": ("git merge -q --no-ff --no-edit ahead", MERGE),
    "merge of two sides": ("git checkout -q mine; git merge -q --no-edit side", MERGE),
    "merge, octopus": ("git checkout -q mine; git merge -q --no-edit side other", MERGE),
    "merge --no-verify": ("git merge -q --no-ff --no-edit --no-verify ahead",
                          ("prepare-commit-msg MERGE_MSG merge", "post-merge 0")),
    "merge --no-commit": ("git checkout -q mine; git merge -q --no-commit side; git commit -q --no-edit", FINISH),
    "merge with a conflict": (
        "git checkout -q mine; git merge -q clash; echo both > README.md; git add .; git commit -q --no-edit", FINISH,
    ),
    "merge with a conflict, --continue": (
        "git checkout -q mine; git merge -q clash; echo both > README.md; git add .; "
        "GIT_EDITOR=true git merge --continue", FINISH,
    ),
    "merge --abort": ("git checkout -q mine; git merge -q clash; git merge --abort", ()),
    "merge --squash": (
        "git checkout -q mine; git merge -q --squash side; git commit -q --no-edit",
        ("post-merge 1", C, f"{P} squash", M),
    ),
    "pull, fast-forward": ("git reset -q --hard base; git pull -q . ahead", ("post-merge 0",)),
    "pull with a merge": ("git checkout -q mine; git pull -q --no-rebase --no-edit . side", MERGE),
    "pull --rebase": ("git checkout -q mine; git pull -q --rebase . side", (f"{P} message",)),
    "rebase": ("git checkout -q two; git rebase -q side", (f"{P} message", f"{P} message")),
    "rebase -i squash": (
        "git checkout -q two; GIT_SEQUENCE_EDITOR='sed -i 2s/pick/squash/' GIT_EDITOR=true git rebase -qi side",
        (f"{P} message", f"{P} message"),
    ),
    "rebase -i fixup": (
        "git checkout -q two; GIT_SEQUENCE_EDITOR='sed -i 2s/pick/fixup/' git rebase -qi side",
        (f"{P} message", f"{P} message"),
    ),
    "rebase -i reword": (
        "git checkout -q two; GIT_SEQUENCE_EDITOR='sed -i 1s/pick/reword/' GIT_EDITOR='sed -i 1s/$/!/' git rebase -qi side",
        (f"{P} message", C, f"{P} commit HEAD", M, f"{P} message"),
    ),
    "rebase --exec": (
        "git checkout -q mine; git rebase -q --exec 'git commit -q --amend --no-edit' side",
        (f"{P} message", C, f"{P} commit HEAD", M),
    ),
    "rebase with a conflict": (
        "git checkout -q mine; git rebase -q clash; echo both > README.md; git add .; "
        "GIT_EDITOR=true git rebase --continue",
        (f"{P} message",),
    ),
    "rebase --apply": ("git checkout -q two; git rebase -q --apply side", ()),
    "rebase --rebase-merges": (
        "git checkout -q mine; git rebase -q --rebase-merges side", (f"{P} message",),
    ),
    "cherry-pick": ("git cherry-pick coded", (f"{P} message",)),
    "cherry-pick -x": ("git cherry-pick -x coded", (f"{P} message",)),
    "cherry-pick -e": ("GIT_EDITOR=true git cherry-pick -e coded", (f"{P} merge",)),
    "cherry-pick with a conflict": (
        "git checkout -q mine; git cherry-pick clash; echo both > README.md; git add .; "
        "GIT_EDITOR=true git cherry-pick --continue",
        FINISH,
    ),
    "cherry-pick -n": (f"git cherry-pick -n coded; {CODE}", (C, f"{P} message", M)),
    "revert": ("git checkout -q coded; git revert --no-edit HEAD", (f"{P} message",)),
    "revert -e": ("git checkout -q coded; GIT_EDITOR=true git revert -e HEAD", (f"{P} merge",)),
    "revert with a conflict": (
        "git checkout -q mine; echo again > README.md; git commit -qnam Docs; git revert --no-edit HEAD^; "
        "echo both > README.md; git add .; GIT_EDITOR=true git revert --continue",
        (f"{P} message", C, f"{P} merge", M),
    ),
    "am": ("git format-patch -q -1 coded -o ../patches-$(basename $PWD); git am -q ../patches-$(basename $PWD)/*", ()),
    "stash": ("echo x >> README.md; git stash -q; git stash pop -q", ()),
    "notes, tags, branches": ("git notes add -m note; git tag -m t v9; git branch topic; git update-ref refs/x HEAD", ()),
    "commit-tree": ("git update-ref HEAD $(git commit-tree -p HEAD -m Code HEAD^{tree})", ()),
    "fetch": ("git fetch -q ../origin.git main", ()),
    "push": ("git push -q ../origin.git ahead:refs/heads/$(basename $PWD)", ("pre-push ../origin.git 1",)),
    "push of several": (
        "git push -q ../origin.git ahead:refs/heads/a-$(basename $PWD) side:refs/heads/b-$(basename $PWD)",
        ("pre-push ../origin.git 2",),
    ),
    "push --dry-run": ("git push -q --dry-run ../origin.git ahead:refs/heads/z", ("pre-push ../origin.git 1",)),
    "push of nothing": ("git push -q ../origin.git base:refs/heads/main", ("pre-push ../origin.git 0",)),
    "push --no-verify": ("git push -q --no-verify ../origin.git ahead:refs/heads/n-$(basename $PWD)", ()),
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with all branches that the situations need, made once."""
    return tmp_path_factory.mktemp("situations")


def build(folder: Path) -> Governed:
    """Branches: `base` and main; `ahead`, `mine`, `two`, `side`, `other`, `clash` and `coded` each leave from there."""
    repo = Governed.init(folder / "made")
    assert isinstance(repo, Governed)
    repo.write("spec/gitspec.yaml", 'version: "1"\nprotected:\n  branches: [trunk]\n')
    repo.change("add-2fa")
    repo.write("src/app.py", "one\n")
    repo.write("README.md", "words\n")
    repo.commit("Start")
    repo.git("branch", "base")
    edits = {
        "ahead": {"docs/ahead.md": "a\n"}, "mine": {"README.md": "mine\n"}, "side": {"docs/side.md": "s\n"},
        "other": {"docs/other.md": "o\n"}, "clash": {"README.md": "clash\n"}, "coded": {"src/more.py": "m\n"},
    }  # fmt: skip
    for branch, files in edits.items():
        repo.git("checkout", "-q", "-b", branch, "base")
        for path, text in files.items():
            repo.write(path, text)
        repo.commit("Code\n\nChange: add-2fa" if branch == "coded" else f"Docs of {branch}")
    repo.git("checkout", "-q", "-b", "two", "mine")
    repo.write("docs/two.md", "two\n")
    repo.commit("Docs, too")
    repo.git("checkout", "-q", "main")
    repo.git("clone", "-q", "--bare", str(repo.path), str(folder / "origin.git"))
    return repo


def left_behind(repo: Governed, linked: Path) -> list[str]:
    """What Git has recorded and what lies about, without what a message may have got and what says when."""
    found = []
    for path in (repo.path, *([linked] if linked.exists() else [])):
        here = Governed(path)
        found += [
            here.git("log", "--format=%T %P", "--no-abbrev", "-1").split(" ", 1)[0],
            here.git("log", "--format=%s %T"),
            here.git("ls-files", "-s"),
            here.git("status", "--porcelain"),
            *(f"{p.relative_to(path)}: {p.read_bytes()!r}" for p in sorted(path.rglob("*"))
              if p.is_file() and ".git" not in p.relative_to(path).parts),
        ]  # fmt: skip
    return [*found, repo.git("for-each-ref", "--format=%(refname)")]


@pytest.mark.parametrize("name", SITUATIONS)
def test_situation(name: str, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (template / "made").exists():
        build(template)
    script, expected = SITUATIONS[name]
    shutil.copytree(template / "origin.git", tmp_path / "origin.git")
    results = []
    for which in ("with", "without"):
        shutil.copytree(template / "made", tmp_path / which)
        repo = Governed(tmp_path / which)
        monkeypatch.chdir(repo.path)
        if which == "with":
            for hook in HOOKS:
                path = repo.path / ".git/hooks" / hook
                path.parent.mkdir(exist_ok=True)
                path.write_text(RECORDER)
                path.chmod(0o755)
            hooks.install(discover())
        else:
            shutil.rmtree(repo.path / ".git/hooks")
        env = {**os.environ, "RAN": str(tmp_path / f"ran-{which}")}
        done = subprocess.run(["sh", "-c", script], cwd=repo.path, capture_output=True, check=False, env=env)
        assert b"gitspec: cannot" not in done.stderr and b"Traceback" not in done.stderr, done.stderr
        linked = tmp_path / f"{which}-linked"
        results.append([line.replace(f"{which}-linked", "linked") for line in left_behind(repo, linked)])
    ran = tmp_path / "ran-with"
    assert (ran.read_text().splitlines() if ran.exists() else []) == list(expected), os.fsdecode(done.stderr)
    assert results[0] == results[1]
