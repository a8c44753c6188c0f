"""What tests and code cite: the forms of a citation, and the files in which Git finds them."""

import os
import time
from collections.abc import Callable

import pytest

from gitspec.domain.citations import Citation, names_in
from gitspec.domain.policy import CodePaths, CoverageRules, Policy
from gitspec.git.citations import citations_at
from gitspec.git.repository import discover
from gitspec.store.cache import Cache
from tests.conftest import Repo

POLICY = Policy()
NAMES = ["auth/session-expiry", "auth/session-expiry#idle-timeout"]


def names(text: str | bytes, path: str = "a.c") -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [name for _, name in names_in(path, data)]


def cited(repo: Repo, at: str | None = None, policy: Policy = POLICY) -> list[Citation]:
    return list(citations_at(discover(str(repo.path)), at, policy))


@pytest.mark.parametrize(
    "line",
    [
        "# Spec: {}", "// Spec: {}", "//Spec: {}", "/// Spec: {}.", "//! Spec: {}", "/* Spec: {} */", "/** Spec: {}*/",
        " * Spec: {}", "-- Spec: {}", "-- | Spec: {}", "--[[ Spec: {} ]]", "; Spec: {}", ";; Spec: {}", "% Spec: {}",
        "<!-- Spec: {} -->", "<!-- Spec: {}-->", "<%-- Spec: {} --%>", "(* Spec: {} *)", "{{- Spec: {} -}}",
        "{{# Spec: {} #}}", "{{/* Spec: {} */}}", "#= Spec: {} =#", "#| Spec: {} |#", "! Spec: {}", "' Spec: {}",
        '" Spec: {}', ":: Spec: {}", "REM Spec: {}", "dnl Spec: {}", '    """Spec: {}."""', "    Spec: {}",
        "\t// Spec: {}\r", "#[ Spec: {} ]#", "/+ Spec: {} +/", "@* Spec: {} *@", "{{# Spec: {} -#}}", "{{{{!-- Spec: {} --}}}}",
    ],
)  # fmt: skip
def test_a_comment_of_any_language_cites(line: str) -> None:
    assert names(f"code\n{line.format(', '.join(NAMES))}\nmore") == NAMES


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # Spec: auth/session-expiry",
        "# Spec: https://example.com/auth",
        "# Spec: auth/session-expiry says how long",
        "# Spec: auth",
        "# Spec: see RFC 7231",
        "# Spec: RFC/7231, TCP/IP",
        "# Spec: n/a",
        "# spec: auth/session-expiry",
        "# Spec:auth/session-expiry",
        "# A Spec: auth/session-expiry",
        '"# Spec: auth/session-expiry",',
        "'Spec: auth/session-expiry',",
        "# Spec: " + "a/b, " * 500 + "a/b",
        " " * 300 + "# Spec: auth/session-expiry",
    ],
)
def test_what_is_not_only_names_on_a_line_of_its_own_cites_nothing(line: str) -> None:
    assert names(line) == []


def test_a_key_of_yaml_is_no_comment() -> None:
    text = "Spec: a/b\nlist:\n  - Spec: a/b\n  # Spec: c/d\n"
    assert names(text, "pod.yaml") == names(text, "pod.yml") == ["c/d"]


def test_a_byte_order_mark_is_no_text() -> None:
    assert names(b"\xef\xbb\xbf// Spec: a/b\r\n") == ["a/b"]


def test_a_slip_in_the_second_name_is_not_lost() -> None:
    assert names("# Spec: auth/session-expiry, idle_timeout, auth/Login") == [
        "auth/session-expiry", "idle_timeout", "auth/Login"
    ]  # fmt: skip


def test_ids_of_other_scripts_are_read_whatever_form_the_editor_wrote() -> None:
    assert names("# Spec: 认证/会话#超时") == ["认证/会话#超时"]
    assert names("# Spec: auth/zu\u0308rich") == ["auth/z\u00fcrich"]
    assert names(b"# Spec: auth/\xff\xfe") == []


