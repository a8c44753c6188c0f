"""A project that several people work on in one real repository, at random: the use cases as they are, and Git itself.

Whatever is refused, undecided or found by fsck counts as reported, and is given up. After each step the living specs of
the branch must be what the ledger expects, and fsck must find nothing.
"""

import os
from collections import Counter
from itertools import count
from random import Random
from typing import NamedTuple, TypeVar

from gitspec.commands import archive as archiving
from gitspec.commands.fsck import Report, fsck
from gitspec.commands.names import Named
from gitspec.commands.rebase import rebase_change
from gitspec.commands.resolve import resolve
from gitspec.commands.tags import restore_tags
from gitspec.commands.validate import validate_some
from gitspec.errors import GitspecError
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit, at_work_tree
from gitspec.store.cache import Cache
from gitspec.store.spec import Spec
from gitspec.yaml.emit import emit
from tests.archive.project import gitspec, propose
from tests.conftest import Repo
from tests.domain.histories import Author, _names
from tests.domain.specs import Living
from tests.fsck import ledger

POLICY = 'version: "1"\nattributes:\n  mark:\n    type: text\n'
T = TypeVar("T")
PEOPLE = ["A U Thor", "C O Mitter", "R E Viewer", "M Erger"]
_DAY = 86_400
_BEGIN = 1_795_255_200  # 2026-11-21 10:00 UTC


class Feature:
    """A branch with one change on it."""

    def __init__(self, name: str, start: str, wanted: Living, depends: str = "") -> None:
        self.name = name
        self.start = start
        """The commit after which its own commits begin."""
        self.wanted = wanted
        self.depends = depends
        self.is_archived = False
        self.saw: frozenset[str] = frozenset()
        """What had landed when its author looked."""


class Reported(NamedTuple):
    """Why something did not happen: `refused` by a command, `undecided` in Git, `found` by fsck."""

    how: str
    why: str


