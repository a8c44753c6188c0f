"""`Spec-Edit:` with a reason of the policy's own: living specs may be corrected, and fsck lists that."""

from tests.archive.project import AUTH, gitspec, project
from tests.conftest import Repo


def edited(repo: Repo, message: str) -> str:
    """Edit a living spec by hand; what fsck says."""
    project(repo)
    repo.write("spec/gitspec.yaml", 'version: "1"\nspec_edits:\n  - import\n  - correction\n')
    repo.commit("Allow corrections")
    repo.write("spec/capabilities/auth.yaml", AUTH.replace("30 minutes", "15 minutes"))
    repo.commit(message)
    ran = gitspec(repo, "fsck")
    return f"{ran.code} {ran.out}{ran.err}"


def test_a_reason_that_the_policy_lists_lets_a_living_spec_be_corrected(repo: Repo) -> None:
    said = edited(repo, "Correct\n\nSpec-Edit: correction\n")
    assert said.startswith("0 ") and "edits, as the policy allows" in said


def test_other_reasons_and_none_do_not(repo: Repo) -> None:
    assert "H001" in edited(repo, "Correct\n")
    repo.write("spec/capabilities/auth.yaml", AUTH.replace("30 minutes", "45 minutes"))
    repo.commit("Correct\n\nSpec-Edit: mood\n")
    repo.write("spec/capabilities/auth.yaml", AUTH.replace("30 minutes", "50 minutes"))
    repo.commit("Correct\n\nSpec-Edit: import\n")
    assert gitspec(repo, "fsck").out.count("R013") == 2
