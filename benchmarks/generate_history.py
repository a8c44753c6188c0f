#!/usr/bin/env python3
"""Make a governed repository with a long history, for what history answers.

    python3 benchmarks/generate_history.py OUT --commits 100000 --capabilities 1000 --requirements 10 --changes 5000
    python3 benchmarks/generate_history.py        # that one, below the folder for temporary files; made once

Each change is proposed, worked on by commits that name it (with tasks and requirements), and archived with its tag. It
edits the text of one requirement; every 25th also renames its requirement, every 40th moves it to another capability.
Tests cite a third of the requirements; every 100 changes there is a release. Everything follows from the numbers.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import generate
import generate_archives

DAY = "2023-11-14"
RENAMES, MOVES, RELEASES = 25, 40, 100


class Place(NamedTuple):
    """Where a requirement lives now."""

    capability: int
    id: str


class World:
    """The living specs: which requirement is where, and how often it was edited. Named by where it began."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.requirements: int = options.requirements
        numbers = range(options.requirements)
        self.living = {n: {(n, r): _id(n, r) for r in numbers} for n in range(options.capabilities)}
        self.place = {origin: Place(n, id_) for n, found in self.living.items() for origin, id_ in found.items()}
        self.edits = dict.fromkeys(self.place, 0)

    def file(self, number: int) -> str:
        items = [
            _with_id(generate.requirement(*origin), id_, generate_archives.text_of(*origin, self.edits[origin]))
            for origin, id_ in self.living[number].items()
        ]
        head = f"capability: {generate.capability_id(number)}\ntitle: Area {number}\n"
        return f"{head}purpose: {generate.purpose(number)}\nrequirements:\n" + "\n".join(items)


def _id(capability: int, number: int) -> str:
    return generate.slug(generate.requirement(capability, number).title)


def _with_id(item: generate.Requirement, id_: str, text: str) -> str:
    written = generate.yaml_requirement(item._replace(text=text))
    return f"  - id: {id_}\n" + written.split("\n", 1)[1]


