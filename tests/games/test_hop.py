"""hop itself: the cartridge, its memory, and what the game does on MAME's NES."""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from contextlib import contextmanager

import numpy as np
import pytest

from games.homebrew import hop, rom_names, rom_path
from games.homebrew.hop.menus import to_level
from games.homebrew.hop.states import make_states
from games.platformer import BUTTONS
from toolkit.emulator import Address, Emulator
from toolkit.environment import play

# With another compiler the bytes may be others. `cc65 --version` of Debian's 2.19-1.
COMPILER = "cc65 V2.18 - Debian 2.19-1"
FOLDER = rom_path("hop")
INTEGRATION = FOLDER / "integration" / "Hop-Nes-v0"
PAD = BUTTONS["mame"]
STATES = hop.STATES
GROUND = 192


@contextmanager
def console(mame, **options):
    watched = {name: Address(*place) for name, place in hop.ADDRESSES.items() if not name.startswith("item")}
    with Emulator(
        "hop", FOLDER, "nes", watched, 1, binary_path=mame, media={"cart": FOLDER / "hop.nes"}, **options
    ) as emulator:
        yield emulator


def held(names):
    return [PAD[name] for name in names.split()]


def go(emulator, frames, names=""):
    return emulator.run(frames, held(names))


def enter(emulator, level=1):
    """To the first frames of a level."""
    for _ in play(emulator, to_level(level, PAD), "the test"):
        pass
    return until(emulator, lambda data: data["state"] == STATES["play"])


def until(emulator, condition, frames=900, names=""):
    for _ in range(frames):
        data = emulator.step(held(names))
        if condition(data):
            return data
    raise AssertionError({name: value for name, value in data.items() if name != "frame"})


def poke(emulator, **values):
    for name, value in values.items():
        address, mode = hop.ADDRESSES[name]
        size = Address(address, mode).size
        emulator.write_memory(address, int(value).to_bytes(size, "little", signed=value < 0))


# --- the files --------------------------------------------------------------------------------------------------------


def test_the_cartridge_is_found_by_name():
    assert "hop" in rom_names()
    assert (rom_path("hop") / "hop.nes").is_file()


