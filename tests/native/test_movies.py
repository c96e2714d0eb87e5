"""Episodes recorded, played back and turned into films; ours and stable-retro's."""

import dataclasses
import json
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import toolkit.retro as retro
from tests.films import RATE, has_sound, sound_of
from toolkit.cli import main
from toolkit.errors import ConfigError, MovieDiffers, MovieWarning, RomError, StateError, UnknownGame
from toolkit.retro.movie import checksum, read_movie
from toolkit.retro.replay import Player, play_movie

GAME = "Airstriker-Genesis-v0"
STEPS = 300

# What stable-retro reads of a movie, and what it writes.
READ = """
import json, sys, stable_retro
movie = stable_retro.Movie(sys.argv[1])
frames = []
while movie.step():
    frames.append([sum(movie.get_key(key, player) << key for key in range(12)) for player in range(movie.players)])
print(json.dumps([movie.get_game(), len(movie.get_state()), frames]))
"""
WRITE = """
import json, sys, zlib, stable_retro
env = stable_retro.make("Airstriker-Genesis-v0", render_mode=None, record=sys.argv[1])
env.action_space.seed(5)
frames = [zlib.crc32(env.reset()[0].tobytes())]
frames += [zlib.crc32(env.step(env.action_space.sample())[0].tobytes()) for _ in range(200)]
env.stop_record()
env.close()
print(json.dumps(frames))
"""


