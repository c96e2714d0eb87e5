"""What the options that several commands share mean."""

from pathlib import Path

import pytest

from games.homebrew import rom_path
from toolkit.cli.options import parse_media, parse_slots, resolve_game
from toolkit.errors import ConfigError

OWN = Path("own")


@pytest.mark.parametrize("game", [None, "bout", "sfiii3n"])
def test_without_folders_the_bundled_game_is_meant(game):
    assert resolve_game(game, None) == ([Path(rom_path("bout"))], "sfiii3n")


@pytest.mark.parametrize(("game", "machine"), [("sfiii3n", "sfiii3n"), ("pacman", "pacman"), (None, "sfiii3n")])
def test_own_folders_are_used(game, machine):
    assert resolve_game(game, [OWN]) == ([OWN], machine)


def test_another_machine_gets_no_folder_of_ours():
    assert resolve_game("pong", None) == ([], "pong")


def test_the_bundled_game_has_no_other_folder():
    with pytest.raises(ConfigError, match="leave --roms out"):
        resolve_game("bout", [OWN])


def test_media():
    assert parse_media([]) == {}
    assert parse_media(["cart=a=b.nes", "flop1=x"]) == {"cart": "a=b.nes", "flop1": "x"}
    with pytest.raises(ConfigError, match="SLOT=FILE"):
        parse_media(["game.nes"])


def test_slots():
    assert parse_slots([]) == {}
    assert parse_slots(["joyport1=pad", "joyport2=", "a:b=c,bios=1"]) == {
        "joyport1": "pad",
        "joyport2": None,
        "a:b": "c,bios=1",
    }
    with pytest.raises(ConfigError, match="SLOT=DEVICE"):
        parse_slots(["joyport1"])
