"""Runs Python where the permissions of files count, whoever runs the tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
# What lets root read everything. Off the bounding set, no program that is started gets it back.
OVERRIDE = "-dac_override,-dac_read_search"

TELL = """
import json, sys
from pathlib import Path
folder, cases = Path(sys.argv[1]), json.loads(sys.argv[2])
def tell(code):
    try:
        result = eval(code)
    except Exception as error:
        return [type(error).__name__, str(error)]
    if hasattr(result, "close"):
        result.close()
    return ["", repr(result)]
"""


def tell(folder, imports, cases):
    """What each of `cases` comes to, in a process of an ordinary user: the error's class ("" if none) and its text.

    Args:
        folder: What the cases know as `folder`.
        imports: Lines of Python that run before them.
        cases: Expressions of Python by name. What they give is closed.
    """
    command = [sys.executable, "-c", f"{TELL}\n{imports}\nprint(json.dumps({{n: tell(c) for n, c in cases.items()}}))"]
    if os.geteuid() == 0:
        # Of util-linux, which every Debian has.
        command = ["setpriv", f"--inh-caps={OVERRIDE}", f"--bounding-set={OVERRIDE}", *command]
    done = subprocess.run(
        [*command, str(folder), json.dumps(cases)], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