def stream(options: argparse.Namespace) -> Iterator[bytes]:
    world = World(options)
    origins = list(world.place)
    yield generate.commit(0, "Start")
    yield _file("spec/gitspec.yaml", 'version: "1"\nreleases:\n  - v*\n')
    for n in world.living:
        yield _file(f"spec/capabilities/{generate.capability_id(n)}.yaml", world.file(n))
        cited = [
            f"# Spec: {generate.capability_id(n)}/{i}" for k, i in enumerate(world.living[n].values()) if k % 3 == 0
        ]
        yield _file(f"tests/test_area_{n}.py", "\n".join(cited) + "\n")
    number = 1
    for n in range(options.changes):
        mine = (n + 1) * (options.commits - 1) // options.changes - n * (options.commits - 1) // options.changes
        for part in change(world, n, origins[n * 7 % len(origins)], number, max(mine - 2, 0)):
            yield part
            number += part.startswith(b"commit ")
        if (n + 1) % RELEASES == 0:
            yield b"reset refs/tags/v0.%d\nfrom refs/heads/main\n\n" % ((n + 1) // RELEASES)


def change(world: World, n: int, origin: tuple[int, int], number: int, work: int) -> Iterator[bytes]:
    """All commits of one change, and its tag."""
    name = f"past-{n}"
    old = world.place[origin]
    capability = generate.capability_id(old.capability)
    requirement = f"{capability}/{old.id}"
    yield generate.commit(number, f"Propose {name}\n\nPeople asked for it.\n\nChange: {name}\n")
    folder = f"spec/changes/{name}"
    yield _file(f"{folder}/change.yaml", f"change: {name}\ntitle: What comes with {name}\ncreated: {DAY}\n")
    yield _file(f"{folder}/proposal.md", f"# {name}\n\n## Why\n\nPeople asked for it.\n\n## What Changes\n\n- More.\n")
    tasks = f"- [x] 1.1 Do it ({requirement})\n- [x] 1.2 Test it ({requirement})\n- [-] 1.3 Paint it: no colour\n"
    yield _file(f"{folder}/tasks.md", f"# Tasks\n\n## 1. All\n\n{tasks}")
    new = _new_place(world, n, old)
    yield _file(f"{folder}/deltas/{capability}.yaml", _delta(world, origin, old, new))
    for k in range(work):
        more = f"Task: 1.{k % 2 + 1}\n" if k % 3 == 0 else f"Spec: {requirement}\n" if k % 3 == 1 else ""
        body = f"It was slow before, and nobody knew why: now part {k} of it is fast, and told about."
        yield generate.commit(number + 1 + k, f"Work on part {k} of {name}\n\n{body}\n\nChange: {name}\n{more}")
        yield _file(f"src/part{(n * 31 + k) % 500}.py", f"part = {number + k}\n")
    archived = f"{DAY}-{name}"
    trailers = f"Change: {name}\nArchived: {archived}\nFold: 1\n"
    yield generate.commit(number + 1 + work, f"Archive {name}: What comes with it\n\n  {capability}\n\n{trailers}")
    yield f"R {folder} spec/archive/{archived}\n".encode()
    if new.capability != old.capability:
        del world.living[old.capability][origin]
    else:
        world.edits[origin] += 1
    world.living[new.capability][origin] = new.id
    world.place[origin] = new
    for n_ in {old.capability, new.capability}:
        yield _file(f"spec/capabilities/{generate.capability_id(n_)}.yaml", world.file(n_))
    who = f"Bench <bench@example.com> {generate.STAMP + 60 * (number + 1 + work)} +0000"
    yield f"\ntag archive/{archived}\nfrom refs/heads/main\ntagger {who}\n".encode()
    yield generate.data(f"Archive {name}\n\nChange: {name}\nArchived: {archived}\n")


def _new_place(world: World, n: int, old: Place) -> Place:
    capability, id_ = old
    if n % RENAMES == 0:
        id_ = f"{old.id.partition('-now-')[0]}-now-{n}"
    if n % MOVES == 0 and len(world.living) > 1:
        capability, id_ = (old.capability + 1) % len(world.living), f"{id_.partition('-from-')[0]}-from-{n}"
    return Place(capability, id_)


def _delta(world: World, origin: tuple[int, int], old: Place, new: Place) -> str:
    """The edit of the text, and the new name; a move has no edit beside it."""
    lines = [f"capability: {generate.capability_id(old.capability)}"]
    if new.capability != old.capability:
        target = f"{generate.capability_id(new.capability)}/{new.id}"
        return "\n".join([*lines, "moved:", f"  - id: {old.id}", f"    to: {target}"]) + "\n"
    if new.id != old.id:
        lines += ["renamed:", f"  - id: {old.id}", f"    to: {new.id}"]
    edited = generate_archives.delta_file(*origin, world.edits[origin]).split("\n")[1:]
    edited[1] = f"  - id: {new.id}"
    return "\n".join([*lines, *edited])


def _file(path: str, text: str) -> bytes:
    return f"M 100644 inline {path}\n".encode() + generate.data(text)


def make(options: argparse.Namespace) -> Path:
    """The repository that ``options`` describe; one that was made before by the same numbers is taken as it is."""
    numbers = f"{options.commits}-{options.capabilities}-{options.requirements}-{options.changes}"
    out: Path = options.out or Path(tempfile.gettempdir()) / f"gitspec-history-{numbers}"
    if (out / ".git" / "HEAD").exists():
        return out
    work = out.with_name(f"{out.name}.{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(work)], check=True)
    git = ["git", "-C", str(work)]
    process = subprocess.Popen([*git, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    assert process.stdin
    with process.stdin as pipe:
        for part in stream(options):
            pipe.write(part)
    if process.wait():
        raise SystemExit("git fast-import failed")
    for name, value in (("user.name", "Bench"), ("user.email", "bench@example.com")):
        subprocess.run([*git, "config", name, value], check=True)
    subprocess.run([*git, "pack-refs", "--all"], check=True)
    subprocess.run([*git, "reset", "-q", "--hard"], check=True)
    work.rename(out)
    return out


def last_requirement(folder: Path) -> str:
    """The requirement that the last change of a made repository edits."""
    listed = subprocess.run(
        ["git", "-C", str(folder), "log", "-1", "--format=%(trailers:key=Spec,valueonly)", "--grep", "^Spec: "],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return listed.stdout.split()[0]


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("out", type=Path, nargs="?")
    found.add_argument("--commits", type=int, default=100_000)
    found.add_argument("--capabilities", type=int, default=1000)
    found.add_argument("--requirements", type=int, default=10)
    found.add_argument("--changes", type=int, default=5000)
    return found


if __name__ == "__main__":
    print(make(parser().parse_args()))
