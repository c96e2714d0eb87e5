"""A Python of its own that is started as programs rarely are: without stdin, in threads, with signals ignored."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
# The code says what came of it with `answer`: stdout may be closed.
HEAD = """
import json, os, signal, sys, threading
from pathlib import Path

def answer(**result):
    Path(sys.argv[1]).write_text(json.dumps(result))

def file_of(process, descriptor):
    try:
        return os.readlink(f"/proc/{process}/fd/{descriptor}")
    except OSError:
        return None

def all_at_once(work, count=8):
    barrier, failures = threading.Barrier(count), []

    def run():
        barrier.wait()
        try:
            work()
        except BaseException as error:
            failures.append(repr(error))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
"""


def run_python(folder, code, *arguments, closed="", timeout=60, **environment):
    """Runs `code` with these arguments behind those that it needs, and returns what it gave to `answer`.

    `closed` are redirections of a shell, such as "<&- >&-".
    """
    program, told = folder / "program.py", folder / "answer.json"
    program.write_text(HEAD + code)
    told.unlink(missing_ok=True)
    command = [sys.executable, program, told, *arguments]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *map(str, command)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert told.exists(), done.stderr
    return json.loads(told.read_text())
