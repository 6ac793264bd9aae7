"""The page of `eio-lua load --web` in a real browser, while the run goes on and after it."""

import json

import pytest

from harness import contrast
from harness.relay import Relay
from harness.watching import Watched

HOSTILE = "<img src=x onerror=console.log(1)></script><b>\"'&\\u{2028}\\27[2J"

# Two actions whose times differ, a threshold of each kind, and twelve errors.
SCRIPT = """
    local loadtest = require "loadtest"
    options = {
        vus = 3, duration = "DURATION", failurePause = "0",
        thresholds = {["eio_time{name:slow}"] = {"p(95)<1"}, ["eio_time{name:NAME}"] = {"p(95)<60000"}},
    }
    function default()
        loadtest.time("slow", function() eio.sleep(0.02 + __ITER % 7 * 0.004) end)
        loadtest.time("NAME", function() eio.sleep(0.001 + __ITER % 5 * 0.003) end)
        loadtest.check(__ITER, {["is small"] = function(number) return number < 5 end})
        if __ITER % 2 == 0 then error("NAME " .. __ITER // 2 % 12, 0) end
    end
"""
STATE = "document.querySelector('.run-bar').dataset.state"
VERDICT = "document.querySelector('.verdict').textContent"
SECTIONS = """
    Object.fromEntries([...document.querySelectorAll("header, section")].map(e => [e.id, e.textContent]))
"""
LINES = "[...document.querySelectorAll('path.line, path.cell')].map(line => line.getAttribute('d'))"


def script(duration="60s", name="quick"):
    return SCRIPT.replace("DURATION", duration).replace("NAME", name)


@pytest.fixture
def watch(lua, browser):
    """Starts a run, and opens its page with enough in it for plots."""
    def start(text, *options, path=None):
        run = Watched(lua, text, *options)
        browser.visit(run.url if path is None else run.origin + path)
        browser.wait_for("document.querySelectorAll('figure.time').length > 3")
        return run

    return start


def content(browser):
    """All texts, and all lines of the plots."""
    # Plots that are not in view are drawn before the page is printed.
    browser.value("dispatchEvent(new Event('beforeprint'))")
    return browser.value(SECTIONS), browser.value(LINES)


def wait_for_updates(browser, count=2):
    """Waits until the page has had so many newer states."""
    for _ in range(count):
        before = json.dumps(browser.value(VERDICT))
        browser.wait_for(f"{VERDICT} !== {before}")


def plot(title):
    return f"[...document.querySelectorAll('figure.time')].find(f => f.querySelector('b').textContent === '{title}')"


def test_figures_grow_without_a_reload(watch, browser):
    run = watch(script())
    errors = plot("Errors per second")
    sentence, points = browser.value(VERDICT), f"{errors}.querySelector('path.line').getAttribute('d')"
    browser.value(f"{errors}.scrollIntoView()")
    first = browser.value(points)
    assert sentence.startswith("The run of at most 3 users goes on: ")
    assert " s of 1 min; 1 of 2 thresholds fails now; " in sentence
    wait_for_updates(browser)
    browser.wait_for(f"{points} !== {json.dumps(first)}")
    assert browser.value(points).count("L") > first.count("L")
    assert browser.value("document.title") == "running: script.lua"
    assert browser.value(STATE) == "live"
    rows = browser.value("[...document.querySelectorAll('#thresholds tbody tr')].map(r => r.cells[0].textContent)")
    assert sorted(rows) == ["✓ holds now", "✗ fails now"]
    assert float(browser.value("document.querySelector('progress').value")) >= 2
    # The page, and its stream.
    assert [url.split("?")[0] for url in browser.requests if url.startswith("http")] == [
        run.origin + "/", run.origin + "/events"]
    assert browser.complaints == []


def test_the_ended_run_is_that_of_its_report(lua, watch, browser):
    run = watch(script("4s"), "--report", "report.html", "--summary-export", "export.json")
    run.wait_until_it_stays()
    browser.wait_for(f"{STATE} === 'ended' && {VERDICT}.includes('failed')")
    browser.wait_for("!document.querySelector('#thresholds')")
    sections, lines = content(browser)
    assert browser.value("document.title") == "failed: script.lua"
    assert browser.value("document.getElementById('state').textContent") == browser.value(VERDICT)
    metrics = json.loads((lua.folder / "export.json").read_text())["metrics"]
    counters = dict(browser.value(
        "[...document.querySelectorAll('#numbers tr')].map(r => [...r.cells].slice(0, 2).map(c => c.textContent))"))
    for name in ("iterations", "iterations_failed", "eio_errors"):
        assert float(counters[name]) == metrics[name]["count"] > 0
    browser.open(lua.folder / "report.html")
    assert content(browser) == (sections, lines)
    assert len(lines) > 10
    assert browser.complaints == []


