"""What can be plugged into a machine: controllers, adapters, drives, expansion cards."""

from __future__ import annotations

import difflib
import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from toolkit.errors import ConfigError, LaunchError
from toolkit.mame.binary import find_binary, printed, query
from toolkit.mame.workspace import Media, Workspace, check_game_id

Slots = Mapping[str, str | None]
_SLOT: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:]*")
_DEVICE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.,:=]*")


class Slot(NamedTuple):
    """A slot of a machine: what can be plugged into it, by name, each with its description; and what is by default."""

    name: str
    options: dict[str, str]
    default: str | None


def list_slots(game_id: str, binary_path: str | os.PathLike[str] | None = None) -> list[Slot]:
    """The slots of a machine, as the argument `slots` of an `Emulator` takes them; no ROM is needed.

    What is plugged in may have slots of its own: their names then begin with this slot's and a colon.

    Raises:
        ConfigError: There is no MAME, or no such machine.
        LaunchError: What MAME printed is no list.
    """
    binary = find_binary(binary_path)
    answer = query(binary, ["-noreadconfig", "-listxml", check_game_id(game_id)])
    try:
        listing = ElementTree.fromstring(answer.stdout)
    except ElementTree.ParseError:
        said = answer.stderr.decode("utf-8", "replace")
        if game_id in said:
            raise ConfigError(f"MAME has no machine {game_id!r}; it says:\n{said}") from None
        raise LaunchError(
            f"{binary} -listxml {game_id} printed no list; {printed(answer)}", answer.args, answer.returncode
        ) from None
    machines = {entry.get("name"): entry for entry in listing.iter("machine")}
    machine = machines.get(game_id)
    return [] if machine is None else [_slot(entry, machines) for entry in machine.iter("slot")]


def _slot(entry: ElementTree.Element, machines: Mapping[str | None, ElementTree.Element]) -> Slot:
    options, default = {}, None
    for option in entry.iter("slotoption"):
        name = option.get("name", "")
        device = machines.get(option.get("devname"))
        options[name] = "" if device is None else device.findtext("description", "")
        if option.get("default") == "yes":
            default = name
    return Slot(entry.get("name", ""), dict(sorted(options.items())), default)


def slot_arguments(slots: Slots) -> list[str]:
    """MAME's arguments for what is to be plugged in, such as -joyport1 pad.

    Raises:
        ConfigError: Something that cannot be the name of a slot or of a device.
    """
    arguments = []
    if not isinstance(slots, Mapping):
        raise ConfigError(f"slots is a dict such as {{'joyport1': 'pad'}}, got {slots!r}")
    for slot, device in slots.items():
        if not isinstance(slot, str) or not _SLOT.fullmatch(slot):
            raise ConfigError(f"{slot!r} is no name of a slot; they are like 'joyport1': list_slots() shows them")
        if device and (not isinstance(device, str) or not _DEVICE.fullmatch(device)):
            raise ConfigError(
                f"{device!r} is nothing that could be plugged into {slot}; list_slots() shows what can be, "
                f"and None is nothing at all. Files go into media="
            )
        arguments += [f"-{slot}", device or ""]
    return arguments


def check_slots(slots: Slots, known: Iterable[Slot], game_id: str) -> None:
    """Refuses what the machine does not have.

    Raises:
        ConfigError: No such slot, or nothing of that name goes into it; with the nearest right name.
    """
    by_name = {slot.name: slot for slot in known}
    for name, device in slots.items():
        slot = by_name.get(name)
        if slot is None:
            # Slots of what is plugged in are not in the list.
            if not any(name.startswith(f"{other}:") for other in by_name):
                raise ConfigError(
                    f"{game_id} has no slot {name!r}; {_nearest(name, by_name, 'its slots are')}. Files go into media="
                )
        elif device and device.partition(",")[0] not in slot.options:
            raise ConfigError(
                f"{game_id}: {device!r} does not go into {name}; {_nearest(device, slot.options, 'what does is')}"
            )


def media_arguments(workspace: Workspace, media: Media, game_id: str, binary: Path) -> list[str]:
    """`Workspace.add_media`, which also knows what to say of a device that is given as if it was a file.

    Raises:
        ConfigError: As `add_media`, or one of `media` is the machine's slot for a device.
    """
    try:
        return workspace.add_media(media)
    except ConfigError:
        check_media(media, list_slots(game_id, binary) if isinstance(media, Mapping) else (), game_id)
        raise


def check_media(media: Media, known: Iterable[Slot], game_id: str) -> None:
    """Refuses files for slots that take devices.

    Raises:
        ConfigError: One of `media` is such a slot.
    """
    for slot in known:
        if slot.name in media:
            device = os.fspath(media[slot.name])
            raise ConfigError(
                f"{slot.name} of {game_id} takes a device, and media= is for files: "
                f"slots={{{slot.name!r}: {device!r}}}; what goes into it is {', '.join(slot.options)}"
            )


def _nearest(name: str, names: Iterable[str], intro: str) -> str:
    there = list(names)
    near = difflib.get_close_matches(name, there, n=3)
    if near:
        return f"did you mean {', '.join(near)}"
    return f"{intro} {', '.join(there)}" if there else "there is none"
