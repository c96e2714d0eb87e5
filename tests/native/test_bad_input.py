"""Whatever is wrong: a typed error that says what, in seconds, and nothing left behind (tests/conftest.py looks)."""

import time

import pytest

from toolkit.errors import ConfigError, LaunchError, RomError, StateError, ToolkitError
from toolkit.retro import RetroEmulator, find_core


@pytest.fixture(autouse=True)
def in_seconds():
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 10


def test_missing_core(program, rom, tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        RetroEmulator(tmp_path / "none_libretro.so", rom)
    with pytest.raises(ConfigError, match=r"no libretro core 'no_such_core'.*libretro-no_such_core"):
        RetroEmulator("no_such_core", rom)
    with pytest.raises(ConfigError, match="is no file"):
        RetroEmulator(tmp_path, rom)
    for nonsense in ("", "a\0b", None, 5, b"nestopia"):
        with pytest.raises(ConfigError, match="a core is a name"):
            RetroEmulator(nonsense, rom)


def test_cores_by_name(cores, program, rom, monkeypatch):
    monkeypatch.setenv("TOOLKIT_CORES", str(cores["counter"].parent))
    assert find_core("counter") == cores["counter"]
    with RetroEmulator("counter", rom) as emulator:
        emulator.step()


@pytest.mark.parametrize(
    "content", [b"", b"x", b"MZ" * 100, b"\x7fELF", b"\x7fELF" + bytes(1000), b"#!/bin/sh\nexit\n"]
)
def test_no_core_file(make, rom, program, tmp_path, content):
    path = tmp_path / "fake_libretro.so"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"no libretro core|another machine"):
        RetroEmulator(path, rom)


def test_another_architecture(cores, program, rom, tmp_path):
    raw = bytearray(cores["counter"].read_bytes())
    other, name = (62, "x86-64") if raw[18] != 62 else (183, "AArch64")
    raw[18:20] = other.to_bytes(2, "little")
    path = tmp_path / "other_libretro.so"
    path.write_bytes(raw)
    with pytest.raises(ConfigError, match=f"another machine, {name} with 64 bits"):
        RetroEmulator(path, rom)
    raw[4] = 1  # 32 bits
    path.write_bytes(raw)
    with pytest.raises(ConfigError, match="another machine"):
        RetroEmulator(path, rom)


def test_a_program_is_no_core(program, rom):
    with pytest.raises(ConfigError, match=r"no libretro core|cannot load the core"):
        RetroEmulator(program, rom)


def test_truncated_core(cores, program, rom, tmp_path):
    path = tmp_path / "half_libretro.so"
    raw = cores["counter"].read_bytes()
    for size in (len(raw) // 4, len(raw) // 3):
        path.write_bytes(raw[:size])
        with pytest.raises((ConfigError, LaunchError)):
            RetroEmulator(path, rom)


@pytest.mark.parametrize(
    ("core", "words"),
    [
        ("nothing", "no libretro core"),
        ("half", "retro_"),
        ("api_version", "77"),
        ("hardware", r"[Hh]ardware|graphics|OpenGL"),
    ],
)
def test_cores_that_cannot_run_here(make, core, words):
    with pytest.raises(ConfigError, match=words) as caught:
        make(core)
    assert type(caught.value) is ConfigError  # it is not the game's fault


def test_a_core_with_a_function_that_nobody_has(make):
    """Found at the start, not in the middle of a run."""
    with pytest.raises(ConfigError, match="there_is_no_such_function"):
        make("unresolved")


def test_refused_game(make):
    with pytest.raises(RomError, match=r"Tiny refuses the game .*game\.bin.* bin\|rom"):
        make("refuse")


@pytest.mark.parametrize("name", ["none.bin", "", "empty.bin", "folder", "discs.m3u"])
def test_games_that_are_none(make, tmp_path, name):
    (tmp_path / "empty.bin").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "discs.m3u").write_text("disc1.bin\ndisc2.bin\n")
    with pytest.raises(RomError, match=r"game|disc"):
        make("counter", rom=tmp_path / name)


@pytest.mark.parametrize("rom", [5, b"bytes", ["list"]])
def test_games_that_are_no_paths(make, rom):
    with pytest.raises(ConfigError, match="rom"):
        make("counter", rom=rom)


def test_a_core_that_needs_a_game(make):
    with pytest.raises(RomError):
        make("counter", rom=None)


@pytest.mark.parametrize(
    "options",
    [
        {"players": 0},
        {"players": 9},
        {"players": 1.5},
        {"observation": "gray"},
        {"log_level": "loud"},
        {"timeout": 0},
        {"timeout": "soon"},
        {"start_timeout": -1},
        {"frame_ratio": 0},
        {"memory_addresses": {"x": 5}},
        {"publish_ram": [5]},
        {"controllers": {"one": "joypad"}},
    ],
)
def test_wrong_arguments(make, options):
    with pytest.raises(ConfigError):
        make("counter", **options)


def test_a_program_that_is_none(cores, rom, monkeypatch, tmp_path):
    monkeypatch.setenv("TOOLKIT_LIBRETRO", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="TOOLKIT_LIBRETRO"):
        RetroEmulator(cores["counter"], rom)
    monkeypatch.setenv("TOOLKIT_LIBRETRO", "/bin/true")
    with pytest.raises(LaunchError, match="before it was ready"):
        RetroEmulator(cores["counter"], rom)


def test_after_close(make):
    emulator = make("counter")
    emulator.close()
    uses = (
        emulator.step,
        emulator.save_state,
        emulator.save_core_state,
        emulator.press_reset,
        emulator.take_audio,
        emulator.list_options,
        lambda: emulator.step_buttons([1]),
        lambda: emulator.set_cheats([]),
        lambda: emulator.set_option("a", "b"),
        lambda: emulator.core_info,
    )
    for use in uses:
        with pytest.raises(StateError, match="closed"):
            use()


def test_many_failures_leave_nothing(make):
    for _ in range(5):
        for core in ("refuse", "hardware", "api_version"):
            with pytest.raises(ToolkitError):
                make(core)
