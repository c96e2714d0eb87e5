"""Errors: what else they are, and that they come from other processes whole."""

import copy
import pickle

import pytest

from toolkit import errors
from toolkit.errors import ConfigError, RomError, ToolkitError, UnknownGame


def kinds(kind=ToolkitError):
    return [
        kind,
        *(further for sub in kind.__subclasses__() if sub.__module__ == errors.__name__ for further in kinds(sub)),
    ]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("duplicate", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_each_is_copied_whole(kind, duplicate):
    error = kind("what was tried")
    # As the constructors of those that have more put it there.
    error.__dict__.update(dict.fromkeys(error.__dict__, 7))
    again = duplicate(error)
    assert type(again) is kind
    assert str(again) == "what was tried"
    assert again.args == ("what was tried",)
    assert again.__dict__ == error.__dict__


@pytest.mark.parametrize("kind", [RomError, UnknownGame])
def test_what_programs_for_stable_retro_catch(kind):
    for caught in (FileNotFoundError, ConfigError, ValueError):
        with pytest.raises(caught, match=r"^no such game$") as info:
            raise kind("no such game")
        # Like those of stable-retro: only the text.
        assert (info.value.errno, info.value.filename) == (None, None)
    # Two arguments are no error number and text.
    assert str(kind(2, "x")) == "(2, 'x')"
