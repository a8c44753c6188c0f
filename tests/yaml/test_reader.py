"""Everything that a file gets wrong is a finding at its place, with a way out; and nothing else is."""

import os
import random
import resource
import time

import pytest

from gitspec.domain.capability import Capability
from gitspec.domain.change import Change
from gitspec.domain.delta import Delta
from gitspec.domain.finding import Finding
from gitspec.domain.gc_paused import gc_paused
from gitspec.domain.model import Model
from gitspec.domain.policy import Policy
from gitspec.yaml.binding import load, locate
from gitspec.yaml.lexical import MAX_BYTES, MAX_DEPTH, lex
from gitspec.yaml.nodes import Mapping, Scalar, data_of
from gitspec.yaml.reader import Builder, Document, read
from gitspec.yaml.usual import read_usual
from tests.yaml.mutations import mutated
from tests.yaml.test_splice import AUTH

HEAD = "capability: a\n"  # line 1
PLAIN = AUTH.replace(b"   # the id", b"").replace(b"   # why not", b"").replace(b"[a, b]", b"[]")
ITEM = f"{HEAD}requirements:\n  - id: b\n    text: x\n"  # lines 1 to 4; further fields of `b` in line 5


def _found(data: str | bytes, model: type[Model] = Capability) -> list[tuple[str, int, int]]:
    return [(f.code, f.line, f.col) for f in _findings(data, model)]


def _findings(data: str | bytes, model: type[Model] = Capability) -> tuple[Finding, ...]:
    loaded = load(model, data.encode() if isinstance(data, str) else data, "f.yaml")
    assert (loaded.value is None) == bool(loaded.findings)
    assert all(f.path == "f.yaml" for f in loaded.findings)
    return loaded.findings


