"""A runner of GitHub Actions in a folder: workflows and composite actions, with its files, variables and expressions.

The shell steps are run by bash, in real repositories. Actions of others are replaced by what they leave behind.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.ci.expressions import holds, substituted
from tests.ci.forge import Forge
from tests.command import ROOT
from tests.conftest import Repo

OWN = ("action.yml", ".github/action-requirements.txt", "gitspec", "hooks", "schemas")
"""What the action's own checkout must have."""
_COMMAND = re.compile(r"^\s*::|##\[")


class Runner:
    """One machine. ``path`` holds `work/` (the workspace), `temp/`, `actions/` and `bin/`, which is first in PATH."""

    def __init__(self, forge: Forge, path: Path, python: Path, machine: Mapping[str, str] | None = None) -> None:
        self.forge = forge
        self.path = path
        self.workspace = path / "work"
        self.temp = path / "temp"
        self.action = path / "actions/gitspec/gitspec/v1"
        self.log = ""
        self.summary = ""
        self.variables: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.outputs: dict[str, dict[str, str]] = {}
        for folder in (self.temp, self.action, path / "bin", path / "home", path / "files"):
            folder.mkdir(parents=True)
        for name in OWN:
            target = self.action / name
            target.parent.mkdir(parents=True, exist_ok=True)
            ignore = shutil.ignore_patterns("__pycache__")
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, target, ignore=ignore)
            else:
                shutil.copy(ROOT / name, target)
        self._machine = {
            "PATH": f"{path / 'bin'}:{os.environ['PATH']}",
            "HOME": str(path / "home"),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_SERVER_URL": "https://forge.invalid",
            "GITHUB_REPOSITORY": "owner/project",
            **(machine or {}),
        }
        self._uses: dict[str, Callable[[Mapping[str, Any]], dict[str, str]]] = {
            "actions/checkout": self._checkout,
            "actions/setup-python": lambda _: {"python-path": str(python)},
            "actions/create-github-app-token": lambda _: {"token": "app-token"},
        }

    # -- what is run

    def run_workflow(self, workflow: Mapping[Any, Any], event: str, payload: Mapping[str, Any]) -> int:
        """Run every job of a workflow for an event that triggers it; the first exit code that is not 0."""
        assert triggers(workflow, event, payload), f"{event} does not trigger {workflow['name']}"
        self._event(event, payload)
        for job in workflow["jobs"].values():
            self.outputs = {}
            code = self._steps(job["steps"], self._contexts(event, payload), {}, composite=False)
            if code:
                return code
        return 0

    def run_action(self, event: str, payload: Mapping[str, Any], inputs: Mapping[str, str] | None = None) -> int:
        """Run the composite action as one step of a job that has checked out."""
        self._event(event, payload)
        if not self.workspace.exists():
            self._checkout({"fetch-depth": 0})
        contexts = self._contexts(event, payload)
        code, self.results = self._composite(contexts, inputs or {})
        return code

    @property
    def commands(self) -> list[str]:
        """The lines of the log that the runner takes for commands."""
        return [line for line in self.log.splitlines() if _COMMAND.search(line)]

    def stub(self, name: str, script: str) -> None:
        """Put a program first in PATH."""
        path = self.path / "bin" / name
        path.write_text(script)
        path.chmod(0o755)

    # -- how

    def _event(self, event: str, payload: Mapping[str, Any]) -> None:
        file = self.path / "files/event.json"
        file.write_text(json.dumps(payload))
        self._machine |= {"GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(file)}

    def _contexts(self, event: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        github = {
            "event": payload, "event_name": event, "repository": "owner/project", "token": "run-token", "sha": "1" * 40,
            "workflow": "w", "ref": "r", "server_url": "https://forge.invalid",
        }  # fmt: skip
        return {"github": github, "vars": self.variables, "secrets": self.secrets, "runner": {"temp": str(self.temp)}}

    def _composite(self, contexts: Mapping[str, Any], given: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        action = load(self.action / "action.yml")
        unknown = given.keys() - action["inputs"].keys()
        assert not unknown, f"the action has no input {unknown}"
        inputs = {name: str(given.get(name, spec.get("default", ""))) for name, spec in action["inputs"].items()}
        outer, self.outputs = self.outputs, {}
        env = {"GITHUB_ACTION_PATH": str(self.action)}
        inner = {"github": contexts["github"], "runner": contexts["runner"], "inputs": inputs}
        code = self._steps(action["runs"]["steps"], inner, env, composite=True)
        filled = {**inner, "steps": self._steps_context()}
        outputs = {name: substituted(spec["value"], filled) for name, spec in action["outputs"].items()}
        self.outputs = outer
        return code, outputs

    def _steps(
        self, steps: list[Mapping[str, Any]], contexts: Mapping[str, Any], env: Mapping[str, str], *, composite: bool
    ) -> int:
        for number, step in enumerate(steps):
            here = {**contexts, "steps": self._steps_context()}
            name = step.get("id", f"_{number}")
            if not holds(step.get("if", True), here):
                continue
            if "uses" in step:
                action, _, _ = step["uses"].partition("@")
                given = {key: substituted(str(value), here) for key, value in step.get("with", {}).items()}
                if action == "gitspec/gitspec":
                    code, self.outputs[name] = self._composite(contexts, given)
                    if code:
                        return code
                else:
                    self.outputs[name] = self._uses[action](given)
                continue
            assert not composite or "shell" in step, "a composite step needs a shell"
            code = self._shell(step, here, env, name)
            if code:
                return code
        return 0

    def _steps_context(self) -> dict[str, Any]:
        return {name: {"outputs": outputs} for name, outputs in self.outputs.items()}

    def _shell(self, step: Mapping[str, Any], contexts: Mapping[str, Any], env: Mapping[str, str], name: str) -> int:
        files = {
            key: self.path / "files" / key
            for key in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")
        }
        for file in files.values():
            file.write_text("")
        script = self.path / "files/step.sh"
        script.write_text(substituted(step["run"], contexts))
        own = {key: substituted(str(value), contexts) for key, value in step.get("env", {}).items()}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"] if "shell" in step else ["bash", "-e"]
        done = subprocess.run(
            [*shell, str(script)],
            cwd=self.workspace,
            env={**self._machine, **env, **own, **{key: str(file) for key, file in files.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        said = done.stdout.decode("utf-8", "replace")
        assert "Traceback" not in said, said
        self.log += said
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        self.outputs[name] = assignments(files["GITHUB_OUTPUT"].read_text())
        self._machine |= assignments(files["GITHUB_ENV"].read_text())
        assert not files["GITHUB_PATH"].read_text()
        return done.returncode

    def _checkout(self, given: Mapping[str, Any]) -> dict[str, str]:
        depth = int(given.get("fetch-depth", 1))
        event = self._machine["GITHUB_EVENT_NAME"]
        payload = json.loads(Path(self._machine["GITHUB_EVENT_PATH"]).read_text())
        if event == "pull_request":
            made = self.forge.runner(depth=depth)
        else:
            ref = payload["ref"] if event == "push" else payload["merge_group"]["head_ref"]
            made = self.forge.runner(ref, depth)
            if event == "push":
                branch = ref.removeprefix("refs/heads/")
                made.git("checkout", "-q", "-B", branch, f"refs/remotes/origin/{branch}")
                made.git("branch", "-q", f"--set-upstream-to=origin/{branch}")
        made.path.rename(self.workspace)
        return {}

    @property
    def checkout(self) -> Repo:
        """The repository in the workspace."""
        return Repo(self.workspace)


def load(path: Path) -> dict[Any, Any]:
    """A workflow or an action; the key `on` may have become True, as YAML 1.1 has it."""
    data = yaml.safe_load(path.read_text())
    if True in data:
        data["on"] = data.pop(True)
    return data


def triggers(workflow: Mapping[Any, Any], event: str, payload: Mapping[str, Any]) -> bool:
    """Whether the event starts the workflow."""
    if event not in workflow["on"]:
        return False
    filters = workflow["on"][event] or {}
    if event == "push" and "branches" in filters:
        return payload["ref"].removeprefix("refs/heads/") in filters["branches"]
    return payload.get("action") in filters.get("types", [payload.get("action")])


def assignments(text: str) -> dict[str, str]:
    """What a step wrote to GITHUB_OUTPUT or GITHUB_ENV: `name=value`, or `name<<END` with lines up to END."""
    found = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, value = re.split(r"(=|<<)", line, maxsplit=1)
        if sign == "<<":
            rows = []
            for row in lines:
                if row == value:
                    break
                rows.append(row)
            value = "\n".join(rows)
        found[name] = value
    return found
