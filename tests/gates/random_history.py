"""A random history with every kind of commit that a team, a careless hand or a forger makes, by real Git.

Each commit is judged while it is staged, as its author's hook would, and is made without hooks, so that what a hook
refuses is in the history too.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

from gitspec.commands import archive as archiving
from gitspec.commands.judge_pending import judge_message
from gitspec.domain.report import Report
from gitspec.errors import GitspecError
from gitspec.git.repository import discover
from tests.archive.project import ADDED, AUTH, BILLING, CHANGE, propose
from tests.conftest import Repo
from tests.hooks.conftest import gitspec

ACTIVE = ("add-2fa", "dark-mode", "rates")
ARCHIVED = "first-step"
FOLDER = f"spec/archive/2026-11-21-{ARCHIVED}"
POLICIES = (
    "",
    "spec_edits:\n  - import\n  - correction\n",
    "skip:\n  - reason: typo\n    max_lines: 3\n  - reason: tests\n    paths:\n      - tests/**\n"
    "  - reason: emergency\n    settle: true\n",
    "mode: warn\n",
    "severity:\n  R001: warning\n  R003: info\n",
    "code:\n  include:\n    - src/**\n",
    "adopted:\n  - src/pay/**\n",
    "scope:\n  enforce: true\n  required: true\n",
    "approvals:\n  need: merged\n",
    "bots:\n  - name: updater\n    emails:\n      - bot@example.com\n    paths:\n      - package.json\n",
    "protected:\n  branches:\n    - release/*\n",
)
BOT = {f"GIT_{role}_EMAIL": "bot@example.com" for role in ("AUTHOR", "COMMITTER")}
SEEN = "MSG"
"""The file of a message, in the Git folder."""


class Codes(NamedTuple):
    """A verdict: the codes of errors, and of everything else; an error that kept a judge from judging stands in ``failed``."""

    errors: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    failed: str = ""

    @property
    def exit(self) -> int:
        """What a program that says so exits with."""
        return 3 if self.failed else 1 if self.errors else 0


class Made(NamedTuple):
    """A commit, what kind it was meant to be, and the verdict on it while it was staged, if any hook would have run."""

    oid: str
    kind: str
    local: Codes | None
    hook: int | None = None
    """The exit code of the real commit-msg hook, where it was run."""


def codes_of(judge: Callable[[], Report]) -> Codes:
    """The verdict of a judge on one commit."""
    try:
        found = [f for commit in judge().commits for f in commit.findings]
    except GitspecError as error:
        return Codes(failed=error.code)
    errors = frozenset(f.code for f in found if f.severity == "error")
    return Codes(errors, frozenset(f.code for f in found if f.severity != "error"))


def template(path: Path) -> Repo:
    """What all histories start from: an archived change, three active ones, code from before the policy on `old`."""
    repo = Repo.init(path, "--template=", "-b", "main")
    repo.write("README.md", "old\n")
    repo.write("src/old.py", "old\n")
    repo.commit("Before")
    repo.git("branch", "old")
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.write("spec/capabilities/auth.yaml", AUTH)
    repo.write("spec/capabilities/billing.yaml", BILLING)
    for change, capability in (*zip(ACTIVE, ("auth", "auth", "billing"), strict=True), (ARCHIVED, "billing")):
        folder = propose(repo, change)
        repo.write(f"{folder}/deltas/{capability}.yaml", ADDED.format(capability=capability, id=f"of-{change}"))
    repo.write(
        "spec/changes/dark-mode/change.yaml", CHANGE.format(id="dark-mode", title="Dark") + "scope:\n  - src/**\n"
    )
    for name in ("src/code.py", "src/pay/pay.py", "tests/test_code.py", "docs/tool.txt"):
        repo.write(name, "".join(f"line {n}\n" for n in range(20)))
    repo.commit("Adopt gitspec")
    repo.write("src/first.py", "first\n")
    repo.commit(f"Take the first step\n\nChange: {ARCHIVED}")
    repo.git("tag", "named")
    with _inside(repo):
        archiving.archive(discover(), ARCHIVED, archiving.Options())
    return repo


@contextmanager
def _inside(repo: Repo, **env: str) -> Iterator[None]:
    here = os.getcwd()
    before = {name: os.environ.get(name) for name in env}
    os.chdir(repo.path)
    os.environ.update(env)
    try:
        yield
    finally:
        os.chdir(here)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class History:
    """One random history: `base` is where main stands, `work` (checked out at the end) what is judged.

    ``hooked`` is the share of commits that go through the real hooks; they must be installed.
    """

    def __init__(self, repo: Repo, seed: int, *, hooked: float = 0.0, steps: tuple[int, int] = (4, 12)) -> None:
        self.repo, self.random, self.hooked = repo, Random(seed), hooked
        self.seed = seed
        self.made: list[Made] = []
        self.figures: Counter[str] = Counter()
        self.serial = 0
        policy = self.random.choice(POLICIES)
        if policy:
            repo.write("spec/gitspec.yaml", f'version: "1"\n{policy}')
            repo.commit("Say the policy")
        repo.git("branch", "base")
        self._configure()
        repo.git("checkout", "-q", "-b", "work")
        for _ in range(self.random.randint(*steps)):
            self.step()

    def _configure(self) -> None:
        cleanup = self.random.choice(["", "", "strip", "whitespace", "scissors", "verbatim"])
        self.cleanup, self.comment = cleanup, self.random.choice(["", "", ";"])
        if cleanup:
            self.repo.git("config", "commit.cleanup", cleanup)
        if self.comment:
            self.repo.git("config", "core.commentChar", self.comment)

    def step(self) -> None:
        """One more commit, or one merge with the commits that it takes."""
        kinds = [name for name in dir(self) if name.startswith("do_")]
        kind = self.random.choice(kinds)
        getattr(self, kind)()

    # what commits are made of

    def code(self, path: str = "") -> None:
        """Edit code, by a few lines."""
        path = path or self.random.choice(["src/code.py", "src/pay/pay.py", "src/new.py", "lib/x.py"])
        self.serial += 1
        there = self.repo.path / path
        text = there.read_text() if there.is_file() else ""
        self.repo.write(path, f"{text}more {self.serial}\n")

    def active(self) -> str:
        """A change that is likely to be active."""
        return self.random.choice(ACTIVE)

    def dress(self, message: str) -> bytes:
        """The message as it might be typed: other line ends, comments, scissors, a block of co-authors."""
        comment = self.comment or "#"
        dresses: list[Callable[[str], str]] = [
            lambda m: m,
            lambda m: m,
            lambda m: m,
            lambda m: m.replace("\n", "\r\n"),
            lambda m: m + f"\n{comment} Please enter the message\n{comment} Change: dark-mode\n",
            lambda m: m + f"\n{comment} ------------------------ >8 ------------------------\ndiff\nChange: nothing\n",
            lambda m: m + "\n---------\n\nCo-authored-by: A U Thor <author@example.com>\n",
            lambda m: m + "\nSigned-off-by: A U Thor <author@example.com>\n",
            lambda m: m.rstrip("\n") + "\nReviewed-by: R E Viewer <r@example.com>\n",
            lambda m: m.rstrip("\n") + "\n\n\n   \n",
            lambda m: m.rstrip("\n"),
            lambda m: m.replace("\n\n", "\n\n---\n\n", 1),
            lambda m: m.replace("Change: ", "change : "),
            lambda m: m.replace("\n\nChange", "\nChange"),
            lambda m: m.replace("Change: ", "Change:\n  "),
            lambda m: m.replace("Change: ", "* Change: "),
            lambda m: m + "\nmore words after it\n",
        ]
        return self.random.choice(dresses)(message).encode()

    def commit(self, kind: str, subject: str, *trailers: str, plain: bool = False, **env: str) -> None:
        """Judge what is in the work tree with a message, and commit it whatever the verdict is."""
        message = subject + "\n" + ("\n" + "\n".join(trailers) + "\n" if trailers else "")
        data = message.encode() if plain else self.dress(message)
        self.repo.git("add", "-A")
        self.conclude(kind, data, **env)

    def conclude(self, kind: str, data: bytes, **env: str) -> None:
        """Commit what is staged."""
        repo = self.repo
        path = repo.write(f".git/{SEEN}", data)
        with _inside(repo, GIT_EDITOR=":", **env):
            local = codes_of(lambda: judge_message(discover(), str(path)))
        hook = None
        if self.random.random() < self.hooked:
            before = repo.head()
            done = repo.run_git("commit", "-q", "--allow-empty", "--allow-empty-message", "-F", str(path), **env)
            assert b"Traceback" not in done.stderr, done.stderr.decode()
            hook = done.returncode
            if repo.head() != before:
                self.note(kind, local, hook)
                return
        self.git_commit("-F", str(path), **env)
        self.note(kind, local, hook)

    def git_commit(self, *args: str, **env: str) -> None:
        """`git commit` without hooks."""
        self.git("commit", "-q", "--allow-empty", "--allow-empty-message", *args, **env)

    def git(self, *args: str, check: bool = True, **env: str) -> bool:
        """Git without hooks; whether it did what it was asked for."""
        done = self.repo.run_git("-c", "core.hooksPath=/dev/null", *args, **env)
        assert not check or not done.returncode, (self.seed, args, done.stderr.decode())
        return not done.returncode

    def note(self, kind: str, local: Codes | None = None, hook: int | None = None) -> None:
        """HEAD is a new commit."""
        self.made.append(Made(self.repo.head(), kind, local, hook))
        self.figures[kind] += 1

    # kinds of commits

    def do_good(self) -> None:
        self.code()
        self.commit("good reference", "Store it", f"Change: {self.active()}")

    def do_two_changes(self) -> None:
        self.code()
        self.commit("two references", "Store it", "Change: add-2fa", f"Change: {self.random.choice(['rates', 'nope'])}")

    def do_none(self) -> None:
        self.code()
        self.commit("no reference", self.random.choice(["Sneak", "Merge branch 'x'", 'Revert "y"', "v1.2.3"]))

    def do_unknown(self) -> None:
        self.code()
        self.commit("unknown change", "Store it", "Change: add-3fa")

    def do_archived(self) -> None:
        self.code()
        self.commit("archived change", "Store it", f"Change: {ARCHIVED}")

    def do_bad_id(self) -> None:
        self.code()
        bad = self.random.choice(["Add-2FA", "add-2fa, rates", "../x", "аdd-2fa", "https://x/y", "-x", "a" * 100])
        self.commit("bad id", "Store it", f"Change: {bad}")

    def do_empty(self) -> None:
        self.commit("nothing touched", "Say something", *self.random.choice([(), ("Change: nope",)]))

    def do_docs(self) -> None:
        self.code("docs/guide.md")
        self.commit("no code", "Tell", *self.random.choice([(), ("Change: nope",), ("Change-Skip: nope",)]))

    def do_skip(self) -> None:
        random = self.random
        if random.random() < 0.3:
            self.code("tests/test_code.py")
        if random.random() < 0.8:
            self.code()
        if random.random() < 0.2:
            self.repo.write("src/long.py", f"line {self.serial}\n" * 30)
        if random.random() < 0.1:
            self.repo.write("src/picture.png", b"\0\1\2" + bytes([self.serial % 256]))
        reasons = random.sample(["typo", "tests", "bug-fix", "emergency", "nope"], random.choice([1, 1, 1, 2]))
        self.commit("skip", "Mend it", *(f"Change-Skip: {r}" for r in reasons))

    def do_settle(self) -> None:
        self.code()
        skipped = [m.oid for m in self.made if m.kind == "skip"]
        named = self.random.choice([*skipped, self.repo.head(), "deadbeef"])[:12]
        self.commit("settles", "Settle", *self.random.choice([("Change: rates",), ()]), f"Settles: {named}")

    def do_task(self) -> None:
        self.code()
        number, requirement = (
            self.random.choice(["1.1", "1.2", "9.9"]),
            self.random.choice(["session-expiry", "of-add-2fa", "no"]),
        )
        self.commit("task and spec", "Do it", "Change: add-2fa", f"Task: {number}", f"Spec: auth/{requirement}")

    def do_import(self) -> None:
        random = self.random
        self.serial += 1
        name = f"imported-{self.serial}"
        if random.random() < 0.7:
            self.repo.write(f"spec/capabilities/{name}.yaml", AUTH.replace("auth", name))
        if random.random() < 0.4:
            self.hand_edit()
        if random.random() < 0.2:
            self.code()
        self.commit(
            "spec edit", "Bring it in", f"Spec-Edit: {random.choice(['import', 'import', 'correction', 'nope'])}"
        )

    def hand_edit(self, path: str = "") -> None:
        """Change what a living spec says."""
        living = sorted((self.repo.path / "spec/capabilities").glob("*.yaml"))
        if living:
            target = Path(path) if path else self.random.choice(living)
            self.serial += 1
            target.write_text(target.read_text().replace("THEN the session", f"THEN ({self.serial}) the session"))

    def do_hand_edit(self) -> None:
        self.hand_edit()
        if self.random.random() < 0.3:
            self.code()
        self.commit("hand edit of a living spec", "Say it", *self.random.choice([(), ("Change: add-2fa",)]))

    def do_spec_removed(self) -> None:
        living = sorted((self.repo.path / "spec/capabilities").glob("*.yaml"))
        if living:
            self.random.choice(living).unlink()
        self.commit("living spec removed", "Away", "Change: rates")

    def do_archived_edit(self) -> None:
        folder = self.repo.path / FOLDER
        if not folder.exists():
            return
        how = self.random.choice(["edit", "add", "remove", "away"])
        if how == "edit":
            self.code(f"{FOLDER}/proposal.md")
        elif how == "add":
            self.code(f"{FOLDER}/design.md")
        elif how == "remove":
            (folder / "tasks.md").unlink(missing_ok=True)
        else:
            self.git("rm", "-q", "-r", "-f", FOLDER, check=False)
        self.commit("edit of the archive", "Tidy", *self.random.choice([(), (f"Change: {ARCHIVED}",)]))

    def do_forged(self) -> None:
        """A folder put into the archive by hand: without its fold, with another one, or one that never was active."""
        change = self.active()
        source = f"spec/changes/{change}"
        if not (self.repo.path / source).exists():
            return
        folder = f"spec/archive/2026-11-21-{change}"
        how = self.random.choice(["moved", "never", "claimed"])
        (self.repo.path / "spec/archive").mkdir(exist_ok=True)
        if how == "moved":
            self.git("mv", source, folder, check=False)
        elif how == "never":
            self.serial += 1
            folder = f"spec/archive/2026-11-21-made-up-{self.serial}"
            self.repo.write(f"{folder}/change.yaml", CHANGE.format(id=f"made-up-{self.serial}", title="x"))
        if self.random.random() < 0.4:
            self.hand_edit()
        self.commit("forged archive", "Archive", f"Change: {change}", f"Archived: {folder.rpartition('/')[2]}")

    def do_archive(self) -> None:
        """A real archive; now and then tampered with before it is committed."""
        if not self.operation("archive", self.active()):
            return
        if self.random.random() < 0.5:
            self.note("archive")
            return
        message = self.repo.run_git("log", "-1", "--format=%B").stdout
        self.git("reset", "-q", "--soft", "HEAD~1")
        kind = "archive by hand"
        if self.random.random() < 0.5:
            kind = "archive tampered with"
            self.random.choice([self.hand_edit, self.code])()
        self.git("add", "-A")
        self.conclude(kind, message)

    def do_unarchive(self) -> None:
        archived = [p.name[11:] for p in (self.repo.path / "spec/archive").glob("*")]
        if not archived or not self.operation("unarchive", self.random.choice(archived)):
            return
        if self.random.random() < 0.5:
            self.note("unarchive")
            return
        message = self.repo.run_git("log", "-1", "--format=%B").stdout
        self.git("reset", "-q", "--soft", "HEAD~1")
        if self.random.random() < 0.5:
            self.hand_edit()
        self.git("add", "-A")
        self.conclude("unarchive by hand", message)

    def operation(self, name: str, change: str) -> bool:
        """Archive or unarchive for real; whether gitspec did it."""
        with _inside(self.repo):
            try:
                getattr(archiving, name)(discover(), change, archiving.Options(with_tag=False))
            except GitspecError:
                self.figures["operation refused"] += 1
                return False
        return True

    def do_policy(self) -> None:
        if self.random.random() < 0.5:
            self.code()
        self.repo.write("spec/gitspec.yaml", f'version: "1"\n{self.random.choice(POLICIES)}')
        self.commit("policy edited", "Other rules", *self.random.choice([(), ("Change: rates",)]))

    def do_policy_removed(self) -> None:
        if self.random.random() < 0.7 or not (self.repo.path / "spec/gitspec.yaml").exists():
            return  # all that follows stands in its shadow
        (self.repo.path / "spec/gitspec.yaml").unlink(missing_ok=True)
        self.commit("policy removed", "No rules", "Change: rates")

    def do_policy_back(self) -> None:
        if (self.repo.path / "spec/gitspec.yaml").exists():
            return
        self.repo.write("spec/gitspec.yaml", 'version: "1"\n')
        self.commit("policy brought back", "Rules")

    def do_autosquash(self) -> None:
        self.code()
        word = self.random.choice(["fixup!", "squash!", "amend!"])
        self.commit(
            "autosquash", f"{word} Store it", *self.random.choice([(), (), ("Change: add-2fa",), ("Change: nope",)])
        )

    def do_bot(self) -> None:
        self.code(self.random.choice(["package.json", "package.json", "src/code.py"]))
        self.commit("bot", "Update", **self.random.choice([BOT, {"GIT_AUTHOR_EMAIL": "bot@example.com"}]))

    def do_rename(self) -> None:
        pairs = [("docs/tool.txt", "src/tool.py"), ("src/code.py", "docs/code.txt"), ("src/code.py", "src/kit.py")]
        old, new = self.random.choice(pairs)
        self.git("mv", old, new, check=False)
        self.commit("rename", "Move it", *self.random.choice([(), ("Change: add-2fa",), ("Change-Skip: typo",)]))

    def do_mode(self) -> None:
        path = self.repo.path / self.random.choice(["docs/tool.txt", "src/code.py", "spec/gitspec.yaml"])
        if path.exists():
            path.chmod(0o644 if os.access(path, os.X_OK) else 0o755)
        self.commit("mode", "Run it", *self.random.choice([(), ("Change: add-2fa",)]))

    def do_link(self) -> None:
        self.serial += 1
        (self.repo.path / "src").mkdir(exist_ok=True)
        (self.repo.path / f"src/link-{self.serial}").symlink_to(
            self.random.choice(["../docs", "../docs/guide.md", "/etc"])
        )
        self.commit("symbolic link", "Link it", *self.random.choice([(), ("Change: add-2fa",)]))
        if self.random.random() < 0.5:
            self.code("docs/guide.md")
            self.commit("edit of what is linked", "Tell more")

    def do_fake_folder(self) -> None:
        self.code()
        if self.random.random() < 0.5:
            (self.repo.path / "spec/changes").mkdir(exist_ok=True)
            if not os.path.lexists(self.repo.path / "spec/changes/evil"):
                (self.repo.path / "spec/changes/evil").symlink_to("../../docs")
            self.commit("link in place of a change", "Store it", "Change: evil")
        else:
            self.repo.git("add", "-A")
            self.repo.git("update-index", "--add", "--cacheinfo", f"160000,{self.repo.head()},vendor/lib")
            self.conclude("submodule", b"Vendor it\n")
            self.git("rm", "-q", "-r", "--cached", "vendor", check=False)
            self.commit("submodule removed", "Away", "Change: rates")

    def do_unknown_path(self) -> None:
        paths = [
            "spec/notes.txt",
            "spec/changes/add-2fa/run.py",
            "spec/capabilities/auth.txt",
            "SPEC/x.yaml",
            "spec/x/y.yaml",
        ]
        self.code(self.random.choice(paths))
        self.commit("path that spec/ does not know", "Keep", *self.random.choice([(), ("Change: add-2fa",)]))

    def do_attributes(self) -> None:
        self.serial += 1
        line = self.random.choice(["*.py text", "* merge=union", "spec/** -diff", "*.yaml filter=x", "*.png binary"])
        self.repo.write(".gitattributes", f"{line}\n# {self.serial}\n")
        self.commit("attributes", "Attributes")

    def do_propose(self) -> None:
        self.serial += 1
        change = f"new-{self.serial}"
        propose(self.repo, change)
        if self.random.random() < 0.5:
            self.code()
        self.commit("proposal along with code", "Propose", *self.random.choice([(), (f"Change: {change}",)]))

    def do_edit_change(self) -> None:
        change = self.active()
        if (self.repo.path / f"spec/changes/{change}").exists():
            self.code(f"spec/changes/{change}/{self.random.choice(['proposal.md', 'tasks.md', 'design.md'])}")
            self.commit("edit of a change", "Think", *self.random.choice([(), (f"Change: {change}",)]))

    def do_widen(self) -> None:
        if (self.repo.path / "spec/changes/dark-mode/change.yaml").exists():
            text = CHANGE.format(id="dark-mode", title="Dark") + self.random.choice(["", "scope:\n  - lib/**\n"])
            self.repo.write("spec/changes/dark-mode/change.yaml", text)
            self.code("lib/x.py")
            self.commit("scope widened", "Widen", "Change: dark-mode")

    def do_drop_change(self) -> None:
        change = self.active()
        self.git("rm", "-q", "-r", "-f", f"spec/changes/{change}", check=False)
        self.code()
        self.commit("change dropped", "Give up", f"Change: {change}")

    def do_amend(self) -> None:
        """No hook tells that it is amended but by Git's command line: only the real one knows what it judges."""
        if (
            not self.made
            or self.made[-1].oid != self.repo.head()
            or self.repo.git("rev-list", "--parents", "-1", "HEAD").count(" ") > 1
        ):
            return
        self.code()
        self.repo.git("add", "-A")
        data = self.random.choice([b"Amended\n\nChange: add-2fa\n", b"Amended\n", b"Amended\n\nChange: nope\n"])
        path = self.repo.write(f".git/{SEEN}", data)
        hook, before = None, self.repo.head()
        if self.hooked and self.random.random() < 0.7:
            done = self.repo.run_git("commit", "-q", "--amend", "-F", str(path))
            hook = done.returncode
        if self.repo.head() == before:
            self.git_commit("--amend", "-F", str(path))
        self.made.pop()
        self.note("amend", None, hook)

    # history that Git writes

    def do_cherry_pick(self) -> None:
        """A copy of a commit; of the one that carries a reference to an archived change now and then."""
        if self.random.random() < 0.5:
            self.git("rm", "-q", "-f", "src/first.py", check=False)
            self.commit("no reference", "Make room", "Change: rates")
            source = "named"
        elif self.made:
            source = self.random.choice(self.made).oid
        else:
            return
        self.replay("cherry-pick", source)

    def do_revert(self) -> None:
        self.replay("revert", self.random.choice(["named", *(m.oid for m in self.made)]))

    def replay(self, command: str, source: str) -> None:
        """`git cherry-pick` or `git revert`: by itself, or in two steps so that a hook sees it."""
        repo = self.repo
        oid = repo.git("rev-parse", f"{source}^{{commit}}")
        if " " in repo.git("rev-list", "--parents", "-1", oid).partition(" ")[2]:
            return
        said = repo.run_git("log", "-1", "--format=%B", oid).stdout.decode("utf-8", "surrogateescape").rstrip("\n")
        if self.random.random() < 0.4:
            options = ["-x"] if command == "cherry-pick" else ["--no-edit"]
            if self.git(command, *options, oid, check=False):
                self.note(f"{command} by Git")
            else:
                self.git(command, "--abort", check=False)
                self.git("reset", "-q", "--hard")
            return
        if not self.git(command, "--no-commit", oid, check=False):
            self.git(command, "--abort", check=False)
            self.git("reset", "-q", "--hard")
            return
        kind = command
        if self.random.random() < 0.3:
            self.code()
            kind = f"{command} with more in it"
        if command == "revert":
            trailers = [line for line in said.split("\n") if line.startswith("Change")] or ["Change: rates"]
            message = (
                f'Revert "{said.split(chr(10))[0]}"\n\nThis reverts commit {oid}.\n\n' + "\n".join(trailers) + "\n"
            )
        else:
            message = f"{said}\n(cherry picked from commit {oid})\n"
        self.git("add", "-A")
        self.conclude(kind, message.encode("utf-8", "surrogateescape"))
        self.git(command, "--quit", check=False)

    def do_fake_revert(self) -> None:
        self.code()
        oid = self.repo.git("rev-parse", "named")
        self.commit("fake revert", "Sneak", f"This reverts commit {oid}.", "", f"Change: {ARCHIVED}", plain=True)

    def do_rebase(self) -> None:
        """Rewrites the last commits as they are: no commit-msg runs."""
        linear = [m for m in self.made[-3:] if self.repo.git("rev-list", "--parents", "-1", m.oid).count(" ") == 1]
        if len(linear) < 3:
            return
        kinds = [m.kind for m in self.made[-2:]]
        start = self.made[-3].oid
        env = {"GIT_COMMITTER_DATE": "2026-11-21T11:00:00+00:00"}
        if not self.git("rebase", "-q", "--force-rebase", "--keep-empty", start, check=False, **env):
            self.git("rebase", "--abort", check=False)
            return
        new = self.repo.git("rev-list", "--reverse", f"{start}..HEAD").split()
        if len(new) == 2:
            self.made[-2:] = [Made(oid, f"rebased: {kind}", None) for oid, kind in zip(new, kinds, strict=True)]
        else:
            self.made[-2:] = [Made(oid, "rebased", None) for oid in new]
        self.figures["rebased"] += 1

    def side(self, start: str, name: str) -> bool:
        """A branch with a commit or two from ``start``; HEAD is on it."""
        if not self.git("checkout", "-q", "-B", name, start, check=False):
            return False
        for _ in range(self.random.choice([1, 1, 2])):
            self.random.choice([self.do_good, self.do_good, self.do_none, self.do_docs, self.do_rename, self.do_skip,
                                self.do_hand_edit, self.do_archive, self.do_edit_change, self.do_archived_edit])()  # fmt: skip
        return True

    def start(self) -> str:
        """Where a branch may begin: near the tip of the work."""
        return self.random.choice(["base", *(m.oid for m in self.made[-3:])])

    def do_merge(self) -> None:
        """Merges of every kind, with a message that names a change or does not."""
        random = self.random
        if not self.side(self.start(), "side"):
            return
        self.git("checkout", "-q", "work")
        if random.random() < 0.5:
            self.do_good()
        how = random.choice([[], [], ["-s", "ours"], ["-X", "ours"], ["-X", "theirs"]])
        self.merge(how, ["side"])

    def do_octopus(self) -> None:
        names = ["one", "two"]
        for name in names:
            self.git("checkout", "-q", "-B", name, "base")
            self.code(f"src/{name}.py")
            self.commit("good reference", name, *self.random.choice([("Change: add-2fa",), ()]))
        self.git("checkout", "-q", "work")
        self.merge([], names)

    def do_main_into_branch(self) -> None:
        """Main moved on since: the work catches up with it."""
        self.git("checkout", "-q", "-B", "landed", "base")
        self.code("src/landed.py")
        self.commit("on main", "Landed", self.random.choice(["Change: add-2fa", "Change: nope"]), plain=True)
        landed = self.repo.head()
        self.made.pop()
        self.git("branch", "-f", "base", landed)
        self.git("checkout", "-q", "work")
        self.merge([], ["base"])

    def do_old_branch(self) -> None:
        """Commits from before the policy come in."""
        if not self.git("checkout", "-q", "-B", "ancient", "old", check=False):
            return
        self.code("src/ancient.py")
        self.repo.git("add", "-A")
        self.git_commit("-m", "Old work")
        self.note("before the policy")
        self.git("checkout", "-q", "work")
        self.merge([], ["ancient"])

    def merge(self, how: list[str], names: list[str]) -> None:
        """Merge into the work; conflicts are resolved by hand, and now and then something is slipped in."""
        repo, random = self.repo, self.random
        clean = self.git("merge", "-q", "--no-ff", "--no-commit", *how, *names, check=False)
        if not (repo.path / ".git/MERGE_HEAD").exists():
            self.git("reset", "-q", "--hard")
            self.figures["nothing to merge"] += 1
            return
        kind = "merge" if clean else "merge with conflicts resolved"
        if how[:1] == ["-s"]:
            kind = "merge -s ours"
        if len(names) > 1:
            kind = "octopus"
        if names == ["ancient"]:
            kind = "merge of what is before the policy"
        if names == ["base"]:
            kind = "merge of main"
        if not clean:
            for path in repo.git("diff", "--name-only", "--diff-filter=U").split("\n"):
                side = random.choice(["--ours", "--theirs"])
                if path and not self.git("checkout", side, "--", path, check=False):
                    self.git("rm", "-q", "-f", "--", path, check=False)
        if random.random() < 0.3:
            random.choice([self.code, self.hand_edit, lambda: self.code(f"{FOLDER}/proposal.md")])()
            kind = f"evil {kind}"
        self.git("add", "-A")
        self.conclude(
            kind, self.dress("Merge it\n" + random.choice(["", "\nChange: add-2fa\n", "\nChange-Skip: typo\n"]))
        )


def installed(repo: Repo) -> None:
    """Install the real hooks; pre-commit judges the files themselves, which is no question of references."""
    from gitspec.commands import hooks

    (repo.path / ".git/hooks").mkdir(exist_ok=True)
    with _inside(repo):
        hooks.install(discover())
    (repo.path / ".git/hooks/pre-commit").unlink()
    (repo.path / ".git/hooks/pre-merge-commit").unlink()


__all__ = ["Codes", "History", "Made", "codes_of", "gitspec", "installed", "template"]
