"""gitspec delta stamp: what the author saw, never what others wrote since."""

import pytest

from gitspec.domain.delta import Delta
from gitspec.yaml.binding import load
from tests.cli.conftest import AUTH, Cli
from tests.cli.test_delta import DELTA, delta_of
from tests.conftest import Repo

BY_HAND = """\
capability: auth
# by hand
modified:
  - id: session-expiry
    text:
      to: |
        The system MUST expire a session after 15 minutes.
"""
REMOVAL = """\
removed:
  - id: login-page
    reason: Gone.
"""


def text_seen(delta: Delta) -> str | None:
    (entry,) = delta.modified
    return entry.text.before if entry.text else None


def change_living(repo: Repo, minutes: int) -> None:
    """What the archive of another change does."""
    text = AUTH.replace("after 30 minutes", f"after {minutes} minutes")
    repo.write("spec/capabilities/auth.yaml", text)
    repo.commit(f"Archive another change: {minutes}", "spec/capabilities")


def test_uncommitted_entry_is_stamped_from_head_and_not_from_the_work_tree(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, BY_HAND + REMOVAL)
    project.write("spec/capabilities/auth.yaml", AUTH.replace("after 30 minutes", "after 99 minutes"))
    gitspec("delta", "stamp", "add-2fa")
    delta = delta_of(project)
    assert text_seen(delta) == "The system MUST expire a session after 30 minutes."
    assert set(delta.modified[0].seen or {}) == {"text", "idle-timeout", "activity"}
    assert delta.removed[0].seen
    assert project.read(DELTA).startswith("capability: auth\n# by hand\nmodified:\n")


@pytest.mark.spec("changes/stamp#later-edit")
def test_committed_entry_is_stamped_from_the_commit_that_brought_it_in(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, BY_HAND)
    came_in = project.commit("Edit by hand")
    change_living(project, 20)
    change_living(project, 25)
    outcome = gitspec("delta", "stamp", "add-2fa")
    assert f"modified auth/session-expiry: as of {came_in[:12]}" in outcome.out
    assert text_seen(delta_of(project)) == "The system MUST expire a session after 30 minutes."
    assert "D003" in gitspec("validate", "add-2fa", fails=1).out, "the edit of others must be a conflict"


def test_entries_of_one_file_are_stamped_each_from_its_own_commit(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, BY_HAND)
    project.commit("Edit by hand")
    text = AUTH.replace("a login page", "one login page").replace("after 30 minutes", "after 20 minutes")
    project.write("spec/capabilities/auth.yaml", text)
    project.commit("Archive another change")
    project.write(DELTA, BY_HAND + "  - id: login-page\n    text:\n      to: There MUST be two.\n")
    project.commit("Edit more by hand")
    gitspec("delta", "stamp", "add-2fa")
    first, second = delta_of(project).modified
    assert first.text is not None
    assert second.text is not None
    assert first.text.before == "The system MUST expire a session after 30 minutes."
    assert second.text.before == "There MUST be one login page."


def test_entry_that_was_taken_out_and_came_back_is_as_old_as_its_return(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, BY_HAND)
    project.commit("Edit by hand")
    (project.path / DELTA).unlink()
    project.commit("Take it out")
    change_living(project, 20)
    project.write(DELTA, BY_HAND)
    project.commit("Bring it back")
    change_living(project, 25)
    gitspec("delta", "stamp", "add-2fa")
    assert text_seen(delta_of(project)) == "The system MUST expire a session after 20 minutes."


def test_version_that_cannot_be_read_does_not_make_an_entry_younger(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, BY_HAND.replace("modified:", "modified: ["))
    project.commit("Edit by hand, badly")
    change_living(project, 20)
    project.write(DELTA, BY_HAND)
    project.commit("Mend it")
    gitspec("delta", "stamp", "add-2fa")
    assert text_seen(delta_of(project)) == "The system MUST expire a session after 30 minutes."


def test_entry_from_a_merged_branch_is_as_old_as_on_the_branch(project: Repo, gitspec: Cli) -> None:
    project.git("switch", "-q", "-c", "feature")
    project.write(DELTA, BY_HAND)
    project.commit("Edit by hand")
    project.git("switch", "-q", "main")
    change_living(project, 20)
    project.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    gitspec("delta", "stamp", "add-2fa")
    assert text_seen(delta_of(project)) == "The system MUST expire a session after 30 minutes."


def test_one_entry_may_be_stamped_alone(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, BY_HAND + REMOVAL)
    gitspec("delta", "stamp", "add-2fa", "auth/login-page")
    delta = delta_of(project)
    assert delta.removed[0].seen
    assert delta.modified[0].seen is None


def test_stamped_entries_stay_as_they_are(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, BY_HAND)
    gitspec("delta", "stamp", "add-2fa")
    project.commit("Stamped")
    before = project.read(DELTA)
    change_living(project, 20)
    assert gitspec("delta", "stamp", "add-2fa").out == "every entry is stamped\n"
    assert project.read(DELTA) == before


def test_what_did_not_live_then_stays_unstamped_and_is_said(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, BY_HAND.replace("session-expiry", "totp"))
    project.commit("Edit by hand")
    assert "auth/totp did not live at" in gitspec("delta", "stamp", "add-2fa", fails=1).err
    project.write(DELTA, BY_HAND.replace("session-expiry", "totp") + REMOVAL)
    outcome = gitspec("delta", "stamp", "add-2fa")
    assert "note: " in outcome.out
    assert "auth/totp did not live at" in outcome.out


def test_entry_about_what_a_dependency_adds_is_stamped_from_that(project: Repo, gitspec: Cli) -> None:
    new = "id: totp\ntext: The system MUST ask.\nscenarios:\n  - id: a\n    steps: |\n      WHEN a\n      THEN b\n"
    gitspec("delta", "add", "add-2fa", "auth", "--from", "-", stdin=new)
    gitspec("propose", "later", "--depends-on", "add-2fa")
    path = DELTA.replace("add-2fa", "later")
    project.write(path, BY_HAND.replace("session-expiry", "totp"))
    project.commit("Two changes")
    gitspec("delta", "stamp", "later")
    loaded = load(Delta, project.read(path).encode(), path)
    assert loaded.value is not None
    assert text_seen(loaded.value) == "The system MUST ask."


def test_shallow_clone_that_hides_where_an_entry_came_in_cannot_judge(
    project: Repo, gitspec: Cli, make_repo: object
) -> None:
    project.write(DELTA, BY_HAND)
    project.commit("Edit by hand")
    change_living(project, 20)
    clone = project.path.parent / "clone"
    project.git("clone", "-q", "--depth", "1", f"file://{project.path}", str(clone))
    before = (clone / DELTA).read_text()
    assert "git fetch --unshallow" in gitspec("-C", str(clone), "delta", "stamp", "add-2fa", fails=3).err
    assert (clone / DELTA).read_text() == before


def test_rename_by_hand_that_does_not_say_the_old_title_is_mended_as_its_help_says(project: Repo, gitspec: Cli) -> None:
    project.write(
        DELTA, "capability: auth\nrenamed:\n  - id: session-expiry\n    to: expiry\n    title:\n      to: Expiry\n"
    )
    found = gitspec("validate", "add-2fa", fails=1).out
    assert "D003" in found
    assert "`gitspec delta stamp add-2fa`" in found
    gitspec("delta", "stamp", "add-2fa")
    found = gitspec("validate", "add-2fa", fails=1).out
    assert "D003" not in found
    assert "D006" in found  # of another requirement, which links to it
