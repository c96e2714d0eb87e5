"""What MAME has, and what can be pressed on it."""

import pytest

from toolkit.emulator import Action, Emulator, list_actions, list_games
from toolkit.errors import ConfigError, LaunchError, RomError

SCREENLESS = "cc10"  # a chess computer of 1978: lamps, no screen


def kinds(actions):
    return {(entry["port"], entry["field"], entry["kind"]) for entry in actions}


def test_all_games(mame):
    games = list_games(binary_path=mame)
    assert len(games) > 40_000
    assert len({game.name for game in games}) == len(games)
    assert all(game.description for game in games)


def test_it_finds_names_and_descriptions(mame):
    assert "sfiii3n" in {game.name for game in list_games("SFIII3N", mame)}
    found = list_games("3rd  strike STREET japan", mame)
    assert {"sfiii3j", "sfiii3n"} <= {game.name for game in found}
    assert all("3rd Strike" in game.description for game in found)
    assert list_games("no machine is called like this", mame) == []


def test_what_is_no_mame():
    with pytest.raises(ConfigError, match="no program"):
        list_games("pacman", "/no/such/mame")
    with pytest.raises(LaunchError, match="listed no machine"):
        list_games("pacman", "/bin/true")


def test_actions_can_be_pressed(mame, bout_roms):
    actions = list_actions(bout_roms, "sfiii3n", mame)
    assert (":INPUTS", "P1 Left", "digital") in kinds(actions)
    assert (":EXTRA", "P1 Forward Kick", "digital") in kinds(actions)
    with Emulator("press", bout_roms, "sfiii3n", {}, 1, binary_path=mame) as emulator:
        emulator.step([Action(entry["port"], entry["field"]) for entry in actions if entry["kind"] == "digital"])


def test_actions_of_a_machine_without_roms_and_without_a_screen(mame, blank_roms):
    assert (":PADDLE0", "Paddle", "analog") in kinds(list_actions([], "pong", mame))
    actions = list_actions(blank_roms(mame, SCREENLESS), SCREENLESS, mame)
    assert len(actions) > 5


def test_actions_of_what_there_is_not(mame, tmp_path):
    with pytest.raises(ConfigError, match="no machine 'nosuchgame'"):
        list_actions(tmp_path, "nosuchgame", mame)
    with pytest.raises(RomError, match="NOT FOUND"):
        list_actions(tmp_path, "pacman", mame)
    with pytest.raises(ConfigError, match="does not exist"):
        list_actions(tmp_path / "none", "pacman", mame)
