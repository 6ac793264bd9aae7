"""The plots of a load test's report in a real browser: crosshair, zoom, and runs that are out of the ordinary."""

import json
import math
import re

import pytest

from harness import contrast

HOSTILE = "<img src=x onerror=console.log(1)></script><b>\"'&"
TREND_METRIC = {"type": "trend", "contains": "time", "level": False, "custom": False}


def selector(metric, **tags):
    return {"metric": metric, "tags": tags}


def export(seconds, names=(), errors=(), exit_code=0):
    """The export of a run in which everything is known: in second `s` the p50 is `s` ms."""
    def trend(second, index):
        return [5, second, 1, second * 3, second + index, 2 * second, 3 * second] if second else None

    named = [selector("eio_time", name=name) for name in names]
    histogram = {"sum": 3e6, "min": 1e6, "max": 2e6, "buckets": [7000, 1, 7128, 1]}
    series = [{"tags": {"name": name}, "value": histogram} for name in names]
    level = {"value": 0, "min": 0, "max": 50, "time": 0}
    metrics = [dict(metric="vus", type="gauge", contains="default", level=True, custom=False, total=level,
                    series=[{"tags": {}, "value": level}])]
    if names:
        metrics.append(dict(metric="eio_time", total=histogram, series=series, **TREND_METRIC))
    points = [{
        "time": second, "seconds": 1, "levels": [50 - abs(50 - 100 * second // max(seconds, 1))],
        "counters": [second, 2 * second, second % 3],
        "trends": [trend(second, index) for index in range(len(named) + 1)],
    } for second in range(1, seconds + 1)]
    return json.dumps({"eio_lua": {
        "format": 1,
        "run": {
            "name": HOSTILE, "script": HOSTILE, "command_line": f"eio-lua load {HOSTILE}", "version": "1",
            "start": 1.7e9, "seconds": seconds, "seed": "1", "processes": 1, "thresholds": [],
            "scenarios": [{"name": HOSTILE, "executor": "ramping-vus", "plan": HOSTILE,
                           "stage_ends": [seconds / 2, seconds]}],
            "exit_reason": "", "exit_code": exit_code,
        },
        "series": metrics,
        "timeline": {
            "levels": [selector("vus")],
            "counters": [selector("eio_messages_sent"), selector("eio_messages_received"), selector("eio_errors")],
            "trends": [selector("eio_time"), *named], "intervals_per_point": 1, "points": points,
            "heat_maps": [{"metric": "eio_time", "tags": {}, "intervals_per_column": 1, "columns": [
                [second, 430 + second % 7, 2 + second % 5] for second in range(1, min(seconds, 240) + 1)]}],
        },
        "errors": [{"kind": "connect", "name": HOSTILE, "text": text, "count": 7, "first": 1.7e9 + 1,
                    "last": 1.7e9 + 2} for text in errors],
    }})


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Makes the report of an export, and gives its path."""
    from harness.program import Lua
    lua = Lua(tmp_path_factory.mktemp("plots"))

    def make(name, *arguments, **options):
        path = lua.folder / f"{name}.html"
        if not path.exists():
            (lua.folder / f"{name}.json").write_text(export(*arguments, **options))
            lua.command("report", "merge", f"{name}.json", "--report", path).finish()
        return path

    yield make
    lua.stop_all()


def plot(title):
    return f"[...document.querySelectorAll('figure.time')].find(f => f.querySelector('b').textContent === '{title}')"


def mouse(browser, kind, title, share, **options):
    """A mouse event at a share of the plot's width."""
    browser.value(f"{plot(title)}.scrollIntoView({{block: 'center'}})")
    box = browser.value(f"(b => [b.left, b.top, b.width, b.height])({plot(title)}.querySelector('svg').getBoundingClientRect())")
    x = box[0] + box[2] * (62 + share * 404) / 480
    browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=box[1] + box[3] / 2, **options)


def outputs(browser, title):
    return browser.value(f"[...{plot(title)}.querySelectorAll('output')].map(o => o.textContent.trim())")


# The rows that the four figures stand in.
FIGURES_ROWS = "new Set([...document.querySelectorAll('.tiles > div')].map(e => e.getBoundingClientRect().top)).size"


def wait_for_values(browser, title):
    """A plot that comes into view has its values a moment later."""
    browser.wait_for(f"{plot(title)}.querySelector('output').textContent")


def key(browser, name, title="Time of actions"):
    browser.value(f"{plot(title)}.querySelector('svg').focus()")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key=name)


