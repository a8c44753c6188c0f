"""A project with two capabilities and tests that cite them, and the command as a user runs it."""

from collections.abc import Callable

import pytest

from tests.conftest import Repo
from tests.reading.conftest import AUTH, CHANGE, INVOICES, PROPOSAL, Cli, gitspec, stamped_delta

__all__ = ["Cli", "gitspec"]

POLICY = 'version: "1"\n'
NAME = "auth/session-expiry#idle-timeout"


def specs(repo: Repo) -> Repo:
    """Write the policy, the capabilities auth and billing/invoices, and the active change add-2fa, which adds auth/totp."""
    repo.write("spec/gitspec.yaml", POLICY)
    repo.write("spec/capabilities/auth.yaml", AUTH)
    repo.write("spec/capabilities/billing/invoices.yaml", INVOICES)
    change(repo, "add-2fa", stamped_delta())
    return repo


def change(repo: Repo, name: str, delta: str, tasks: str = "# Tasks\n\n- [x] 1.1 Do it\n") -> None:
    """Write an active change with a delta for auth."""
    folder = f"spec/changes/{name}"
    repo.write(f"{folder}/change.yaml", CHANGE.replace("add-2fa", name).replace("scope:\n  - src/auth/**\n", ""))
    repo.write(f"{folder}/proposal.md", PROPOSAL)
    repo.write(f"{folder}/tasks.md", tasks)
    repo.write(f"{folder}/deltas/auth.yaml", delta)


def unlink(project: Repo) -> None:
    """Take away the link that keeps auth/login-page where it is."""
    auth = project.read("spec/capabilities/auth.yaml")
    links = "    links:\n      relates-to:\n        - auth/login-page\n"
    project.write("spec/capabilities/auth.yaml", auth.replace(links, ""))


@pytest.fixture
def project(repo: Repo) -> Repo:
    """The repository with ``specs``, committed."""
    specs(repo)
    repo.commit("First")
    return repo


@pytest.fixture
def write_test(project: Repo) -> Callable[..., str]:
    """Write ``tests/test_<name>.py`` with a test that carries each given name as a mark."""

    def write(name: str, *cited: str, body: str = "pass") -> str:
        marks = "".join(f"@pytest.mark.spec({one!r})\n" for one in cited)
        path = f"tests/test_{name}.py"
        project.write(path, f"import pytest\n\n{marks}def test_{name}():\n    {body}\n")
        return path

    return write
