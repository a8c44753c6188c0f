"""A repository with something of everything that a report shows."""

from pathlib import Path

from tests.archive.project import PROPOSAL, TASKS, gitspec, project, propose
from tests.command import Ran
from tests.conftest import Repo

__all__ = ["Ran", "gitspec", "hostile_project", "page_of", "shop", "world"]

LOGIN_TEST = "# Spec: auth/session-expiry#idle-timeout\ndef test_idle_session_ends() -> None: ...\n"
EDIT = """\
capability: auth
modified:
  - id: session-expiry
    text:
      to: |
        The system MUST expire a session after 15 minutes without activity.
"""
OPEN_TASKS = (
    "## 1. Do\n\n- [x] 1.1 Read the settings\n- [~] 1.2 Use `timeout` (auth/session-expiry)\n- [!] 1.3 Tell: who\n"
)


def shop(repo: Repo) -> Repo:
    """Two capabilities, an archived change that is released, two active ones, tests, and commits that name them."""
    project(repo)
    repo.write("src/totp.py", "pass\n")
    repo.commit("Enrol devices\n\nChange: add-2fa\nSpec: auth/totp-enrolment\n")
    done = gitspec(repo, "archive", "add-2fa")
    assert done.code == 0, done.err
    repo.git("tag", "v1.0")
    folder = propose(repo, "short-sessions", title="Shorter sessions", tasks=OPEN_TASKS)
    repo.write(f"{folder}/deltas/auth.yaml", EDIT)
    done = gitspec(repo, "delta", "stamp", "short-sessions")
    assert done.code == 0, done.err
    propose(repo, "unstarted", title="Nobody works on it")
    repo.write("tests/test_login.py", LOGIN_TEST)
    repo.write("src/session.py", "# Spec: auth/session-expiry\n")
    repo.commit("Shorten sessions\n\nChange: short-sessions\n")
    return repo


SCRIPT = "<script>window.owned = 1</script>"
ATTACKS = (
    SCRIPT,
    "</script><script>window.owned = 2</script>",
    "</noscript><script>window.owned = 3</script><noscript>",
    "</style><script>window.owned = 4</script><!--",
    "<img src=x onerror='window.owned = 5'>",
    '<svg onload="window.owned = 6"></svg>',
    '"><a href="javascript:window.owned = 7" onclick="window.owned = 8">press</a>',
    "'autofocus onfocus=window.owned=9 tabindex=0 x='",
    "<iframe srcdoc='<script>parent.owned = 10</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://attacker.example/'>",
    "<base href='https://attacker.example/'><form action='https://attacker.example/'><button>press</button></form>",
    "![x](https://attacker.example/x.png) [press](javascript:window.owned=11) <https://attacker.example/>",
    "`</code><script>window.owned = 12</script>` **</strong><script>window.owned = 13</script>**",
    "{{ 7 * 7 }} {% raw %} {{ self.__init__.__globals__ }} ${7*7}",
    "<style>* { background: url(https://attacker.example/y) }</style>",
    "<template><script>window.owned = 14</script></template><math><mi//xlink:href='data:x,<script>owned=15</script>'>",
    "&lt;script&gt;window.owned = 16&lt;/script&gt; &#60;script&#62; &amp;lt;",
    "\u202eelif ton\u202c \u2066x\u2069 \u200b\ufeff \u2028 \u2029",
)


def hostile_project(repo: Repo) -> Repo:
    """Attacks in every text that a stranger can write, and one text of a megabyte.

    What turns or hides text (the last attack) is no spec; in proposals and commits it stands all the same.
    """
    listed = "\n".join(f"      - {attack}" for attack in ATTACKS[:-1])
    flat = "\n\n".join(f"      {attack}" for attack in ATTACKS[:-1])
    steps = "\n".join(f"          AND {attack}" for attack in ATTACKS[:-1])
    repo.write(
        "spec/gitspec.yaml",
        'version: "1"\nattributes:\n  risk:\n    type: text\n',
    )
    quoted = "'" + ATTACKS[1].replace("'", "''") + "'"
    repo.write(
        "spec/capabilities/evil.yaml",
        f"capability: evil\ntitle: {quoted}\npurpose: |\n{listed.replace('      ', '  ')}\nnotes: |\n  {ATTACKS[2]}\n"
        f"requirements:\n  - id: attack\n    title: {quoted}\n    text: |\n      The system MUST stand.\n\n{flat}\n\n"
        f"{listed}\n\n      ```\n      {SCRIPT}\n      ```\n\n      | {SCRIPT} |\n"
        f"    rationale: |\n      {ATTACKS[4]}\n    tags:\n      - {quoted}\n"
        f"    attributes:\n      risk: {quoted}\n    deferred: |\n      {ATTACKS[5]}\n    notes: |\n      {ATTACKS[6]}\n"
        f"    scenarios:\n      - id: body\n        title: {quoted}\n        steps: |\n          GIVEN {SCRIPT}\n{steps}\n"
        f"        notes: |\n          {ATTACKS[7]}\n"
        f"  - id: innerhtml\n    text: |\n      The system MUST bear `constructor`.\n",
    )
    huge = "      The system MUST bear " + "`*<b>&" * 170_000
    repo.write("spec/capabilities/huge.yaml", f"capability: huge\nrequirements:\n  - id: text\n    text: |\n{huge}\n")
    repo.write("spec/capabilities/broken.yaml", f"capability: broken\n{ATTACKS[0]}: [\n")
    folder = propose(repo, "attack", title=quoted, tasks=f"## 1. {SCRIPT}\n\n- [!] 1.1 {ATTACKS[6]}: {ATTACKS[4]}\n")
    repo.write(f"{folder}/proposal.md", PROPOSAL.replace("Passwords leak.", "\n\n".join(ATTACKS)))
    ended = propose(repo, "given-up", title=quoted, tasks=TASKS)
    repo.write(f"{ended}/proposal.md", PROPOSAL.replace("Passwords leak.", "\n\n".join(ATTACKS)))
    change = repo.read(f"{ended}/change.yaml")
    (repo.path / "spec/archive").mkdir(parents=True, exist_ok=True)
    (repo.path / ended).rename(repo.path / "spec/archive/2026-11-21-given-up")
    repo.write(
        "spec/archive/2026-11-21-given-up/change.yaml",
        f"{change}closed:\n  day: 2026-11-21\n  reason: |\n    {ATTACKS[0]}\n    {ATTACKS[2]}\n",
    )
    repo.write(f"tests/<img src=x onerror=owned=17>/test_{SCRIPT[:8]}.py", "# Spec: evil/attack#body\n")
    repo.commit(f"{ATTACKS[1]} {ATTACKS[2]} {ATTACKS[-1]}\n\nChange: attack\nSpec: evil/attack\n")
    repo.git("tag", "v1<script>owned=18")
    return repo


WORLD = """\
capability: konten
title: קבלות
requirements:
  - id: 会话-过期
    title: "انتهاء الجلسة <b>"
    text: |
      系统 MUST 在三十分钟后结束会话。
    scenarios:
      - id: straße
        steps: |
          GIVEN eine Sitzung
"""


def world(repo: Repo) -> Repo:
    """Ids and texts in several scripts, from right to left too."""
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.write("spec/capabilities/konten.yaml", WORLD)
    repo.write("tests/test_x.py", "# Spec: konten/会话-过期#straße\n")
    repo.commit()
    return repo


def page_of(repo: Repo, *args: str) -> Path:
    """The report of a repository as a file beside it."""
    page = repo.path.parent / "page.html"
    done = gitspec(repo, "report", "--output", str(page), *args)
    assert done.code == 0, done.err
    return page