def test_the_crosshair_shows_the_values_of_all_plots(page, browser):
    browser.open(page("minute", 60, ["ask", "order"]))
    mouse(browser, "mouseMoved", "Time of actions", 0.5)
    wait_for_values(browser, "Time of actions")
    assert outputs(browser, "Time of actions") == ["30 ms", "60 ms", "90 ms"]
    assert outputs(browser, "Messages per second") == ["30/s", "60/s"]
    assert browser.value("document.getElementById('stages').getAttribute('d')") == "M264 10V184"
    assert "at 30 s: 50 users" in browser.value("document.querySelector('.bar').textContent")
    key(browser, "ArrowRight")
    assert outputs(browser, "Time of actions") == ["31 ms", "62 ms", "93 ms"]
    assert browser.value("document.querySelector('[aria-live]').textContent") == (
        "at 31 s: 49 users; Time of actions: p50 31 ms, p95 62 ms, p99 93 ms")
    key(browser, "Home")
    assert outputs(browser, "Time of actions") == ["1 ms", "2 ms", "3 ms"]
    # In second 1 are 3 values, in row 431 of the heat map.
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    browser.value("document.querySelector('figure[data-heat] svg').focus()")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Home")
    browser.wait_for("document.querySelector('figure[data-heat] output').textContent")
    assert browser.value("document.querySelector('figure[data-heat] output').textContent") == (
        "3 values, mostly 15.33 µs to 16.35 µs")
    assert browser.complaints == []


def test_the_crosshair_of_a_distribution_shows_its_values(page, browser):
    browser.open(page("minute", 60, ["ask", "order"]))
    output = "document.querySelector('.distribution output').textContent"
    box = browser.value("""
        (() => {
            const svg = document.querySelector(".distribution > svg");
            svg.scrollIntoView({block: "center"});
            const box = svg.getBoundingClientRect();
            return [box.left, box.top, box.width, box.height];
        })()
    """)
    x, y = box[0] + box[2] * 62 / 480, box[1] + box[3] / 2
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x + 1, y=y)
    assert browser.value(output) == "1 ms in 0 % of cases"
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x + box[2] * 404 / 480 - 1, y=y)
    assert browser.value(output) == "2 ms in 100 % of cases"
    assert browser.value("document.querySelector('.distribution .cross').getAttribute('visibility')") == "visible"
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    assert browser.value(output) == ""
    browser.value("document.querySelector('.distribution > svg').focus({preventScroll: true})")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="End")
    assert browser.value(output) == "2 ms in 100 % of cases"
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    assert browser.value(output) == "" and browser.complaints == []


@pytest.mark.parametrize("width", [360, 1024])
def test_values_of_the_crosshair_do_not_move_the_page(page, browser, width):
    browser.look(width=width)
    browser.open(page("minute", 60, ["ask", "order"]))
    places = "[...document.querySelectorAll('figure, h2')].map(e => e.getBoundingClientRect().top + scrollY)"
    before = browser.value(places)
    mouse(browser, "mouseMoved", "Time of actions", 0.95)
    wait_for_values(browser, "Time of actions")
    assert outputs(browser, "Time of actions") == ["57 ms", "114 ms", "171 ms"]
    assert browser.value(places) == before


def test_the_buttons_stay_in_view_over_all_plots(page, browser):
    browser.open(page("minute", 60, ["ask", "order"]))
    mouse(browser, "mouseMoved", "order", 0.5)
    browser.wait_for("document.querySelector('.bar.floats')")
    box = browser.value("(b => [b.top, b.bottom])(document.querySelector('.bar').getBoundingClientRect())")
    assert box[0] >= 0 and box[1] <= 900


def test_the_values_of_a_touch_stay(page, browser):
    browser.look(width=360)
    browser.call("Emulation.setTouchEmulationEnabled", enabled=True)
    browser.open(page("minute", 60, ["ask", "order"]))
    browser.value(f"{plot('Time of actions')}.scrollIntoView({{block: 'center'}})")
    box = browser.value(f"(b => [b.left, b.top, b.width, b.height])({plot('Time of actions')}.querySelector('svg').getBoundingClientRect())")
    x, y = box[0] + box[2] * (62 + 0.5 * 404) / 480, box[1] + box[3] / 2
    browser.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
    browser.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    wait_for_values(browser, "Time of actions")
    assert outputs(browser, "Time of actions") == ["30 ms", "60 ms", "90 ms"]


@pytest.mark.parametrize("width", [360, 1024, 1920])
def test_labels_of_times_do_not_touch(page, browser, width):
    browser.look(width=width)
    browser.open(page("hours", 10_800, ["ask"]))
    gaps = browser.value("""
        [...document.querySelectorAll("g.x")].flatMap(g => {
            const boxes = [...g.querySelectorAll("text")].map(t => t.getBoundingClientRect()).filter(b => b.width > 0)
            return boxes.slice(1).map((box, index) => box.left - boxes[index].right)
        })
    """)
    assert gaps and min(gaps) >= 4
    cut = browser.value("""
        [...document.querySelectorAll("figure > svg")].flatMap(svg => {
            const frame = svg.getBoundingClientRect()
            return [...svg.querySelectorAll("text")].filter(text => {
                const box = text.getBoundingClientRect()
                return box.width > 0 && (box.left < frame.left || box.right > frame.right)
            }).map(text => text.textContent)
        })
    """)
    assert cut == []


