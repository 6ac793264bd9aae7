"""The report of a load test in a real browser."""

import json
import re

import pytest

from harness.chromium import Chromium
from harness.embedded import EmbeddedServer

SCRIPT = """
    local loadtest = require "loadtest"
    local size = loadtest.Trend("basket")
    options = {
        stages = {{duration = "2s", target = 10}, {duration = "2s", target = 10}},
        thresholds = {
            ["eio_time{name:ask}"] = {"p(95)<5000"}, checks = {"rate>0.999"},
            ["eio_connect{phase:total}"] = {"p(95)<5000"},
        },
    }
    function default()
        if eio.state == "disconnected" then eio.connect(arg[1]) end
        loadtest.time("ask", function()
            eio.send("hello")
            loadtest.check(eio.receive(5), {["is an echo"] = function(text) return text == "hello" end,
                                            ["is odd"] = __ITER % 2 == 1})
        end)
        size:add(__ITER)
        if __ITER % 10 == 9 then error("the <basket> is full", 0) end
        eio.sleep(0.05)
    end
"""

# Each table by its section's title, as rows of cells.
TABLES = """
    Object.fromEntries([...document.querySelectorAll("section")].filter(s => s.querySelector("table")).map(s => [
        s.querySelector("h2").textContent,
        [...s.querySelectorAll("tr")].map(row => [...row.cells].map(cell => cell.textContent.trim()))]))
"""
COLOURS = """
    (() => { const style = getComputedStyle(document.body); return [style.backgroundColor, style.color] })()
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One run for all: the page, and what the export says."""
    from harness.program import Lua
    lua = Lua(tmp_path_factory.mktemp("report"))
    server = EmbeddedServer(lua)
    page, export = lua.folder / "report.html", lua.folder / "summary.json"
    lua.write(SCRIPT, "shop.lua")
    result = lua.command(
        "load", "--report", page, "--summary-export", export, "--seed", 7, "shop.lua", "--", server.url).finish()
    lua.stop_all()
    assert result.status == 99, result
    return page, json.loads(export.read_text())


@pytest.fixture
def browser(run):
    chromium = Chromium()
    try:
        chromium.look()
        chromium.open(run[0])
        yield chromium
    finally:
        chromium.close()


@pytest.fixture
def tables(browser):
    return browser.value(TABLES)


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+) (ns|µs|ms|s)", text).groups()
    return float(number) * {"ns": 1e-6, "µs": 0.001, "ms": 1, "s": 1000}[unit]


def test_asks_for_nothing_and_complains_of_nothing(run, browser):
    assert browser.requests == [run[0].as_uri()]
    assert browser.complaints == []


def test_says_what_ran(run, browser):
    verdict = browser.value("document.querySelector('.verdict').textContent")
    metrics = run[1]["metrics"]
    errors = metrics["eio_errors"]["count"]
    assert verdict.startswith("The run of at most 10 users for 4") and " against http://127.0.0.1:" in verdict
    assert verdict.endswith(
        f" failed: 1 of 3 thresholds failed; {errors:.0f} errors, most often iteration: the <basket> is full "
        f"({errors:.0f} times).")
    facts = browser.value("document.querySelector('dl').innerText")
    for part in ("shop.lua", "--seed 7", "ramping-vus", "Up to 10 looping VUs", "99: thresholds failed"):
        assert part in facts
    assert browser.value("document.title") == "shop.lua: load test"


def test_failures_come_before_the_plots_and_the_facts_last(browser):
    titles = browser.value("[...document.querySelectorAll('h2')].map(h => h.textContent)")
    assert titles[:3] == ["Failed thresholds", "Errors", "Over time"]
    assert titles[-1] == "The run"


def test_thresholds(run, tables):
    metrics = run[1]["metrics"]
    failed = {row[1]: row for row in tables["Failed thresholds"][1:]}
    held = {row[1]: row for row in tables["Thresholds that held"][1:]}
    assert list(failed) == ["checks"] and failed["checks"][0] == "✗ failed"
    assert set(held) == {"eio_time{name:ask}", "eio_connect{phase:total}"}
    assert {row[0] for row in held.values()} == {"✓ held"}
    assert float(failed["checks"][3].rstrip(" %")) == pytest.approx(100 * metrics["checks"]["value"], abs=0.011)
    assert milliseconds(held["eio_time{name:ask}"][3]) == pytest.approx(
        metrics["eio_time{name:ask}"]["p(95)"], rel=0.01, abs=0.01)
    assert held["eio_time{name:ask}"][2] == "p(95)<5000 ms"


