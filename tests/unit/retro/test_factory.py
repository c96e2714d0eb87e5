import subprocess
import sys

import pytest

import toolkit.retro as retro


def test_without_gymnasium():
    code = """
import sys
sys.modules["gymnasium"] = None
import toolkit.retro as retro
from toolkit.errors import ConfigError
try:
    retro.make("Airstriker-Genesis-v0")
except ConfigError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "pip install 'coinop-toolkit[retro]'" in done.stdout, done.stderr


def test_importing_does_not_import_gymnasium():
    code = "import sys, toolkit.retro; print('gymnasium' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "False\n", done.stderr


def test_the_names_of_stable_retro():
    assert [kind.name for kind in retro.Actions] == ["ALL", "FILTERED", "DISCRETE", "MULTI_DISCRETE"]
    assert [kind.name for kind in retro.Observations] == ["IMAGE", "RAM"]
    assert [state.name for state in retro.State] == ["DEFAULT", "NONE"]
    for name in ("list_games", "list_states", "list_scenarios", "get_file_path", "get_romfile_path", "Integrations"):
        assert hasattr(retro.data, name)
    assert retro.RetroEnv.__name__ == "RetroEnv"
    with pytest.raises(AttributeError, match="nothing"):
        _ = retro.nothing
