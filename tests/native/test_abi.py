"""Our declaration of libretro's binary interface against the original, where Debian's retroarch-dev is installed."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.native.building import INCLUDE, NATIVE, compile_c

FOLDERS = [Path("/usr/include/libretro-common"), Path("/usr/local/include/libretro-common"), Path("/usr/include")]

# Ours: theirs, where a rule would not do.
NAMES = {
    "LR_API_VERSION": "RETRO_API_VERSION",
    "LR_EXPERIMENTAL": "RETRO_ENVIRONMENT_EXPERIMENTAL",
    "LR_DEVICE_MASK": "RETRO_DEVICE_MASK",
    "LR_JOYPAD_BUTTONS": "RETRO_DEVICE_ID_JOYPAD_R3 + 1",
    "LR_JOYPAD_ALL": "RETRO_DEVICE_ID_JOYPAD_MASK",
    "LR_MEMORY_SYSTEM_RAM": "RETRO_MEMORY_SYSTEM_RAM",
    "LR_LOG_WARNING": "RETRO_LOG_WARN",
    "LR_LIGHTGUN_OFFSCREEN": "RETRO_DEVICE_ID_LIGHTGUN_IS_OFFSCREEN",
    "LR_MODIFIER_SHIFT": "RETROKMOD_SHIFT",
    "LR_MODIFIER_CTRL": "RETROKMOD_CTRL",
    "LR_MODIFIER_ALT": "RETROKMOD_ALT",
    "LR_MODIFIER_META": "RETROKMOD_META",
    "LR_ENABLE_VIDEO": "1",  # of the original only a comment says it: bit 0 and bit 1
    "LR_ENABLE_AUDIO": "2",
    "LR_MEMDESC_BIG_ENDIAN": "RETRO_MEMDESC_BIGENDIAN",
    "LR_OPTION_VALUES": "RETRO_NUM_CORE_OPTION_VALUES_MAX",
}
PREFIXES = {  # by the name of our enumeration
    "command": ("LR_", "RETRO_ENVIRONMENT_"),
    "pixel_format": ("LR_PIXEL_", "RETRO_PIXEL_FORMAT_"),
    "region": ("LR_", "RETRO_"),
    "memory": ("LR_", "RETRO_"),
    "device": ("LR_", "RETRO_"),
    "analog": ("LR_ANALOG_", "RETRO_DEVICE_INDEX_ANALOG_"),
    "mouse": ("LR_", "RETRO_DEVICE_ID_"),
    "lightgun": ("LR_", "RETRO_DEVICE_ID_"),
    "pointer": ("LR_", "RETRO_DEVICE_ID_"),
    "log_level": ("LR_", "RETRO_"),
    "memory_flag": ("LR_", "RETRO_"),
}
# Our structure, theirs, and each member of ours with theirs where the name differs.
STRUCTURES = {
    "system_info": ("system_info", "library_name library_version valid_extensions need_fullpath block_extract"),
    "geometry": ("game_geometry", "base_width base_height max_width max_height aspect_ratio"),
    "av_info": ("system_av_info", "geometry timing timing.fps timing.sample_rate"),
    "game_info": ("game_info", "path data size meta"),
    "variable": ("variable", "key value"),
    "option_value": ("core_option_value", "value label"),
    "option": ("core_option_definition", "key description=desc info values default_value"),
    "options_intl": ("core_options_intl", "us local"),
    "option_v2": (
        "core_option_v2_definition",
        "key description=desc description_in_category=desc_categorized info info_in_category=info_categorized "
        "category=category_key values default_value",
    ),
    "options_v2": ("core_options_v2", "categories options=definitions"),
    "options_v2_intl": ("core_options_v2_intl", "us local"),
    "memory_descriptor": (
        "memory_descriptor",
        "flags pointer=ptr offset start select disconnect length=len space=addrspace",
    ),
    "memory_map": ("memory_map", "descriptors count=num_descriptors"),
    "controller": ("controller_description", "name=desc id"),
    "controllers": ("controller_info", "kinds=types count=num_types"),
    "message": ("message", "text=msg frames"),
    "message_ext": ("message_ext", "text=msg duration priority level target type progress"),
    "log_callback": ("log_callback", "log"),
    "keyboard_callback": ("keyboard_callback", "key=callback"),
    "frame_time_callback": ("frame_time_callback", "tell=callback reference"),
}


@pytest.fixture(scope="module")
def original():
    for folder in FOLDERS:
        if (folder / "libretro.h").is_file():
            return folder
    return pytest.skip("there is no libretro.h to compare with (Debian: apt-get install retroarch-dev)")


def constants():
    """(our name, the expression for it in the original) of every constant in lr_abi.h."""
    text = re.sub(r"/\*.*?\*/", "", (INCLUDE / "lr_abi.h").read_text(), flags=re.S)
    pairs = [(name, NAMES[name]) for name in [*re.findall(r"#define (LR_\w+) \d", text), "LR_EXPERIMENTAL"]]
    for enumeration, body in re.findall(r"enum lr_(\w+) \{(.*?)\}", text, re.S):
        for name in re.findall(r"(LR_\w+) =", body):
            if name in NAMES:
                pairs.append((name, NAMES[name]))
            else:
                ours, theirs = PREFIXES[enumeration]
                assert name.startswith(ours)
                pairs.append((name, theirs + name[len(ours) :]))
    return pairs


def layout():
    """(our expression, theirs) for the size of every structure and the place and size of every member."""
    pairs = []
    for name, (original_name, members) in STRUCTURES.items():
        ours, theirs = f"struct lr_{name}", f"struct retro_{original_name}"
        pairs.append((f"sizeof({ours})", f"sizeof({theirs})"))
        for member in members.split():
            mine, _, other = member.partition("=")
            other = other or mine
            pairs.append((f"offsetof({ours}, {mine})", f"offsetof({theirs}, {other})"))
            pairs.append((f"sizeof((({ours} *)0)->{mine})", f"sizeof((({theirs} *)0)->{other})"))
    return pairs


def values(folder, name, header, include, expressions):
    """What the expressions are, by a program that knows only this header."""
    source = folder / f"{name}.c"
    lines = "\n".join(f'    printf("%llu\\n", (unsigned long long)({expression}));' for expression in expressions)
    source.write_text(
        f"#include <stddef.h>\n#include <stdio.h>\n#include <{header}>\nint main(void) {{\n{lines}\n    return 0;\n}}\n"
    )
    compile_c("-std=c11", f"-I{include}", source, "-o", folder / name)
    done = subprocess.run([folder / name], capture_output=True, text=True, check=True, timeout=10)
    return [int(line) for line in done.stdout.split()]


@pytest.mark.parametrize("what", [constants, layout])
def test_like_the_original(original, tmp_path, what):
    pairs = what()
    assert len(pairs) > 80
    ours = values(tmp_path, "ours", "lr_abi.h", INCLUDE, [pair[0] for pair in pairs])
    theirs = values(tmp_path, "theirs", "libretro.h", original, [pair[1] for pair in pairs])
    wrong = [(pair, a, b) for pair, a, b in zip(pairs, ours, theirs, strict=True) if a != b]
    assert wrong == []


def test_keys(original, tmp_path):
    pairs = re.findall(r"\{(\d+), \"(\w+)\"\}", (NATIVE / "src" / "input.c").read_text())
    [last] = values(tmp_path, "last", "libretro.h", original, ["RETROK_LAST"])
    # Debian 12's header ends before the keys of media and browsers, which Debian 13's has.
    pairs = [(int(code), name) for code, name in pairs if int(code) < last]
    assert len(pairs) > 100
    theirs = values(tmp_path, "keys", "libretro.h", original, [f"RETROK_{name}" for _, name in pairs])
    assert theirs == [code for code, _ in pairs]
    header = (NATIVE / "src" / "input.h").read_text()
    assert int(re.search(r"TK_KEYS = (\d+)", header)[1]) >= last


def test_every_structure_is_compared():
    names = set(re.findall(r"^struct lr_(\w+) \{", (INCLUDE / "lr_abi.h").read_text(), re.M))
    assert names - {"functions"} == set(STRUCTURES)


def test_functions(original, tmp_path):
    """Both declarations of all functions in one file: compatible types, or the compiler refuses."""
    names = re.findall(r"F\(.*?, (\w+), \(", (INCLUDE / "lr_abi.h").read_text())
    assert len(names) == 24
    source = tmp_path / "functions.c"
    checks = "\n".join(f"void *check_{name}(void) {{ return (void *)retro_{name}; }}" for name in names)
    source.write_text(f"#include <libretro.h>\n{checks}\n")
    compile_c("-std=gnu11", "-c", f"-I{original}", source, "-o", tmp_path / "functions.o")
