"""The picture in docs/design.md has every target of Package.swift and every arrow between two, and all point down."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def targets_of_package() -> dict[str, set[str]]:
    text = (ROOT / "Package.swift").read_text()
    text = re.sub(r"//.*", "", text[text.index("    targets: [") :])
    found = {}
    for part in re.split(r"\.(?=(?:target|executableTarget|systemLibrary|testTarget)\()", text)[1:]:
        kind, name = re.match(r'(\w+)\(\s*name: "([^"]+)"', part).groups()
        if kind == "testTarget" or "Tests/" in part:
            continue
        own = re.sub(r"\.product\([^)]*\)", "", part)
        listed = re.search(r"dependencies:[^\[]*\[([^\]]*)\]", own)
        found[name] = set(re.findall(r'"([^"]+)"', listed.group(1))) if listed else set()
    return found


def targets_of_picture() -> dict[str, set[str]]:
    """In the order in which the picture has them."""
    block = re.search(r"^((?:    \S.*|     +\S.*|\s*)\n)+", (ROOT / "docs/design.md").read_text(), re.MULTILINE)
    found, name = {}, None
    for line in block.group().splitlines():
        if match := re.match(r"    ([\w-]+)(?:\s|$)", line):
            name = match.group(1)
            found[name] = set()
        elif name and line.strip():
            found[name] |= set(line.replace("→", " ").split())
    return found


def test_picture_has_every_target_and_every_arrow():
    package, picture = targets_of_package(), targets_of_picture()
    assert len(package) > 20
    assert picture == package


def test_arrows_point_down():
    picture = targets_of_picture()
    names = list(picture)
    up = [(name, other) for name in names for other in picture[name] if names.index(other) <= names.index(name)]
    assert up == []