def test_zoomed_lines_end_at_the_frame(page, browser):
    browser.open(page("minute", 60, ["ask", "order"]))
    frame = browser.value("""(path => {
        const clip = getComputedStyle(path).clipPath.match(/#[a-z]+/)[0]
        const {x, width} = document.querySelector(`${clip} rect`).getBBox()
        return [x, x + width]
    })(document.querySelector("figure.time path.line"))""")
    assert frame == [60, 468]


def test_zoom_shows_every_second_of_three_hours(page, browser):
    path = page("hours", 10_800, ["ask"])
    assert path.stat().st_size < 3_000_000
    browser.open(path)
    before = browser.value(f"{plot('Time of actions')}.querySelector('path.line').getAttribute('d')")
    mouse(browser, "mousePressed", "Time of actions", 0.5, button="left", clickCount=1)
    mouse(browser, "mouseMoved", "Time of actions", 0.54, button="left", buttons=1)
    mouse(browser, "mouseReleased", "Time of actions", 0.54, button="left", clickCount=1)
    after = browser.value(f"{plot('Time of actions')}.querySelector('path.line').getAttribute('d')")
    assert after != before and after.count("L") == pytest.approx(432, abs=6)
    assert re.search(r"1 h (29 min 59|30 min \d) s to 1 h 37 min", browser.value("document.querySelector('.bar').innerText"))
    # A point of each second, one after the other.
    first, second = outputs(browser, "Time of actions")[0], None
    key(browser, "ArrowRight")
    second = outputs(browser, "Time of actions")[0]
    assert float(second.split()[0]) - float(first.split()[0]) == pytest.approx(0.001, abs=1e-6)
    key(browser, "Escape")
    assert browser.value(f"{plot('Time of actions')}.querySelector('path.line').getAttribute('d')").count("L") < 802


@pytest.mark.parametrize("width", [360, 1024, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_and_is_readable(page, browser, width, scheme):
    browser.look(width=width, scheme=scheme)
    browser.open(page("hostile", 60, [HOSTILE, "x" * 300, "ask"], [HOSTILE, "y" * 900]))
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.value(FIGURES_ROWS) == (2 if width == 360 else 1)
    low = browser.value(contrast.LOW)
    assert low == []


def test_hostile_names_are_text(page, browser):
    browser.open(page("hostile", 60, [HOSTILE, "x" * 300, "ask"], [HOSTILE, "y" * 900]))
    assert browser.value("document.querySelectorAll('img').length") == 0
    assert browser.value("document.querySelector('h1').textContent").startswith(HOSTILE)
    assert browser.value("[...document.querySelectorAll('figcaption b')].filter(b => b.textContent.startsWith('<img')).length") == 1
    assert browser.complaints == [] and len(browser.requests) == 1


def test_reads_without_a_script(page, browser):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page("minute", 60, ["ask", "order"]))
    assert browser.value("document.querySelectorAll('.bar').length") == 0
    lines = browser.value("[...document.querySelectorAll('path.line')].map(line => line.getTotalLength())")
    # Users, messages, errors, and the percentiles of three times; one distribution.
    assert len(lines) == 1 + 2 + 1 + 3 * 3 + 1 and min(lines) > 300
    labels = browser.value("[...document.querySelectorAll('figure > svg')].map(svg => svg.getAttribute('aria-label'))")
    assert "Time of actions over time: p50 from 1 ms to 60 ms, p95 from 2 ms to 120 ms, p99 from 3 ms to 180 ms" in labels
    assert all(labels)


@pytest.mark.parametrize("name, arguments, sentence", [
    ("empty", (0,), "The run of at most 50 users for 0 s passed: no errors."),
    ("second", (1, ["ask", "order"]), "The run of at most 50 users for 1 s passed: no errors."),
    ("failed", (5, [], ["refused"], 107), "for 5 s failed: "),
])
def test_runs_with_little_to_show(page, browser, name, arguments, sentence):
    browser.open(page(name, *arguments[:3], exit_code=(arguments + (0,) * 4)[3] if len(arguments) > 3 else 0))
    assert sentence in browser.value("document.querySelector('.verdict').textContent")
    assert browser.complaints == []
    if name != "failed":
        assert browser.value("document.querySelectorAll('figure.time').length") == 0
    else:
        assert browser.value("document.querySelector('h2').textContent") == "Errors"


def test_no_heading_is_alone_at_the_end_of_a_sheet(page, browser):
    browser.open(page("hostile", 60, [HOSTILE, "x" * 300, "ask"], [HOSTILE, "y" * 900]))
    browser.look(width=720, media="print")
    rules = browser.value("[...document.querySelectorAll('h2')].map(h => getComputedStyle(h).breakAfter)")
    assert rules and set(rules) == {"avoid"}
    assert browser.value(FIGURES_ROWS) == 1
    assert math.isclose(browser.value("Math.max(0, ...[...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth - 1))"), 0)
    assert browser.pdf().startswith(b"%PDF")
