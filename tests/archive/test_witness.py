"""What an archive leaves behind, as libgit2 reads it: a witness that shares no code with Git or with us."""

import pygit2

from tests.archive.project import NAME, TAG, gitspec, project
from tests.conftest import Repo


def test_libgit2_sees_one_commit_one_annotated_tag_and_a_clean_work_tree(repo: Repo) -> None:
    project(repo)
    before = pygit2.Repository(repo.path)
    tip, folder = before.head.target, before.revparse_single("HEAD:spec/changes/add-2fa").id
    assert gitspec(repo, "archive", "add-2fa").code == 0

    after = pygit2.Repository(repo.path)
    commit = after.head.peel(pygit2.Commit)
    assert commit.parent_ids == [tip]
    assert commit.message_trailers["Archived"] == NAME
    tag = after.revparse_single(f"refs/tags/{TAG}")
    assert isinstance(tag, pygit2.Tag)
    assert (tag.target, tag.tagger.name, tag.tagger.time) == (commit.id, commit.committer.name, commit.committer.time)
    assert after.revparse_single(f"HEAD:spec/archive/{NAME}").id == folder
    changed = {d.delta.new_file.path for d in after.diff(str(tip), "HEAD") if "/archive/" not in d.delta.new_file.path}
    assert {p for p in changed if not p.startswith("spec/changes/")} == {"spec/capabilities/auth.yaml"}
    assert after.status() == {}
