"""`eio-lua report compare`: two runs side by side."""

import re

import pytest

SCRIPT = """
    local loadtest = require "loadtest"
    local size = loadtest.Trend("size")
    options = {vus = 1, iterations = 4}
    function default() size:add(tonumber(arg[1]) + __ITER) end
"""


@pytest.fixture
def exports(lua):
    lua.write(SCRIPT)
    for name, size in (("before", 100), ("after", 125)):
        lua.command("load", "--summary-export", f"{name}.json", "script.lua", "--", size).finish()
    return "before.json", "after.json"


def compare(lua, *arguments):
    return lua.command("report", "compare", *arguments).finish()


def test_figures_and_changes(lua, exports):
    result = compare(lua, *exports, "--report", "page.html")
    assert result.status == 0, result
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["size", "med", "101.5", "126.5", "+24.6", "%"] in rows
    page = (lua.folder / "page.html").read_text()
    assert "<td>size</td><td>med</td>" in page and "+24.6 %" in page


@pytest.mark.parametrize("threshold, status", [("size:med<25%", 0), ("size:med<24%", 99), ("none:med<24%", 99)])
def test_a_threshold_decides_the_status(lua, exports, threshold, status):
    result = compare(lua, *exports, "--threshold", threshold)
    assert result.status == status, result
    assert ("✓" if status == 0 else "✗") + f" {threshold}" in result.stdout
    assert ("thresholds on the changes failed" in result.stderr) == (status == 99)


def test_mistakes_are_named(lua, exports):
    result = compare(lua, *exports, "--threshold", "size<5")
    assert result.status == 104 and "a change such as eio_time:p(95)<10% expected, got size<5" in result.stderr
    result = compare(lua, "before.json", "script.lua")
    assert result.status == 104 and "script.lua: the file is not JSON" in result.stderr
    assert compare(lua, "before.json").status == 64
    result = compare(lua, "before.json", "/dev/zero")
    assert result.status == 104 and "cannot read /dev/zero: it is longer than 256 MiB" in result.stderr


def test_report_does_not_replace_an_export(lua, exports):
    text = (lua.folder / "after.json").read_bytes()
    result = compare(lua, *exports, "--report", "./after.json")
    assert result.status == 104 and "--report: ./after.json is taken by an export to compare" in result.stderr
    assert (lua.folder / "after.json").read_bytes() == text


TIMED = """
    local loadtest = require "loadtest"
    options = {vus = 2, duration = "12s"}
    function default()
        loadtest.time("ask", function() eio.sleep(0.02) end)
        loadtest.time("order", function() eio.sleep(0.02 * arg[1]) end)
        if arg[1] == "1" then loadtest.time("gone", function() eio.sleep(0.01) end) end
    end
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Of two runs, in the later of which `order` takes three times as long, and `gone` is absent."""
    from harness.program import Lua
    lua = Lua(tmp_path_factory.mktemp("compare"))
    lua.write(TIMED)
    runs = [lua.command("load", "-q", "--summary-export", f"{factor}.json", "script.lua", "--", factor)
            for factor in (1, 3)]
    for run in runs:
        run.finish()
    result = lua.command("report", "compare", "1.json", "3.json", "--report", "page.html").finish()
    assert result.status == 0, result
    yield lua.folder / "page.html"
    lua.stop_all()


def test_page_answers_what_got_slower_and_since_when(page, browser):
    browser.open(page)
    verdict = browser.value("document.querySelector('.verdict').textContent")
    assert re.search(r"The p95 of actions went up from 2\d(\.\d+)? ms to 6\d(\.\d+)? ms \(\+\d+(\.\d)? %\)", verdict)
    assert "The greatest change is in order, p95: " in verdict and "at least 10 % slower throughout." in verdict
    figures = browser.value("""
        [...document.querySelectorAll(".pairs figure")].map(f => ({
            title: f.querySelector("b").textContent, label: f.querySelector("svg").getAttribute("aria-label"),
            lines: [...f.querySelectorAll("path.line")].map(line => line.getTotalLength()),
            texts: [...f.querySelectorAll("svg text")].map(text => text.textContent)}))
    """)
    titles = [figure["title"] for figure in figures]
    assert titles.index("order, p95") < titles.index("ask, p95")
    order = figures[titles.index("order, p95")]
    assert len(order["lines"]) == 2 and min(order["lines"]) > 100
    assert any(text.endswith(" ms") for text in order["texts"])
    assert re.match(r"order, p95 over time: before from 2\d.* ms, after from 6\d.* ms, .* slower throughout", order["label"])
    missing = browser.value("""
        [...document.querySelectorAll("section")]
            .find(s => s.querySelector("h2")?.textContent === "Only in one run").innerText
    """)
    assert "eio_time{name:gone}" in missing and "eio_time{name:order}" not in missing
    assert browser.requests == [page.as_uri()] and browser.complaints == []


@pytest.mark.parametrize("width", [360, 1024, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_and_its_two_lines_differ(page, browser, width, scheme):
    browser.look(width=width, scheme=scheme)
    browser.open(page)
    assert browser.value("document.documentElement.scrollWidth") <= width
    # By width and lightness too, for those who do not see the hue.
    before, after = browser.value("""
        [1, 2].map(number => {
            const style = getComputedStyle(document.querySelector(`.pairs path.line.s${number}`));
            return [parseFloat(style.strokeWidth), style.stroke];
        })
    """)
    assert after[0] > 1.5 * before[0] and after[1] != before[1]
    red, green, blue = map(int, re.findall(r"\d+", before[1]))
    assert max(red, green, blue) - min(red, green, blue) < 30


def test_page_reads_without_a_script_and_on_paper(page, browser):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    lengths = browser.value("[...document.querySelectorAll('.pairs path.line')].map(line => line.getTotalLength())")
    assert len(lengths) >= 8 and browser.value("document.querySelectorAll('.bar').length") == 0
    browser.look(width=720, media="print")
    assert browser.value("document.documentElement.scrollWidth") <= 720
    assert browser.value("[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length") == 0
