"""Judge a random history at every gate, and tell each difference by the leniency of docs/rules.md that explains it."""

import contextlib
import os
import re
import shutil
from collections import Counter
from pathlib import Path

from gitspec.commands.check import check_range
from gitspec.commands.gate import RefUpdate, judge_updates
from gitspec.commands.hook_pre_push import judge_push
from gitspec.commands.plain_policies import note_if_plain
from gitspec.domain.message import is_autosquash
from gitspec.domain.report import Report
from gitspec.errors import GitspecError
from gitspec.git.plain_check import plain_commits
from gitspec.git.repository import discover
from tests.conftest import Repo
from tests.gates.random_history import Codes, History, Made, codes_of, gitspec, installed
from tests.server.forge import install, push

Verdicts = dict[str, Codes]
"""The verdict on each commit of a range, by id."""
WHOLE = ""
"""The key of what stopped a judge from judging at all."""
ZERO = "0" * 40


class World:
    """A history with main where it began, a remote of the same state, and a server that borrows its objects."""

    def __init__(self, history: History, path: Path) -> None:
        self.history, self.repo = history, history.repo
        repo = self.repo
        repo.git("checkout", "-q", "-f", "work")
        repo.git("branch", "-f", "main", "base")
        self.base, self.tip = repo.git("rev-parse", "base", "work").split("\n")
        self.server = Repo.init(path, "--bare", "--template=", "-b", "main")
        self.server.write("objects/info/alternates", f"{repo.path}/.git/objects\n")
        self.server.git("update-ref", "refs/heads/main", self.base)
        repo.git("remote", "add", "origin", str(path))
        repo.git("update-ref", "refs/remotes/origin/main", self.base)
        repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        self.subjects = dict(
            row.split(" ", 1) for row in repo.git("log", "--format=%H %s", "base..work").split("\n") if row
        )
        self.policies = {
            oid: repo.git("rev-parse", "--verify", "--quiet", f"{oid}:spec/gitspec.yaml", check=False)
            for made in history.made
            for oid in (f"{made.oid}^", self.base)
        }

        self.links = any("link" in m.kind for m in history.made)

    def reverts(self, oid: str) -> bool:
        """Whether a commit says that it reverts or copies one that main has not."""
        message = self.repo.git("log", "-1", "--format=%B", oid)
        named = re.findall(r"(?:This reverts commit |cherry picked from commit )([0-9a-f]{40})", message)
        return any(self.repo.run_git("merge-base", "--is-ancestor", one, self.base).returncode for one in named)

    def judged_with_its_own_policy(self, oid: str) -> bool:
        """Whether the policy of a commit's first parent is that of main."""
        return self.policies[f"{oid}^"] == self.policies[self.base]


def by_commit(judge: "object") -> Verdicts:
    """The verdicts of a judge on a range, without those on whom there is nothing to say."""
    try:
        report = judge()  # type: ignore[operator]
    except GitspecError as error:
        return {WHOLE: Codes(failed=error.code)}
    assert isinstance(report, Report)
    return {c.commit: codes_of(lambda c=c: Report((c,))) for c in report.commits}  # type: ignore[misc]


def judged_everywhere(world: World) -> dict[str, Verdicts]:
    """The verdicts of every judge, in process."""
    repo, server = discover(str(world.repo.path)), discover(str(world.server.path))
    base, tip = world.base, world.tip
    here = os.getcwd()
    os.chdir(world.repo.path)
    try:
        return {
            "check onto main": by_commit(lambda: check_range(repo, "base..work", "main")),
            "check from main": by_commit(lambda: check_range(repo, "main..work")),
            "pre-push to main": by_commit(
                lambda: judge_push("origin", "x", f"refs/heads/work {tip} refs/heads/main {base}\n")
            ),
            "pre-push of work": by_commit(
                lambda: judge_push("origin", "x", f"refs/heads/work {tip} refs/heads/work {ZERO}\n")
            ),
            "pre-receive to main": by_commit(
                lambda: judge_updates(server, [RefUpdate("refs/heads/main", base, tip)], ("--all",))
            ),
            "pre-receive of work": by_commit(
                lambda: judge_updates(server, [RefUpdate("refs/heads/work", "", tip)], ("--all",))
            ),
            "check of one": {
                m.oid: codes_of(lambda m=m: check_range(repo, m.oid))  # type: ignore[misc]
                for m in world.history.made
                if m.oid in world.subjects
            },
        }
    finally:
        os.chdir(here)


