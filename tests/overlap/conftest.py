"""The project of tests/overlap/project.py."""

import pytest

from tests.conftest import Repo
from tests.overlap.project import Project


@pytest.fixture
def project(repo: Repo) -> Project:
    """AUTH on main, nothing else."""
    return Project(repo).start()
