"""The report of a load test on paper, as the browser prints it."""

import io
import re

import pypdf
import pytest
from test_load_report_plots import page

__all__ = ["page"]

# Each part gets a mark at its beginning and one at its end; a heading's end is the beginning of what follows it.
MARKS = """
    (() => {
        const mark = (element, text, isFirst) => {
            const made = document.createElement("i");
            made.style.fontSize = "7px";
            made.textContent = ` ${text} `;
            isFirst ? element.prepend(made) : element.append(made);
        };
        const parts = (kind, selector, begin, end) => {
            const all = [...document.querySelectorAll(selector)];
            all.forEach((part, index) => {
                mark(begin(part), `${kind}${index}begin`, true);
                const last = end(part);
                if (last instanceof SVGElement) {
                    const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
                    text.setAttribute("x", 240);
                    text.setAttribute("y", 209);
                    text.textContent = `${kind}${index}end`;
                    last.append(text);
                } else mark(last, `${kind}${index}end`, false);
            });
            return all.length;
        };
        const content = heading => {
            const next = heading.parentElement.querySelector("figcaption b, td, dt, li, summary");
            return next ?? heading;
        };
        // No mark has letters that a font joins.
        return [
            parts("heading", "h2", heading => heading, content),
            parts("plot", "figure", plot => plot.querySelector("b"), plot => plot.querySelector("svg")),
            parts("row", "tbody tr", row => row.cells[0], row => [...row.cells].reduce(
                (most, cell) => cell.textContent.length > most.textContent.length ? cell : most)),
        ];
    })()
"""


def places(sheets, kind, edge):
    """The number of the sheet of each mark."""
    return {int(number): place for place, text in enumerate(sheets)
            for number in re.findall(rf"{kind}(\d+){edge}", text)}


@pytest.mark.parametrize("space", range(0, 900, 150))
def test_no_part_is_on_two_sheets(page, browser, space):
    path = page("long", 120, [f"name {number}" for number in range(30)],
                [f"error {number}: " + "the server said no again " * (number * 3) for number in range(20)])
    browser.open(path)
    # All parts are at another height of their sheets.
    browser.value(f"document.querySelector('header').style.paddingTop = '{space}px'")
    counts = browser.value(MARKS)
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(browser.pdf())).pages]
    assert len(sheets) > 5
    for kind, count in zip(("heading", "plot", "row"), counts, strict=True):
        begin, end = places(sheets, kind, "begin"), places(sheets, kind, "end")
        assert len(begin) == len(end) == count > 5
        assert begin == end, kind


def test_paper_has_the_errors_of_a_closed_list(page, browser):
    browser.open(page("errors", 10, errors=[f"reason {number} of many" for number in range(20)]))
    assert browser.value("document.querySelectorAll('#errors details:not([open]) tbody tr').length") == 12
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(browser.pdf())).pages)
    assert {int(number) for number in re.findall(r"reason (\d+) of many", text)} == set(range(20))
    # On the screen the list stays closed.
    assert browser.value("document.querySelectorAll('#errors details:not([open])').length") == 1
