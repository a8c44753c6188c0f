"""What sorts of change there are. Apart from the model, so that the command line can name them without pydantic."""

from typing import Literal

Kind = Literal["feature", "breaking", "architecture", "performance", "refactor", "fix"]
KINDS: tuple[Kind, ...] = ("feature", "breaking", "architecture", "performance", "refactor", "fix")
