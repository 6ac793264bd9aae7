"""Each example of docs/lua-api.md runs against the embedded server, and prints what its comments say."""

import re

import pytest

from harness.program import ROOT

GUIDE = (ROOT / "docs" / "lua-api.md").read_text()
# The lines at which the examples begin name them.
EXAMPLES = {GUIDE[:match.start()].count("\n") + 2: match[1] for match in re.finditer(r"```lua\n(.*?)```", GUIDE, re.DOTALL)}


@pytest.mark.parametrize("line", EXAMPLES)
def test_example_runs_and_prints_what_it_says(lua, echo, line):
    script = EXAMPLES[line].replace("http://localhost:5000", echo.url)
    result = lua.start(script, stdin="a line\n").finish()
    assert (result.status, result.stderr) == (0, ""), result
    printed = [" ".join(each.split()) for each in result.lines]
    for expected in re.findall(r"--> (.*)", script):
        assert expected in printed, result


def test_the_examples_were_found():
    assert len(EXAMPLES) >= 10
