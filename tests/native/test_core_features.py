"""What a core asks of its frontend, and can be asked: options, sound, cheats, games, resets."""

import os
from pathlib import Path

import numpy as np
import pytest

from toolkit.emulator import Address
from toolkit.errors import ConfigError, EmulatorExited, StateError

RAM = ":ram"


def text(emulator):
    raw = emulator.read_memory(16, 240, device=RAM, space="raw").tobytes()
    return raw.partition(b"\0")[0].decode()


def byte(emulator, address):
    return int(emulator.read_memory(address, 1, device=RAM, space="raw")[0])


# --- options ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", range(5))
def test_options(make, api):
    emulator = make(f"options_{api}")
    assert text(emulator)[:2] == "nr"
    options = {option["key"]: option for option in emulator.list_options()}
    assert set(options) == {"tiny_speed", "tiny_colour"}
    assert options["tiny_speed"]["default"] == options["tiny_speed"]["value"] == "normal"
    assert sorted(options["tiny_speed"]["values"]) == ["fast", "normal", "slow"]
    assert options["tiny_colour"]["values"] == ["red", "green", "blue"]
    assert options["tiny_colour"]["default"] == "red"
    assert "How fast" in options["tiny_speed"]["description"]


@pytest.mark.parametrize("api", range(5))
def test_options_of_ones_own(make, api):
    emulator = make(f"options_{api}", options={"tiny_colour": "blue"})
    assert text(emulator)[:2] == "nb"
    emulator.set_option("tiny_speed", "fast")
    emulator.step()
    assert text(emulator)[:2] == "fb"
    emulator.step()
    assert byte(emulator, 18) == 1  # told once that something changed
    assert {option["key"]: option["value"] for option in emulator.list_options()} == {
        "tiny_speed": "fast",
        "tiny_colour": "blue",
    }


@pytest.mark.parametrize("api", range(5))
def test_options_after_a_reset(make, api):
    emulator = make(f"options_{api}", options={"tiny_colour": "blue"})
    emulator.set_option("tiny_speed", "slow")
    emulator.reset()
    assert text(emulator)[:2] == "sb"


def test_version_of_the_options(make):
    assert byte(make("options_0"), 19) == 2


@pytest.mark.parametrize(
    ("key", "value"), [("tiny_size", "1"), ("tiny_speed", "ludicrous"), ("", ""), ("tiny_speed", "")]
)
def test_wrong_options(make, key, value):
    if key:
        with pytest.raises(ConfigError, match="tiny_speed"):
            make("options_3", options={key: value})
    emulator = make("options_3")
    with pytest.raises(ConfigError, match="tiny_speed"):
        emulator.set_option(key, value)
    assert text(emulator)[:2] == "nr"


def test_options_of_a_core_without_any(make):
    assert make("counter").list_options() == []
    with pytest.raises(ConfigError):
        make("counter", options={"tiny_speed": "fast"})


@pytest.mark.parametrize("options", [{"a=b": "c"}, {"a": 1}, {1: "a"}, {"a\0": "b"}])
def test_options_that_are_no_texts(make, options):
    with pytest.raises(ConfigError, match="options"):
        make("counter", options=options)


# --- sound ------------------------------------------------------------------------------------------------------------


def test_audio(make):
    emulator = make("audio", audio=True)
    assert emulator.core_info["sample_rate"] == 48000
    emulator.run(5)
    samples = emulator.take_audio()
    assert samples.shape == (4000, 2)
    assert samples.dtype == np.int16
    assert np.array_equal(samples[:, 0], np.arange(4000))
    assert np.array_equal(samples[:, 1], -np.arange(4000))
    assert emulator.take_audio().shape == (0, 2)
    emulator.step()
    assert emulator.take_audio()[0].tolist() == [4000, -4000]


def test_audio_is_lost_after_a_minute(make):
    emulator = make("audio", audio=True, observation=None)
    emulator.run(60 * 70)
    assert 48000 * 59 < len(emulator.take_audio()) <= 48000 * 61


def test_audio_that_nobody_wanted(make):
    emulator = make("audio")
    emulator.step()
    with pytest.raises(StateError, match="audio=True"):
        emulator.take_audio()


# --- cheats -----------------------------------------------------------------------------------------------------------


def test_cheats(make):
    emulator = make("cheats")
    emulator.set_cheats(["SXIOPO", "00FF:01+00FE:02"])
    assert text(emulator) == "reset;0 1 SXIOPO;1 1 00FF:01+00FE:02;"
    emulator.set_cheats(['with "quotes"'])
    assert text(emulator) == 'reset;0 1 with "quotes";'
    emulator.set_cheats([])
    assert text(emulator) == "reset;"


@pytest.mark.parametrize("codes", ["ABC", [1], [None]])
def test_wrong_cheats(make, codes):
    with pytest.raises(ConfigError, match="cheats"):
        make("cheats").set_cheats(codes)


