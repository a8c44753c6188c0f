"""Every rule code, once: its severity and a line that says what it is about.

Families: Y YAML text, S schema and content of specs, I ids, L layout of spec/, P proposal.md, T tasks.md,
C change.yaml, D deltas and folding, A archive, R references in commits, G Git and the machine, M import, U usage.
A code is never used again for something else.
"""

from typing import NamedTuple

from gitspec.domain.finding import Finding, Severity


class Rule(NamedTuple):
    severity: Severity
    summary: str


RULES: dict[str, Rule] = {
    # Y: YAML text
    "Y001": Rule("error", "not valid UTF-8"),
    # S: schema and content
    "S001": Rule("error", "unknown key"),
    "S002": Rule("error", "required key is missing"),
    "S003": Rule("error", "value of the wrong type"),
    # I: ids
    "I001": Rule("error", "bad id"),
    "I002": Rule("error", "id used twice"),
    # L: layout of spec/
    "L001": Rule("error", "path that the layout of spec/ does not know"),
    "L002": Rule("error", "not an ordinary file (link, executable, submodule, device)"),
    "L003": Rule("error", "paths that differ by case or Unicode normalisation only"),
    "L004": Rule("error", "file or folder name is no id"),
    "L005": Rule("error", "change.yaml is missing"),
    "L006": Rule("error", "path that a merge left undecided"),
    "L007": Rule("error", "id of a change used by several folders"),
    "L008": Rule("error", "id in the file differs from its path"),
    "L009": Rule("error", "writing would leave spec/ or follow a link"),
    "L010": Rule("error", "the project has no policy"),
    "L011": Rule("error", "no capability or change of that name"),
    "L012": Rule("error", "file that exists already"),
    # P: proposal.md
    "P001": Rule("error", "not valid UTF-8"),
    "P002": Rule("error", "invisible character"),
    "P003": Rule("error", "file too large"),
    "P004": Rule("error", "comment or code fence that is not closed"),
    "P010": Rule("error", "section is missing"),
    "P011": Rule("error", "section is empty"),
    "P012": Rule("error", "section stands twice"),
    "P013": Rule("error", "looks like a required heading and is none"),
    # T: tasks.md
    "T001": Rule("error", "not valid UTF-8"),
    "T002": Rule("error", "invisible character"),
    "T003": Rule("error", "file too large"),
    "T004": Rule("error", "comment or code fence that is not closed"),
    "T010": Rule("error", "looks like a task and is none"),
    "T012": Rule("error", "number of a task used twice"),
    "T013": Rule("error", "blocked or dropped without a reason"),
    "T014": Rule("error", "nested task at the wrong indent"),
    "T015": Rule("error", "text of a task too long"),
    "T016": Rule("error", "list item that is no task"),
    "T017": Rule("error", "task that names a scenario"),
    "T018": Rule("error", "looks like a heading and is none"),
    "T019": Rule("error", "line that belongs to no task"),
    "T020": Rule("error", "no such task"),
    "T021": Rule("error", "the edit cannot be written into tasks.md"),
    "T022": Rule("error", "no such group of tasks"),
    # G: Git and the machine
    "G000": Rule("error", "the operating system refused"),
    "G001": Rule("error", "no Git repository"),
    "G002": Rule("error", "repository that Git refuses"),
    "G003": Rule("error", "no git program"),
    "G004": Rule("error", "the git program failed"),
    "G005": Rule("error", "name of no commit"),
    "G006": Rule("error", "missing object or file"),
    "G007": Rule("error", "needs a work tree or an index"),
    "G008": Rule("error", "file that cannot be read or written"),
    # U: usage
    "U000": Rule("error", "wrong command line"),
    "U001": Rule("error", "unknown command"),
    "U002": Rule("error", "folder that does not exist"),
}


def finding(code: str, message: str, path: str = "", line: int = 0, col: int = 0, help: str = "") -> Finding:  # noqa: A002
    """A finding with the severity that the rule has by default."""
    return Finding(code, RULES[code].severity, message, path, line, col, help)
