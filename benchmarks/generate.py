#!/usr/bin/env python3
"""Make a Git repository of any size for benchmarks, as gitspec's YAML or as the peer's Markdown, with equal content.

    python3 benchmarks/generate.py OUT --capabilities 1000 --requirements 10 --archived 0 --commits 0 --format gitspec

The repository has `--touching N` capabilities modified by the one active change `next`, which is ready to archive.
Everything follows from the numbers: the same arguments give the same bytes and the same commit ids.
"""

import argparse
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

WORDS = """
session account invoice report device upload search index cache region queue worker webhook token policy export import
budget payment refund address profile message channel thread archive backup restore monitor alert
""".split()  # noqa: SIM905
STAMP = 1_700_000_000  # seconds since the epoch; every later commit is a minute on


class Requirement(NamedTuple):
    title: str
    text: str
    scenarios: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def capability_id(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]}-{number}"


def requirement(capability: int, number: int) -> Requirement:
    """Requirement ``number`` of ``capability``: about 800 bytes with its two scenarios, as in real projects."""
    a, b, c = (WORDS[(capability * 7 + number * n) % len(WORDS)] for n in (1, 3, 5))
    text = (
        f"The system MUST keep every {a} of a {b} consistent with its {c}, number {number} of area {capability}, when\n"
        f"several people work on it at once, and tell the owner of the {b} within `{number + 1}` minutes otherwise."
    )
    scenarios = tuple(
        (
            f"{a.capitalize()} changes {kind}",
            (
                ("GIVEN", f"a {b} with a {c} that was {kind} updated"),
                ("WHEN", f"two people change the {a} at the same time"),
                ("THEN", f"both changes of the {a} are kept: `{number}`"),
                ("AND", f"the owner of the {b} is told about it"),
            ),
        )
        for kind in ("never", "recently")
    )
    return Requirement(f"{a.capitalize()} of the {b} {number}", text, scenarios)


def new_requirement(capability: int) -> Requirement:
    """What the change `next` adds to ``capability``."""
    _, text, scenarios = requirement(capability, 99)
    return Requirement("Brand new behaviour", text, scenarios)


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def yaml_requirement(item: Requirement) -> str:
    lines = [f"  - id: {slug(item.title)}", f"    title: {item.title}", "    text: |"]
    lines += [f"      {line}" for line in item.text.split("\n")]
    lines.append("    scenarios:")
    for title, steps in item.scenarios:
        lines += [f"      - id: {slug(title)}", f"        title: {title}", "        steps: |"]
        lines += [f"          {keyword} {text}" for keyword, text in steps]
    return "\n".join(lines) + "\n"


def markdown_requirement(item: Requirement) -> str:
    lines = [f"### Requirement: {item.title}", item.text, ""]
    for title, steps in item.scenarios:
        lines += [f"#### Scenario: {title}", *(f"- **{keyword}** {text}" for keyword, text in steps), ""]
    return "\n".join(lines) + "\n"


def purpose(number: int) -> str:
    return f"Keep what belongs to the {capability_id(number)} area right whatever happens, for people and for machines."