# --- games ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("core", ["content", "full_path"])
def test_games(make, core, tmp_path, monkeypatch):
    rom = tmp_path / 'a game, with "spaces" und Ümlauten.bin'
    rom.write_bytes(bytes(range(100)))
    monkeypatch.chdir(tmp_path)
    emulator = make(core, rom=os.path.relpath(rom))
    memory = emulator.read_memory(16, 32, device=RAM, space="raw")
    assert memory[:16].tolist() == list(range(16))
    assert memory[16:20].tolist() == [100, 0, 0, 0]
    assert emulator.game_id == rom.stem
    emulator.reset()
    assert np.array_equal(emulator.read_memory(16, 32, device=RAM, space="raw"), memory)


def test_a_large_game(make, tmp_path):
    rom = tmp_path / "large.bin"
    rom.write_bytes(b"begin" + bytes(40 * 2**20))
    size = make("content", rom=rom).read_memory(32, 4, device=RAM, space="raw")
    assert int.from_bytes(size.tobytes(), "little") == 5 + 40 * 2**20


def test_without_a_game(make):
    emulator = make("no_game", rom=None)
    assert byte(emulator, 16) == 2
    assert emulator.step()["frame"].shape == (8, 16, 3)
    assert emulator.game_id == "no_game"


def test_a_game_for_a_core_that_needs_none(make, rom):
    assert byte(make("no_game", rom=rom), 16) == 1


def test_answers(make):
    emulator = make("directories")
    answers = emulator.read_memory(16, 8, device=RAM, space="raw").tolist()
    assert answers[:2] == [1, 1]
    assert answers[4:] == [1, 1, 1, 1]


def test_about_the_core(make):
    info = make("counter").core_info
    assert (info["machine"], info["backend_version"], info["backend"]) == ("Tiny", "1.0", "libretro")
    assert info["screens"][0]["refresh"] == 60
    assert info["extensions"] == "bin|rom"


def test_refresh_rate(make):
    assert make("counter").refresh_rate == 60


# --- resets -----------------------------------------------------------------------------------------------------------


def test_reset_and_its_button(make):
    watched = {"frames": Address(0, "u32", device=RAM), "pressed": Address(6, "u8", device=RAM)}
    emulator = make("counter", watched)
    emulator.run(10)
    emulator.press_reset()
    data = emulator.step()
    assert (data["frames"], data["pressed"]) == (11, 1)
    assert emulator.frame_number == 11
    emulator.write_memory(100, b"left over", device=RAM)
    emulator.reset()
    assert emulator.frame_number == 0
    assert emulator.run(0) == {"frames": 0, "pressed": 0}
    assert not emulator.read_memory(0, 256, device=RAM).any()
    data = emulator.step_buttons([3])
    assert data.values == (1, 0)
    for _ in range(20):
        emulator.reset()
    assert emulator.step()["frames"] == 1


def test_frame_number(make):
    emulator = make("counter", frame_ratio=4)
    assert emulator.frame_number == 0
    emulator.run(0)
    assert emulator.frame_number == 0
    emulator.step()
    emulator.run(3)
    assert emulator.frame_number == 7
    emulator.step_buttons([], 5)
    assert emulator.frame_number == 12


def test_without_frames_nothing_is_drawn(make):
    emulator = make("counter", {"frames": Address(0, "u32", device=RAM)})
    assert emulator.run(0) == {"frames": 0}
    emulator.step()
    assert emulator.run(0) == {"frames": 1}
    assert emulator.step_buttons([], 0).frame is None


# --- logs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "first"), [("debug", 0), ("info", 1), ("warning", 2), ("error", 3)])
def test_log_levels(make, level, first):
    emulator = make("logs", log_level=level)
    emulator.step()
    output = Path(emulator._folder.path, "output.txt").read_text()
    lines = ("a debug line", "an info line", "a warning line", "an error line without an end: 42 percent")
    assert [line in output for line in lines] == [n >= first for n in range(4)]
    assert ("frame 1" in output) == (first <= 2)


def test_logs_from_another_thread_are_whole_lines(make):
    emulator = make("logs")
    emulator.run(4)
    emulator.press_reset()
    output = Path(emulator._folder.path, "output.txt")
    emulator._child.call("quit")
    emulator._child._process.end(2)
    lines = [line for line in output.read_text().splitlines() if "thread line" in line]
    assert len(lines) == 200
    assert all(line.endswith(f"thread line {n} of two hundred") for n, line in enumerate(lines))


def test_the_end_of_the_log_is_in_the_error(make):
    emulator = make("logs")
    emulator.run(4)
    with pytest.raises(EmulatorExited, match="these were the last words"):
        emulator.step()


def test_discs(make):
    assert make("disc").step()["frame"].shape == (8, 16, 3)


def test_a_core_that_wants_to_leave(make):
    """The machine has switched itself off: only a reset helps."""
    emulator = make("shutdown")
    emulator.run(2)
    for use in (emulator.step, emulator.step, lambda: emulator.run(0)):
        with pytest.raises(StateError, match="switched itself off"):
            use()
    emulator.reset()
    assert emulator.step()["frame"].shape == (8, 16, 3)