def test_the_header_is_that_of_the_simplest_cartridge():
    data = (FOLDER / "hop.nes").read_bytes()
    # Two banks of program, one of pictures, name tables side by side, mapper 0, and nothing else.
    assert data[:16] == b"NES\x1a\x02\x01\x01\x00" + bytes(8)
    assert len(data) == 16 + 2 * 16384 + 8192
    nmi, reset, irq = (int.from_bytes(data[16 + 0x7FFA + at :][:2], "little") for at in (0, 2, 4))
    assert min(nmi, reset, irq) >= 0x8000


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with what the sources give, or a skip where the recorded compiler is not installed."""
    if not all(shutil.which(tool) for tool in ("make", "cc65", "ca65", "ld65")):
        pytest.skip("cc65 is not installed")
    version = subprocess.run(["cc65", "--version"], capture_output=True, text=True, check=True)
    found = (version.stdout + version.stderr).strip()
    if found != COMPILER:
        pytest.skip(f"this is {found!r}; the cartridge was built with {COMPILER!r}")
    folder = tmp_path_factory.mktemp("hop")
    command = ["make", "-s", "-C", str(FOLDER), f"BUILD={folder}", f"OUTPUT={folder / 'hop.nes'}"]
    subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return folder


def test_the_sources_give_the_cartridge_byte_for_byte(built):
    assert (built / "hop.nes").read_bytes() == (FOLDER / "hop.nes").read_bytes()


# Names that state.s has for what memory.py calls otherwise.
NAMES = {f"hero_{name}": name for name in ("x", "y", "x_sub", "y_sub", "vx", "vy")}


def test_the_documented_addresses_are_those_of_the_sources(built):
    found = {}
    for line in (built / "hop.labels").read_text().splitlines():
        _, address, name = line.split()
        if 0x300 <= int(address, 16) < 0x400 and name.startswith("._"):
            short = re.sub(r"^(enemy|item)_", r"\g<1>0_", name[2:])
            found[NAMES.get(short, short)] = int(address, 16)
    assert len(found) > 40
    documented = {name: address for name, (address, _) in hop.ADDRESSES.items()}
    assert {name: documented.get(name) for name in found} == found


def test_the_addresses_do_not_overlap():
    taken = {}
    for name, (address, mode) in hop.ADDRESSES.items():
        for byte in range(address, address + Address(address, mode).size):
            assert byte not in taken, (name, taken[byte])
            taken[byte] = name
    assert min(taken) >= 0x300
    assert max(taken) < 0x400


def test_the_readme_lists_every_address():
    text = (FOLDER / "README.md").read_text()
    for name, (address, mode) in hop.ADDRESSES.items():
        if not re.match(r"(enemy|item)[1-9]", name):
            shown = re.sub(r"^(enemy|item)0", r"\1N", name)
            assert re.search(rf"\| 0x{address:04X}[^|]*\| {re.escape(mode)} +\| `{shown}`", text), name


def test_the_integration_names_what_is_there():
    info = json.loads((INTEGRATION / "data.json").read_text())["info"]
    modes = {"u8": "|u1", "s8": "|i1"}
    expected = {
        name: {"address": address, "type": modes.get(mode, mode)}
        for name, (address, mode) in hop.ADDRESSES.items()
        if not name.startswith(("enemy", "item"))
    }
    assert info == expected
    scenario = json.loads((INTEGRATION / "scenario.json").read_text())
    used = scenario["done"]["variables"].keys() | scenario["reward"]["variables"].keys()
    assert used <= info.keys()
    assert scenario["done"]["variables"]["state"]["reference"] == STATES["ending"]
    assert json.loads((INTEGRATION / "metadata.json").read_text()) == {"default_state": "Level1"}


def test_the_hash_leaves_out_the_header_as_gym_retro_does():
    body = (FOLDER / "hop.nes").read_bytes()[16:]
    assert (INTEGRATION / "rom.sha").read_text().split() == [hashlib.sha1(body).hexdigest()]


# --- the game ---------------------------------------------------------------------------------------------------------


def test_from_the_title_into_the_first_level_and_on(mame):
    with console(mame) as emulator:
        data = until(emulator, lambda data: data["state"] == STATES["title"])
        data = go(emulator, 30)
        assert data["frame"].shape == (240, 256, 3)
        assert len(np.unique(data["frame"].reshape(-1, 3), axis=0)) > 8
        data = enter(emulator)
        assert (data["level"], data["lives"], data["score"], data["x"], data["y"]) == (1, hop.LIVES, 0, 40, GROUND)
        standing = data["frame"]
        # Walking is slower than running, and the picture follows.
        walked = go(emulator, 60, "Right")
        assert walked["vx"] == 0x180
        data = go(emulator, 60, "Right B")
        assert data["vx"] == 0x280
        assert data["x"] == data["best_x"] > 200
        assert 0 < data["camera"] == data["x"] - 112
        # The status bar stays where it is while the rest scrolls.
        assert np.array_equal(data["frame"][10:16, 16:160], standing[10:16, 16:160])
        assert not np.array_equal(data["frame"][40:], standing[40:])
        # It comes to a halt, turns and walks back, up to the picture's left edge.
        data = go(emulator, 60)
        assert data["vx"] == 0
        data = go(emulator, 200, "Left")
        assert data["facing"] == 1
        assert data["x"] - data["camera"] == 2
        assert data["late_frames"] == 0


def test_a_jump_is_as_high_as_the_button_is_held(mame):
    with console(mame) as emulator:
        enter(emulator)
        heights = {}
        for frames in (2, 8, 40):
            tops = []
            for frame in range(90):
                data = emulator.step(held("A") if frame < frames else [])
                tops.append(data["y"])
            assert data["on_ground"]
            assert data["y"] == GROUND
            heights[frames] = GROUND - min(tops)
        assert 16 < heights[2] < heights[8] - 4 < heights[40] - 4
        assert 60 <= heights[40] <= 80
        # Held down it does not jump again.
        data = go(emulator, 120, "A")
        assert data["on_ground"]


@pytest.mark.parametrize("how", ["SELECT on the title", "a write to start_level"])
def test_levels_can_be_chosen(mame, how):
    with console(mame) as emulator:
        if how.startswith("SELECT"):
            data = enter(emulator, 5)
        else:
            go(emulator, 60)
            poke(emulator, start_level=5)
            data = enter(emulator)
        assert data["level"] == 5
        assert data["level_width"] > 4000


def test_a_caterpillar_kills_from_the_side_and_is_stomped_from_above(mame):
    with console(mame) as emulator:
        enter(emulator)
        start = emulator.save_state()
        data = until(emulator, lambda data: data["death"], names="Right")
        assert data["death"] == hop.DEATHS["enemy"]
        slot = next(n for n in range(hop.ENEMY_SLOTS) if abs(data[f"enemy{n}_x"] - data["x"]) < 16)
        assert data[f"enemy{slot}_type"] == hop.ENEMIES["caterpillar"]
        assert (data["lives"], data["deaths"]) == (3, 1)
        data = until(emulator, lambda data: data["state"] == STATES["play"])
        assert (data["lives"], data["x"]) == (2, 40)

        emulator.load_state(start)
        data = until(emulator, lambda data: data["enemy0_type"] and data["enemy0_x"] - data["x"] < 60, names="Right")
        poke(emulator, x=data["enemy0_x"], y=150, vx=0, vy=0)
        data = until(emulator, lambda data: data["enemy0_mode"])
        assert data["vy"] < 0
        assert data["score"] == 100
        assert not data["death"]


def test_three_falls_into_a_pit_end_the_game(mame):
    with console(mame) as emulator:
        enter(emulator)
        for lives in (3, 2, 1):
            data = until(emulator, lambda data: data["state"] == STATES["play"])
            assert data["lives"] == lives
            poke(emulator, y=238)
            data = until(emulator, lambda data: data["death"])
            assert data["death"] == hop.DEATHS["pit"]
        data = until(emulator, lambda data: data["state"] == STATES["game_over"])
        assert data["lives"] == 0
        until(emulator, lambda data: data["state"] == STATES["title"])


def test_the_clock_runs_out(mame):
    with console(mame) as emulator:
        enter(emulator)
        poke(emulator, time=2)
        data = until(emulator, lambda data: data["death"], frames=60)
        assert data["death"] == hop.DEATHS["time"]


def test_a_carrot_saves_from_one_hit(mame):
    with console(mame) as emulator:
        enter(emulator)
        poke(emulator, power=1)
        data = until(emulator, lambda data: not data["power"], names="Right")
        assert not data["death"]
        assert data["hurt_timer"] > 100


def test_the_flag_leads_to_the_next_level_and_from_the_last_one_home(mame):
    with console(mame) as emulator:
        enter(emulator)
        for level, following in ((1, STATES["intro"]), (hop.LEVELS, STATES["ending"])):
            data = until(emulator, lambda data: data["state"] == STATES["play"])
            poke(emulator, level=level, flag_x=data["x"] + 60, time=20)
            data = until(emulator, lambda data: data["flag_reached"], names="Right")
            assert data["state"] == STATES["flag"]
            before = data["score"]
            data = until(emulator, lambda data, following=following: data["state"] == following)
            assert data["score"] > before
        assert data["levels_done"] == 2
        until(emulator, lambda data: data["state"] == STATES["title"])


def test_the_same_inputs_give_the_same_game(mame):
    def run():
        random = np.random.default_rng(3)
        digest = hashlib.sha256()
        with console(mame) as emulator:
            enter(emulator, 4)
            for _ in range(30):
                names = [name for name in ("Right", "A", "B") if random.random() < 0.7]
                data = emulator.run(8, [PAD[name] for name in names])
                digest.update(data.pop("frame").tobytes())
                digest.update(repr(sorted(data.items())).encode())
        return digest.hexdigest()

    assert run() == run()


def test_start_states_are_made_for_every_level_and_levels_get_longer(mame, tmp_path):
    widths = []

    def raw(emulator):
        data = emulator.step()
        widths.append(data["level_width"])
        return repr([data[name] for name in ("level", "state")]).encode()

    with console(mame, screen=None) as emulator:
        files = make_states(emulator, PAD, raw, tmp_path)
    assert [file.name for file in files] == [f"Level{level}.state" for level in range(1, hop.LEVELS + 1)]
    texts = [gzip.decompress(file.read_bytes()).decode() for file in files]
    assert texts == [repr([level, STATES["play"]]) for level in range(1, hop.LEVELS + 1)]
    assert widths == sorted(set(widths))
    assert len(widths) >= 5
