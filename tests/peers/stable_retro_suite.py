"""Run as a program: stable-retro's own tests, examples and documented programs, with the import line changed.

    python tests/peers/stable_retro_suite.py CHECKOUT [--against stable_retro] [--only NAME]

CHECKOUT is a copy of stable-retro's repository; the examples are those of the stable-retro that is installed, or in the
folder that `--examples` names. What there is is copied to a temporary folder with `import retro` or `import
stable_retro` turned into `import toolkit.retro`, and games under the names of stable-retro 1.0 (with -v0). Prints a
line per file: what passed, what failed, and why. `--against stable_retro` runs the same with stable-retro itself, which
tells what fails there, too. The status is 1 if a test of environments, loading or paths, or a program in the
documentation failed.
"""

import argparse
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

TESTS = ("test_env", "test_load", "test_paths", "test_integration", "test_roms")
# The others check stable-retro's own files.
REQUIRED = {*TESTS[:3], "Record", "Playback"}
NAMES = r"(?:stable_)?retro"
# A name that ends with a console, and as stable-retro 1.0 renamed it.
GAME = re.compile(r"(['\"])(\w+-(?:Genesis|Atari2600|Nes|Snes))\1")
# What examples are told that would otherwise want every ROM there is.
ARGUMENTS = {"determinism.py": ["--suffix", "Airstriker-Genesis-v0"]}
MOVIE = "Airstriker-Genesis-Level1-000000.bk2"
RECORD = """
import toolkit.retro as retro
with retro.make("Airstriker-Genesis-v0") as env:
    env.record_movie({path!r})
    env.reset()
    for _ in range(60):
        env.step(env.action_space.sample())
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one file or program."""

    name: str
    passed: int
    failed: int
    why: tuple[str, ...] = ()


def adapted(text, module):
    """A program whose import lines name `module`."""

    def whole(found):
        return f"{found[1]}import {module}{found[3] or f' as {found[2]}'}"

    text = re.sub(rf"^(\s*)import ({NAMES})( as \w+)?$", whole, text, flags=re.M)
    text = re.sub(rf"^(\s*)import ({NAMES})\.(\S+)$", rf"\1import {module}.\3; import {module} as \2", text, flags=re.M)
    # Examples take parts from one another, and all of them are copied.
    text = re.sub(rf"^from {NAMES}\.examples\.", "from examples.", text, flags=re.M)
    text = re.sub(rf"^(\s*)from {NAMES}(\.\S+)? import", rf"\1from {module}\2 import", text, flags=re.M)
    return GAME.sub(r"\1\2-v0\1", text)


def copy_adapted(source, target, module):
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(adapted(source.read_text("utf-8"), module))


def copy_tests(checkout, folder, module):
    for path in sorted((checkout / "tests" / "test_python").glob("*.py")):
        copy_adapted(path, folder / "tests" / "test_python" / path.name, module)
    (folder / "tests" / "__init__.py").touch()
    shutil.copy(checkout / "tests" / "dummy.json", folder / "tests")
    shutil.copytree(checkout / "tests" / "roms", folder / "tests" / "roms")


def run_tests(name, folder):
    report = folder / f"{name}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    command += ["--rootdir", str(folder), f"tests/test_python/{name}.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if not report.exists():
        return Outcome(name, 0, 1, (last_line(done.stdout + done.stderr),))
    cases = list(ElementTree.parse(report).iter("testcase"))
    failures = {case: problem for case in cases for problem in case if problem.tag in ("failure", "error")}
    why = sorted(f"{case.get('name')}: {first_line(problem.get('message'))}" for case, problem in failures.items())
    skipped = sum(case.find("skipped") is not None for case in cases)
    return Outcome(name, len(cases) - len(failures) - skipped, len(failures), tuple(why))


def first_line(text):
    return next(iter((text or "").splitlines()), "")[:200]


def last_line(text):
    return next((line.strip()[:200] for line in reversed(text.splitlines()) if line.strip()), "it said nothing")


def run_program(name, path, folder, seconds, ends):
    """One program; that it is still running when the time is up is right for those that never end."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, str(path), *ARGUMENTS.get(path.name, ())]
    with tempfile.TemporaryFile("w+") as output:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        child = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **pipes)
        try:
            status = child.wait(seconds)
        except subprocess.TimeoutExpired:
            status = 1 if ends else 0
        finally:
            stop(child)
        output.seek(0)
        said = output.read()
    return Outcome(name, int(status == 0), int(status != 0), () if status == 0 else (last_line(said),))


def stop(child):
    """Ends a program and the processes that it started, which are a session of their own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def documented(checkout):
    """The programs under the headings of docs/python.md, by heading."""
    text = (checkout / "docs" / "python.md").read_text("utf-8")
    return dict(re.findall(r"^### (Record|Playback)\n.*?```python\n(.*?)```", text, flags=re.M | re.S))


def run_documented(checkout, folder, module, seconds):
    subprocess.run([sys.executable, "-c", RECORD.format(path=str(folder / MOVIE))], check=True)
    for heading, program in documented(checkout).items():
        path = folder / f"documented_{heading.lower()}.py"
        path.write_text(adapted(program, module))
        yield run_program(heading, path, folder, 4 * seconds, ends=True)


def run_examples(package, folder, module, seconds):
    for path in sorted(package.glob("[a-z]*.py")):
        copy_adapted(path, folder / "examples" / path.name, module)
        yield run_program(f"examples/{path.name}", folder / "examples" / path.name, folder, seconds, ends=False)


def outcomes(arguments, folder):
    copy_tests(arguments.checkout, folder, arguments.against)
    for name in TESTS:
        if arguments.only in name:
            yield run_tests(name, folder)
    if arguments.only in "documented":
        yield from run_documented(arguments.checkout, folder, arguments.against, arguments.seconds)
    if arguments.only in "examples":
        yield from run_examples(arguments.examples, folder, arguments.against, arguments.seconds)


def main():
    parser = argparse.ArgumentParser(description="runs stable-retro's own tests and programs on toolkit.retro")
    parser.add_argument("checkout", type=Path, metavar="CHECKOUT", help="a copy of stable-retro's repository")
    installed = importlib.util.find_spec("stable_retro")
    parser.add_argument(
        "--examples",
        type=Path,
        default=Path(installed.origin).parent / "examples" if installed else None,
        metavar="FOLDER",
        help="the examples; by default those of the stable-retro that is installed",
    )
    parser.add_argument("--against", default="toolkit.retro", metavar="MODULE", help="what to import instead")
    parser.add_argument("--seconds", type=float, default=15, metavar="S", help="how long to let an example run")
    parser.add_argument("--only", default="", metavar="NAME", help="test_env, documented, examples, ...")
    arguments = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name:
        for outcome in outcomes(arguments, Path(name)):
            print(f"{outcome.name}: {outcome.passed} passed, {outcome.failed} failed", flush=True)
            for reason in outcome.why[:8]:
                print(f"    {reason}")
            failed |= outcome.failed > 0 and outcome.name in REQUIRED
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