def differences(world: World, judged: dict[str, Verdicts], figures: Counter[str]) -> list[str]:
    """What no leniency explains, as sentences."""
    found: list[str] = []
    landing = judged["check onto main"]
    for name in ("check from main", "pre-push to main", "pre-receive to main"):
        found += _unequal(world, "check onto main", landing, name, judged[name], figures)
    found += _unequal(
        world,
        "pre-push of work",
        judged["pre-push of work"],
        "pre-receive of work",
        judged["pre-receive of work"],
        figures,
    )
    found += _unequal(
        world, "check onto main", without(landing, "R015"), "pre-push of work", judged["pre-push of work"], figures
    )
    for made in world.history.made:
        one = judged["check of one"].get(made.oid)
        if one is None or WHOLE in landing:
            continue
        figures["verdicts compared"] += 2
        why = _unlike(world, made, one, landing.get(made.oid, Codes()), _one_and_range, figures)
        if why:
            found.append(
                _tell(world, made.oid, "check of one", one, "check onto main", landing.get(made.oid, Codes()), made)
            )
        if made.local is None:
            figures["leniency: no hook runs"] += 1
            continue
        if _unlike(world, made, made.local, one, _local_and_one, figures):
            found.append(_tell(world, made.oid, "commit-msg", made.local, "check of one", one, made))
    return found


def accepted_differences(world: World, figures: Counter[str]) -> list[str]:
    """Where the accepted path of `gitspec check` passes what the engine has something to say of."""
    repo = discover(str(world.repo.path))
    found = []
    here = os.getcwd()
    os.chdir(world.repo.path)
    try:
        for words in ("base..work", *(f"{made.oid}^..{made.oid}" for made in world.history.made)):
            with contextlib.suppress(GitspecError):  # a root commit, or one that replaced another
                note_if_plain(repo, words.partition("..")[0])
            if plain_commits(words) is None:
                continue
            figures["accepted"] += 1
            judged = by_commit(lambda words=words: check_range(repo, words))  # type: ignore[misc]
            if any(codes != Codes() for codes in judged.values()):
                found.append(f"history {world.history.seed}: {words} is accepted, and the engine says {judged}")
    finally:
        os.chdir(here)
    return found


def without(verdicts: Verdicts, *codes: str) -> Verdicts:
    """The verdicts but for some codes."""
    return {
        oid: Codes(one.errors.difference(codes), one.others.difference(codes), one.failed)
        for oid, one in verdicts.items()
    }


def _unequal(world: World, one: str, ones: Verdicts, other: str, others: Verdicts, figures: Counter[str]) -> list[str]:
    figures["verdicts compared"] += len(ones)
    return [
        _tell(world, oid, one, ones.get(oid), other, others.get(oid))
        for oid in dict.fromkeys((*ones, *others))
        if ones.get(oid) != others.get(oid)
    ]


def _tell(
    world: World, oid: str, one: str, left: Codes | None, other: str, right: Codes | None, made: Made | None = None
) -> str:
    kinds = made.kind if made else next((m.kind for m in world.history.made if m.oid == oid), "")
    return f"history {world.history.seed}, {kinds} {oid[:10]}: {one} {_shown(left)}, {other} {_shown(right)}"


def _shown(codes: Codes | None) -> str:
    if codes is None:
        return "says nothing"
    return codes.failed or " ".join([*sorted(codes.errors), *(f"({c})" for c in sorted(codes.others))]) or "passes"


def _unlike(world: World, made: Made, lenient: Codes, strict: Codes, explain: "object", figures: Counter[str]) -> bool:
    """Whether two verdicts differ by more than what ``explain`` takes for a leniency."""
    if lenient == strict:
        return False
    explained = explain(world, made, lenient, strict)  # type: ignore[operator]
    assert not explained or explained in LENIENCIES
    figures[f"leniency: {explained}" if explained else "unexplained"] += 1
    return not explained


LENIENCIES = {
    "autosquash": "`fixup!`, `squash!` and `amend!` commits need no reference",
    "autosquash on a protected branch": "on a protected branch R015",
    "no hook runs": "commit-msg does not run for clean cherry-picks, reverts and rebases",
    "policy of the first parent": "the policy is that of the commit's first parent",
    "scopes and approvals of the first parent": "scopes and approvals of changes are those of the commit's first parent",
    "reverts of what has not landed": "a reverted or copied commit counts when the commit's first parent has it",
    "merges by themselves": "a merge is asked about what Git would not have merged",
    "what links lead to": "what symbolic links lead to is what its path says",
    "links of later commits": "it is code, also when a later commit of the push makes the link",
    "no policy": "where the project has no policy, hooks and pre-push say nothing",
}
"""Each leniency with the words by which docs/rules.md names it."""
BY_POLICY = frozenset(
    [
        "R001",
        "R003",
        "R005",
        "R006",
        "R007",
        "R008",
        "R009",
        "R013",
        "R014",
        "R015",
        "R017",
        "R024",
        "R002",
        "R004",
        "R018",
        "R019",
    ]
)
"""What the policy decides, or how severe it is."""
FOR_THE_BRANCH = frozenset(["R009", "R014", "R024"])
UNNAMED = frozenset(["R001", "R005", "R006", "R007", "R008"])
"""What is found of a commit for no other reason than that it touches code."""


def _difference(left: Codes, right: Codes) -> frozenset[str]:
    return (left.errors ^ right.errors) | (left.others ^ right.others)


