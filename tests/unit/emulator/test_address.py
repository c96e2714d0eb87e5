import numpy as np
import pytest

from toolkit.emulator import Address
from toolkit.errors import ConfigError


@pytest.mark.parametrize(
    "address", ["0x02011383", "0X2011383", "33624963", 33624963, np.int64(33624963), np.array(33624963)]
)
def test_hexadecimal_decimal_and_integers(address):
    made = Address(address, "u8")
    assert (made.offset, type(made.offset)) == (0x02011383, int)
    # What it was made of names start states, and must not depend on the library that a number comes from.
    assert isinstance(address, str) or repr(made) == repr(Address(0x02011383, "u8"))


@pytest.mark.parametrize(
    ("mode", "size", "signed", "order"),
    [
        ("u8", 1, False, "native"),
        ("s8", 1, True, "native"),
        ("u16", 2, False, "native"),
        ("s32", 4, True, "native"),
        ("u64", 8, False, "native"),
        (">u2", 2, False, "big"),
        ("<i4", 4, True, "little"),
        ("=i8", 8, True, "native"),
        ("|u1", 1, False, "native"),
        ("u2", 2, False, "native"),
        ("i1", 1, True, "native"),
    ],
)
def test_modes(mode, size, signed, order):
    address = Address(0, mode)
    assert (address.size, address.signed, address.order) == (size, signed, order)


def test_a_main_cpus_program_space_unless_told_otherwise():
    assert (Address(0, "u8").device, Address(0, "u8").space) == (":maincpu", "program")
    address = Address(0, "u8", device=":sub", space="io")
    assert (address.device, address.space) == (":sub", "io")
    with pytest.raises(TypeError):
        Address(0, "u8", ":sub")


@pytest.mark.parametrize(
    "address", ["", "x", "0x", "0xzz", None, [], 1.5, 1.0, True, -1, "-1", 2**63, "0x8000000000000000", "1.5"]
)
def test_what_is_no_address(address):
    with pytest.raises(ConfigError):
        Address(address, "u8")


@pytest.mark.parametrize(
    "mode", ["", "u", "8", "u7", "u128", "f4", ">f8", "U8", "u8 ", "u8\n", "<u16", ">s2", "u16_le", None, 8]
)
def test_what_is_no_mode(mode):
    with pytest.raises(ConfigError, match="unknown mode"):
        Address(0, mode)


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_decode(size):
    unsigned, signed = Address(0, f"u{8 * size}"), Address(0, f"s{8 * size}")
    assert unsigned.decode(5) == signed.decode(5) == 5
    assert signed.decode(-5) == -5
    assert Address(0, "u64").decode(-1) == 2**64 - 1
    assert Address(0, "u64").decode(-(2**63)) == 2**63
