import json

from toolkit.cli import main


def test_cores_of_a_folder(tmp_path, monkeypatch, capsys):
    (tmp_path / "own_libretro.so").write_bytes(b"")
    monkeypatch.setenv("TOOLKIT_CORES", str(tmp_path))
    assert main(["list-cores", "--json"]) == 0
    listed = {core["name"]: core for core in json.loads(capsys.readouterr().out)}
    assert listed["own"] == {"name": "own", "path": str(tmp_path / "own_libretro.so"), "source": "TOOLKIT_CORES"}
    assert main(["list-cores"]) == 0
    assert str(tmp_path / "own_libretro.so") in capsys.readouterr().out


def test_none(monkeypatch, capsys):
    monkeypatch.setattr("toolkit.retro.cores.core_folders", list)
    assert main(["list-cores"]) == 1
    assert "apt-get install libretro-nestopia" in capsys.readouterr().out
