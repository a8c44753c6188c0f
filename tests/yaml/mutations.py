"""Files as people and machines break them: pieces of real ones cut, doubled, swapped, moved and spiked."""

import random

SPIKES = [
    b"\t", b"\r", b"\r\n", b"\n", b"\n\n", b" ", b"  ", b"    ", b":", b": ", b" #", b"#", b"- ", b"-", b"? ", b"&a ", b"*a ", b"!t ", b"!!str ",
    b"[", b"]", b"{", b"}", b",", b"'", b'"', b"\\", b"\\x", b"|", b"|2", b"|-", b"|+", b">", b"> ", b"`", b"@", b"%", b"---", b"\n---\n", b"\n...\n",
    b"\n%YAML 1.1\n", b"<<: ", b"~", b"null", b"no", b"\x00", b"\x07", b"\x7f", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xff", b"\xc0\x80",
    b"\xed\xa0\x80", b"\xe2\x80\x8b", b"\xf0\x9f\x91\x8d", b"id: x\n", b"text: |\n", b"steps: |\n", b"  - id: y\n", b"GIVEN ", b"given ",
    b"\n  ", b"\n      ", b"\n        ", b": |\n", b"text: a\n  b\n", b"x" * 300, b"[" * 60, b"{" * 60, b"- " * 60, b"? " * 30, b"a: &b [*b, *b]\n",
]  # fmt: skip


def mutated(data: bytes, rng: random.Random, most: int = 6) -> bytes:
    """``data`` after up to ``most`` accidents."""
    for _ in range(rng.randint(1, most)):
        data = _ACCIDENTS[rng.randrange(len(_ACCIDENTS))](data, rng)
    return data


def _spiked(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(SPIKES) + data[at:]


def _replaced(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(SPIKES) + data[at + rng.randint(1, 4) :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.randint(1, 30) :]


def _doubled(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    piece = data[at : at + rng.randint(1, 200)]
    return data[:at] + piece + data[at:]


def _ended(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randint(0, len(data))]


def _byte(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _lines_moved(data: bytes, rng: random.Random) -> bytes:
    rows = data.split(b"\n")
    taken = rows.pop(rng.randrange(len(rows)))
    rows.insert(rng.randint(0, len(rows)), taken)
    return b"\n".join(rows)


def _line_shifted(data: bytes, rng: random.Random) -> bytes:
    rows = data.split(b"\n")
    at = rng.randrange(len(rows))
    rows[at] = rows[at][rng.randint(1, 3) :] if rng.random() < 0.5 else b" " * rng.randint(1, 3) + rows[at]
    return b"\n".join(rows)


def _line_dropped(data: bytes, rng: random.Random) -> bytes:
    rows = data.split(b"\n")
    del rows[rng.randrange(len(rows))]
    return b"\n".join(rows)


_ACCIDENTS = [
    _spiked,
    _spiked,
    _replaced,
    _cut,
    _doubled,
    _ended,
    _byte,
    _lines_moved,
    _line_shifted,
    _line_shifted,
    _line_dropped,
]
