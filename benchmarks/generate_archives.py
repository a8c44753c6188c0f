#!/usr/bin/env python3
"""Make a repository with a long history of archived changes, for `gitspec fsck`.

    python3 benchmarks/generate_archives.py OUT --capabilities 200 --requirements 10 --archives 5000
    time gitspec -C OUT fsck           # the first time
    time gitspec -C OUT fsck           # remembered

Each change edits the text of one requirement; it is proposed by one commit and archived by the next. Everything follows
from the numbers, as in generate.py.
"""

import argparse
import os
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import generate


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def text_of(capability: int, number: int, edits: int) -> str:
    """The text of a requirement after so many edits."""
    base = generate.requirement(capability, number).text
    return base if not edits else f"{base}\nEdit {edits} of it MUST be seen as well."


def capability_file(number: int, requirements: int, edits: dict[tuple[int, int], int]) -> str:
    items = [generate.requirement(number, n) for n in range(requirements)]
    items = [item._replace(text=text_of(number, n, edits.get((number, n), 0))) for n, item in enumerate(items)]
    name = generate.capability_id(number)
    head = f"capability: {name}\ntitle: Area {number}\npurpose: {generate.purpose(number)}\nrequirements:\n"
    return head + "\n".join(generate.yaml_requirement(item) for item in items)


def delta_file(capability: int, number: int, edits: int) -> str:
    item = generate.requirement(capability, number)
    old, new = text_of(capability, number, edits), text_of(capability, number, edits + 1)
    lines = [f"capability: {generate.capability_id(capability)}", "modified:", f"  - id: {generate.slug(item.title)}"]
    lines += ["    seen:", f"      text: {digest(old)}"]
    for title, steps in item.scenarios:
        block = "\n".join(f"{keyword} {text}" for keyword, text in steps)
        lines.append(f"      {generate.slug(title)}: {digest(block)}")
    lines.append("    text:")
    for key, text in (("from", old), ("to", new)):
        lines += [f"      {key}: |", *(f"        {line}" for line in text.split("\n"))]
    return "\n".join(lines) + "\n"


def stream(options: argparse.Namespace) -> Iterator[bytes]:
    edits: dict[tuple[int, int], int] = {}
    yield generate.commit(0, "Start")
    yield b"M 100644 inline spec/gitspec.yaml\n" + generate.data('version: "1"\n')
    for n in range(options.capabilities):
        path = f"spec/capabilities/{generate.capability_id(n)}.yaml"
        yield f"M 100644 inline {path}\n".encode() + generate.data(capability_file(n, options.requirements, edits))
    for k in range(options.archives):
        n, number = k % options.capabilities, k // options.capabilities % options.requirements
        name = f"change-{k}"
        active, archived = f"spec/changes/{name}", f"spec/archive/2023-11-14-{name}"
        files = {
            "change.yaml": f"change: {name}\ntitle: What comes with {name}\nkind: feature\ncreated: 2023-11-14\n",
            "proposal.md": f"# {name}\n\n## Why\n\nPeople asked for it.\n\n## What Changes\n\n- More.\n",
            "tasks.md": "# Tasks\n\n## 1. All\n\n- [x] 1.1 Do it\n",
            f"deltas/{generate.capability_id(n)}.yaml": delta_file(n, number, edits.get((n, number), 0)),
        }
        yield generate.commit(2 * k + 1, f"Propose {name}\n\nChange: {name}\n")
        for path, text in files.items():
            yield f"M 100644 inline {active}/{path}\n".encode() + generate.data(text)
        edits[n, number] = edits.get((n, number), 0) + 1
        trailers = f"Change: {name}\nArchived: 2023-11-14-{name}\nFold: 1\n"
        yield generate.commit(2 * k + 2, f"Archive {name}\n\n{trailers}")
        yield f"R {active} {archived}\n".encode()
        path = f"spec/capabilities/{generate.capability_id(n)}.yaml"
        yield f"M 100644 inline {path}\n".encode() + generate.data(capability_file(n, options.requirements, edits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--capabilities", type=int, default=200)
    parser.add_argument("--requirements", type=int, default=10, help="in each capability")
    parser.add_argument("--archives", type=int, default=5000, help="changes, each archived by a commit of its own")
    options = parser.parse_args()
    options.out.mkdir(parents=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}

    def git(*arguments: str, stdin: bytes | None = None) -> None:
        subprocess.run(["git", *arguments], cwd=options.out, env=environment, input=stdin, check=True)

    git("init", "--quiet", "--initial-branch=main")
    git("fast-import", "--quiet", stdin=b"".join(stream(options)))
    git("reset", "--quiet", "--hard")


if __name__ == "__main__":
    main()
