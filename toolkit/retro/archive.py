"""Archives with games in them, which may be damaged, or made to do damage."""

from __future__ import annotations

import contextlib
import functools
import lzma
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Final

from toolkit import limits
from toolkit.errors import ConfigError, RomError, ToolkitError
from toolkit.files import open_file
from toolkit.retro.systems import AMBIGUOUS
from toolkit.retro.zip_members import open_member, open_zip

# What Python's zipfile raises for archives that are none. It names only the first; the others come out of what it uses,
# found by damaging archives at random, and OSError, which it also raises for some.
DAMAGE: Final = (
    zipfile.BadZipFile,
    EOFError,
    IndexError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    zlib.error,
)
# What archives begin with, and what they are called; those without an ending of their own are told by their content.
_KINDS: Final = (
    (b"PK\x03\x04", "zip", ()),
    (b"PK\x05\x06", "zip", ()),
    (b"7z\xbc\xaf\x27\x1c", "7z", ()),
    (b"Rar!\x1a\x07", "rar", ()),
    # So few bytes are the beginning of cartridges, too.
    (b"\x1f\x8b", "gzip", ("gz", "tgz")),
    (b"BZh", "bzip2", ("bz2", "tbz2")),
    (b"\xfd7zXZ", "xz", ("xz", "txz")),
    (b"\x28\xb5\x2f\xfd", "zstd", ("zst",)),
)
# Disc images of several files are named by the one that lists the others.
_SHEETS: Final = ("cue", "ccd", "toc", "gdi")
_ENCRYPTED: Final = 1
# More than a disc; what unpacks to more is no game.
MAX_UNPACKED: Final = 2**30
_TOO_LARGE: Final = f"unpacks to more than {MAX_UNPACKED >> 20} MiB, which is more than a game has"
_CHUNK: Final = 2**20


class NotOneGame(RomError):
    """An archive holds no game, or several."""


def archive_kind(path: Path) -> str | None:
    """What kind of archive a file is, "zip" or one that cannot be read here ("7z", "rar", ...); None if it is none.

    Raises:
        OSError: It cannot be read.
    """
    with open_file(path) as file:
        head = file.read(8)
    extension = path.suffix[1:].lower()
    for magic, kind, extensions in _KINDS:
        if head.startswith(magic) and (not extensions or extension in extensions):
            return kind
    return "zip" if extension == "zip" else None


def unreadable_archive(kind: str) -> str:
    """The end of a sentence about an archive that is no zip."""
    return f"is a {kind} archive, which cannot be read here; unpack it, and take what is in it"


def base_name(member: str) -> str:
    """A member's name without folders, whichever system packed it."""
    return member.replace("\\", "/").rpartition("/")[2]


def extension_of(member: str) -> str:
    return Path(base_name(member)).suffix[1:].lower()


def files_in(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """The files in an archive, without those in which macOS keeps what its file system knows besides."""
    for info in archive.infolist():
        name = base_name(info.filename)
        if name and not name.startswith("._") and not info.filename.startswith("__MACOSX/"):
            yield info


def choose_member(path: Path, archive: zipfile.ZipFile, extensions: Collection[str]) -> zipfile.ZipInfo:
    """The one file in an archive that is a game: its extension, without the dot, is in `extensions`.

    Raises:
        NotOneGame: There is none, or there are several; the message says what there is.
    """
    files = list(files_in(archive))
    games = [info for info in files if extension_of(info.filename) in extensions]
    sheets = [info for info in games if extension_of(info.filename) in _SHEETS]
    sure = [info for info in games if extension_of(info.filename) not in AMBIGUOUS]
    games = sheets or sure or games
    if len(games) == 1:
        return games[0]
    if games:
        raise NotOneGame(f"{path} holds several games: {_some(games)}; unpack it, and give the file of one of them")
    wanted = ", ".join(sorted(extensions))
    raise NotOneGame(f"{path} holds no game: it holds {_some(files) or 'nothing'}, and a game ends in one of {wanted}")


def _some(files: list[zipfile.ZipInfo]) -> str:
    names = [repr(base_name(info.filename)[:100]) for info in files[:8]]
    return ", ".join([*names, *(["..."] if len(files) > len(names) else [])])


@contextlib.contextmanager
def open_game(path: Path, kind: str, extensions: Collection[str]) -> Iterator[tuple[str, IO[bytes]]]:
    """Opens the game in an archive: its name, without folders, and its bytes, of which there are at most
    `MAX_UNPACKED`.

    Raises:
        RomError: It holds not exactly one game, is damaged, encrypted, too large, or of a kind that is not read here.
    """
    with _reading(path, kind) as archive:
        game = choose_member(path, archive, extensions)
        with _open(path, archive, game) as file:
            yield base_name(game.filename), file


def unpack_game(path: Path, kind: str, extensions: Collection[str], folder: Path) -> Path:
    """Unpacks the game in an archive into `folder`, which need not exist; returns its file.

    Of a disc of several files all are unpacked, as the one that lists them names them.

    Raises:
        RomError: As from `open_game`.
        ConfigError: The folder cannot be written.
    """
    with _reading(path, kind) as archive:
        game = choose_member(path, archive, extensions)
        members = [game]
        if extension_of(game.filename) in _SHEETS:
            beside = game.filename.removesuffix(base_name(game.filename))
            members = [info for info in files_in(archive) if info.filename == beside + base_name(info.filename)]
        if sum(info.file_size for info in members) > MAX_UNPACKED:
            raise RomError(f"{path} {_TOO_LARGE}")
        for info in members:
            with _open(path, archive, info) as source:
                _write(source, folder, base_name(info.filename))
        return folder / base_name(game.filename)


@contextlib.contextmanager
def _reading(path: Path, kind: str) -> Iterator[zipfile.ZipFile]:
    """The archive; what zipfile raises for a damaged one becomes a RomError."""
    if kind != "zip":
        raise RomError(f"{path} {unreadable_archive(kind)}")
    try:
        with open_file(path) as file, open_zip(file) as archive:
            yield archive
    except ToolkitError:
        raise
    except (*DAMAGE, OSError) as error:
        raise RomError(f"{path} is no zip archive, or is damaged: {error}") from error


def _open(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.flag_bits & _ENCRYPTED:
        raise RomError(f"{path} is encrypted; unpack it with its password, and take what is in it")
    if info.file_size > MAX_UNPACKED:
        raise RomError(f"{path} {_TOO_LARGE}")
    return open_member(archive, info)


def _write(source: IO[bytes], folder: Path, name: str) -> None:
    # Chunks are read outside of the try block: what fails there is the archive, and here it is the folder.
    chunks = iter(functools.partial(source.read, _CHUNK), b"")
    try:
        folder.mkdir(exist_ok=True)
        target = (folder / name).open("xb", buffering=0)
    except (OSError, ValueError) as error:
        raise _unwritable(name, folder, error) from error
    with target:
        for chunk in chunks:
            try:
                target.write(chunk)
            except OSError as error:
                raise _unwritable(name, folder, error) from error


def _unwritable(name: str, folder: Path, error: Exception) -> ConfigError:
    reason = limits.reason(error) if isinstance(error, OSError) else error
    return ConfigError(f"cannot unpack {name[:100]!r} into {folder}: {reason}; set TMPDIR to another folder")