def test_a_page_that_comes_after_the_end_is_the_same(lua, watch, browser):
    run = watch(script("4s"))
    run.wait_until_it_stays()
    browser.wait_for(f"{STATE} === 'ended'")
    browser.wait_for("!document.querySelector('#thresholds')")
    followed = content(browser)
    browser.visit(run.url)
    assert content(browser) == followed
    assert browser.value("document.getElementById('stop').hidden")


def test_zoom_crosshair_focus_and_selection_stay(watch, browser):
    watch(script())
    wait_for_updates(browser, 4)
    browser.wait_for("document.querySelector('#errors details')")
    title = "Time of actions"
    browser.value(f"{plot(title)}.scrollIntoView({{block: 'center'}})")
    browser.wait_for("document.querySelector('.bar.floats')")
    browser.value(f"{plot(title)}.querySelector('svg').focus()")
    for key in ("Home", "ArrowRight", "+"):
        browser.call("Input.dispatchKeyEvent", type="keyDown", key=key)
    browser.value("document.querySelector('#errors details').open = true")
    browser.value("getSelection().selectAllChildren(document.querySelector('h1'))")
    observed = f"""JSON.stringify([
        document.querySelector(".bar .shown").textContent, document.querySelector(".bar .moment").textContent,
        [...{plot(title)}.querySelectorAll("output")].map(o => o.textContent),
        document.activeElement === {plot(title)}.querySelector("svg"), getSelection().toString(),
        document.querySelector("#errors details").open,
        {plot(title)}.querySelector(".cross").getAttribute("visibility"),
    ])"""
    before = json.loads(browser.value(observed))
    shown, moment, outputs, *others = before
    assert shown != "0 s to 1 s" and moment.startswith("at 2") and all(outputs)
    assert others == [True, "script.lua running", True, "visible"]
    place = f"{plot(title)}.getBoundingClientRect().top"
    top = browser.value(place)
    wait_for_updates(browser, 3)
    assert json.loads(browser.value(observed)) == before
    # A row that the table of errors gets meanwhile does not move what is being read.
    assert browser.value(place) == pytest.approx(top, abs=1)
    # The whole run grows again after it is chosen.
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    whole = browser.value("document.querySelector('.bar .shown').textContent")
    wait_for_updates(browser, 1)
    browser.wait_for(f"document.querySelector('.bar .shown').textContent !== {json.dumps(whole)}")
    assert browser.complaints == []


@pytest.mark.parametrize("width", [360, 1024])
def test_the_strip_stays_in_view_above_the_bar_of_the_plots(watch, browser, width):
    browser.look(width=width, height=740)
    watch(script())
    browser.value("document.querySelectorAll('figure.time')[2].scrollIntoView({block: 'center'})")
    browser.wait_for("document.querySelector('.bar.floats')")
    strip, bar = [browser.value(f"(b => [b.top, b.bottom])(document.querySelector('{name}').getBoundingClientRect())")
                  for name in (".run-bar", ".bar.floats")]
    # A height has fractions of a pixel.
    assert strip[0] == 0 and strip[1] < bar[0] + 1 and bar[1] < 370


def test_the_crosshair_of_a_distribution_has_the_present_value(watch, browser):
    watch(script())
    browser.wait_for("document.querySelector('.distribution > svg')")
    browser.value("document.querySelector('.distribution > svg').focus({preventScroll: true})")
    for key in ("End", "ArrowLeft"):
        browser.call("Input.dispatchKeyEvent", type="keyDown", key=key)
    shown = """(() => {
        const figure = document.querySelector(".distribution"), points = JSON.parse(figure.dataset.points);
        const [, x] = figure.querySelector(".cross").getAttribute("d").match(/M([\\d.]+)/);
        const point = points.find(([place]) => Math.abs(62 + place * 404 - x) < 0.001);
        return [figure.querySelector("output").textContent, point && `${point[2]} in ${point[1]} of cases`];
    })()"""
    before = browser.value("document.querySelector('.distribution').dataset.points")
    output, expected = browser.value(shown)
    assert output and output == expected
    browser.wait_for(f"document.querySelector('.distribution').dataset.points !== {json.dumps(before)}")
    output, expected = browser.value(shown)
    assert output and output == expected
    assert browser.complaints == []


