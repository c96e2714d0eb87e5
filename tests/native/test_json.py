"""The frontend's reader of JSON against Python's, under the sanitizers: the same texts are good, and mean the same."""

import json
import random
import struct
import subprocess

import pytest

from tests.native.building import INCLUDE, NATIVE, SANITIZE, compile_c

COUNT = 4000
SEED = 7
WORDS = ["true", "false", "null", "0", "-1", "1.5", "1e9", "-0", "01", "9223372036854775807", "-9223372036854775808",
         "9223372036854775808", "-9223372036854775809", "1e400", ".5", "+1", "1.", '""', '"a"', '"\\u00fc"', '"ü"',
         '"\\ud83d\\ude00"', '"\\n\\"\\\\\\/"', "[]", "{}", "[1,2]", '{"a":{"b":[null,{"c":"d"}]}}', " ", "\t\n",
         '"\\x"', '"\\u12"', "[1,]", '{"a"}', "tru", '"open', "'a'", "[" * 50 + "]" * 50, "\0", "\x0b"]  # fmt: skip


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    path = tmp_path_factory.mktemp("json") / "driver"
    sources = [NATIVE / "test" / "json_driver.c", NATIVE / "src" / "json.c", NATIVE / "src" / "error.c"]
    compile_c(
        "-std=c11", "-D_GNU_SOURCE", "-O1", "-g", *SANITIZE, f"-I{INCLUDE}", f"-I{NATIVE / 'src'}", *sources, "-o", path
    )
    return path


class Duplicates(list):
    """The members of an object, in their order, also those of one name."""


def show(value):
    """Like the driver."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if -(2**63) <= value < 2**63 else "number"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        raw = value.encode()
        return f"'{len(raw)} {sum(raw)}'"
    if isinstance(value, Duplicates):
        return "{" + "".join(show(item) + "," for _, item in value) + "}"
    return "[" + "".join(show(item) + "," for item in value) + "]"


def expected(text):
    def refuse(word):
        raise ValueError(word)

    try:
        return "yes " + show(json.loads(text, object_pairs_hook=Duplicates, parse_constant=refuse))
    except (ValueError, UnicodeEncodeError):  # half a surrogate pair is no character
        return "no"


def texts():
    rng = random.Random(SEED)
    yield from WORDS
    yield ""
    whole = json.dumps(
        {"call": "watch", "watches": [{"device": ":ram", "size": 2, "f": 1.5e3, "u": "\U0001f600ü"}] * 2}
    )
    for _ in range(COUNT):
        what = rng.randrange(3)
        if what == 0:
            text = rng.choice(["[{}]", '{{"k":{}}}', " {} ", "[{},{}]"]).format(rng.choice(WORDS), rng.choice(WORDS))
        elif what == 1:
            text = whole[: rng.randrange(len(whole) + 1)]
        else:
            text = list(whole)
            for _ in range(rng.randrange(1, 4)):
                text[rng.randrange(len(text))] = rng.choice('{}[]",:\\u0d8-e. \n\x01')
            text = "".join(text)
        yield text


def test_like_python(driver):
    cases = list(texts())
    sent = b"".join(struct.pack("<I", len(raw)) + raw for raw in (case.encode() for case in cases))
    done = subprocess.run([driver], input=sent, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    answers = done.stdout.decode().splitlines()
    assert len(answers) == len(cases)
    wrong = [
        (case, answer, expected(case)) for case, answer in zip(cases, answers, strict=True) if answer != expected(case)
    ]
    assert wrong == []
    good = sum(answer != "no" for answer in answers)
    assert len(cases) // 10 < good < len(cases) * 9 // 10


def test_bytes_that_are_no_text(driver):
    rng = random.Random(SEED)
    cases = [rng.randbytes(rng.randrange(60)) for _ in range(COUNT)]
    cases += [b'"' + rng.randbytes(rng.randrange(20)) + b'"' for _ in range(COUNT)]
    cases += [b"[" * 100000, b'{"a":' * 100000, b"[" * 64 + b"]" * 64]
    done = subprocess.run(
        [driver], input=b"".join(struct.pack("<I", len(raw)) + raw for raw in cases), capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    assert len(done.stdout.splitlines()) == len(cases)
