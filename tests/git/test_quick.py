from gitspec.git.objects import Objects
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit, at_index, at_work_tree, folder_trees
from gitspec.store.spec import Spec
import os

def test_quick(repo, tmp_path):
    repo.write("spec/gitspec.yaml", "version: '1'\n")
    repo.write("spec/capabilities/a/b.yaml", "x" * 300000)
    r = discover()
    s = at_work_tree(r)
    assert [e.path for e in s.entries()] == ["spec/capabilities/a/b.yaml", "spec/gitspec.yaml"]
    c = repo.commit()
    h = at_commit(r, "HEAD")
    assert [e.oid for e in h.entries()] == [s.oid(e.path) for e in s.entries()] == [e.oid for e in at_index(r).entries()]
    o = Objects(r)
    t = folder_trees([(e.path, e.mode, e.oid) for e in h.entries()])
    assert t["spec"] == repo.git("rev-parse", "HEAD:spec")
    assert t[""] == repo.git("rev-parse", "HEAD^{tree}")
    oid = o.write_blob(b"hi")
    b = repo.bare(tmp_path / "b.git")
    os.chdir(b.path)
    rb = discover()
    assert rb.is_bare
    assert at_commit(rb, "HEAD").read_many([e.path for e in h.entries()]) == h.read_many([e.path for e in h.entries()])
    w = repo.worktree(tmp_path / "w", "x")
    os.chdir(w.path / "spec")
    assert discover().top == str(w.path)
    assert Spec(at_index(discover())).capability_ids() == ("a/b",)
