"""bout on the real machine: its counter strip, its screens, its black frames, and whether playing well pays.

The menus are driven here with nothing but the emulator, so that what this says of the ROM holds for any driver. The
Street Fighter environment has its own tests.
"""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

import pytest

from games.homebrew.bout import ADDRESSES, CONTRACT, FIGHTER_BASES, PHASES, read_counter
from games.homebrew.bout.policies import HOLD_FRAMES, WATCHED, random_buttons, scripted_buttons
from toolkit.emulator import Action, Address, Emulator

BOOT_FRAMES = 60
BASIC = (*CONTRACT, "phase", "stage", "difficulty", "frame_counter", "late_frames", "credits", "clock")
EXTRA_PORT = {"Short Kick", "Forward Kick", "Roundhouse Kick"}
SYSTEM = {"Service Mode", "Coin 1", "Coin 2", "1 Player Start", "2 Players Start"}


def press(*names, player=1):
    """Actions for names such as "Left", "Jab Punch" or "Coin 1"."""
    actions = []
    for name in names:
        if name in SYSTEM:
            actions.append(Action(":INPUTS", name))
        else:
            # The second player's roundhouse lies in the other port (cps3.cpp).
            extra = name in EXTRA_PORT and not (player == 2 and name == "Roundhouse Kick")
            actions.append(Action(":EXTRA" if extra else ":INPUTS", f"P{player} {name}"))
    return actions