def python(code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def record(folder, episodes=1, steps=STEPS, **options):
    """Plays and records; what each frame looked like, per episode."""
    seen = []
    with retro.make(GAME, record=folder, **options) as env:
        env.action_space.seed(1)
        for _ in range(episodes):
            seen.append([checksum(env.reset()[0])])
            for _ in range(steps):
                seen[-1].append(checksum(env.step(env.action_space.sample())[0]))
    return seen


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Two episodes, and what was seen in them."""
    folder = tmp_path_factory.mktemp("movies")
    seen = record(folder, episodes=2)
    return [folder / f"{GAME}-Level1-{number:06d}.bk2" for number in range(2)], seen


def rewrite(path, target, **changes):
    names = {"inputs": "Input Log.txt", "state": "Core.bin", "details": "Toolkit.json", "header": "Header.txt"}
    names["checksums"] = "Checksums.txt"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            for short, change in changes.items():
                if names[short] == name:
                    content = change(content)
            if content is not None:
                copy.writestr(name, content)
    return target


def test_what_was_recorded_plays_again(recorded):
    paths, seen = recorded
    for path, checksums in zip(paths, seen, strict=True):
        movie = read_movie(path)
        assert movie.checksums == checksums
        assert [checksum(picture) for picture in play_movie(movie)] == checksums
        assert len(set(checksums)) > STEPS / 2


def test_the_command(recorded, capsys):
    paths, _ = recorded
    assert main(["replay", str(paths[1])]) == 0
    assert f"{STEPS + 1} frames, each as it was recorded" in capsys.readouterr().out


def press_something(frame):
    """A change of the inputs: at `frame` everything is pressed."""

    def change(content):
        lines = content.split(b"\n")
        first = next(number for number, line in enumerate(lines) if line.startswith(b"|"))
        lines[first + frame] = b"|..|ZXYC.L.U..A.|"
        return b"\n".join(lines)

    return change


def test_the_first_frame_that_differs(recorded, tmp_path, capsys):
    path = rewrite(recorded[0][0], tmp_path / "a.bk2", inputs=press_something(100))
    with pytest.raises(MovieDiffers) as caught:
        list(play_movie(read_movie(path)))
    # What is pressed shows at the earliest in the frame that it is pressed for, and soon after.
    assert 100 <= caught.value.frame <= 110
    assert f"frame {caught.value.frame} of {STEPS + 1}" in str(caught.value)
    assert main(["replay", str(path)]) == 1
    assert "is not what it was" in capsys.readouterr().err
    # Up to there it is the same; and without comparing, it plays on.
    assert len(list(play_movie(read_movie(path), verify=False))) == STEPS + 1


def test_another_rom(recorded, tmp_path):
    rom = tmp_path / "other.md"
    rom.write_bytes(b"another")
    with pytest.raises(ConfigError, match="another ROM"):
        list(play_movie(read_movie(recorded[0][0]), rom=rom))
    with pytest.raises(RomError, match="does not exist"):
        list(play_movie(read_movie(recorded[0][0]), rom=tmp_path / "missing.md"))


def test_a_damaged_start_state(recorded, tmp_path):
    path = rewrite(recorded[0][0], tmp_path / "a.bk2", state=lambda content: content[:1000])
    with pytest.raises(StateError):
        list(play_movie(read_movie(path)))


@pytest.mark.parametrize("core", ["/tmp/mine_libretro.so", "./mine", "mine.so"])
def test_a_movie_names_no_file_to_be_run(recorded, tmp_path, core):
    def change(content):
        return json.dumps({**json.loads(content), "core": {"id": core}})

    movie = read_movie(rewrite(recorded[0][0], tmp_path / "a.bk2", details=change))
    with pytest.raises(ConfigError, match="say which core"):
        list(play_movie(movie))
    # Unless one says which.
    assert len(list(play_movie(movie, core="genesis_plus_gx"))) == STEPS + 1


def renamed(recorded, tmp_path, game):
    return rewrite(recorded[0][0], tmp_path / "a.bk2", header=lambda text: text.replace(GAME.encode(), game))


def test_an_unknown_game(recorded, tmp_path, capsys):
    path = renamed(recorded, tmp_path, b"No-Genesis")
    with pytest.raises(UnknownGame, match=r"no integration is called 'No-Genesis'.*rom= \(--rom\) names the file"):
        list(play_movie(read_movie(path)))
    assert main(["replay", str(path)]) == 1
    assert "--rom" in capsys.readouterr().err
    assert main(["replay", str(path), "--rom", retro.data.get_romfile_path(GAME)]) == 0


@pytest.mark.parametrize(
    "game", [b"Airstriker-Genesis", b"airstriker-genesis", b"Airstriker-Genesis-v7", b"\xef\xbb\xbf"]
)
def test_games_as_gym_retro_names_them(recorded, tmp_path, game):
    """Its games had no versions. With a byte order mark the first line is still one."""
    if game.startswith(b"\xef"):
        path = rewrite(recorded[0][0], tmp_path / "a.bk2", header=lambda text: game + text.replace(b"\n", b"\r\n"))
    else:
        path = renamed(recorded, tmp_path, game)
    assert len(list(play_movie(read_movie(path)))) == STEPS + 1


# --- which file a movie becomes ---------------------------------------------------------------------------------------


def episode(env, steps):
    env.reset()
    for _ in range(steps):
        env.step(env.action_space.sample())


def frames(folder):
    """How many frames each movie in the folder has, by its number."""
    names = {path.name: path for path in folder.iterdir()}
    return {int(name[-10:-4]): len(read_movie(path).inputs) for name, path in names.items() if name.startswith(GAME)}


def test_no_movie_replaces_another(tmp_path):
    """Two environments at once, then a second run: each episode's movie has a number of its own."""
    with retro.make(GAME, record=tmp_path) as one, retro.make(GAME, record=tmp_path) as two:
        # Both begin as number 0, and neither knows of the other.
        for first, second in ((3, 5), (7, 9)):
            episode(one, first)
            episode(two, second)
    assert sorted(frames(tmp_path).values()) == [4, 6, 8, 10]
    assert sorted(frames(tmp_path)) == [0, 1, 2, 3]
    before = frames(tmp_path)
    with retro.make(GAME, record=tmp_path) as env:
        episode(env, 11)
        env.stop_record()
        env.auto_record(tmp_path)
        episode(env, 12)
    assert frames(tmp_path) == {**before, 4: 12, 5: 13}
    # A name that was given is meant.
    with retro.make(GAME) as env:
        env.reset()
        env.record_movie(tmp_path / f"{GAME}-Level1-000000.bk2")
        episode(env, 1)
    assert frames(tmp_path) == {**before, 0: 2, 4: 12, 5: 13}


RACE = """
import sys
from pathlib import Path
from toolkit.retro.movie_writer import MovieWriter
for count in range(25):
    movie = MovieWriter(Path(sys.argv[1], "a-000000.bk2"), "Game-Nes-v0", "Nes", ["A"], 1, b"", rom=Path(sys.argv[2]),
                        core={}, frame_rate=60.0, numbered=True)
    movie.close()
"""


def test_processes_that_write_movies_at_once(tmp_path):
    rom = tmp_path / "rom.nes"
    rom.write_bytes(b"NES\x1a")
    folder = tmp_path / "movies"
    folder.mkdir()
    processes = [subprocess.Popen([sys.executable, "-c", RACE, str(folder), str(rom)]) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert sorted(path.name for path in folder.iterdir()) == [f"a-{number:06d}.bk2" for number in range(75)]
    assert all(zipfile.is_zipfile(path) for path in folder.iterdir())


# --- the core's options and files -------------------------------------------------------------------------------------

OPTIONS = {"genesis_plus_gx_blargg_ntsc_filter": "monochrome"}


def test_options_are_recorded_and_used(tmp_path, recorded, capsys):
    (seen,) = record(tmp_path, steps=50, options=OPTIONS)
    assert seen != recorded[1][0][:51]
    movie = read_movie(tmp_path / f"{GAME}-Level1-000000.bk2")
    assert movie.details["options"].items() >= OPTIONS.items()
    assert [checksum(picture) for picture in play_movie(movie)] == seen
    assert main(["replay", movie.path]) == 0
    # Others can be given, and then it is another game.
    with pytest.raises(MovieDiffers):
        list(play_movie(movie, options={}))
    # They are the recorded core's, and no other one's.
    with pytest.raises(MovieDiffers, match="PicoDrive"):
        list(play_movie(dataclasses.replace(movie, state=None), core="picodrive"))
    assert python(READ, movie.path)[0] == GAME


@pytest.mark.parametrize("options", [5, ["a"], {"a": 5}, {"a=b": "c"}, {"no_such_option": "x"}])
def test_malformed_options(recorded, tmp_path, options):
    def change(content):
        return json.dumps({**json.loads(content), "options": options})

    movie = read_movie(rewrite(recorded[0][0], tmp_path / "a.bk2", details=change))
    with pytest.raises(ConfigError, match="option"):
        list(play_movie(movie))


def test_bios_files_that_are_not_there_are_named(recorded, tmp_path):
    bios = tmp_path / "bios"
    (bios / "folder").mkdir(parents=True)
    (bios / "bios_CD_U.bin").write_bytes(b"a BIOS that this game does not need")
    record(tmp_path, steps=5, system=bios)
    path = tmp_path / f"{GAME}-Level1-000000.bk2"
    assert list(read_movie(path).details["system_files"]) == ["bios_CD_U.bin"]
    assert len(list(play_movie(read_movie(path)))) == 6
    assert len(list(play_movie(read_movie(path), system=bios))) == 6
    spoilt = rewrite(path, tmp_path / "a.bk2", checksums=lambda content: b"0" * 8 + content[8:])
    (bios / "bios_CD_U.bin").write_bytes(b"another")
    for system in (None, bios):
        with pytest.raises(MovieDiffers, match=r"these are others, or not there: 'bios_CD_U\.bin'; system="):
            list(play_movie(read_movie(spoilt), system=system))


def test_stable_retro_reads_ours(recorded):
    path = recorded[0][0]
    movie = read_movie(path)
    assert python(READ, path) == [GAME, len(movie.state), [list(pressed) for pressed in movie.inputs]]


def test_stable_retro_reads_ours_of_two_players(tmp_path):
    record(tmp_path, players=2, steps=50)
    movie = read_movie(tmp_path / f"{GAME}-Level1-000000.bk2")
    assert movie.players == 2
    assert any(second for _, second in movie.inputs)
    assert python(READ, movie.path)[2] == [list(pressed) for pressed in movie.inputs]


def test_ours_plays_stable_retros(tmp_path, capsys):
    expected = python(WRITE, tmp_path)
    path = tmp_path / f"{GAME}-Level1-000000.bk2"
    import zlib

    assert [zlib.crc32(picture.tobytes()) for picture in play_movie(read_movie(path))] == expected
    assert main(["replay", str(path)]) == 0
    assert "no checksums" in capsys.readouterr().out


def test_from_where_the_machine_is_switched_on(tmp_path):
    seen = record(tmp_path, episodes=2, steps=100, state=retro.State.NONE)
    assert seen[0][0] == seen[1][0]
    for number in range(2):
        movie = read_movie(tmp_path / f"{GAME}-NONE-{number:06d}.bk2")
        assert [checksum(picture) for picture in play_movie(movie)] == seen[number]


def test_cropped_pictures_are_recorded_whole(tmp_path):
    scenario = tmp_path / "crop.json"
    scenario.write_text('{"crop": [16, 8, 64, 32]}')
    record(tmp_path, steps=20, scenario=str(scenario))
    pictures = list(play_movie(read_movie(tmp_path / f"{GAME}-Level1-000000.bk2")))
    assert pictures[0].shape == (224, 320, 3)


def test_recording_stops_and_begins(tmp_path):
    with retro.make(GAME) as env:
        env.reset()
        env.record_movie(tmp_path / "a.bk2")
        for _ in range(10):
            env.step(env.action_space.sample())
        assert not list(tmp_path.iterdir())
        env.stop_record()
        env.record_movie(tmp_path / "b.bk2")
        env.reset()
        env.step(env.action_space.sample())
    # The first begins in the middle of an episode, the second with one.
    for name, frames in (("a.bk2", 10), ("b.bk2", 2)):
        assert len(list(play_movie(read_movie(tmp_path / name)))) == frames
    assert read_movie(tmp_path / "b.bk2").state == env.initial_state
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_films(recorded, tmp_path, kind, capsys):
    film = tmp_path / f"film.{kind}"
    assert main(["render", str(recorded[0][0]), "-o", str(film), "--start", "1", "--seconds", "2"]) == 0
    count = 60 if kind == "gif" else 120
    assert f"{count} frames" in capsys.readouterr().out
    assert film.stat().st_size > 5000


def test_a_film_has_the_games_sound(recorded, tmp_path):
    """What an emulator plays in the same frames, at the same time."""
    film, first, last = tmp_path / "film.mp4", 5, 245
    assert main(["render", str(recorded[0][0]), "-o", str(film), "--start", "0.08", "--seconds", "4"]) == 0
    sound = sound_of(film)[:, 0].astype(float)
    assert len(sound) / RATE == pytest.approx((last - first) / 59.9227, abs=0.03)
    with Player(read_movie(recorded[0][0]), sound=True) as player:
        played = [player.sound.take() for _ in player.play()]
        step = player.sound.rate / RATE
    assert {len(samples) for samples in played} <= {735, 736, 737}
    samples = np.concatenate(played[first:last])[:, 0].astype(float)
    expected = np.interp(np.arange(0, len(samples) - 1, step), np.arange(len(samples)), samples)
    assert expected.std() > 100
    assert sound.std() == pytest.approx(expected.std(), rel=0.1)
    # How late it is, by where the two fit best, in samples.
    size = 2 ** int(np.ceil(np.log2(len(sound) + len(expected))))
    fit = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(expected, size).conj(), size)
    late = (np.argmax(fit) + size // 2) % size - size // 2
    assert abs(late) / RATE < 0.003
    assert fit.max() > 0.9 * np.sqrt((sound**2).sum() * (expected**2).sum())


@pytest.mark.parametrize("option", ["--no-sound", "--mute"])
def test_a_film_without_sound(recorded, tmp_path, option):
    film = tmp_path / "film.mp4"
    assert main(["render", str(recorded[0][0]), "-o", str(film), "--seconds", "1", option]) == 0
    assert not has_sound(film)


NOTHING = np.zeros(12, np.int8)


def disturbances(state):
    return {
        "em.set_state()": lambda env: env.em.set_state(state),
        "em.step()": lambda env: env.em.step(),
        "writing to memory": lambda env: env.set_value("lives", 7),
    }


@pytest.mark.parametrize("what", list(disturbances(b"")))
def test_what_no_movie_has_is_warned_of(tmp_path, what):
    with retro.make(GAME, record=tmp_path) as env:
        env.reset()
        state = env.em.get_state()
        for _ in range(60):
            env.step(NOTHING)
        change = disturbances(state)[what]
        with pytest.warns(MovieWarning, match=re.escape(what)) as caught:
            change(env)
        assert caught[0].filename == __file__
        env.step(NOTHING)
        change(env)  # once per movie: another warning would be an error here
        env.step(NOTHING)
        env.reset()
        with pytest.warns(MovieWarning):
            change(env)
        env.stop_record()
        change(env)
    movie = read_movie(tmp_path / f"{GAME}-Level1-000000.bk2")
    assert movie.details["disturbed"] == f"{what}, before frame 61"
    # It can be read, and played: up to there it is what it was.
    assert len(movie.inputs) == 63
    assert len(list(play_movie(movie, verify=False))) == 63
    with pytest.raises(MovieDiffers, match=re.escape(what)) as differs:
        list(play_movie(movie))
    assert differs.value.frame >= 61


@pytest.mark.parametrize(
    "write",
    [
        lambda env: env.data.set_value("lives", 7),
        lambda env: env.data.__setitem__("lives", 7),
        lambda env: env.data.memory.assign(0xFF025A, ">u2", 7),
        lambda env: env.em.add_cheat("RFAA-A6VR"),
        lambda env: env.em.clear_cheats(),
    ],
)
def test_every_way_to_change_the_machine_is_warned_of(recording, write):
    recording.reset()
    with pytest.warns(MovieWarning, match="writing to memory|cheat"):
        write(recording)


def test_what_changes_nothing_is_not_warned_of(recording):
    for _ in range(2):
        recording.reset()
        recording.step(NOTHING)
        recording.em.get_state()
        recording.em.set_button_mask(NOTHING)
        recording.set_value("mine", 3)  # a variable of this object alone
        recording.data.update_ram()
        assert recording.data["lives"] == 3


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    with retro.make(GAME, record=tmp_path_factory.mktemp("recording")) as env:
        yield env