def gitspec_files(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    yield "spec/gitspec.yaml", 'version: "1"\n'
    for n in range(options.capabilities):
        body = "\n".join(yaml_requirement(requirement(n, r)) for r in range(options.requirements))
        head = f"capability: {capability_id(n)}\ntitle: Area {n}\npurpose: {purpose(n)}\nrequirements:\n"
        yield f"spec/capabilities/{capability_id(n)}.yaml", head + body
    for name, folder, touched in changes(options):
        change = f"change: {name}\ntitle: What comes with {name}\nkind: feature\ncreated: 2023-11-14\n"
        base = f"spec/archive/2023-11-14-{name}" if folder == "archive" else f"spec/changes/{name}"
        yield f"{base}/change.yaml", change
        yield f"{base}/proposal.md", f"# {name}\n\n## Why\n\nPeople asked for it.\n\n## What Changes\n\n- More.\n"
        yield f"{base}/tasks.md", "# Tasks\n\n## 1. All\n\n- [x] 1.1 Do it\n"
        for n in touched:
            added = f"capability: {capability_id(n)}\nadded:\n{yaml_requirement(new_requirement(n))}"
            yield f"{base}/deltas/{capability_id(n)}.yaml", added


def openspec_files(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    for n in range(options.capabilities):
        body = "".join(markdown_requirement(requirement(n, r)) for r in range(options.requirements))
        head = f"# {capability_id(n)} Specification\n\n## Purpose\n{purpose(n)}\n\n## Requirements\n"
        yield f"openspec/specs/{capability_id(n)}/spec.md", head + body
    for name, folder, touched in changes(options):
        base = f"openspec/changes/archive/2023-11-14-{name}" if folder == "archive" else f"openspec/changes/{name}"
        why = "People asked for it, and asked again when it was not there after a year of waiting."
        yield f"{base}/proposal.md", f"# {name}\n\n## Why\n{why}\n\n## What Changes\n- More.\n"
        yield f"{base}/tasks.md", "# Tasks\n\n## 1. All\n\n- [x] 1.1 Do it\n"
        for n in touched:
            delta = f"## ADDED Requirements\n\n{markdown_requirement(new_requirement(n))}"
            yield f"{base}/specs/{capability_id(n)}/spec.md", delta


def changes(options: argparse.Namespace) -> Iterator[tuple[str, str, range]]:
    """(id, folder, capabilities touched) of every change."""
    for n in range(options.archived):
        first = n % max(options.capabilities, 1)
        yield f"past-{n}", "archive", range(first, first + 1)
    yield "next", "changes", range(options.touching)


def fast_import(options: argparse.Namespace) -> Iterator[bytes]:
    """A stream for `git fast-import`: one commit with all files, then ``commits`` that touch code and name a change."""
    files = gitspec_files(options) if options.format == "gitspec" else openspec_files(options)
    yield commit(0, "Start")
    for path, text in files:
        yield f"M 100644 inline {path}\n".encode() + data(text)
    for n in range(1, options.commits + 1):
        message = f"Work on part {n}\n\nChange: past-{n % options.archived if options.archived else 0}\n"
        yield commit(n, message) + f"M 100644 inline src/part{n % 500}.py\n".encode() + data(f"part = {n}\n")


def commit(number: int, message: str) -> bytes:
    who = f"Bench <bench@example.com> {STAMP + 60 * number} +0000"
    return f"commit refs/heads/main\nauthor {who}\ncommitter {who}\n".encode() + data(message)


def data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%b\n" % (len(raw), raw)


def generate(options: argparse.Namespace) -> None:
    """Write the repository that ``options`` describe to ``options.out``, which must not exist."""
    options.out.mkdir(parents=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}

    def git(*arguments: str, stdin: bytes | None = None) -> None:
        subprocess.run(["git", *arguments], cwd=options.out, env=environment, input=stdin, check=True)

    git("init", "--quiet", "--initial-branch=main")
    git("config", "user.name", "Bench")
    git("config", "user.email", "bench@example.com")
    git("fast-import", "--quiet", stdin=b"".join(fast_import(options)))
    git("reset", "--quiet", "--hard")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--capabilities", type=int, default=1000)
    parser.add_argument("--requirements", type=int, default=10, help="in each capability")
    parser.add_argument("--archived", type=int, default=0, help="archived changes")
    parser.add_argument("--commits", type=int, default=0, help="commits after the first that touch code")
    parser.add_argument("--touching", type=int, default=1, help="capabilities that the active change adds to")
    parser.add_argument("--format", choices=("gitspec", "openspec"), default="gitspec")
    return parser


if __name__ == "__main__":
    generate(arguments().parse_args())
