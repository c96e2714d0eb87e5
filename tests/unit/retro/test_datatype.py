import pytest

from toolkit.errors import ConfigError
from toolkit.retro.datatype import DataType, byte_order, wrap64


@pytest.mark.parametrize(
    ("text", "memory", "value"),
    [
        ("|u1", "ff", 255),
        ("|i1", "ff", -1),
        (">u2", "1234", 0x1234),
        ("<u2", "1234", 0x3412),
        ("=u2", "1234", 0x3412),
        ("<i4", "feffffff", -2),
        (">u3", "010203", 0x010203),
        ("><u4", "01020304", 0x02010403),
        ("<>u4", "01020304", 0x03040102),
        (">=u4", "01020304", 0x02010403),
        ("<=u4", "01020304", 0x04030201),
        (">u8", "8000000000000000", -(2**63)),
        (">d2", "1234", 1234),
        ("<d2", "1234", 3412),
        ("|d1", "99", 99),
        # Nibbles above 9 begin again at 0.
        ("|d1", "af", 5),
        (">d4", "00000000", 0),
        (">d8", "9999999999999999", 9999999999999999),
        (">n4", "01020304", 1234),
        ("<n4", "01020304", 4321),
        # Of these bytes the low nibble counts alone.
        ("|n1", "37", 7),
        ("|n1", "0c", 2),
        (">n8", "0900000000000001", 90000001),
    ],
)
def test_values(text, memory, value):
    kind = DataType(text)
    data = bytes.fromhex(memory)
    significant = bytes(data[place] for place in kind.order)
    assert kind.decode(significant) == value


@pytest.mark.parametrize("order", ["|", "=", "<", ">", "<>", "><", "<=", ">="])
@pytest.mark.parametrize("width", range(1, 9))
def test_every_byte_has_its_place(order, width):
    assert sorted(byte_order(order, width)) == list(range(width))


@pytest.mark.parametrize("text", [">u2", "<i8", ">d5", "<n8", "|u1"])
@pytest.mark.parametrize("value", [0, 1, 9, 90])
def test_there_and_back(text, value):
    kind = DataType(text)
    assert kind.decode(kind.encode(value)) == value


def test_digits_that_do_not_fit_are_lost():
    assert DataType("|d1").encode(12345) == b"\x45"
    assert DataType(">n2").encode(12345) == b"\x05\x04"
    assert DataType("|u1").encode(-1) == b"\xff"


@pytest.mark.parametrize("text", ["", "u1", "|u0", "|u9", "|f4", ">>u2", "|u16", "|u1 ", "<u\uff12", "\n|u1", "|u1\n"])
def test_bad_types(text):
    with pytest.raises(ConfigError, match="no type"):
        DataType(text)


def test_wrap64():
    assert [wrap64(value) for value in (0, -1, 2**63 - 1, 2**63, 2**64)] == [0, -1, 2**63 - 1, -(2**63), 0]
