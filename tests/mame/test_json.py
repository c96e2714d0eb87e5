"""The plugin's own JSON, run by the Lua that will run it: MAME's."""

import json
import math
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parent.parent.parent / "lua_plugins"
SCRIPT = """
package.path = {plugins} .. "/?.lua;" .. package.path
local json = require("toolkit.json")
local answers = assert(io.open("answers", "wb"))
for line in io.lines("questions") do
    local fine, value = pcall(json.decode, line)
    local written
    if fine then
        fine, written = pcall(json.encode, value)
    end
    answers:write(fine and "ok " or "no ", fine and written or tostring(value):gsub("\\n", " "), "\\n")
end
answers:close()
os.exit(0)
"""
ROUND_TRIPS = [
    0,
    1,
    -1,
    2**31,
    -(2**31) - 1,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    0.5,
    -1.25e-7,
    1e300,
    3.141592653589793,
    True,
    False,
    "",
    "a",
    '"',
    "\\",
    '\\\\"',
    "/",
    "\b\f\n\r\t\0\x01\x1f\x7f",
    "äöü€",
    "😀",
    "\ud7ff\ue000\uffff",
    "\U0010ffff",
    "]]",
    "--[[",
    "%s%d",
    "$(touch x)",
    "null",
    [],
    [[]],
    [1],
    [1, [2, [3]]],
    {},
    {"a": 1},
    {"": ""},
    {"a": {"b": [{"c": {}}]}},
    [{"x": [1, 2, {"y": "z"}]}, "last"],
    {"1": "one", "2": "two"},
    ["x" * 100_000],
    list(range(1000)),
]
MALFORMED = [
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{1:2}",
    '{"a"}',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{"a" 1}',
    '"',
    '"a',
    '"\\',
    '"\\x"',
    '"\\u12"',
    '"\\uzzzz"',
    "tru",
    "nul",
    "True",
    "nan",
    "NaN",
    "Infinity",
    "-",
    "+1",
    ".5",
    "1e",
    "1e+",
    "1+2",
    "1.2.3",
    "0x10",
    "--1",
    "1 2",
    "[] []",
    "a",
    "'a'",
    "[1]x",
    "\x00",
    "/**/1",
]


@pytest.fixture(scope="module")
def ask(mame, tmp_path_factory):
    """A function: a list of JSON texts, each in one line, to (was it fine, what was written or the error)."""

    def ask(texts):
        folder = tmp_path_factory.mktemp("json")
        (folder / "questions").write_bytes(b"".join(text.encode("utf-8", "surrogatepass") + b"\n" for text in texts))
        (folder / "script.lua").write_text(SCRIPT.format(plugins=json.dumps(str(PLUGINS))))
        arguments = ["-autoboot_script", "script.lua", "-autoboot_delay", "0", "-video", "none", "-sound", "none"]
        done = subprocess.run(
            [mame, "pong", "-noreadconfig", "-homepath", ".", "-seconds_to_run", "5", *arguments],
            cwd=folder,
            env={**os.environ, "SDL_VIDEODRIVER": "dummy"},
            capture_output=True,
            timeout=60,
        )
        answers = (folder / "answers").read_bytes().split(b"\n")[:-1]
        assert len(answers) == len(texts), done.stderr
        return [(line[:3] == b"ok ", line[3:]) for line in answers]

    return ask


def equal(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=0, abs_tol=0)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


def test_round_trips(ask):
    texts = [json.dumps(value) for value in ROUND_TRIPS]
    texts += [json.dumps(value, ensure_ascii=False) for value in ROUND_TRIPS]
    answers = ask(texts)
    for value, text, (fine, answer) in zip(ROUND_TRIPS * 2, texts, answers, strict=True):
        assert fine, (text, answer)
        # An empty object cannot be told from nothing; the link never sends one back.
        assert equal(json.loads(answer), value), (text, answer)


def test_malformed(ask):
    for text, (fine, answer) in zip(MALFORMED, ask(MALFORMED), strict=True):
        assert not fine, (text, answer)
        assert re.match(rb"bad JSON at byte \d+: expected ", answer), (text, answer)


def test_what_is_lenient_on_purpose(ask):
    cases = {
        "1.0": "1",  # a whole number is an integer, however it was written
        "9223372036854775808": "9.2233720368547758e+18",  # too large: a float
        "null": "null",
        "[1,null,2]": "[1,2]",  # nil has no place in a Lua array
        '{"a":null}': "{}",
        " [ 1 , 2 ] ": "[1,2]",
        '"\\ud83d\\ude00"': '"😀"',
    }
    assert [answer.decode() for _, answer in ask(list(cases))] == list(cases.values())


def test_lone_surrogates_do_not_break_it(ask):
    for value, (fine, answer) in zip("\ud800\udfff", ask(['"\\ud800"', '"\\udfff"']), strict=True):
        assert fine
        assert json.loads(answer) == value


def test_deep_nesting(ask):
    [(fine, answer), _] = ask(["[" * 100 + "]" * 100, "[" * 100_000])
    assert fine
    assert answer == b"[" * 100 + b"]" * 100


def test_random_values(ask):
    chance = random.Random(1)
    letters = ['"', "\\", "\n", "\0", "a", "é", "€", "😀", "]", "}", ":", ",", "\x7f", "\u2028"]

    def value(depth):
        kind = chance.randrange(7 if depth < 4 else 5)
        if kind == 0:
            return chance.randrange(-(2**63), 2**63)
        if kind == 1:
            return chance.uniform(-1, 1) * 10.0 ** chance.randrange(-300, 300)
        if kind == 2:
            return chance.random() < 0.5
        if kind in (3, 4):
            return "".join(chance.choices(letters, k=chance.randrange(12)))
        if kind == 5:
            return [value(depth + 1) for _ in range(chance.randrange(5))]
        return {f"k{number}{chance.choice(letters)}": value(depth + 1) for number in range(chance.randrange(1, 5))}

    values = [value(0) for _ in range(500)]
    for expected, (fine, answer) in zip(values, ask([json.dumps(v) for v in values]), strict=True):
        assert fine, answer
        assert equal(json.loads(answer), expected)


def test_cut_short_anywhere(ask):
    text = json.dumps(
        {"call": "watch", "watches": [{"device": ":maincpu", "address": 1.5e3, "signed": True, "x": "\n"}]}
    )
    for fine, answer in ask([text[:end] for end in range(len(text))]):
        assert not fine, answer
