"""Random versions of one file: nothing is lost, nothing is joined, and what is written reads back."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gitspec.domain.merge_style import Style
from gitspec.yaml.merge_file import merge_yaml
from gitspec.yaml.outline import read_outline
from gitspec.yaml.outline_nodes import outline_of

Spec = dict[str, Any]
_WORDS = st.sampled_from(["one", "two", "three"])
_SCENARIO = st.fixed_dictionaries({"steps": _WORDS}, optional={"title": _WORDS})
_REQUIREMENT = st.fixed_dictionaries(
    {"text": _WORDS, "scenarios": st.dictionaries(st.sampled_from("stu"), _SCENARIO, max_size=3)},
    optional={"title": _WORDS, "tags": st.lists(_WORDS, unique=True, min_size=1, max_size=3), "x-odd": _WORDS},
)
_SPEC = st.dictionaries(st.sampled_from("abcd"), _REQUIREMENT, max_size=4)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Spec, Spec, Spec]:
    """A base, and two edits of it."""
    base = draw(_SPEC)

    def edited() -> Spec:
        result: Spec = {}
        for name, requirement in base.items():
            what = draw(st.sampled_from(["keep", "keep", "edit", "drop", "scenario"]))
            if what == "edit":
                result[name] = {**requirement, **draw(_REQUIREMENT), "scenarios": requirement["scenarios"]}
            elif what == "scenario":
                result[name] = {**requirement, "scenarios": draw(_REQUIREMENT)["scenarios"]}
            elif what == "keep":
                result[name] = requirement
        for name, requirement in draw(_SPEC).items():
            result.setdefault(name, requirement)
        return dict(sorted(result.items(), reverse=draw(st.integers(0, 5)) == 0))

    return base, edited(), edited()


def _lines(spec: Spec, form: int) -> Iterator[str]:
    """The file; ``form`` varies its form and nothing that it says."""
    yield "capability: auth"
    indent, gap = " " * (form % 3), form % 5 == 0
    yield "requirements:" if spec else "title: Auth"
    for name, requirement in spec.items():
        if gap:
            yield ""
        if form % 7 == 0:
            yield f"{indent}# about {name}"
        yield f"{indent}- id: {name}"
        for key in ("title", "x-odd"):
            if key in requirement:
                yield f'{indent}  {key}: "{requirement[key]}"' if form % 2 else f"{indent}  {key}: {requirement[key]}"
        yield f"{indent}  text: |"
        yield f"{indent}    Text {requirement['text']} of {name}: MUST."
        if requirement.get("tags"):
            tags = requirement["tags"]
            yield f"{indent}  tags:" if form % 11 else f"{indent}  tags: [{', '.join(tags)}]"
            yield from (f"{indent}  - {tag}" for tag in tags if form % 11)
        if requirement["scenarios"]:
            yield f"{indent}  scenarios:"
        for scenario, content in requirement["scenarios"].items():
            yield f"{indent}    - id: {scenario}"
            if "title" in content:
                yield (
                    f"{indent}      title: {content['title']} # c"
                    if form % 13 == 0
                    else f"{indent}      title: {content['title']}"
                )
            yield f"{indent}      steps: {'>-' if form % 17 == 0 else '|'}"
            yield f"{indent}        GIVEN {content['steps']} in {name} {scenario}"


def _file(spec: Spec, form: int) -> bytes:
    return "".join(f"{line}\n" for line in _lines(spec, form)).encode()


def _read(data: bytes) -> dict[str, dict[str, Any]]:
    outline = outline_of(data, "x")
    assert outline is not None
    return {r["id"]: r for r in outline.root.data.get("requirements", [])}


_FORM = st.integers(0, 2 * 3 * 5 * 7 * 11 * 13 * 17)


@given(_SPEC, _FORM)
def test_both_ways_to_read_an_outline_agree(spec: Spec, form: int) -> None:
    data = _file(spec, form)
    slow = outline_of(data, "x")
    fast = read_outline(data.decode())
    assert slow is not None
    if form % 17:
        assert fast is not None
        assert (fast.root.data, fast.tail) == (slow.root.data, slow.tail)
        assert [_flat(p) for p in fast.root.parts] == [_flat(p) for p in slow.root.parts]


def _flat(part: Any) -> Any:
    below = [_flat(p) for p in part.block.parts] if part.block else None
    return part.name, part.lead, part.rows, part.col, part.dash, part.data, below


@settings(max_examples=150, deadline=None)
@given(versions(), st.tuples(_FORM, _FORM, _FORM))
def test_merging_loses_nothing_and_joins_nothing(three: tuple[Spec, Spec, Spec], forms: tuple[int, int, int]) -> None:
    check(three, forms)


def check(three: tuple[Spec, Spec, Spec], forms: tuple[int, int, int]) -> None:
    """Merge three versions, both ways round, and compare the result with what was meant."""
    base, ours, theirs = three
    files = [_file(spec, form) for spec, form in zip(three, forms, strict=True)]
    merged = merge_yaml(*files, "x", Style())
    swapped = merge_yaml(files[0], files[2], files[1], "x", Style())
    assert not isinstance(merged, str)
    assert not isinstance(swapped, str)
    assert bool(merged.conflicts) == bool(swapped.conflicts)
    assert (b"<<<<<<<" in merged.data) == bool(merged.conflicts)
    for mode, side in (("ours", ours), ("theirs", theirs)):
        decided = merge_yaml(*files, "x", Style(mode))
        assert not isinstance(decided, str)
        found = _read(decided.data)
        for name, requirement in side.items():
            if requirement != base.get(name):
                assert name in found, "what a side has edited is there when that side decides"
    poisoned = merge_yaml(*files, "x", Style("base"))
    assert not isinstance(poisoned, str)
    _read(poisoned.data)
    if not merged.conflicts:
        _check_joined(three, _read(merged.data))


def _check_joined(three: tuple[Spec, Spec, Spec], result: dict[str, dict[str, Any]]) -> None:
    base, ours, theirs = three
    for name in base | ours | theirs:
        was, mine, other = (spec.get(name) for spec in three)
        if mine is None or other is None:
            gone = was is not None and (mine or other) in (None, was)
            assert (name not in result) == (gone or mine is other)
            continue
        found = result[name]
        texts = {_text(spec, name) for spec in (mine, other)}
        assert found["text"] in texts
        steps = {s["id"]: s["steps"] for s in found.get("scenarios", ())}
        for side, against in ((mine, other), (other, mine)):
            for scenario in side["scenarios"].keys() - (was or {"scenarios": {}})["scenarios"].keys():
                assert scenario in steps, "a scenario that a side has added"
            if was is None:
                continue
            text_is_theirs = side["text"] == was["text"] != against["text"]
            for scenario, content in was["scenarios"].items():
                now = side["scenarios"].get(scenario)
                same_there = against["scenarios"].get(scenario) == now
                changed = now is None or now["steps"] != content["steps"]
                assert not (text_is_theirs and changed and not same_there), "of one piece"


def _text(requirement: dict[str, Any], name: str) -> str:
    return f"Text {requirement['text']} of {name}: MUST."
