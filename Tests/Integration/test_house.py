"""scripts/house.sh finds what it is to find, in a small house with one fault of each kind."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CLEAN = {
    "Sources/EngineIOClient/ClientSession.swift": "public final class ClientSession {\n    private var isOpen = false\n}\n",
    "Sources/CLuaHost/vm.c": "struct luahost_vm { int state; };\nstruct luahost_client { int state; };\n"
    "struct luahost_loop { int state; };\n",
    "Sources/Other/Plan.swift": "/// There is no longer a plan, and what it was is known.\npackage struct Plan {}\n",
}

FAULTS = {
    "transports": {
        "Sources/Other/Plan.swift": "func f() {\n    if case .polling = a {}\n    switch b { case .websocket: break }\n"
        "    _ = c == .polling\n    _ = d != .websocket\n    _ = e.transport == f\n}\n"
    },
    "properties": {
        "Sources/EngineIOClient/ClientSession.swift": "final class ClientSession { var owned = Owned() }\n",
        "Sources/EngineIOClient/Owned.swift": "final class Owned {\n"
        + "".join(f"    var number{index} = 0\n" for index in range(21))
        + "    var computed: Int { 1 }\n}\n",
    },
    "bools": {
        "Sources/CLuaHost/vm.c": "struct luahost_vm { bool a, b; bool c; bool d; };\nstruct luahost_client { int state; };\n"
        "struct luahost_loop { int state; };\n"
    },
    "circle": {
        f"Sources/CLuaHost/file{index}.c": f"void call{index}(void) {{ call{(index + 1) % 9}(); }}\n" for index in range(9)
    },
    "long-files": {"Tests/test_long.py": "a = 1\n" * 401},
    "public": {"Sources/Other/Plan.swift": "public struct Plan {}\n"},
    "types": {
        "Sources/Other/Plan.swift": "package struct Other {}\n",
        "Sources/Other/User.swift": "func use(_ other: Other) {}\n",
    },
}

ENGLISH = [
    "/// A text that is no number.\n",
    "/// It is read. What is left is kept.\n",
    "/// The value that is none.\n",
    "/// It waits for ever.\n",
    "/// The loop is told of it.\n",
    "let isEndTold = 1\n",
    'let message = "\\(name) is no file"\n',
    "/// " + "x" * 120 + "\n",
]

FINE = [
    "/// There is no number.\n",
    "/// It is no longer read, and was no more than a number.\n",
    "/// What is it?\n",
    "/// Nobody can tell them apart.\n",
]


def house(root: Path, files: dict[str, str]) -> tuple[int, dict[str, int]]:
    for name, text in (CLEAN | files).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    done = subprocess.run(
        [ROOT / "scripts/house.sh", "--root", root], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, {name: int(value) for name, value in re.findall(r"^([\w-]+) +(\d+) +\d+ ", done.stdout, re.M)}


def test_clean_house(tmp_path):
    status, numbers = house(tmp_path, {})
    assert (status, numbers) == (
        0,
        {"transports": 0, "properties": 1, "bools": 1, "circle": 0, "long-files": 0, "public": 0, "english": 0, "types": 0},
    )


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_found(name, tmp_path):
    status, numbers = house(tmp_path, FAULTS[name])
    expected = {"transports": 5, "properties": 21, "bools": 4, "circle": 9}.get(name, 1)
    assert (status, numbers[name]) == (1, expected)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_found(text, tmp_path):
    assert house(tmp_path, {"Sources/Other/Plan.swift": text})[1]["english"] == 1


@pytest.mark.parametrize("text", FINE)
def test_plain_english_is_fine(text, tmp_path):
    assert house(tmp_path, {"Sources/Other/Plan.swift": text})[1]["english"] == 0