def test_numbers_are_those_of_the_export(run, tables):
    metrics = run[1]["metrics"]
    counters = {row[0]: row[1] for row in tables["Counters and levels"][1:]}
    compared = 0
    for name, metric in metrics.items():
        if "count" in metric and metric["count"] and not name.startswith("data_"):
            assert float(counters[name]) == metric["count"], name
            compared += 1
    assert compared >= 9
    columns = tables["Times and sizes"][0]
    trends = {row[0]: dict(zip(columns, row)) for row in tables["Times and sizes"][1:]}
    for name, unit in (("eio_time", milliseconds), ("iteration_duration", milliseconds),
                       ("eio_connect", milliseconds), ("basket", float)):
        for statistic in ("avg", "min", "med", "max", "p(90)", "p(95)"):
            shown, exported = unit(trends[name][statistic]), metrics[name][statistic]
            assert shown == pytest.approx(exported, rel=0.01, abs=0.01), (name, statistic)


def test_checks_and_errors(run, tables):
    checks = {row[1]: row for row in tables["Checks"][1:]}
    exported = run[1]["root_group"]["checks"]["is odd"]
    assert checks["is odd"][3:] == [str(exported["passes"]), str(exported["fails"])]
    assert checks["is an echo"][0] == "✓ held" and checks["is odd"][0] == "✗ failed"
    error = tables["Errors"][1]
    assert error[1] == "the <basket> is full"
    assert int(error[2]) == run[1]["metrics"]["iterations_failed"]["count"] > 0


def test_plots_have_titles_units_legends_and_lines(browser):
    figures = browser.value("""
        [...document.querySelectorAll("figure")].map(f => ({
            title: f.querySelector("b").textContent, keys: [...f.querySelectorAll(".key")].map(k => k.textContent),
            lines: [...f.querySelectorAll("path.line")].map(line => line.getTotalLength()),
            texts: [...f.querySelectorAll("svg text")].map(text => text.textContent),
            label: f.querySelector("svg").getAttribute("aria-label")}))
    """)
    titles = [figure["title"] for figure in figures]
    for title in ("Users", "Messages per second", "Errors per second", "Time to connect", "Time of actions",
                  "Lag of this program"):
        assert title in titles
    # Over time, as a heat map, and their distribution.
    assert titles.count("Time of actions") == 3
    for figure in figures:
        assert figure["label"] and all(length > 0 for length in figure["lines"]), figure
    latency = figures[titles.index("Time of actions")]
    assert latency["keys"] == ["p50", "p95", "p99", "users, at most 10"] and len(latency["lines"]) == 3
    assert any(text.endswith(("ms", "µs")) for text in latency["texts"])
    assert figures[titles.index("Messages per second")]["keys"] == ["sent", "received", "users, at most 10"]


def test_light_and_dark(browser):
    def luminance(colour):
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    light = browser.value(COLOURS)
    browser.look(scheme="dark")
    dark = browser.value(COLOURS)
    assert luminance(light[0]) > 600 > 200 > luminance(light[1])
    assert luminance(dark[0]) < 200 < 600 < luminance(dark[1])
    # A line that is drawn in the colour of the page would not be seen.
    strokes = browser.value(
        "[...document.querySelectorAll('path.line')].map(line => getComputedStyle(line).stroke)")
    assert strokes and dark[0] not in strokes and "none" not in strokes


@pytest.mark.parametrize("width", [320, 390, 768, 1200, 2400])
def test_fits_every_width(browser, width):
    browser.look(width=width)
    assert browser.value("document.documentElement.scrollWidth") <= width
    # The most important columns are visible without scrolling to the side.
    hidden = browser.value("""
        [...document.querySelectorAll("header *, .tiles *, figure, figcaption, .verdict, section:nth-of-type(1) td")].filter(e => {
            const box = e.getBoundingClientRect(); return box.right > innerWidth + 0.5 || box.left < 0
        }).map(e => e.outerHTML.slice(0, 80))
    """)
    assert hidden == []


def test_prints_on_paper(browser):
    browser.look(width=720, scheme="dark", media="print")
    assert browser.value(COLOURS) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert browser.value("document.documentElement.scrollWidth") <= 720
    # A table that scrolls on a screen would be cut off on paper.
    assert browser.value("""
        [...document.querySelectorAll(".scroll")].filter(e => e.scrollWidth > e.clientWidth + 1).length
    """) == 0
    assert browser.pdf().startswith(b"%PDF")


def test_picture_of_it_has_something_to_see(browser):
    assert len(browser.screenshot()) > 20_000
