"""The library that makes frames in the parent, against numpy."""

import ctypes
import itertools
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.native import references
from tests.native.building import INCLUDE, NATIVE, SANITIZE, compile_c
from toolkit.errors import ConfigError, ProtocolError
from toolkit.link import FrameView, PixelFormat, native, pixels
from toolkit.link.pixels import Renderer

SOURCES = [
    NATIVE / "library" / "render.c",
    *(NATIVE / "src" / f"{name}.c" for name in ("image", "pixels", "pixels_x86", "error")),
]
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", f"-I{INCLUDE}", f"-I{NATIVE / 'src'}")
# Sides that are no multiples of what is done at once: 16 pixels, or 8 bytes.
SIZES = [(1, 1), (7, 3), (16, 4), (17, 5), (33, 9), (50, 37), (384, 224)]
VIEWS = [
    {},
    {"crop": (3, 2, 21, 5)},
    {"crop": (0, 0, 1, 1)},
    {"crop": (40, 30, 20, 11)},
    {"crop": (500, 500, 4, 4)},
    {"size": (84, 84)},
    {"size": (1, 1)},
    {"size": (13, 60)},
    {"crop": (5, 3, 40, 30), "size": (21, 17)},
]


@pytest.fixture(scope="module", autouse=True)
def built():
    if isinstance(pixels.load(), str):
        pytest.fail(f"{pixels.load()}; the library is built by make native", pytrace=False)


@pytest.fixture
def without_library(monkeypatch, tmp_path):
    """As where there was no C compiler."""
    pixels.load.cache_clear()
    monkeypatch.setattr(native, "LIBRARY", tmp_path / "nothing.so")
    yield
    pixels.load.cache_clear()


def picture(width, height, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)


def frame_of(now, before=None, **view):
    """What a view makes of BGRX pictures."""
    return references.frame_of(now[..., 2::-1], before=None if before is None else before[..., 2::-1], **view)


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_frames(view):
    for size, gray, blend in itertools.product(SIZES, (False, True), (False, True)):
        now, before = picture(*size), picture(*size, seed=1) if blend else None
        renderer = Renderer(gray=gray, blend=blend, **view)
        frame = renderer.render(now, before)
        expected = frame_of(now, gray_scale=gray, before=before, **view)
        assert frame.shape == expected.shape == renderer.shape(size[1], size[0])
        assert frame.dtype == np.uint8
        assert frame.flags.c_contiguous
        assert frame.flags.owndata
        assert np.array_equal(frame, expected), (size, gray, blend)


def test_all_grays_and_extremes():
    values = np.array([0, 1, 127, 128, 254, 255], np.uint8)
    colours = np.stack(np.meshgrid(values, values, values, values), -1).reshape(1, -1, 4)
    assert np.array_equal(Renderer(gray=True).render(colours), frame_of(colours, gray_scale=True))
    assert np.array_equal(Renderer(size=(7, 2)).render(colours), frame_of(colours, size=(7, 2)))


def test_into_an_array_of_somebody_elses():
    now = picture(50, 37)
    batch = np.full((3, 5, 20, 1), 7, np.uint8)
    result = Renderer(gray=True, crop=(1, 2, 20, 5)).render(now, out=batch[1])
    assert result.base is batch
    assert np.array_equal(batch[1], frame_of(now, gray_scale=True, crop=(1, 2, 20, 5)))
    assert (batch[[0, 2]] == 7).all()


@pytest.mark.parametrize(
    "out",
    [
        np.zeros((37, 50), np.uint8),
        np.zeros((37, 50, 1), np.uint8),
        np.zeros((50, 37, 3), np.uint8),
        np.zeros((37, 50, 3), np.int8),
        np.zeros((37, 50, 6), np.uint8)[..., ::2],
        np.frombuffer(bytes(37 * 50 * 3), np.uint8).reshape(37, 50, 3),
        bytearray(37 * 50 * 3),
    ],
    ids=["flat", "gray", "turned", "signed", "strided", "read-only", "bytes"],
)
def test_arrays_that_do_not_fit(out):
    with pytest.raises(ConfigError, match="out must be"):
        Renderer().render(picture(50, 37), out=out)


def test_pictures_that_lie_apart():
    """Rows with gaps between them, in reverse."""
    wide, other = picture(60, 37), picture(60, 37, seed=1)
    now, before = wide[::-1, 5:55], other[::-1, 5:55]
    assert np.array_equal(Renderer(blend=True).render(now, before), frame_of(now, before=before))