def _one_and_range(world: World, made: Made, one: Codes, landing: Codes) -> str:
    """By itself a commit is judged as it lands on its first parent, in a range as it lands on the branch."""
    differ = _difference(one, landing)
    if one.failed or landing.failed:
        return "no policy" if one.failed == "L010" else ""
    if differ == {"R015"}:
        return "autosquash on a protected branch"
    differ -= {"R015"}
    if not world.judged_with_its_own_policy(made.oid) and differ <= BY_POLICY:
        return "policy of the first parent"
    if differ <= FOR_THE_BRANCH:
        return "scopes and approvals of the first parent"
    stricter = one.errors <= landing.errors
    if stricter and differ <= UNNAMED and "merge" in made.kind:
        return "merges by themselves"
    if stricter and differ <= {*UNNAMED, *FOR_THE_BRANCH} and world.links:
        return "links of later commits"
    if stricter and differ == {"R003"} and world.reverts(made.oid):
        return "reverts of what has not landed"
    return ""


def _local_and_one(world: World, made: Made, local: Codes, one: Codes) -> str:
    differ = _difference(local, one)
    if local.failed == "L010":
        return "no policy"
    if local.failed or one.failed or not local.errors <= one.errors:
        return ""
    if differ <= {"R001", "R008"} and is_autosquash(world.subjects[made.oid]):
        return "autosquash"
    if differ <= {*UNNAMED, *FOR_THE_BRANCH} and world.links:
        return "what links lead to"
    return ""


def by_programs(world: World, judged: dict[str, Verdicts], figures: Counter[str]) -> list[str]:
    """The same through real pushes, the real hook and the command; hooks are installed here and on the server."""
    found: list[str] = []
    server, repo = world.server, world.repo
    (server.path / "hooks").mkdir(exist_ok=True)
    install(server)
    for ref, name in (("main", "pre-receive to main"), ("side-of-work", "pre-receive of work")):
        expected = judged[name]
        errors = {c for codes in expected.values() for c in (*codes.errors, codes.failed) if c}
        done = push(repo, "--no-verify", "--no-follow-tags", "origin", f"work:refs/heads/{ref}")
        figures["real pushes"] += 1
        refused = bool(errors)
        if refused != bool(done.returncode):
            found.append(
                f"history {world.history.seed}: push to {ref} exits with {done.returncode}, {sorted(errors)}\n{done.stderr}"
            )
        missing = [code for code in errors if code not in done.stderr]
        if refused and missing:
            found.append(f"history {world.history.seed}: the server says nothing of {missing}\n{done.stderr}")
        if not done.returncode:  # as before
            if ref == "main":
                server.git("update-ref", "refs/heads/main", world.base)
                repo.git("update-ref", "refs/remotes/origin/main", world.base)
            else:
                server.git("update-ref", "-d", f"refs/heads/{ref}")
                repo.git("update-ref", "-d", f"refs/remotes/origin/{ref}")
    (server.path / "hooks/pre-receive").unlink()
    done = push(repo, "origin", "work:refs/heads/work")
    figures["real pushes"] += 1
    worst = max(codes.exit for codes in (*judged["pre-push of work"].values(), Codes()))
    if bool(worst) != bool(done.returncode):
        found.append(
            f"history {world.history.seed}: pre-push lets {done.returncode}, in process {worst}\n{done.stderr}"
        )
    checked = gitspec(repo, "check", "base..work", "--onto", "main")
    figures["real checks"] += 1
    worst = max(codes.exit for codes in (*judged["check onto main"].values(), Codes()))
    if checked.returncode != worst:
        found.append(f"history {world.history.seed}: gitspec check exits with {checked.returncode}, in process {worst}")
    return found


def hook_differences(world: World, judged: dict[str, Verdicts], figures: Counter[str]) -> list[str]:
    """The exit codes of the real commit-msg hook against what was said of the same commit."""
    found = []
    for made in world.history.made:
        one = judged["check of one"].get(made.oid)
        if made.hook is None or one is None:
            continue
        figures["real commits"] += 1
        expected = 0 if made.local and made.local.failed == "L010" else 1 if one.exit else 0
        if bool(made.hook) == bool(expected):
            continue
        if not made.hook and made.local is not None and _local_and_one(world, made, made.local, one):
            continue
        if not made.hook and one.errors <= {"R001", "R008"} and is_autosquash(world.subjects[made.oid]):
            continue
        found.append(_tell(world, made.oid, f"the hook exits with {made.hook},", made.local, "check of one", one, made))
    return found


def live(
    start: Path, folder: Path, seed: int, *, real: bool = False, steps: tuple[int, int] = (4, 12)
) -> tuple[list[str], Counter[str]]:
    """One history through every judge: what is unexplained, and figures."""
    shutil.copytree(start, folder / "repo", symlinks=True)
    repo = Repo(folder / "repo")
    if real:
        installed(repo)
    history = History(repo, seed, hooked=0.6 if real else 0.0, steps=steps)
    world = World(history, folder / "server.git")
    judged = judged_everywhere(world)
    figures = Counter({f"kind: {m.kind}": 0 for m in history.made})
    figures.update(f"kind: {m.kind}" for m in history.made)
    figures.update({"histories": 1, "commits": len(world.subjects), "by programs": int(real)})
    found = differences(world, judged, figures) + accepted_differences(world, figures)
    if real:
        found += hook_differences(world, judged, figures) + by_programs(world, judged, figures)
    return found, figures
