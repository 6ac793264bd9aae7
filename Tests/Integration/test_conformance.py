"""docs/conformance.md and docs/conformance-socketio.md and the tests that they name, against each other."""

import re
from collections import Counter
from dataclasses import dataclass

import pytest

from harness.program import ROOT


@dataclass
class Document:
    """A page with a table of lines; `letter` begins the numbers in the names of its tests."""

    name: str
    letter: str
    lines: set

    def named_by_line(self):
        """The tests that the tables name, by the number of their line."""
        named = {}
        line = None
        for row in (ROOT / "docs" / self.name).read_text().splitlines():
            if match := re.match(r"\| *(\d*) *\| (.*) \|$", row):
                number, text = match.groups()
                if number:
                    line = int(number)
                    assert line not in named, f"line {line} is there twice"
                    named[line] = set()
                else:
                    named[line].update(re.findall(r"`([^`]+)`", text))
        return named

    def numbers_of(self, test):
        """The lines in the name of a test: 52 and 53 of `test_s52_53_results`; empty without any."""
        match = re.match(rf"test_{self.letter}((?:\d+_)+)", test)
        return {int(number) for number in match[1].split("_")[:-1]} if match else set()


DOCUMENTS = [
    Document("conformance.md", "c", {*range(1, 70), 71, 72, 73, 76}),
    Document("conformance-socketio.md", "s", {*range(1, 121)}),
]
LINES = [(document, line) for document in DOCUMENTS for line in sorted(document.lines)]


@pytest.fixture(params=DOCUMENTS, ids=lambda document: document.name)
def document(request):
    return request.param


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


def test_each_line_is_there_once(document):
    assert set(document.named_by_line()) == document.lines


@pytest.mark.parametrize("document, line", LINES, ids=[f"{document.letter}{line}" for document, line in LINES])
def test_each_line_has_tests(document, line):
    assert any(name.startswith("test_") for name in document.named_by_line()[line])


def test_named_tests_exist(document):
    named = set().union(*document.named_by_line().values())
    assert named - integration_tests() - unit_tests() == set()


def test_each_numbered_test_stands_under_its_lines(document):
    named = document.named_by_line()
    for test in integration_tests():
        if numbers := document.numbers_of(test):
            # And under no other ones.
            assert {line for line, names in named.items() if test in names} == numbers, test


def test_a_test_covers_three_lines_at_most(document):
    for test in integration_tests():
        assert len(document.numbers_of(test)) <= 3, test


def test_a_test_of_socketio_stands_under_three_lines_at_most():
    named = DOCUMENTS[1].named_by_line().values()
    lines = Counter(name for names in named for name in names)
    assert {name for name, count in lines.items() if count > 3} == set()
