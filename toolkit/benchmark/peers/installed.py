"""Distributions: which of them are installed for the Python that runs this, with their versions."""

import json
import sys
from importlib.metadata import PackageNotFoundError, version

found = {}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        continue
sys.stdout.write(json.dumps(found) + "\n")
