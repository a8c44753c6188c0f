"""What `git revert` and `git cherry-pick -x` write into a message of the commit that they replay. Text, and no proof."""

import re

ORIGIN = re.compile(r"(This reverts commit |\(cherry picked from commit )([0-9a-f]{7,64})")
"""How a message names a commit, and its id, perhaps short."""
REVERTED = re.compile(r"This reverts commit ([0-9a-f]{7,64})(?:, reversing\s+changes made to ([0-9a-f]{7,64}))?")
"""The id of what is reverted and, of a merge, that of the parent which the revert goes back to, else empty."""
