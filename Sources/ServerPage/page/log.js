const longestText = 20000;
const mostRows = 500;
const mostRowsOfFrame = 100;
const mostBytes = 256;

// Bytes as people read them, such as `3 bytes: 00 01 ff`.
function bytesText(bytes) {
  const shown = Array.from(bytes.slice(0, mostBytes), (byte) => byte.toString(16).padStart(2, "0"));
  const rest = bytes.length > mostBytes ? " …" : "";
  return `${bytes.length} ${bytes.length === 1 ? "byte" : "bytes"}: ${shown.join(" ")}${rest}`;
}

// The list of messages. Rows are added once for each frame of the screen, so that a flood does not block the page:
// the newest ones stay.
class MessageLog {
  constructor(list) {
    this.list = list;
    this.waiting = [];
    this.omitted = 0;
    this.isScheduled = false;
  }

  // `kind` is `in`, `out`, `note` or `lost`. The text may come from others: it is never read as HTML.
  add(kind, text) {
    this.waiting.push({ kind, text, time: new Date() });
    if (this.waiting.length > mostRowsOfFrame) {
      this.waiting.shift();
      this.omitted += 1;
    }
    if (this.isScheduled) return;
    this.isScheduled = true;
    requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.isScheduled = false;
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    const followsEnd = scrollHeight - scrollTop - clientHeight < 40;
    if (this.omitted > 0) this.append({ kind: "note", text: `… and ${this.omitted} more`, time: new Date() });
    for (const row of this.waiting) this.append(row);
    this.waiting = [];
    this.omitted = 0;
    while (this.list.childElementCount > mostRows) this.list.firstElementChild.remove();
    if (followsEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  append({ kind, text, time }) {
    const row = document.createElement("li");
    row.className = kind;
    const parts = { time: time.toTimeString().slice(0, 8), b: MessageLog.signs[kind], code: text };
    for (const [name, content] of Object.entries(parts)) {
      const part = document.createElement(name);
      part.textContent = content.length > longestText
        ? `${content.slice(0, longestText)}… (${content.length} characters)` : content;
      row.append(part);
    }
    this.list.append(row);
  }
}
MessageLog.signs = { in: "←", out: "→", note: "·", lost: "×" };