def test_lines_are_counted_from_one() -> None:
    data = b'# Spec: a/b\n\n# Spec: c/d\n@pytest.mark.spec(\n    "e/f",\n    "g/h")\n'
    assert names_in("t.py", data) == [(1, "a/b"), (3, "c/d"), (5, "e/f"), (6, "g/h")]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('@pytest.mark.spec("a/b")', ["a/b"]),
        ("@mark.spec('a/b', \"c/d#e\")", ["a/b", "c/d#e"]),
        ('@pytest.mark.spec(\n    "a/b",  # why\n    r"c/d",\n)', ["a/b", "c/d"]),
        ('@pytest.mark.spec("a/"\n  "b")', ["a/b"]),
        ('pytestmark = [pytest.mark.slow, pytest.mark.spec("a/b")]', ["a/b"]),
        ('pytest.param("x", marks=pytest.mark.spec("a/b"))', ["a/b"]),
        ('@pytest.mark.spec("nonsense")', ["nonsense"]),
        ('@pytest.mark.spec("a/b", NAME, "c/d")', ["a/b"]),
        ('@pytest.mark.spec("a/" + NAME)', []),
        ('@pytest.mark.spec(f"a/{b}")', []),
        ('# @pytest.mark.spec("a/b")', []),
        ("x = \"mark.spec('a/b')\"", []),
        ('bookmark.spec("a/b")', []),
        ('x = """\n@pytest.mark.spec("a/b")\n"""\n@pytest.mark.spec("c/d")', ["c/d"]),
        ("x = '''\n@pytest.mark.spec(\"a/b\")\n'''", []),
        ('x = "\\"" # """\n@pytest.mark.spec("c/d")', ["c/d"]),
    ],
)
def test_marks_cite_where_they_are_code(code: str, found: list[str]) -> None:
    assert names(code, "test_a.py") == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('"""Spec: a/b"""', ["a/b"]),
        ('"""What it is.\n\nSpec: a/b\n"""', ["a/b"]),
        ('def f():\n    """\n    Spec: a/b\n    """', ["a/b"]),
        ('def f():\n    r"""\n    Spec: a/b\n    """\n# Spec: c/d', ["a/b", "c/d"]),
        ('FILE = """\\\n# Spec: a/b\n"""\n# Spec: c/d', ["c/d"]),
        ('FILE = """\\\n# Spec: a/b\n# Spec: e/f\n"""', []),
        ('write(\n    """\n# Spec: a/b\n"""\n)\n# Spec: c/d', ["c/d"]),
        ("write('x', '''\n# Spec: a/b\n''')\nx = '''\n# Spec: a/b'''\n# Spec: c/d", ["c/d"]),
        ('return f"""\n# Spec: a/b\n"""', []),
    ],
)
def test_in_python_comments_and_docstrings_cite_and_other_texts_are_data(code: str, found: list[str]) -> None:
    assert names(code, "a.py") == found


def test_marks_count_in_python_only() -> None:
    assert names('@pytest.mark.spec("a/b")', "a.txt") == []


@pytest.mark.parametrize(
    "data",
    [
        b"Spec: " * 1_000_000,
        b"#" * 5_000_000 + b"Spec: a/b",
        b'"""' * 1_000_000 + b'mark.spec("',
        b'mark.spec("' * 300_000,
        b'"\\' * 1_000_000 + b"mark.spec(",
        b"mark.spec(" + b'"aaaa"' * 300_000,
        b"# Spec: " + b"a/" * 1_000_000,
        b"# Spec: a/b" + b"," * 1900 + b"x",
        b"# Spec: " + b"a-" * 990,
    ],
)
def test_lines_of_megabytes_take_no_time(data: bytes) -> None:
    begun = time.process_time()
    assert names_in("a.py", data) == []
    assert time.process_time() - begun < 5


def test_tests_and_code_are_told_apart_and_the_rest_cites_nothing(repo: Repo) -> None:
    comment = "# Spec: auth/session-expiry\n"
    for path in ("src/a.py", "tests/a.py", "docs/a.py", "README.md", "tests/README.md", "spec/changes/x/design.md"):
        repo.write(path, comment)
    expected = [
        Citation("src/a.py", 1, "auth/session-expiry", is_test=False),
        Citation("tests/a.py", 1, "auth/session-expiry", is_test=True),
    ]
    assert cited(repo) == expected
    assert cited(repo, repo.commit()) == expected


def test_the_policy_says_what_is_a_test(repo: Repo) -> None:
    repo.write("checks/a.sh", "# Spec: a/b\n")
    repo.write("tests/data/a.sh", "# Spec: a/b\n")
    policy = Policy(
        tests=CoverageRules(paths=("checks/**", "tests/**", "!tests/data/**")), code=CodePaths(include=("src/**",))
    )
    assert [c.path for c in cited(repo, policy=policy)] == ["checks/a.sh"]


def test_fixtures_among_tests_are_no_code_either(repo: Repo) -> None:
    for path in ("src/a.sh", "tests/a.sh", "tests/data/a.sh"):
        repo.write(path, "# Spec: a/b\n")
    policy = Policy(tests=CoverageRules(paths=("tests/**", "!tests/data/**")))
    assert [(c.path, c.is_test) for c in cited(repo, policy=policy)] == [("src/a.sh", False), ("tests/a.sh", True)]


