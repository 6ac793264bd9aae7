"""docs/conformance.md and the tests that it names, against each other."""

import re

import pytest

from harness.program import ROOT

DOCUMENT = (ROOT / "docs" / "conformance.md").read_text()
LINES = {*range(1, 70), 71, 72, 73, 76}


def named_by_line():
    """The tests that the tables name, by the number of their line."""
    named = {}
    line = None
    for row in DOCUMENT.splitlines():
        if match := re.match(r"\| *(\d*) *\| (.*) \|$", row):
            number, text = match.groups()
            if number:
                line = int(number)
                assert line not in named, f"line {line} is there twice"
                named[line] = set()
            else:
                named[line].update(re.findall(r"`([^`]+)`", text))
    return named


def integration_tests():
    tests = set()
    for path in sorted((ROOT / "Tests" / "Integration").glob("**/test_*.py")):
        tests.update(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))
    return tests


def unit_tests():
    """`Suite.test` for the Swift functions with @Test."""
    tests = set()
    for path in sorted((ROOT / "Tests").glob("*Tests/*.swift")):
        suites = re.split(r"^(?:@Suite.*\s)?struct (\w+)", path.read_text(), flags=re.MULTILINE)
        for suite, body in zip(suites[1::2], suites[2::2]):
            for declaration in re.split(r"^    @Test", body, flags=re.MULTILINE)[1:]:
                tests.add(suite + "." + re.search(r"func (\w+)", declaration)[1])
    return tests


def test_each_line_is_there_once():
    assert set(named_by_line()) == LINES


@pytest.mark.parametrize("line", sorted(LINES))
def test_each_line_has_tests(line):
    assert any(name.startswith("test_") for name in named_by_line()[line])


def test_named_tests_exist():
    named = set().union(*named_by_line().values())
    assert named - integration_tests() - unit_tests() == set()


def test_each_numbered_test_stands_under_its_line():
    named = named_by_line()
    numbered = {name: int(name[6:8]) for name in integration_tests() if re.match(r"test_c\d\d_", name)}
    assert {name: line for name, line in numbered.items() if name not in named.get(line, set())} == {}
    # And under no other one.
    for line, names in named.items():
        assert {name for name in names if numbered.get(name, line) != line} == set()