def test_the_stop_button_asks_and_stops(watch, browser):
    run = watch(script())
    stop = "document.getElementById('stop')"
    browser.value(f"{stop}.click()")
    assert browser.value("document.getElementById('question').open")
    browser.value("document.getElementById('go-on').click()")
    assert not browser.value("document.getElementById('question').open")
    wait_for_updates(browser, 1)
    browser.value(f"{stop}.click()")
    browser.value("document.getElementById('stop-now').click()")
    assert browser.value(f"[{stop}.disabled, {stop}.textContent]") == [True, "Stopping…"]
    browser.wait_for(f"{STATE} === 'ended' && {VERDICT}.includes('stopped from the web page')")
    assert browser.value(f"{stop}.hidden")
    run.wait_until_it_stays()
    run.running.signal()
    assert run.running.finish().status == 105
    browser.wait_for(f"{STATE} === 'gone'")
    assert "stopped from the web page" in browser.value(VERDICT)


def test_a_stop_that_fails_is_shown(watch, browser):
    run = watch(script())
    run.running.kill()
    browser.wait_for(f"{STATE} === 'waiting'")
    browser.value("document.getElementById('stop').click(), document.getElementById('stop-now').click()")
    browser.wait_for("document.getElementById('stop').textContent === 'Not stopped; try again'")
    assert not browser.value("document.getElementById('stop').disabled")


def test_without_the_token_there_is_no_stop_button(watch, browser):
    watch(script(), path="/")
    wait_for_updates(browser, 1)
    assert browser.value("document.getElementById('stop').hidden")
    assert browser.value(STATE) == "live"


def test_the_state_is_read_out_only_when_it_changes(watch, browser):
    watch(script())
    browser.wait_for("document.getElementById('state').textContent")
    assert browser.value("document.getElementById('state').textContent") == (
        "The run goes on; 1 of 2 thresholds fails now.")
    browser.value("""
        window.spoken = 0;
        new MutationObserver(() => { window.spoken += 1 }).observe(
            document.getElementById("state"), {childList: true, characterData: true, subtree: true})
    """)
    wait_for_updates(browser, 3)
    assert browser.value("window.spoken") == 0


def test_a_lost_connection_is_shown_and_comes_back(lua, browser):
    run = Watched(lua, script())
    with Relay(run.port) as relay:
        browser.visit(relay.url)
        browser.wait_for(f"{STATE} === 'live'")
        wait_for_updates(browser, 1)
        relay.reset(100)
        browser.wait_for(f"{STATE} === 'waiting'")
        assert "trying again" in browser.value("document.getElementById('connection').textContent")
        browser.wait_for(f"{STATE} === 'live'")
        wait_for_updates(browser, 2)
    assert browser.value("document.querySelectorAll('#over-time').length") == 1


def test_another_run_at_the_address_is_not_mixed_in(lua, browser):
    run = Watched(lua, script())
    browser.visit(run.url)
    wait_for_updates(browser, 2)
    run.running.kill()
    browser.wait_for(f"{STATE} === 'waiting'")
    Watched(lua, script(), address=f":{run.port}")
    browser.wait_for(f"{STATE} === 'lost'")
    assert "Another run has started" in browser.value("document.getElementById('connection').textContent")
    hidden = "['save', 'stop'].every(id => document.getElementById(id).hidden)"
    assert browser.value(hidden)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_is_readable_with_hostile_names(watch, browser, scheme):
    browser.look(scheme=scheme)
    watch(script(name=HOSTILE.replace('"', '\\"')))
    wait_for_updates(browser, 1)
    assert browser.value("document.querySelectorAll('img').length") == 0
    texts = browser.value("[...document.querySelectorAll('#errors td.text')].map(cell => cell.textContent)")
    assert texts and all(text.startswith("<img src=x") for text in texts)
    for width in (360, 1024, 1920):
        browser.look(width=width, scheme=scheme)
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.value(contrast.LOW) == []
        hidden = browser.value("""
            [...document.querySelectorAll(".run-bar > *:not(.spoken):not(noscript)")].filter(e => {
                const box = e.getBoundingClientRect()
                return box.width === 0 || box.left < 0 || box.right > innerWidth
            }).map(e => e.outerHTML)
        """)
        assert hidden == []
    browser.value("document.getElementById('stop').click()")
    assert browser.value(contrast.LOW) == []
    assert browser.complaints == []


def test_without_a_script_it_is_a_picture_of_the_moment(watch, browser):
    run = watch(script())
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.visit(run.url)
    assert "reload it for new figures" in browser.value("document.querySelector('.run-bar').innerText")
    lines = browser.value("[...document.querySelectorAll('figure.time path.line')].map(line => line.getTotalLength())")
    assert len(lines) > 6 and min(lines) > 0


def test_motion_is_reduced_for_those_who_want_that(watch, browser):
    watch(script())
    name = "getComputedStyle(document.querySelector('.run-bar i')).animationName"
    assert browser.value(name) == "pulse"
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    assert browser.value(name) == "none"
