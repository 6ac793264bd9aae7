"""The screen of a terminal that gets a program's output, by pyte, an emulator of the VT100."""

import re

import pyte

# Each redrawing is inside a request for synchronized output.
UPDATE = re.compile(r"(\x1b\[\?2026h.*?\x1b\[\?2026l)", re.DOTALL)


class EmulatedTerminal:
    """A terminal of a size, with the lines that have left it at its top."""

    def __init__(self, columns=80, rows=24):
        self.screen = pyte.HistoryScreen(columns, rows, history=100_000)
        self._stream = pyte.Stream(self.screen)

    def feed(self, text):
        self._stream.feed(text)
        return self

    def resize(self, columns, rows):
        """As xterm does: rows that are too long lose their ends."""
        self.screen.resize(rows, columns)

    def reflow(self, columns, rows):
        """As most terminals do: rows that are too long continue in the next row, and the cursor stays at its text."""
        above = (self.scrolled + self.rows)[:len(self.scrolled) + self.screen.cursor.y]
        self.__init__(columns, rows)
        self.feed("".join(row + "\r\n" for row in above))

    def row(self, index):
        """A row that is visible."""
        row = self.screen.buffer[index]
        return "".join(row[column].data for column in range(self.screen.columns)).rstrip()

    @property
    def rows(self):
        return [self.row(index) for index in range(self.screen.lines)]

    @property
    def scrolled(self):
        """The rows that have left the terminal at its top."""
        return ["".join(row[column].data for column in sorted(row)).rstrip() for row in self.screen.history.top]

    @property
    def lines(self):
        """All rows, from the first to the last with a text."""
        lines = self.scrolled + self.rows
        while lines and not lines[-1]:
            lines.pop()
        return lines


def flickers(text, columns=80, rows=24):
    """The states, character by character, in which a row shows neither its old text nor its new one, nor the beginning
    of the new one before the end of the old one, as a triple of old, shown and new text.

    A row that had no text before, or has none after, may show anything. Where the terminal scrolls meanwhile, rows are
    compared at the places that they have moved to.
    """
    terminal = EmulatedTerminal(columns, rows)
    found = []
    for part in UPDATE.split(text):
        if part.startswith("\x1b[?2026h"):
            found += _flickers_of_update(terminal, part)
        else:
            terminal.feed(part)
    return found


def _flickers_of_update(terminal, update):
    before, passed = terminal.rows, len(terminal.screen.history.top)
    states = []
    terminal.screen.dirty.clear()
    for character in update:
        terminal.feed(character)
        scrolled = len(terminal.screen.history.top) - passed
        states += [(index + scrolled, terminal.row(index)) for index in terminal.screen.dirty]
        terminal.screen.dirty.clear()
    after = terminal.scrolled[passed:] + terminal.rows
    found = []
    for place, shown in states:
        old, new = before[place] if place < len(before) else "", after[place]
        if old and new and shown not in (old, new) and not _is_between(shown, old, new):
            found.append((old, shown, new))
    return found


def _is_between(shown, old, new):
    return any(shown == (new[:cut].ljust(cut) + old[cut:]).rstrip() for cut in range(max(len(old), len(new)) + 1))
