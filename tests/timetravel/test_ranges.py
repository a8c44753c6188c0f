"""How revisions are spelled, by people who know `git diff`, and what they are told when that names nothing."""

from pathlib import Path

import pytest

from gitspec.domain.delta import Delta
from tests.domain.specs import delta, requirement, scenario
from tests.timetravel.conftest import Cli, Story, auth


@pytest.fixture
def released(story: Story) -> Story:
    """v1.0.0 without specs, v1.1.0 with one change archived, and one active change."""
    story.begin()
    story.repo.git("tag", "v1.0.0")
    story.archive("start-auth", delta("auth", title="Auth", added=[requirement("r", "It MUST.", scenario("s"))]))
    story.repo.git("tag", "-a", "-m", "One", "v1.1.0")
    story.propose("lock", delta("auth", added=[requirement("lock", "It MUST lock.", scenario("s"))]))
    return story


@pytest.mark.parametrize(
    ("args", "code", "said", "way_out"),
    [
        (["diff", "HEAD~30"], 3, "'HEAD~30' names no commit", "git log"),
        (["diff", "v9.9"], 3, "'v9.9' names no commit", "git log"),
        (["diff", ".."], 3, "'..' names no commit", "git log"),
        (["diff", "nothing"], 2, "neither an active change nor a revision 'nothing'", "gitspec diff A..B"),
        (["diff", "lokc"], 2, "neither an active change nor a revision 'lokc'", "did you mean lock?"),
        (["diff", "start-auth"], 1, "'start-auth' is archived", "spec/archive/"),
        (["diff", "v1.0.0", "v1.1.0"], 2, "one range", "gitspec diff v1.0.0..v1.1.0"),
        (["changelog", "v1.0.0", "v1.1.0"], 2, "one range", "gitspec changelog v1.0.0..v1.1.0"),
        (["changelog", "v1.1.0"], 2, "no range", "gitspec changelog <previous release>..v1.1.0"),
        (["diff", "v1.0.0", "--at", "HEAD"], 2, "--at", "gitspec diff v1.0.0..HEAD"),
        (["diff", "v1.0.0..HEAD", "--at", "v1.1.0"], 2, "--at", "gitspec diff v1.0.0..HEAD\n"),
    ],
)
def test_what_names_nothing_is_told_with_what_to_type(
    released: Story, gitspec: Cli, args: list[str], code: int, said: str, way_out: str
) -> None:
    err = gitspec(*args, fails=code).err
    assert said in err and way_out in err.partition("help: ")[2]


def test_a_revision_before_there_were_specs_has_none(released: Story, gitspec: Cli) -> None:
    for range_ in ("v1.0.0..v1.1.0", "v1.0.0...v1.1.0", "v1.0.0..", "v1.0.0"):
        (only,) = gitspec("diff", range_, "--json").json["capabilities"]
        assert (only["capability"], only["kind"]) == ("auth", "added")
    assert gitspec("show", "auth/r", "--at", "v1.1.0", "--json").json["id"] == "auth/r"
    assert gitspec("list", "--specs", "--at", "v1.0.0", "--json").json["capabilities"] == []


def test_three_dots_keep_the_name_of_a_release_that_is_the_common_ancestor(released: Story, gitspec: Cli) -> None:
    notes = gitspec("changelog", "v1.0.0...HEAD", "--json").json
    assert (notes["from"]["rev"], notes["next_version"]) == ("v1.0.0", "v1.1.0")
    assert gitspec("changelog", "v1.0.0...HEAD").out == gitspec("changelog", "v1.0.0..HEAD").out


def test_a_tag_and_a_branch_of_one_name_are_told_apart(released: Story, gitspec: Cli) -> None:
    """As Git does, a name alone is the tag."""
    released.repo.git("branch", "v1.0.0", "v1.1.0")
    found = {
        name: gitspec("diff", f"{name}..v1.1.0", "--json").json["from"]["at"]
        for name in ("v1.0.0", "refs/tags/v1.0.0", "tags/v1.0.0", "heads/v1.0.0")
    }
    tag, branch = (released.repo.git("rev-parse", f"{name}^{{commit}}") for name in ("refs/tags/v1.0.0", "v1.1.0"))
    assert found == {"v1.0.0": tag, "refs/tags/v1.0.0": tag, "tags/v1.0.0": tag, "heads/v1.0.0": branch}
    for name in ("refs/tags/v1.0.0", "tags/v1.0.0"):
        assert gitspec("changelog", f"{name}..v1.1.0", "--json").json["next_version"].endswith("v1.1.0")


def test_in_a_shallow_clone_what_it_hides_is_not_made_up(
    story: Story, gitspec: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which commit brought a change, and in which order names were given up."""
    story.begin(auth())
    story.repo.git("tag", "v1.0.0")
    for id_, old, new in (("z", "login-page", "a"), ("y", "a", "b"), ("x", "b", "c")):
        story.archive(id_, Delta(capability="auth", renamed=[{"id": old, "to": new}]))
    story.archive("last", delta("auth", added=[requirement("r", "It MUST.", scenario("s"))]))
    renames = [change["id"] for change in gitspec("changelog", "v1.0.0..", "--json").json["changes"]]
    assert renames == ["z", "y", "x", "last"]
    whole = gitspec("diff", "v1.0.0..", "--json").json
    assert ("auth/c", "auth/login-page") in [(r["id"], r["was"]) for r in whole["capabilities"][0]["requirements"]]
    assert whole["cut_off"] == []
    shallow = tmp_path / "shallow"
    story.repo.git("clone", "-q", "--depth", "2", f"file://{story.repo.path}", str(shallow))
    monkeypatch.chdir(shallow)
    story.repo.git("-C", str(shallow), "fetch", "-q", "--depth", "1", "origin", "tag", "v1.0.0")
    notes = gitspec("changelog", "v1.0.0..", fails=3)
    assert "G016" in notes.err and "git fetch --unshallow" in notes.err and "4 changes archived" in notes.out
    told = gitspec("changelog", "v1.0.0..", "--json", fails=3).json
    assert [(c["id"], c["commit"]) for c in told["changes"][:3]] == [("x", None), ("y", None), ("z", None)]
    assert told["changes"][3]["commit"] == story.repo.head()
    assert told["cut_off"] == [story.repo.git("rev-parse", "HEAD^")]
    assert "G016" in gitspec("diff", "v1.0.0..", fails=3).err, (
        "names are followed in the order in which they were given up"
    )
    assert gitspec("changelog", "HEAD~..", "--json").json["changes"][0]["commit"] == story.repo.head()