def test_a_picture_before_of_another_size_is_left_out():
    now = picture(50, 37)
    assert np.array_equal(Renderer(blend=True).render(now, picture(37, 50)), frame_of(now))


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 3), (1, 4, 4, 4)])
def test_what_is_no_picture(shape):
    with pytest.raises(ProtocolError, match="4 bytes a pixel"):
        Renderer().render(np.zeros(shape, np.uint8))


def test_threads():
    """Nothing is kept between calls that two of them could share."""
    now = picture(384, 224)
    views = [{"gray": True, "size": (84, 84)}, {"size": (50, 61)}, {}, {"gray": True, "crop": (9, 9, 99, 99)}]
    renderers = [Renderer(**view) for view in views]
    expected = [renderer.render(now) for renderer in renderers]

    def work(number):
        return all(np.array_equal(renderers[i % 4].render(now), expected[i % 4]) for i in range(number, number + 100))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))


def test_without_vector_instructions_every_byte_is_the_same(tmp_path, monkeypatch):
    library = tmp_path / "scalar.so"
    compile_c(*FLAGS, "-O2", "-fPIC", "-shared", "-DTK_NO_VECTOR", *SOURCES, "-o", library)
    assert b"vpmaddwd" not in subprocess.run(["objdump", "-d", library], capture_output=True, check=True).stdout
    fast = pixels.load()
    scalar = ctypes.CDLL(str(library)).toolkit_render
    scalar.argtypes, scalar.restype = fast.argtypes, fast.restype
    for gray in (False, True):
        for view in VIEWS:
            for blend in (False, True):
                renderer = Renderer(gray=gray, blend=blend, **view)
                now, before = picture(75, 40), picture(75, 40, seed=1) if blend else None
                frame = renderer.render(now, before)
                with monkeypatch.context() as patch:
                    patch.setattr(pixels, "load", lambda: scalar)
                    assert np.array_equal(renderer.render(now, before), frame)


@pytest.mark.parametrize("vector", ["", "-DTK_NO_VECTOR"])
def test_nothing_outside_of_the_pictures_is_touched(tmp_path, vector):
    driver = tmp_path / "driver"
    defined = [vector] if vector else []
    compile_c(*FLAGS, "-O1", "-g", *SANITIZE, *defined, NATIVE / "test" / "render_driver.c", *SOURCES, "-o", driver)
    done = subprocess.run([driver, "3000", "5"], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr


# --- views of frames, and life without the library --------------------------------------------------------------------


@pytest.mark.parametrize("library", [True, False])
def test_views(library, request):
    if not library:
        request.getfixturevalue("without_library")
    now = picture(33, 9)
    bgrx = FrameView(PixelFormat.BGRX, now)
    rgb = FrameView(PixelFormat.RGB24, now[..., :3].copy())
    gray = FrameView(PixelFormat.GRAY8, now[..., :1].copy())
    for view, as_rgb, copy in (
        (bgrx, now[..., 2::-1], now[..., 2::-1]),
        (rgb, now[..., :3], now[..., :3]),
        (gray, np.repeat(now[..., :1], 3, axis=2), now[..., :1]),
    ):
        assert np.array_equal(view.rgb(), as_rgb)
        assert np.array_equal(view.copy(), copy)
        assert not np.shares_memory(view.copy(), view.pixels)
        room = np.zeros(copy.shape, np.uint8)
        assert view.copy(room) is room
        assert np.array_equal(room, copy)
        with pytest.raises(ConfigError, match="out must be"):
            view.copy(np.zeros((1, 1, 3), np.uint8))
    with pytest.raises(ProtocolError, match="no pixels"):
        FrameView(PixelFormat.NONE, now).rgb()


@pytest.mark.parametrize("view", [{"gray": True}, {"crop": (0, 0, 1, 1)}, {"size": (84, 84)}, {"blend": True}], ids=str)
def test_what_needs_the_library_says_so(without_library, view):
    with pytest.raises(ConfigError, match=r"nothing\.so.*apt-get install gcc.*make native"):
        Renderer(**view)


def test_a_library_of_something_else(without_library, tmp_path, monkeypatch):
    source = tmp_path / "other.c"
    source.write_text("int other(void);\nint other(void) { return 1; }\n")
    compile_c("-shared", "-fPIC", source, "-o", tmp_path / "other.so")
    monkeypatch.setattr(native, "LIBRARY", tmp_path / "other.so")
    with pytest.raises(ConfigError, match="toolkit_render"):
        Renderer(gray=True)
    assert np.array_equal(Renderer().render(picture(5, 5)), picture(5, 5)[..., 2::-1])
