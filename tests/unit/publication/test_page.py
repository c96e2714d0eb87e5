"""docs/publication.md is the specification: its example is run as it stands there."""

import select
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from tests.unit.publication.writer import Writer, gray

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "publication.md"


def test_the_bare_consumer_of_the_page_works(tmp_path):
    code = textwrap.dedent(PAGE.read_text().partition("## A bare consumer\n")[2])
    with Writer(f"ipc://{tmp_path}/page.sock", ("health", "wins")) as writer:
        argv = [sys.executable, "-W", "ignore", "-c", code, writer.endpoint]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE)
        try:
            deadline = time.monotonic() + 30
            while not select.select([process.stdout], [], [], 0.01)[0]:
                assert process.poll() is None
                assert time.monotonic() < deadline
                writer.step(7, (-3, 2), gray(9))
            line = process.stdout.readline().decode()
        finally:
            process.kill()
            process.communicate()
    assert line == "7 {'health': -3, 'wins': 2} blue, green, red of the first pixel: 9 9 9\n"
