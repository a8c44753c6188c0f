"""What the name of a branch says. Cheap to import: the hooks' accepted path needs it."""

BRANCH_PREFIX = "change/"


def change_of_branch(branch: str) -> str:
    """The change that a branch is named after: ``change/<id>``, also with more behind it; else empty."""
    if not branch.startswith(BRANCH_PREFIX):
        return ""
    return branch[len(BRANCH_PREFIX) :].split("/", 1)[0]
