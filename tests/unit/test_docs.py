"""The documents: their links lead somewhere, their examples are Python, the commands they name exist."""

import re
from pathlib import Path

import pytest

from toolkit.cli.entry import COMMANDS

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")], key=str)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"(?:^|[`$ ])toolkit ([a-z][a-z-]+)")
TARGET = re.compile(r"(?:^|[`$ ])make ([a-z]+)\b")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request):
    return request.param


def test_links_lead_somewhere(document):
    text = FENCE.sub("", document.read_text())
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (document.parent / target).exists(), target


def test_examples_are_python(document):
    for language, code in FENCE.findall(document.read_text()):
        if language == "python":
            compile(code, str(document), "exec")


def test_commands_exist(document):
    makefile = (ROOT / "Makefile").read_text()
    for _, code in FENCE.findall(document.read_text()):
        for line in code.splitlines():
            for name in COMMAND.findall(line):
                assert name in COMMANDS, line
            for target in TARGET.findall(line):
                assert re.search(rf"^{target}:", makefile, re.MULTILINE), line
