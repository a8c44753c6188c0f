#!/usr/bin/env python3
"""The main job on real specs, in a real Git repository, each step with its real output: ``python3 demo/run.py``."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent
sys.path.insert(0, str(TOP / "tools"))

from environment import ensure  # noqa: E402

ADDED = """\
id: search-by-phase
title: Search by phase
text: |
  `wai search` MUST restrict its results to artifacts that were written in one phase of a project when `--phase` names it.
scenarios:
  - id: phase-given
    title: Phase given
    steps: |
      GIVEN a project with artifacts from the phases `research` and `plan`
      WHEN the user runs `wai search parser --phase plan`
      THEN only artifacts from the phase `plan` are listed
"""

PROPOSAL = """\
# Search by phase

## Why

People look for what was decided in one phase and wade through matches of all others.

## What Changes

- `wai search` takes `--phase`.
"""


class Demonstration:
    """Runs commands in the demonstration's repository and shows them."""

    def __init__(self, folder: Path, gitspec: Path) -> None:
        self.folder = folder
        home = folder.parent / "home"
        home.mkdir(parents=True)
        folder.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        self.environment = kept | {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Demo",
            "GIT_AUTHOR_EMAIL": "demo@example.com",
            "GIT_COMMITTER_NAME": "Demo",
            "GIT_COMMITTER_EMAIL": "demo@example.com",
            "GIT_EDITOR": "true",
            "PATH": f"{gitspec.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }

    def say(self, text: str) -> None:
        print(f"\n\x1b[1m# {text}\x1b[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)

    def run(self, *command: str, stdin: str | None = None, fails: bool = False) -> None:
        """Run and show one command; stop the demonstration when it does not end as it should."""
        shown = shlex.join(command).replace(str(HERE), "demo")
        print(f"$ {shown}" + ("" if stdin is None else " <<'END'\n" + stdin + "END"), flush=True)
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            text=True,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL if stdin is None else None,
        )
        print(done.stdout, end="", flush=True)
        if bool(done.returncode) != fails:
            sys.exit(f"The demonstration stopped: that command ended with exit code {done.returncode}.")

    def write(self, path: str, text: str) -> None:
        """Put a file into the work tree, as a person with an editor would."""
        print(f"$ $EDITOR {path}", flush=True)
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def main() -> None:
    python = ensure(".venv-demo")
    place = TOP / ".demo"
    shutil.rmtree(place, ignore_errors=True)
    demo = Demonstration(place / "wai", python.parent / "gitspec")
    git, gitspec = "git", "gitspec"

    demo.say("A project with code, before gitspec")
    demo.run(git, "init", "--quiet", "--initial-branch=main", ".")
    demo.write("src/search.rs", "pub fn search(_query: &str) {}\n")
    demo.run(git, "add", "--all")
    demo.run(git, "commit", "--quiet", "--message=Start the project")

    demo.say("Bring gitspec in, and the specs that the project has in OpenSpec")
    demo.run(gitspec, "init", "--yes")
    demo.run(git, "add", "--all")
    demo.run(git, "commit", "--quiet", "--message=Adopt gitspec")
    demo.run(gitspec, "import", "openspec", str(HERE / "openspec"))
    demo.run(gitspec, "validate", "--all")
    demo.run(git, "add", "spec")
    demo.run(git, "commit", "--quiet", "--message=Import the specs", "--message=Spec-Edit: import")
    demo.run(gitspec, "list", "--specs")

    demo.say("Propose a change, and say what shall be different")
    demo.run(gitspec, "propose", "search-by-phase", "--title=Search by phase", "--kind=feature")
    demo.write("spec/changes/search-by-phase/proposal.md", PROPOSAL)
    demo.run(gitspec, "delta", "add", "search-by-phase", "timeline-search", "--from=-", stdin=ADDED)
    demo.run(gitspec, "task", "add", "search-by-phase", "Take --phase in wai search")
    demo.run(gitspec, "validate", "search-by-phase")
    demo.run(gitspec, "diff", "search-by-phase")
    demo.run(git, "add", "spec")
    demo.run(git, "commit", "--quiet", "--message=Propose search by phase", "--message=Change: search-by-phase")

    demo.say("A commit that touches code and names a change that does not exist is refused")
    demo.write("src/search.rs", "pub fn search(_query: &str, _phase: Option<&str>) {}\n")
    demo.run(git, "add", "src")
    demo.run(
        git, "commit", "--quiet", "--message=Take a phase in search", "--message=Change: search-by-phse", fails=True
    )

    demo.say("One that names it is accepted")
    demo.run(git, "commit", "--quiet", "--message=Take a phase in search", "--message=Change: search-by-phase")
    demo.run(gitspec, "task", "set", "search-by-phase", "1.1", "done")
    demo.run(git, "add", "spec")
    demo.run(git, "commit", "--quiet", "--message=Finish search by phase", "--message=Change: search-by-phase")
    demo.run(gitspec, "status", "search-by-phase")

    demo.say("Archive: the living spec is updated by one commit and one annotated tag")
    demo.run(gitspec, "archive", "search-by-phase")
    demo.run(git, "status", "--short")
    demo.run(git, "show", "--stat", "--format=%h %s%n%n%b", "HEAD")
    demo.run(git, "tag", "--list", "-n1", "archive/*")
    demo.run(gitspec, "show", "timeline-search/search-by-phase")

    demo.say("Git itself answers which commits served the change")
    demo.run(git, "log", "--oneline", "--grep=^Change: search-by-phase$")
    print(f"\nThe repository is in {demo.folder.relative_to(TOP)}/; look around.")


if __name__ == "__main__":
    main()