class Driver:
    """A running bout and the frames that have passed; every wait has a budget."""

    def __init__(self, mame, roms, ratio, names=BASIC, screen="auto"):
        watched = {name: Address(*ADDRESSES[name]) for name in names}
        self.ratio = ratio
        self.emulator = Emulator("bout", roms, "sfiii3n", watched, ratio, binary_path=mame, screen=screen)
        self.data = {}
        self.wait(BOOT_FRAMES)

    def step(self, *actions):
        self.data = self.emulator.step(actions)
        return self.data

    def press(self, *names, player=1):
        self.step(*press(*names, player=player))

    def wait(self, frames):
        for _ in range(max(frames // self.ratio, 1)):
            self.step()

    def until(self, met, budget, what):
        """Steps until `met()`; returns the frames that took, to a step."""
        for steps in range(budget // self.ratio + 1):
            if met():
                return steps * self.ratio
            self.step()
        shown = {name: value for name, value in self.data.items() if name != "frame"}
        pytest.fail(f"{what}: not within {budget} frames: {shown}")

    def in_phase(self, name):
        return self.data["phase"] == PHASES[name]

    def set_difficulty(self, level):
        keys = ["Service Mode", *["Down"] * 6, "Jab Punch", "Down", "Jab Punch"]
        keys += ["Left" if level < 3 else "Right"] * abs(level - 3)
        keys += [*["Down"] * 6, "Jab Punch", "Down", "Jab Punch"]
        keys += ["Down", "Down", "Jab Punch", *["Down"] * 3, "Jab Punch"]
        for key in keys:
            self.press(key)
            self.wait(10)

    def start_game(self):
        for frames, keys in (
            (300, ("Coin 1",)), (10, ("Coin 1",)), (60, ("1 Player Start",)), (80, ("Left", "Jab Punch")),
            (60, ("Jab Punch",)), (60, ("Jab Punch",)),
        ):  # fmt: skip
            self.wait(frames)
            self.press(*keys)
        return self.fight(600)

    def fight(self, budget=900):
        return self.until(lambda: self.data["fighting"], budget, "a fight")

    def is_black(self):
        return self.in_phase("black") if "frame" not in self.data else not self.data["frame"].any()

    def next_stage(self):
        self.until(self.is_black, 1200, "black after a stage")
        self.wait(60)
        self.press("Jab Punch")
        for _ in range(180 // self.ratio):
            self.press("Jab Punch")
        self.wait(60)
        self.press("Jab Punch")
        return self.fight()

    def new_game(self):
        self.until(self.is_black, 1200, "black after a game")
        self.leave_for_title()
        return self.start_game()

    def leave_for_title(self):
        for key in ("Service Mode", "Up", "Jab Punch"):
            self.press(key)
            self.wait(30)

    def finish_round(self, loser):
        """Knocks one out by hand. The win is there when the fight is over, in the same frame."""
        self.fight()
        before = self.wins()
        self.emulator.write_memory(ADDRESSES[f"healthP{loser}"][0], b"\xff\xff")
        self.until(lambda: not self.data["fighting"], 30, "the end of the fight")
        assert self.wins() != before

    def wins(self):
        return self.data["winsP1"], self.data["winsP2"]


@pytest.fixture
def make(mame, bout_roms):
    """Makes drivers, and closes them."""
    made = []

    def make(ratio=3, **options):
        made.append(Driver(mame, bout_roms, ratio, **options))
        return made[-1]

    yield make
    for driver in made:
        driver.emulator.close()


@pytest.mark.parametrize("ratio", [1, 7, 10])
def test_menus_rounds_and_stages(make, ratio):
    bout = make(ratio)
    assert bout.in_phase("title")
    bout.set_difficulty(6)
    assert bout.data["difficulty"] == 6
    bout.until(lambda: bout.in_phase("title"), 40, "the title")
    bout.start_game()
    assert bout.data["fighting"] == bout.data["fighting_2"] == 1
    assert (bout.data["healthP1"], bout.data["healthP2"], *bout.wins()) == (160, 160, 0, 0)
    bout.finish_round(loser=2)
    bout.finish_round(loser=2)
    assert bout.wins() == (2, 0)
    bout.next_stage()
    assert bout.data["stage"] == 2
    assert bout.wins() == (0, 0)
    bout.finish_round(loser=1)
    bout.finish_round(loser=1)
    assert bout.wins() == (0, 2)
    bout.new_game()
    assert bout.data["stage"] == 1
    assert bout.wins() == (0, 0)
    assert bout.data["difficulty"] == 6
    assert bout.data["late_frames"] == 0


def test_the_strip_shows_the_counter_of_its_own_frame(make):
    """On every single frame, on every kind of screen; and what is black is all black, for 20 to 30 frames."""
    bout = make(1)
    seen, black, blacks = {}, 0, []

    def look():
        nonlocal black
        if bout.in_phase("black"):
            assert not bout.data["frame"].any()
            black += 1
            return
        if black:
            blacks.append(black)
            black = 0
        assert bout.data["frame"].any()
        assert read_counter(bout.data["frame"]) == bout.data["frame_counter"]
        seen[bout.data["phase"]] = seen.get(bout.data["phase"], 0) + 1

    step = bout.step
    bout.step = lambda *actions: (step(*actions), look())
    bout.set_difficulty(0)
    bout.start_game()
    bout.wait(120)
    for _ in range(2):
        bout.finish_round(loser=2)
    bout.next_stage()
    for _ in range(2):
        bout.finish_round(loser=1)
    bout.until(lambda: bout.in_phase("game_over"), 900, "game over")
    bout.until(lambda: bout.in_phase("title"), 300, "the title")
    assert len(blacks) == 3  # the service menu was left, too
    assert all(20 <= frames <= 30 for frames in blacks)
    assert set(seen) >= {
        PHASES[name]
        for name in ("title", "select", "style", "intro", "round_intro", "fight", "round_end", "victory", "continue",
                     "game_over", "service")
    }  # fmt: skip


def test_the_exit_of_the_service_menu_is_black_and_can_be_left_for_it(make):
    """Programs for the board wait for black after EXIT, as it restarts, and press SERVICE in the black picture."""
    bout = make(6)
    for key in ("Coin 1", "Service Mode", "Up", "Jab Punch"):
        bout.press(key)
    bout.until(bout.is_black, 12, "black after EXIT")
    bout.press("Service Mode")
    assert bout.in_phase("service")
    for key in ("Up", "Jab Punch"):
        bout.press(key)
    bout.until(lambda: bout.in_phase("title"), 60, "the title")
    assert bout.data["credits"] == 0


def test_sides_and_characters(make):
    """Where other programs for the board read them. Whoever is moved behind the other changes both sides."""
    bout = make(1)
    bout.start_game()
    assert [bout.data[name] for name in ("sideP1", "sideP2", "characterP1", "characterP2")] == [0, 1, 0, 1]
    # A fighter's structure begins with its x, in 1/256 pixel.
    bout.emulator.write_memory(FIGHTER_BASES[0], (340 << 8).to_bytes(4, "big"))
    bout.step()
    assert (bout.data["sideP1"], bout.data["sideP2"]) == (1, 0)


def test_the_service_menu_opens_from_everywhere(make):
    bout = make(1)
    bout.start_game()
    for loser in (1, 1):
        bout.press("Service Mode")
        assert bout.in_phase("service")
        assert not bout.data["fighting"]
        bout.wait(30)
        bout.press("Up")
        bout.wait(30)
        bout.press("Jab Punch")
        bout.until(lambda: bout.in_phase("title"), 40, "the title")
        bout.start_game()
        bout.finish_round(loser)


def test_a_second_player_joins_and_the_winner_stays(make):
    bout = make(1, names=(*BASIC, "humans"))
    bout.start_game()
    bout.press("Coin 2")
    bout.wait(5)
    bout.press("2 Players Start")
    assert bout.in_phase("challenger")
    bout.until(lambda: bout.in_phase("select"), 300, "the selection")
    for _ in range(2):
        bout.wait(10)
        bout.step(*press("Jab Punch"), *press("Jab Punch", player=2))
    bout.fight()
    assert bout.data["humans"] == 3
    x = bout.emulator.read_memory(ADDRESSES["xP2"][0], 2).tolist()
    for _ in range(20):
        bout.step(*press("Left", player=2))
    assert bout.emulator.read_memory(ADDRESSES["xP2"][0], 2).tolist() != x
    bout.finish_round(loser=1)
    bout.finish_round(loser=1)
    bout.until(lambda: bout.data["humans"] == 2, 600, "the winner alone")
    bout.fight()
    assert bout.data["stage"] == 1
    assert bout.wins() == (0, 0)


def test_the_tenth_stage_ends_the_game(make):
    bout = make(3)
    bout.start_game()
    bout.emulator.write_memory(ADDRESSES["stage"][0], b"\x0a")
    bout.finish_round(loser=2)
    bout.finish_round(loser=2)
    bout.until(lambda: bout.in_phase("ending"), 600, "the ending")
    bout.until(bout.is_black, 700, "black")
    bout.until(lambda: bout.in_phase("title"), 60, "the title")


def test_draws_cannot_go_on_for_ever(make):
    """The first gives a win to both, the second only to the last who hit: here nobody has, so player 2."""
    bout = make(1)
    bout.start_game()
    for expected in ((1, 1), (1, 2)):
        bout.fight()
        before = bout.wins()
        for player in (1, 2):
            bout.emulator.write_memory(ADDRESSES[f"healthP{player}"][0], b"\xff\xff")
        bout.until(lambda before=before: bout.wins() != before, 200, "a win")
        assert bout.wins() == expected


def test_equal_inputs_give_equal_games(make):
    def play(bout):
        random, trace = Random(3), []
        bout.start_game()
        for _ in range(200):
            data = bout.step(*press(*random_buttons({}, random)))
            trace.append((data["healthP1"], data["healthP2"], data["frame_counter"], data["frame"].tobytes()))
        return trace

    assert play(make(3)) == play(make(3))


# --- does playing well pay? -------------------------------------------------------------------------------------------

MAX_STAGES = 3
Policy = Callable[[dict, Random], tuple[str, ...]]


@dataclass
class Record:
    """What a policy did in its games."""

    stages: list[int] = field(default_factory=list)
    rounds: list[int] = field(default_factory=lambda: [0, 0])
    seconds: list[float] = field(default_factory=list)

    def __add__(self, other):
        rounds = [mine + theirs for mine, theirs in zip(self.rounds, other.rounds, strict=True)]
        return Record(self.stages + other.stages, rounds, self.seconds + other.seconds)

    @property
    def share(self):
        return self.rounds[0] / max(sum(self.rounds), 1)

    def __str__(self):
        return (
            f"{len(self.stages)} games, {sum(self.stages) / len(self.stages):.2f} stages each (at most {MAX_STAGES}), "
            f"rounds {self.rounds[0]} won and {self.rounds[1]} lost ({self.share:.0%}), "
            f"median {statistics.median(self.seconds):.0f} s of fighting a game"
        )


def play_round(bout, policy, random):
    """Plays until the round is decided; returns the seconds fought and who won it, as a pair."""
    steps, before = 0, bout.wins()
    while bout.data["fighting"]:
        bout.step(*press(*policy(bout.data, random)))
        steps += 1
    bout.until(lambda: bout.wins() != before, 200, "a win")
    return steps * bout.ratio / 60, [after - was for after, was in zip(bout.wins(), before, strict=True)]


def play_game(bout, policy, random, record):
    stages, seconds = 0, 0.0
    while True:
        fought, won = play_round(bout, policy, random)
        seconds += fought
        record.rounds = [total + more for total, more in zip(record.rounds, won, strict=True)]
        if bout.data["winsP1"] == 2:
            stages += 1
            if stages < MAX_STAGES:
                bout.next_stage()
                continue
        if 2 in bout.wins():
            break
        bout.fight()
    record.stages.append(stages)
    record.seconds.append(seconds)


def play_games(mame, roms, policy, games, seed, difficulty=3):
    """Plays on an emulator of its own; nobody sees a frame."""
    bout = Driver(mame, roms, HOLD_FRAMES, names=(*CONTRACT, *WATCHED, "phase", "stage"), screen=None)
    with bout.emulator:
        if difficulty != 3:
            bout.set_difficulty(difficulty)
        random, record = Random(seed), Record()
        for game in range(games):
            if game:
                bout.leave_for_title()
            bout.start_game()
            play_game(bout, policy, random, record)
        return record


@pytest.mark.timeout(400)
def test_playing_well_pays(mame, bout_roms, capsys):
    """Random buttons against the scripted player, 20 games each, and random ones on the hardest level, 8 games."""
    began = time.monotonic()
    jobs = [("random", random_buttons, 10, seed, 3) for seed in (1, 2)]
    jobs += [("scripted", scripted_buttons, 10, seed, 3) for seed in (1, 2)]
    jobs += [("random, level 0", random_buttons, 8, 1, 0), ("random, level 7", random_buttons, 8, 1, 7)]
    with ThreadPoolExecutor(2) as pool:
        played = list(pool.map(lambda job: play_games(mame, bout_roms, *job[1:]), jobs))
    records = {}
    for (name, *_), record in zip(jobs, played, strict=True):
        records[name] = records.get(name, Record()) + record
    with capsys.disabled():
        print()
        for name, record in records.items():
            print(f"    {name}: {record}")
        print(f"    {time.monotonic() - began:.0f} s")
    random, scripted = records["random"], records["scripted"]
    assert 0.02 <= random.share <= 0.5
    assert statistics.median(random.seconds) < 75
    assert scripted.share > random.share + 0.3
    assert sum(scripted.stages) > 2 * sum(random.stages)
    easy, hard = records["random, level 0"], records["random, level 7"]
    assert easy.share > random.share + 0.1
    assert easy.share > hard.share + 0.2
