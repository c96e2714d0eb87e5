"""libFuzzer over the frontend's side of the link, with sanitizers, for a fixed count."""

import json
import os
import random
import re
import shutil
import struct
import subprocess

import pytest

from tests.native.building import INCLUDE, NATIVE, build_core
from tests.native.test_sanitizers import VALID_CALLS, message, strange_message

RUNS = 20_000
FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-D_exit=fuzz_exit", "-Dexecv=fuzz_execv"),
    *("-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"),
)
# What the target brings itself, or does not need.
LEFT_OUT = ("main.c", "file.c")


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    compiler = shutil.which("clang")
    if compiler is None:
        pytest.fail("libFuzzer comes with clang (Debian: apt-get install clang libclang-rt-dev)", pytrace=False)
    path = tmp_path_factory.mktemp("fuzzer") / "fuzz_link"
    sources = [source for source in sorted((NATIVE / "src").glob("*.c")) if source.name not in LEFT_OUT]
    arguments = [*FLAGS, f"-I{INCLUDE}", f"-I{NATIVE / 'src'}", NATIVE / "test" / "fuzz_link.c", *sources]
    done = subprocess.run(
        [compiler, *map(str, arguments), "-o", str(path), "-ldl", "-lpthread", "-lm"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return path


def seeds(folder):
    """What a parent may send: each call by itself, and a few conversations."""
    folder.mkdir()
    steps = message(1, struct.pack("<II", 2, 0)) + message(3, struct.pack("<III", 1, 0, 0))
    calls = [message(2, json.dumps(call).encode()) for call in VALID_CALLS]
    rng = random.Random(1)
    strange = [b"".join(strange_message(rng, [1, 2, 3])[0] for _ in range(5)) for _ in range(50)]
    for number, content in enumerate([*(call + steps for call in calls), b"".join(calls) + steps, *strange]):
        (folder / str(number)).write_bytes(content)


@pytest.mark.timeout(400)
def test_the_link_under_libfuzzer(target, tmp_path):
    seeds(tmp_path / "seeds")
    (tmp_path / "found").mkdir()
    limits = (f"-runs={RUNS}", "-seed=1", "-max_len=20000", "-timeout=30", "-rss_limit_mb=4096")
    done = subprocess.run(
        # A reset leaves the call that asked for it behind with the rest of the process: here a leak that is none. The
        # frontend as a program is looked through for leaks in test_sanitizers.py.
        [target, *limits, "found", "seeds"],
        cwd=tmp_path,
        env={**os.environ, "TOOLKIT_FUZZ_CORE": str(build_core("tired", tmp_path)), "ASAN_OPTIONS": "detect_leaks=0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=350,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0, said[-5000:]
    assert f"Done {RUNS} runs" in said
    # It gets somewhere: the seeds alone cover most of the calls.
    assert max(int(covered) for covered in re.findall(r"cov: (\d+)", said)) > 1000