class World:
    """The project. ``figures`` counts what happened; ``tale`` tells it, for when it goes wrong."""

    def __init__(self, repo: Repo, random: Random, *, by_command: bool = False) -> None:
        self.repo, self.random, self.by_command = repo, random, by_command
        self.here = discover(str(repo.path))
        self.figures: Counter[str] = Counter()
        self.tale: list[str] = []
        self.marks = count(100)
        self.numbers = count(1)
        self.wishes: dict[str, ledger.Wish] = {}
        self.landed: dict[str, tuple[str, ...]] = {}
        """What has landed up to a commit that some step ended with."""
        self.seen: dict[str, Living] = {}
        self.trail: list[str] = []
        """The tips that main had."""
        self.features: dict[str, Feature] = {}
        self.ways: dict[str, list[str]] = {}
        """The commits of main that brought a change and its archive, for cherry-picks."""
        self.archives: dict[str, str] = {}
        """The commits on main that do nothing but archive a change."""
        self.planted: dict[str, str] = {}
        """Commits with a direct edit, or that merge one in."""
        self.used: set[str] = set()

    # -- the branches

    def found(self) -> None:
        """Begin the project, and a release branch."""
        self.repo.write("spec/gitspec.yaml", POLICY)
        self._commit("Start")
        self.record("main", ())
        self.begin(on_main=True)
        name = next(iter(self.features))
        assert self.archive_on_main(name) is None
        self.repo.git("branch", "release")

    def begin(self, *, on_main: bool = False, stacked: bool = False) -> None:
        """Propose a change on a new branch, off main as it is or was, or off another feature."""
        number = next(self.numbers)
        name = f"change-{number}"
        below = (
            self._any([f for f in self.features.values() if not f.is_archived and self.tip(f.name)])
            if stacked
            else None
        )
        if below:
            start, seen = self.tip(below.name), below.wanted
        else:
            start = self.random.choice(self.trail[-4:])
            seen = self.seen[start]
        if on_main:
            self._switch("main")
        else:
            self.repo.git("switch", "-q", "-c", name, start)
        taken = set(_names([self.seen[self.trail[-1]], seen]))
        author = Author(self.random, seen, self.marks, frozenset(self.used - taken))
        if not seen:
            author.found()
            for _ in range(5):
                author.add()
        else:
            author.work(self.random.choice([1, 1, 2, 3]))
        self.used.update(_names([author.wanted]))
        self.wishes[name] = ledger.wish(seen, author.wanted)
        folder = propose(self.repo, name)
        lines = "" if author.deltas else "no_deltas: true\n"
        lines += f"depends_on:\n  - {below.name}\n" if below else ""
        self.repo.write(f"{folder}/change.yaml", self.repo.read(f"{folder}/change.yaml") + lines)
        for capability, delta in author.deltas.items():
            self.repo.write(f"{folder}/deltas/{capability}.yaml", emit(delta))
        self._commit(f"Propose {name}\n\nChange: {name}")
        if self.random.random() < 0.3:
            self.repo.write(f"src/{name}.py", "pass\n")
            self._commit(f"Write it\n\nChange: {name}")
        self.features[name] = Feature(name, start, author.wanted, below.name if below else "")
        self.features[name].saw = frozenset([*self.landed[start], *([below.name] if below else ())])
        self.record("main" if on_main else name, self.landed[start])
        self.figures["changes"] += 1
        self.figures["stacked"] += bool(below)
        self._tell(f"{name} proposed off {start[:7]}" + (f" on top of {below.name}" if below else ""))

    def begin_on_top(self) -> None:
        """Propose a change that builds on one that has not landed."""
        self.begin(stacked=True)

    def waiting(self) -> list[str]:
        """The branches that have not landed."""
        return [f.name for f in self.features.values() if self.tip(f.name)]

    def eagerness(self) -> int:
        """How likely somebody is to land something."""
        return (0, 2, 5)[min(len(self.waiting()), 2)]

    def land_any(self) -> None:
        """Land some branch."""
        self.land(self.random.choice(self.waiting()))

    def land(self, name: str) -> None:
        """Bring a branch up to date (or not), archive there (or not), land it on main, and archive it there."""
        random, feature = self.random, self.features[name]
        if feature.depends and feature.depends not in self.landed[self.tip("main")]:
            return
        if random.random() < 0.5:
            self.update(feature, "rebase" if feature.depends else random.choice(["merge", "rebase"]))
            if random.random() < 0.7:
                self.renew(feature)
        if random.random() < 0.45:
            landed = self.landed_at(name)
            if why := self.archive(name, name, with_tag=False):
                self._report(f"archive {name} on its branch", why)
                return
            feature.is_archived = True
            self.record(name, (*landed, name))
            self.check(name)
        before, style = self.tip("main"), random.choice(["merge", "squash", "rebase"])
        if why := self._join(feature, style):
            self._report(f"land {name} by {style}", why)
            if not self.update(feature, "rebase") or (why := self._join(feature, "merge")):
                return
        self.figures[f"landed by {style}"] += 1
        self.ways[name] = self.repo.git("rev-list", "--reverse", "--first-parent", f"{before}..main").split()
        if not feature.is_archived and (why := self.archive_on_main(name)):
            self._report(f"archive {name} on main", why)
        self.repo.git("branch", "-q", "-D", name)

    def update(self, feature: Feature, how: str) -> bool:
        """Bring main into a branch by merging it, or the branch onto main by rebasing it."""
        before, main = self.tip(feature.name), self.tip("main")
        theirs = self.landed[main]
        base = self._base(feature.name, "main")
        if base is None:
            return False
        after = ledger.merged(self.landed[base], self.landed[before], theirs)
        if how == "merge" and any(c.startswith("edit-") and c not in self.landed[before] for c in theirs):
            how = "rebase"  # on a branch that merges them, edits by hand are what they are on main, or are dropped
        if how == "merge":
            self._switch(feature.name)
            why = self._merge("main", "--no-ff")
        else:
            why = self._rebase(feature)
        if not why:
            why = self._proven(feature.name)
        if why:
            self._switch(feature.name)
            self.repo.git("reset", "-q", "--hard", before)
            self._report(f"{how} main for {feature.name}", why)
            return False
        feature.start = main
        self.record(feature.name, after)
        self.check(feature.name)
        self.figures[f"branches brought up to date by {how}"] += 1
        return True

    def renew(self, feature: Feature) -> bool:
        """`gitspec rebase` on the branch; a conflict is undone again."""
        self._switch(feature.name)
        return self._renew(feature.name, feature.name)

    def archive_on_main(self, name: str) -> Reported | None:
        """Archive what main has active, after a rebase if it must be; now and then take it back at once, and again."""
        self._switch("main")
        landed = self.landed_at("main")
        why = self.archive(name, "main")
        if why and self._renew(name, "main"):
            self.figures["archived after a rebase"] += 1
            why = self.archive(name, "main")
        if why:
            options = archiving.Options()
            if self.random.random() < 0.3 and not self._asked(
                lambda: archiving.close(self.here, name, "given up", None, options)
            ):
                self.figures["closed"] += 1
                self.record("main", landed)
            return why
        landed = (*landed, name)
        self.record("main", landed)
        self.check("main")
        self.archives[name] = self.tip("main")
        self.ways.setdefault(name, []).append(self.tip("main"))
        if self.random.random() < 0.25:
            self._there_and_back(name, landed)
        return None

    def undo(self) -> None:
        """Take an archived change back, by `gitspec unarchive` or by `git revert`."""
        landed = self.landed_at("main")
        name = self._any([c for c in landed if not c.startswith("edit-")])
        if name is None:
            return
        self._switch("main")
        before = self.tip("main")
        if name in self.archives and self.random.random() < 0.5:
            how = "revert"
            done = self._git("revert", "--no-edit", self.archives[name])
            if not done:
                self.repo.git("revert", "--abort", check=False)
            why = self._proven("main") if done else Reported("undecided", "git revert")
        else:
            how, why = "unarchive", self._unarchive(name)
        if why:
            self.repo.git("reset", "-q", "--hard", before)
            self._report(f"{how} {name}", why)
            return
        self.figures[f"taken back by {how}"] += 1
        landed = tuple(c for c in landed if c != name)
        self.record("main", landed)
        self.check("main")
        self.archives.pop(name, None)
        self.ways.pop(name, None)
        if self.random.random() < 0.5 and self.archive(name, "main", with_tag=False) is None:
            self.record("main", (*landed, name))
            self.check("main")

    def pick(self) -> None:
        """Cherry-pick a landed change to the release branch, in as many commits as it came."""
        there = self.landed_at("release")
        name = self._any([c for c in self.landed_at("main") if c in self.ways and c not in there])
        if name is None:
            return
        self._switch("release")
        before = self.tip("release")
        why = None
        for commit in self.ways[name]:
            is_merge = len(self.repo.git("rev-list", "--parents", "-1", commit).split()) > 2
            args = ("cherry-pick", "--allow-empty", *(["-m", "1"] if is_merge else []), commit)
            if not self._git(*args) and not self._resolved("cherry-pick"):
                self.repo.git("cherry-pick", "--abort", check=False)
                why = Reported("undecided", "git cherry-pick")
                break
        if why := why or self._proven("release"):
            self.repo.git("reset", "-q", "--hard", before)
            self._report(f"cherry-pick {name}", why)
            return
        self.record("release", (*there, name))
        self.check("release")
        self.figures["cherry-picks"] += 1

    def merge_release(self) -> None:
        """Merge the release branch back into main."""
        base = self._base("main", "release")
        if base is None or base == self.tip("release"):
            return
        before = self.tip("main")
        after = ledger.merged(self.landed[base], self.landed[before], self.landed_at("release"))
        self._switch("main")
        if why := self._merge("release", "--no-ff") or self._proven("main"):
            self.repo.git("reset", "-q", "--hard", before)
            self._report("merge release", why)
            return
        self.record("main", after)
        self.check("main")
        self.figures["releases merged back"] += 1

    def plant(self) -> None:
        """Edit a living spec by hand, as nobody should."""
        living = self.seen[self.tip("main")]
        home = self._any([c for c, spec in living.items() if spec.requirements])
        if home is None:
            return
        self._switch("main")
        landed = self.landed_at("main")
        one = self.random.choice(living[home].requirements)
        path, edit = f"spec/capabilities/{home}.yaml", f"edit-{next(self.numbers)}"
        text = f"It MUST {next(self.marks)}, by hand."
        changed = [r.model_copy(update={"text": text}) if r.id == one.id else r for r in living[home].requirements]
        wanted = living[home].model_copy(update={"requirements": tuple(changed)})
        self.wishes[edit] = ledger.wish(living, {**living, home: wanted})
        self.repo.write(path, emit(wanted))
        self._commit("Tweak")
        self.planted[self.tip("main")] = edit
        self.record("main", (*landed, edit))
        self.check("main")
        self.figures["direct edits planted"] += 1

    # -- looking

    def record(self, branch: str, landed: tuple[str, ...]) -> None:
        """Note what a branch has landed."""
        tip = self.tip(branch)
        self.landed[tip] = landed
        self.seen[tip] = dict(Spec(at_commit(self.here, tip)).living)
        if branch == "main":
            self.trail.append(tip)

    def check(self, branch: str) -> None:
        """The living specs of a branch are what the ledger expects."""
        try:
            wanted = ledger.expected(self.landed_at(branch), self.wishes)
        except AssertionError as error:
            raise AssertionError("\n".join([*self.tale, f"{branch}: {error}"])) from None
        found = ledger.flat(self.seen[self.tip(branch)])
        wrong = ledger.differences(found, wanted)
        assert not wrong, "\n".join([*self.tale, f"{branch}: {wrong[0]} ({len(wrong)} in all)"])
        self.figures["states compared"] += 1
        self.figures["scenarios compared"] += len(ledger.scenarios(wanted))

    def prove(self, branch: str, **options: bool) -> Report:
        """Run fsck as the next user would, with what earlier runs remember."""
        return fsck(self.here, at=branch, since=None, cache=Cache(self.here), **{"every_branch": False, **options})

    def end(self) -> None:
        """All of it is proven, and only what was planted is found; tags come again from the commits."""
        restore_tags(self.here, "main", Cache(self.here))
        report = self.prove("main")
        self._only_planted(report)
        assert "H009" not in {one.finding.code for one in report.found}, self.tale
        fresh = fsck(self.here, at="main", since=None, every_branch=True, cache=None)
        self._only_planted(fresh)
        found = {one.commit for one in fresh.found if one.finding.code == "H001"}
        reachable = set(self.repo.git("rev-list", "--branches").split())
        assert found == self.planted.keys() & reachable, self.tale
        self.figures["commits"] += fresh.commits
        self.figures["archives proven"] += fresh.archives
        for one in fresh.found:
            self.figures[f"told {one.finding.code}"] += one.finding.code not in ("H001", "H009")

    def tip(self, branch: str) -> str:
        """The commit of a branch, empty when there is none. Nothing packs refs here."""
        path = self.repo.path / ".git/refs/heads" / branch
        return path.read_text().strip() if path.exists() else ""

    def landed_at(self, branch: str) -> tuple[str, ...]:
        return self.landed[self.tip(branch)]

    # -- means

    def archive(self, name: str, branch: str, *, with_tag: bool = True, same_day: bool = False) -> Reported | None:
        landed = frozenset(self.landed.get(self.tip(branch), ()))
        if not same_day:
            self._switch(branch)
            if why := self._warned(name):
                return why
        if self.by_command:
            ran = gitspec(self.repo, "archive", name, *([] if with_tag else ["--no-tag"]))
            assert ran.code in (0, 1), (ran, self.tale)
            why = Reported("refused", ran.err) if ran.code else None
        else:
            why = self._asked(lambda: archiving.archive(self.here, name, archiving.Options(with_tag=with_tag)))
        self.figures["archives"] += not why
        self.figures["archives of what others had overtaken"] += not why and not landed <= self.features[name].saw
        if not why:
            self._tell(f"{name} archived on {branch}: {self.tip(branch)[:7]}")
        return why

    def _warned(self, name: str) -> Reported | None:
        """What `gitspec validate` warns of: wishes that may go into the void."""
        named = [Named("change", name, f"spec/changes/{name}")]
        try:
            found = validate_some(Spec(at_work_tree(self.here), Cache(self.here)), named).findings
        except GitspecError as error:
            return Reported("refused", f"{error.code} {error.message}")
        return next((Reported("warned", f"{f.code} {f.message}") for f in found if f.code in ("D032", "D033")), None)

    def _unarchive(self, name: str) -> Reported | None:
        if self.by_command:
            ran = gitspec(self.repo, "unarchive", name)
            assert ran.code in (0, 1), (ran, self.tale)
            return Reported("refused", ran.err) if ran.code else None
        return self._asked(lambda: archiving.unarchive(self.here, name, archiving.Options(with_tag=False)))

    def _there_and_back(self, name: str, landed: tuple[str, ...]) -> None:
        with_it, before = (self.repo.git("rev-parse", f"{at}^{{tree}}") for at in ("main", "main^"))
        why = self._unarchive(name)
        assert why is None, (why, self.tale)
        assert self.repo.git("rev-parse", "main^{tree}") == before, self.tale
        why = self.archive(name, "main", with_tag=False, same_day=True)
        assert why is None, (why, self.tale)
        assert self.repo.git("rev-parse", "main^{tree}") == with_it, self.tale
        self.archives[name] = self.tip("main")
        self.record("main", landed)
        self.figures["unarchived at once: same trees"] += 1

    def _renew(self, name: str, branch: str) -> bool:
        before = self.tip(branch)
        try:
            done = rebase_change(self.here, name)
        except GitspecError as error:
            self._report(f"gitspec rebase {name}", Reported("refused", f"{error.code} {error.message}"))
            self.repo.git("reset", "-q", "--hard", before)
            return False
        if done.conflicts:
            self._report(f"gitspec rebase {name}", Reported("undecided", done.conflicts[0].message))
            self.repo.git("reset", "-q", "--hard", before)
            self.repo.git("clean", "-q", "-f", "-d")
            return False
        if done.was_stale:
            self.figures["deltas renewed"] += 1
            self._commit(f"Rebase {name}\n\nChange: {name}")
            self.record(branch, self.landed[before])
            if branch == "main":
                self.ways.setdefault(name, []).append(self.tip("main"))
            self._tell(f"{name} renewed on {branch}")
        return True

    def _join(self, feature: Feature, style: str) -> Reported | None:
        name, before, own = feature.name, self.tip("main"), self.tip(feature.name)
        base = self._base("main", name)
        if base is None:
            return Reported("undecided", "no base")
        after = ledger.merged(self.landed[base], self.landed[before], self.landed[own])
        if style == "rebase":
            why = self._rebase(feature)
            self._switch("main")
            if not why:
                self.repo.git("merge", "-q", "--ff-only", name)
        else:
            self._switch("main")
            why = self._merge(name, "--squash" if style == "squash" else "--no-ff")
        if why := why or self._proven("main"):
            self._switch("main")
            self.repo.git("reset", "-q", "--hard", before)
            self.repo.git("branch", "-q", "-f", name, own)
            return why
        self._tell(f"{name} landed by {style}: {self.tip('main')[:7]}")
        self.record("main", after)
        self.check("main")
        return None

    def _merge(self, other: str, how: str) -> Reported | None:
        is_clean = self._git("merge", "-q", *(["--no-commit", "--no-ff"] if how == "--no-ff" else [how]), other)
        if not is_clean or self.random.random() < 0.4:
            if why := self._asked(lambda: resolve(self.here, stage=True)):
                if "A030" not in why.why:
                    self.repo.git("reset", "-q", "--hard")
                    return why
            elif self.repo.git("ls-files", "-u"):
                self.repo.git("reset", "-q", "--hard")
                return Reported("undecided", "git merge")
            else:
                self.figures["merges resolved"] += 1
        self._date()
        self.repo.git("commit", "-q", "--allow-empty", "--no-verify", "-m", f"Merge {other}")
        return None

    def _rebase(self, feature: Feature) -> Reported | None:
        before = self.tip(feature.name)
        self._switch(feature.name)
        if not self._git("rebase", "-q", "--onto", "main", feature.start, feature.name):
            for _ in range(9):
                if not self._resolved("rebase"):
                    self.repo.git("rebase", "--abort", check=False)
                    self.repo.git("switch", "-q", "-f", feature.name)
                    self.repo.git("reset", "-q", "--hard", before)
                    return Reported("undecided", "git rebase")
                if not self._is_under_way():
                    return None
            raise AssertionError("\n".join([*self.tale, "the rebase does not end"]))
        return None

    def _resolved(self, what: str) -> bool:
        """Let `gitspec resolve` settle a stop of Git's, and go on."""
        if self._asked(lambda: resolve(self.here, stage=True)) or self.repo.git("ls-files", "-u"):
            return False
        self.figures["stops resolved"] += 1
        if what == "cherry-pick":
            return self._git("commit", "-q", "--allow-empty", "--no-verify", "--no-edit")
        self._git("rebase", "--continue")
        return True

    def _is_under_way(self) -> bool:
        return any((self.repo.path / ".git" / name).exists() for name in ("rebase-merge", "rebase-apply"))

    def _proven(self, branch: str) -> Reported | None:
        found = [f for f in self.prove(branch, with_tags=False).found if f.finding.severity == "error"]
        wrong = [f for f in found if not (f.finding.code == "H001" and f.commit in self.planted)]
        return Reported("found", f"{wrong[0].finding.code} {wrong[0].finding.message}") if wrong else None

    def _only_planted(self, report: Report) -> None:
        for one in report.found:
            allowed = one.finding.severity != "error" or (one.finding.code == "H001" and one.commit in self.planted)
            assert allowed, "\n".join([*self.tale, str(one)])

    def _asked(self, act: object) -> Reported | None:
        try:
            act()  # type: ignore[operator]
        except GitspecError as error:
            return Reported("refused", f"{error.code} {error.message}")
        return None

    def _base(self, ours: str, theirs: str) -> str | None:
        """The one commit that both come from, if it is one that a step ended with."""
        found = self.repo.git("merge-base", "--all", ours, theirs).split()
        return found[0] if len(found) == 1 and found[0] in self.landed else None

    def _commit(self, message: str) -> None:
        self._date()
        self.repo.git("add", "-A")
        self.repo.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)

    def _git(self, *args: str) -> bool:
        self._date()
        return self.repo.run_git(*args, GIT_EDITOR="true").returncode == 0

    def _date(self) -> None:
        """Somebody else, and a clock that may go wrong by a day."""
        who = self.random.choice(PEOPLE)
        at = _BEGIN + self.random.randrange(-_DAY, _DAY)
        os.environ.update(GIT_AUTHOR_NAME=who, GIT_COMMITTER_NAME=who, GIT_AUTHOR_DATE=f"{at} +0000")
        os.environ["GIT_COMMITTER_DATE"] = f"{at} +0000"

    def _switch(self, branch: str) -> None:
        self._date()
        if (self.repo.path / ".git/HEAD").read_text().strip() != f"ref: refs/heads/{branch}":
            self.repo.git("switch", "-q", branch)

    def _report(self, what: str, why: Reported) -> None:
        self.figures[f"reported: {why.how}"] += 1
        self._tell(f"{what}: {why.how}: {why.why.strip()}")

    def _tell(self, line: str) -> None:
        self.tale.append(line)

    def _any(self, items: list[T]) -> T | None:
        return self.random.choice(items) if items else None


def live(repo: Repo, seed: int, steps: int = 14) -> "Counter[str]":
    """Let a project live through random steps; its figures. Any loss fails with the whole tale."""
    random = Random(seed)
    world = World(repo, random, by_command=random.random() < 0.04)
    world.tale.append(f"seed {seed}")
    world.found()
    has_plants = random.random() < 0.15
    for _ in range(steps):
        acts = [world.begin] * 3 + [world.begin_on_top] + [world.land_any] * world.eagerness()
        acts += [world.undo, world.pick, world.pick]
        acts += [world.merge_release] if random.random() < 0.4 else []
        acts += [world.plant] if has_plants else []
        random.choice(acts)()
    world.end()
    world.figures["histories"] += 1
    return world.figures
