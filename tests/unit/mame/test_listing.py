"""Reading MAME's list of machines."""

import pytest

from toolkit.errors import ConfigError
from toolkit.mame.listing import list_games, parse

LISTING = """Name:             Description:
005               "005"
cc10              "Chess Challenger "10" (model CCX, rev. B)"
dn3000_19i        "Apollo DN3000 19" Monochrome"

a line of another form
waverunr_of_a_long_name "Wave Runner (Japan, Revision A)"\r
"""


def test_names_and_descriptions():
    assert parse(LISTING) == [
        ("005", "005"),
        ("cc10", 'Chess Challenger "10" (model CCX, rev. B)'),
        ("dn3000_19i", 'Apollo DN3000 19" Monochrome'),
        ("waverunr_of_a_long_name", "Wave Runner (Japan, Revision A)"),
    ]
    assert parse("") == []


def test_it_searches_for_text():
    with pytest.raises(ConfigError, match="text"):
        list_games(3)