def test_untracked_files_count_and_ignored_ones_do_not(repo: Repo) -> None:
    repo.write(".gitignore", "build/\n")
    repo.write("build/a.py", "# Spec: a/b\n")
    repo.write("new.py", "# Spec: a/b\n")
    assert [c.path for c in cited(repo)] == ["new.py"]
    repo.commit()
    (repo.path / "new.py").unlink()
    assert cited(repo) == []
    assert [c.path for c in cited(repo, "HEAD")] == ["new.py"]


def test_configuration_and_attributes_hide_nothing(repo: Repo) -> None:
    repo.write("a.py", "x\n# Spec: a/b\n")
    repo.write("sub/b.py", "# Spec: a/b\n")
    repo.write(".gitattributes", "*.py binary -diff\n")
    commit = repo.commit()
    for key, value in (
        ("grep.column", "true"), ("grep.lineNumber", "true"), ("grep.patternType", "perl"), ("color.grep", "always"),
        ("grep.fallbackToNoIndex", "true"), ("submodule.recurse", "true"), ("core.quotePath", "true"),
        ("grep.extendedRegexp", "true"), ("grep.threads", "1"),
    ):  # fmt: skip
        repo.git("config", key, value)
    assert [(c.path, c.line) for c in cited(repo)] == [("a.py", 2), ("sub/b.py", 1)]
    assert cited(repo, commit) == cited(repo)
    assert cited(Repo(repo.path / "sub")) == cited(repo)


def test_binary_files_and_links_cite_nothing(repo: Repo) -> None:
    repo.write("a.bin", b"\0\n# Spec: a/b\n")
    outside = repo.path.parent / "outside.py"
    outside.write_text("# Spec: a/b\n")
    (repo.path / "link.py").symlink_to(outside)
    os.mkfifo(repo.path / "pipe.py")
    assert cited(repo) == []
    assert cited(repo, repo.commit()) == []


def test_paths_that_nobody_would_choose(repo: Repo) -> None:
    strange = [
        "new\nline.py",
        "-e.py",
        ":(top).py",
        "sp ace.py",
        "tab\t.py",
        "x" * 200 + ".py",
        os.fsdecode(b"\xff.py"),
    ]
    for path in strange:
        repo.write(path, "# Spec: a/b\n")
    assert sorted(c.path for c in cited(repo)) == sorted(strange)
    assert cited(repo, repo.commit()) == cited(repo)


def test_many_files_answer_through_one_pipe(repo: Repo) -> None:
    for i in range(300):
        repo.write(f"d{i % 7}/f{i}.py", f"# Spec: a/r{i}\n" + "x" * 40_000)
    found = cited(repo, repo.commit())
    assert {c.name for c in found} == {f"a/r{i}" for i in range(300)}
    assert found == cited(repo)


def test_a_bare_repository_answers_the_same(repo: Repo) -> None:
    repo.write("a.py", "# Spec: a/b\n")
    repo.write(".gitattributes", "*.py -diff\n")
    commit = repo.commit()
    bare = repo.bare(repo.path.parent / "bare.git")
    assert cited(bare, commit) == cited(bare) == cited(repo)


def test_sha256_and_linked_work_trees(make_repo: Callable[..., Repo]) -> None:
    repo = make_repo("other", "--object-format=sha256")
    repo.write("a.py", "# Spec: a/b\n")
    commit = repo.commit()
    linked = repo.worktree(repo.path.parent / "linked", "side")
    assert cited(repo, commit) == cited(linked) == [Citation("a.py", 1, "a/b", is_test=False)]


def test_a_commit_is_remembered_by_its_tree_and_the_policy(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("a.py", "# Spec: a/b\n")
    first = repo.commit()
    opened = discover(str(repo.path))
    cache = Cache(opened)
    assert citations_at(opened, first, POLICY, cache) == citations_at(opened, first, POLICY)
    again = repo.commit("The same tree")
    monkeypatch.setattr("gitspec.git.citations._files", lambda *_: pytest.fail("looked again"))
    assert citations_at(opened, again, POLICY, cache)[0].name == "a/b"
    monkeypatch.undo()
    other = Policy(tests=CoverageRules(paths=("a.py",)))
    assert citations_at(opened, again, other, cache)[0].is_test
    for i in range(10):
        repo.write("a.py", f"# Spec: a/b{i}\n")
        assert citations_at(opened, repo.commit(), POLICY, cache)[0].name == f"a/b{i}"
    assert len(cache.load("citations")) == 4


def test_no_citation_and_no_commit_are_no_errors(repo: Repo) -> None:
    assert cited(repo) == []
    repo.commit()
    assert cited(repo, "HEAD") == []