# What is wrong: the file, where the finding is, and a part of its help.
WRONG: dict[str, tuple[str | bytes, tuple[str, int, int], str]] = {
    "not UTF-8": (b"capability: a\ntitle: \xff\n", ("Y001", 2, 8), "UTF-8"),
    "UTF-16": ("capability: a\n".encode("utf-16"), ("Y001", 1, 1), "UTF-8"),
    "byte order mark": ("\ufeffcapability: a\n", ("Y004", 1, 1), "without a mark"),
    "control character": (HEAD + "title: a\x07b\n", ("Y004", 2, 9), "delete"),
    "NUL": (HEAD + "title: a\0b\n", ("Y004", 2, 9), "delete"),
    "next line": (HEAD + "title: a\x85b\n", ("Y004", 2, 9), "delete"),
    "line separator": (HEAD + "title: a\u2028b\n", ("Y004", 2, 9), "delete"),
    "right-to-left override": (HEAD + "title: a\u202eb\n", ("Y004", 2, 9), "delete"),
    "tag character": (HEAD + "title: a\U000e0041b\n", ("Y004", 2, 9), "delete"),
    "carriage return alone": (HEAD + "title: a\rb\n", ("Y004", 2, 9), "LF or CRLF"),
    "tab in the indent": (f"{HEAD}requirements:\n  - id: b\n\ttext: x\n", ("Y005", 4, 1), "write:   text: x"),
    "tab behind a colon": (HEAD + "title:\tx\n", ("Y005", 2, 7), "write: title: x"),
    "start of a document": (f"---\n{HEAD}", ("Y006", 1, 1), "delete the line"),
    "end of a document": (f"{HEAD}...\n", ("Y006", 2, 1), "delete the line"),
    "directive": (f"%YAML 1.1\n{HEAD}", ("Y006", 1, 1), "delete the line"),
    "second document": (f"{HEAD}---\ncapability: b\n", ("Y006", 2, 1), "one document"),
    "leading backtick": (ITEM + "    notes: `x` is\n", ("Y007", 5, 12), 'write:     notes: "`x` is"'),
    "colon": (ITEM + "    notes: x: y\n", ("Y007", 5, 12), 'write:     notes: "x: y"'),
    "leading at sign": (ITEM + "    notes: @x\n", ("Y007", 5, 12), 'write:     notes: "@x"'),
    "leading percent sign": (ITEM + "    notes: %x\n", ("Y007", 5, 12), 'write:     notes: "%x"'),
    "emphasis": (ITEM + "    notes: *x* y\n", ("Y007", 5, 12), 'write:     notes: "*x* y"'),
    "brackets": (ITEM + "    notes: [x] y\n", ("Y007", 5, 12), 'write:     notes: "[x] y"'),
    "quotation": (ITEM + '    notes: "x" y\n', ("Y007", 5, 12), "write:     notes: '\"x\" y'"),
    "apostrophe": (ITEM + "    notes: 'it's'\n", ("Y007", 5, 12), 'write:     notes: "it\'s"'),
    "open quote": (ITEM + '    notes: "x\n', ("Y007", 5, 12), 'write:     notes: "x"'),
    "comparison": (ITEM + "    notes: > 5\n", ("Y007", 5, 12), 'write:     notes: "> 5"'),
    "unknown escape": (ITEM + '    notes: "C:\\dir"\n', ("Y007", 5, 12), "write:     notes: 'C:\\dir'"),
    "no colon": ("capability: a\nrequirements\n  - id: b\n    text: x\n", ("Y007", 2, 13), "write: requirements:"),
    "no space": ("capability:a\ntitle: b\n", ("Y007", 1, 12), "write: capability: a"),
    "wrong indent": (f"{HEAD}requirements:\n  - id: b\n     text: x\n", ("Y007", 4, 6), "write:     text: x"),
    "text not indented": (
        f"{HEAD}requirements:\n  - id: b\n    text: |\n    It MUST.\n    notes: x\n",
        ("Y007", 5, 5),
        "indented:       It MUST.",
    ),
    "duplicate key": (ITEM + "    text: y\n", ("Y008", 5, 5), "keep one"),
    "anchor": (ITEM + "    notes: &x y\n", ("Y009", 5, 12), 'if it is text: notes: "&x y"'),
    "alias": (ITEM + "    notes: *x\n", ("Y009", 5, 12), 'if it is text: notes: "*x"'),
    "merge": (ITEM + "    <<: x\n", ("S001", 5, 5), "keys here"),
    "tag": (ITEM + "    notes: !x y\n", ("Y010", 5, 12), 'if it is text: notes: "!x y"'),
    "typed text": (ITEM + "    notes: !!str y\n", ("Y010", 5, 12), "if it is text"),
    "flow mapping": (HEAD + "requirements:\n  - {id: b, text: x}\n", ("Y011", 3, 5), "on each line"),
    "nested flow sequence": (ITEM + "    tags: [[x]]\n", ("Y011", 5, 12), "'- item'"),
    "complex key": (HEAD + "? title\n: x\n", ("Y012", 2, 3), "key: value"),
    "swallowed comment": (ITEM + "    title: Close #4\n", ("Y013", 5, 18), 'write:     title: "Close #4"'),
    "swallowed comment in steps": (
        ITEM + "    scenarios:\n      - id: c\n        steps: GIVEN a #4\n",
        ("Y013", 7, 24),
        'steps: "GIVEN a #4"',
    ),
    "folded lines": (ITEM + "    notes: x\n      y\n", ("Y014", 5, 12), "write 'notes: |'"),
    "backslash": (ITEM + '    notes: "C:\\new"\n', ("Y015", 5, 15), "write:     notes: 'C:\\new'"),
    "unknown key": (ITEM + "    ratonale: x\n", ("S001", 5, 5), "did you mean 'rationale'?"),
    "missing key": (f"{HEAD}requirements:\n  - id: b\n    title: x\n", ("S002", 3, 5), "add: text: |"),
    "list for a text": (ITEM + "    notes:\n      - x\n", ("S003", 5, 5), "quotes"),
    "mapping for a text": (ITEM + "    title:\n      x: y\n", ("S003", 5, 5), "quotes"),
    "text for a list": (ITEM + "    tags: x\n", ("S003", 5, 11), "- …"),
    "text for a mapping": (ITEM + "    links: x\n", ("S003", 5, 12), ""),
    "list of steps": (
        ITEM + "    scenarios:\n      - id: c\n        steps:\n          - GIVEN a\n",
        ("S003", 7, 9),
        "",
    ),
    "list for a file": ("- a\n", ("S003", 1, 1), "keys here: capability"),
    "text for a file": ("a\n", ("S003", 1, 1), "keys here: capability"),
    "empty file": ("", ("S002", 1, 1), "add: capability: …"),
    "two lines for a line": (ITEM + "    title: |\n      x\n      y\n", ("S004", 5, 12), "write: title: x y"),
    "no value": (ITEM + "    tags:\n", ("S006", 5, 5), "delete the line"),
    "empty text": (ITEM + '    title: ""\n', ("S006", 5, 12), "delete the line"),
    "unknown link": (ITEM + "    links:\n      refine:\n        - a/c\n", ("S007", 6, 7), "did you mean 'refines'?"),
    "long line": (ITEM + f"    title: {'x' * 501}\n", ("S007", 5, 12), ""),
    "bad id": (f"{HEAD}requirements:\n  - id: My Id\n    text: x\n", ("I001", 3, 9), "write: id: my-id"),
    "id with a segment": ("capability: a/../b\n", ("I001", 1, 13), ""),
    "reserved scenario": (ITEM + "    scenarios:\n      - id: text\n", ("I001", 6, 13), ""),
    "bad link": (ITEM + "    links:\n      refines:\n        - c\n", ("I001", 7, 11), ""),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.spec("files/swallowed-prose#number-sign")
def test_what_is_wrong_is_found_at_its_place_with_a_way_out(case: str) -> None:
    data, expected, help_ = WRONG[case]
    findings = _findings(data)
    assert [(f.code, f.line, f.col) for f in findings] == [expected]
    assert help_ in findings[0].help


OTHER_MODELS = {
    "date with a time": (Change, "change: a\ntitle: b\ncreated: 2026-11-21T10:00:00\n", ("S003", 3, 10)),
    "seconds for a date": (Change, "change: a\ntitle: b\ncreated: 1763683200\n", ("S003", 3, 10)),
    "no such day": (Change, "change: a\ntitle: b\ncreated: 2026-02-30\n", ("S003", 3, 10)),
    "yes": (Change, "change: a\ntitle: b\ncreated: 2026-11-21\nno_deltas: yes\n", ("S003", 4, 12)),
    "unknown kind": (Change, "change: a\ntitle: b\ncreated: 2026-11-21\nkind: feat\n", ("S007", 4, 7)),
    "field name for its alias": (
        Delta,
        "capability: a\nmodified:\n  - id: b\n    text:\n      before: x\n      to: y\n",
        ("S001", 5, 7),
    ),
    "branch of a union": (Delta, "capability: a\ntitle:\n  form: x\n", ("S001", 3, 3)),
    "other branch of a union": (Delta, "capability: a\ntitle: |\n  a\n  b\n", ("S004", 2, 8)),
    "digest": (Delta, "capability: a\nremoved:\n  - id: b\n    seen:\n      text: 9F\n", ("S007", 5, 13)),
    "number": (Policy, "skip:\n  - reason: typo\n    max_lines: 1_000\n", ("S003", 3, 16)),
    "number too small": (Policy, "skip:\n  - reason: typo\n    max_lines: 0\n", ("S003", 3, 16)),
    "version": (Policy, "version: 2\n", ("S007", 1, 10)),
}


@pytest.mark.parametrize("case", OTHER_MODELS)
def test_other_files_are_as_strict(case: str) -> None:
    model, data, expected = OTHER_MODELS[case]
    assert _found(data, model) == [expected]


@pytest.mark.spec("files/strict-reading#three-mistakes")
def test_three_mistakes_in_three_requirements_are_three_findings() -> None:
    data = f"""\
{HEAD}requirements:
  - id: b
    text: `x`
  - id: c
    text: "x" y
    title: z
  - id: d
    tilte: x
    text: y: z
"""
    assert _found(data) == [("Y007", 4, 11), ("Y007", 6, 11), ("S001", 9, 5), ("Y007", 10, 11)]


def test_a_line_of_steps_that_is_none_is_found_on_that_line_of_the_block() -> None:
    data = (
        ITEM
        + "    scenarios:\n      - id: c\n        steps: |\n\n          GIVEN a\n          - **when** b\n          THEN c\n"
    )
    (found,) = _findings(data)
    assert (found.code, found.line, found.col) == ("S005", 10, 11)
    assert found.help == "write:           WHEN b"


SCALARS = ["1.10", "no", "on", "12:30", "2026-11-21", "404", "~", "null", "0o17", "1e3", "true", ".5", "="]


@pytest.mark.parametrize("text", SCALARS)
@pytest.mark.spec("files/text-stays-text#version-title")
def test_where_the_schema_wants_text_a_scalar_is_that_text(text: str) -> None:
    loaded = load(Capability, f"{HEAD}title: {text}\n".encode(), "f.yaml")
    assert loaded.value is not None
    assert loaded.value.title == text


RIGHT = [
    "title: a#b\n",
    "title: '# no comment'\n",
    "title: x   \n",
    "title: x\n# a comment\n\n  # another\n",
    'title: "x"   # a comment\n',
    'title: "a\\u200Bb"\n',  # there is no other way to write it
    "purpose: >\n  folded\n  text\n",
    "purpose: |2-\n    x\n",
    "purpose: |   # a comment\n  x\n",
    "purpose: |\n  x\n  \ttab\n  # no comment\n  --- \n",
    "'title': x\n",
    "requirements: []\n",
    "requirements:\n- id: b\n  text: x\n",
    "requirements:\n  -   id: b\n      text: x\n  # c\n  - id: c\n    text: y\n    tags: [x, 'y', \"z\"] # d\n",
    "title: a\u200db\n",
]


@pytest.mark.parametrize("data", RIGHT)
def test_what_is_right_is_no_finding(data: str) -> None:
    assert _found(HEAD + data) == []
    assert _found((HEAD + data).replace("\n", "\r\n")) == []
    assert _found((HEAD + data).removesuffix("\n")) == []


def test_comments_behind_patterns_are_comments() -> None:
    data = "code:\n  include:\n    - src/**   # ours\n"
    loaded = load(Policy, data.encode(), "f.yaml")
    assert loaded.value is not None
    assert loaded.value.code.include == ("src/**",)


def test_files_over_the_limits_are_findings() -> None:
    assert _found(HEAD + "#" * MAX_BYTES) == [("Y002", 0, 0)]
    assert _found(HEAD + "x:\n" * 60_000)[0][0] == "Y002"
    deep = "".join(f"{' ' * n}a:\n" for n in range(MAX_DEPTH + 2))
    assert _found(deep) == [("Y003", MAX_DEPTH + 1, MAX_DEPTH + 1)]
    assert _found("[" * 5000) == [("Y003", 1, MAX_DEPTH + 1)]


BIG = {
    "brackets": b"[",
    "braces": b"{a: ",
    "dashes": b"- ",
    "keys": b"a:\n",
    "aliases": b"- *a\n",
    "anchors": b"- &a [*b, *b]\n",
    "syntax errors": b"x: `y\n",
    "stray brackets": b"a: ]\n",
    "open quotes": b'- "x\n',
    "tabs": b"a:\tb\n",
    "zero-width spaces": "é\u200b\n".encode(),
    "comments": b" # x",
    "wrong indents": b"a:\n  b: c\n   d: e\n",
    "spaces": b" ",
}


@pytest.mark.parametrize("case", BIG)
def test_a_mebibyte_of_anything_is_read_in_seconds_and_within_memory(case: str) -> None:
    piece = BIG[case]
    data = (piece * (MAX_BYTES // len(piece) + 1))[:MAX_BYTES]
    seconds, kibibytes = _cost(data)
    assert seconds < 20
    assert kibibytes < 100_000


def _cost(data: bytes) -> tuple[float, int]:
    """CPU time and memory that a process of its own needs to read ``data``, which is wrong."""
    load(Capability, b"capability: `a\n  b: &c\n", "f.yaml")  # imports are no part of it
    read_end, write_end = os.pipe()
    if (pid := os.fork()) == 0:
        status = 1
        try:
            before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
            assert load(Capability, data, "f.yaml").value is None
            cost = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            os.write(write_end, f"{cost[0]} {cost[1]}".encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    with open(read_end) as pipe:
        answer = pipe.read().split()
    assert os.waitpid(pid, 0)[1] == 0
    return float(answer[0]), int(answer[1])


def test_every_node_knows_its_place() -> None:
    document = read(b"a: b\nc:\n  - 'd'\n  - e: |\n      f\n      g\n\nh: [i]\n", "f.yaml")
    root = document.root
    assert isinstance(root, Mapping)
    assert [(k.text, k.line, k.col) for k, _ in root.items] == [("a", 1, 1), ("c", 2, 1), ("h", 8, 1)]
    assert root.get("a") == Scalar("b", "", 1, 4, 1, 5)
    block = root.get("c").items[1].get("e")  # type: ignore[union-attr]
    assert block == Scalar("f\ng\n", "|", 4, 8, 6, 8)
    assert document.data == {"a": "b", "c": ["d", {"e": "f\ng\n"}], "h": ["i"]}


def test_paths_of_keys_and_indices_lead_to_places() -> None:
    usual = read(PLAIN, "f.yaml")
    strict = read(AUTH, "f.yaml")
    for document in (usual, strict):
        assert locate(document, ("capability",)) == (2, 13)
        assert locate(document, ("requirements",)) == (5, 1)
        assert locate(document, ("requirements", 1)) == (21, 5)
        assert locate(document, ("requirements", 1, "id")) == (21, 9)
        assert locate(document, ("requirements", 0, "scenarios", 0, "steps")) == (15, 16)
        assert locate(document, ("requirements", 9)) == (5, 1)
        assert locate(document, ("requirements", 0, "nothing", 1)) == (7, 5)
        assert locate(document, ()) == (2, 1)
    assert locate(Document("f.yaml", "", None, ()), ("a",)) == (1, 1)


def test_the_quick_way_reads_what_the_strict_one_does_and_nothing_that_it_would_report() -> None:
    rng = random.Random(11)
    accepted = 0
    for _ in range(4000):
        data = mutated(PLAIN, rng, 2)
        text, findings = lex(data, "f.yaml")
        if text is None or findings or (usual := read_usual(text)) is None:
            continue
        accepted += 1
        builder = Builder(text, "f.yaml")
        assert builder.build(), data
        builder.finish()
        assert (builder.findings, builder.suspects) == ([], []), data
        assert data_of(builder.root) == usual.data, data
    assert accepted > 500


def test_garbage_collection_is_paused_and_comes_back() -> None:
    import gc

    with gc_paused():
        assert not gc.isenabled()
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_without_libyaml_the_parser_in_python_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from gitspec.yaml import reader

    texts = [AUTH.decode(), *(str(data) for data, _, _ in WRONG.values() if isinstance(data, str))]
    texts = [text for text in texts if "\t" not in text and not lex(text.encode(), "f.yaml").findings]
    fast = [Builder(text, "f.yaml") for text in texts]
    built = [builder.build() for builder in fast]
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    reader._engine.cache_clear()
    try:
        for text, builder, is_yaml in zip(texts, fast, built, strict=True):
            pure = Builder(text, "f.yaml")
            assert pure.build() == is_yaml, text
            if is_yaml:
                assert (data_of(pure.root), pure.findings) == (data_of(builder.root), builder.findings), text
    finally:
        reader._engine.cache_clear()
