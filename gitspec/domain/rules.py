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
    "S101": Rule("warning", "text without SHALL or MUST"),
    "S102": Rule("warning", "requirement without scenarios"),
    "S103": Rule("error", "link to nothing"),
    "S104": Rule("error", "attribute that the policy does not declare"),
    "S105": Rule("error", "value that an attribute may not have"),
    "S106": Rule("error", "required attribute is missing"),
    "S107": Rule("warning", "requirement that links to itself"),
    "S108": Rule("warning", "capability without requirements"),
    "S109": Rule("warning", "scenario without steps"),
    # I: ids
    "I001": Rule("error", "bad id"),
    "I002": Rule("error", "id used twice"),
    "I003": Rule("error", "ids that look alike"),
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
    # A: archive
    "A001": Rule("error", "change without tasks"),
    "A002": Rule("error", "task that is neither done nor dropped"),
    "A003": Rule("error", "change that is archived or closed already"),
    "A004": Rule("error", "archive tag that exists"),
    "A005": Rule("error", "change that depends on one that is not archived"),
    "A006": Rule("error", "uncommitted edits at paths of the operation"),
    "A007": Rule("error", "change that is not committed"),
    "A008": Rule("error", "change that is not complete or not valid"),
    "A009": Rule("error", "change that depends on itself"),
    "A010": Rule("error", "result that is not the expected tree"),
    "A011": Rule("error", "branch without a commit"),
    "A012": Rule("error", "detached HEAD"),
    "A013": Rule("error", "merge, rebase, cherry-pick or revert under way"),
    "A014": Rule("error", "branch that is checked out in another work tree"),
    "A015": Rule("error", "name of no local branch"),
    "A016": Rule("error", "ref update that a hook refused"),
    "A017": Rule("error", "branch that moved meanwhile"),
    # M: import
    "M001": Rule("error", "Markdown that is not one requirement"),
    "M002": Rule("error", "no OpenSpec tree"),
    "M003": Rule("error", "import would overwrite files"),
    "M004": Rule("error", "file that cannot be imported"),
    "M010": Rule("info", "requirement or scenario that OpenSpec overlooks"),
    "M011": Rule("info", "requirement without text"),
    "M012": Rule("info", "scenario without steps"),
    "M013": Rule("info", "spelling that became a rule's"),
    "M014": Rule("info", "line that only separates, left out"),
    "M015": Rule("info", "file that stays where it is"),
    "M016": Rule("warning", "change without a known date"),
    "M017": Rule("info", "id that had to differ from the name"),
    "M018": Rule("info", "task put into the grammar of tasks.md"),
    "M020": Rule("warning", "delta entry that the living spec does not bear"),
    "M021": Rule("warning", "what archiving as written would have dropped"),
    "M022": Rule("warning", "requirement that two active changes edit"),
    # D: deltas and folding (D001 to D019 are conflicts)
    "D001": Rule("error", "entry that does not say what its author saw"),
    "D002": Rule("error", "requirement that does not exist (any more)"),
    "D003": Rule("error", "part that others changed since the author saw it"),
    "D004": Rule("error", "text and scenarios edited on different sides"),
    "D005": Rule("error", "removal of something that was edited since"),
    "D006": Rule("error", "removal or new name of something that is linked to"),
    "D007": Rule("error", "added requirement that exists with other content"),
    "D008": Rule("error", "new id of a requirement is taken"),
    "D009": Rule("error", "capability that does not exist (any more)"),
    "D010": Rule("error", "scenario that does not exist (any more)"),
    "D011": Rule("error", "id of a scenario is taken"),
    "D012": Rule("error", "retired capability still has requirements"),
    "D013": Rule("error", "new id of a capability is taken"),
    "D014": Rule("error", "text that would become nothing"),
    "D020": Rule("error", "recorded conflict that is not decided"),
    "D021": Rule("error", "what was seen does not fit `from`"),
    "D022": Rule("error", "requirement with two entries that do not go together"),
    "D023": Rule("warning", "edit that changes nothing"),
    "D024": Rule("warning", "`after` that names nothing"),
    "D025": Rule("error", "delta that says nothing"),
    "D026": Rule("error", "deltas of a change that says it has none"),
    "D027": Rule("error", "change without deltas that does not say so"),
    "D028": Rule("error", "edit of a delta that does not make sense"),
    "D029": Rule("error", "changes that depend on one another in a ring"),
    "D030": Rule("error", "change that is depended on and does not exist"),
    "D031": Rule("error", "change that cannot be folded while another file has errors"),
    # C: change.yaml
    "C001": Rule("error", "id of a change used before"),
    "C002": Rule("error", "value that change.yaml cannot hold"),
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
    "G010": Rule("error", "identity that Git does not know"),
    "G011": Rule("error", "operation of another gitspec command under way"),
    "G012": Rule("error", "journal that cannot be read"),
    "G013": Rule("error", "lock of the index that others hold"),
    "G014": Rule("error", "signing that failed"),
    "G015": Rule("error", "lock of a ref that others hold"),
    # U: usage
    "U000": Rule("error", "wrong command line"),
    "U001": Rule("error", "unknown command"),
    "U002": Rule("error", "folder that does not exist"),
    "U004": Rule("error", "input that cannot be read"),
    "U005": Rule("error", "the editor failed"),
    "U006": Rule("error", "nothing was changed in the editor"),
    "U007": Rule("error", "no editor"),
    "U008": Rule("error", "input that is not JSON"),
}


def finding(code: str, message: str, path: str = "", line: int = 0, col: int = 0, help: str = "") -> Finding:  # noqa: A002
    """A finding with the severity that the rule has by default."""
    return Finding(code, RULES[code].severity, message, path, line, col, help)
