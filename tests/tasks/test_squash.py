"""`git merge --squash` keeps the tasks that its commits name, and none that they have taken back."""

from tests.hooks.conftest import Governed, governed, said  # noqa: F401
from tests.tasks.conftest import FOLDER


def test_a_squash_carries_the_tasks_of_what_it_squashes(governed: Governed) -> None:  # noqa: F811
    governed.write(f"{FOLDER}/tasks.md", "- [x] 1.1 One\n- [x] 1.2 Two\n- [ ] 1.3 Three\n")
    governed.commit("Tasks")
    governed.git("checkout", "-q", "-b", "side")
    for number in (1, 2, 3):
        governed.stage(f"src/{number}.py")
        governed.try_commit(f"Part {number}", f"Change: add-2fa\nTask: 1.{number}")
    governed.git("revert", "--no-edit", "HEAD~1")
    governed.git("checkout", "-q", "main")
    governed.git("merge", "-q", "--squash", "side")
    done = governed.run_git("commit", "-q", "--no-edit")
    assert done.returncode == 0, said(done)
    assert governed.message().splitlines()[-3:] == ["Change: add-2fa", "Task: 1.1", "Task: 1.3"]
