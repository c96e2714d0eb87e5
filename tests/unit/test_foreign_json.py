import json

import pytest

from toolkit.foreign_json import MAX_DEPTH, count, member, parse_object


def test_what_is_an_object():
    value = {"a": [1, 2.5, "x", None, True], "b": {}}
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert parse_object(json.dumps(value).encode(encoding)) == value
    deep = '{"a":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH
    assert list(parse_object(deep.encode())) == ["a"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "Expecting value"),
        (b"[]", "list and no object"),
        (b"\xff", "utf-8"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b'{"a": 1e999}', "larger than any number"),
        (b'{"a": ' + b"1" * 5000 + b"}", "4300"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "too deeply"),
        (b'{"a":' + b"[" * 100_000, "too deeply"),
        (b'{"a": "' + b"x" * 2**20 + b'"}', "at most 1048576"),
    ],
)
def test_what_is_none(text, words):
    with pytest.raises(ValueError, match=words):
        parse_object(text)


def test_members():
    fields = {"n": 3, "t": True, "s": "x", "big": 2**63, "less": -1}
    assert (member(fields, "n", int), member(fields, "t", bool), member(fields, "s", str, int)) == (3, True, "x")
    assert count(fields, "n") == 3
    for name, kinds in (("t", [int]), ("s", [int, float]), ("none", [object])):
        with pytest.raises(ValueError, match=f"its '{name}' is|no '{name}'"):
            member(fields, name, *kinds)
    for name in ("t", "s", "big", "less", "none"):
        with pytest.raises(ValueError, match=name):
            count(fields, name)
