// Makes an element of the page equal to a new one, and changes only what differs: so focus, selected text, opened
// details and the places of scrolling stay.
const patch = (() => {
  // Parts that plots.js draws or adds, and attributes that it or the reader sets.
  const drawn = "output, g.x, .time path.line, #users, #stages";
  const added = ".cross, .selection";
  const own = new Set(["open", "tabindex", "viewBox"]);

  // Elements with the same key stand for each other, in their order.
  const key = node => {
    if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
    if (node.localName !== "figure") return `${node.localName} ${node.id} ${node.getAttribute("class")}`;
    const names = [...node.querySelectorAll("figcaption b, figcaption code")].map(part => part.textContent);
    return `figure ${names.join(" ")}`;
  };

  const attributes = (old, next) => {
    for (const { name } of [...old.attributes]) {
      if (!own.has(name) && !next.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of next.attributes) {
      if (!own.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };

  const children = (old, next) => {
    const waiting = new Map();
    for (const child of old.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE && child.matches(added)) continue;
      const name = key(child);
      if (!waiting.has(name)) waiting.set(name, []);
      waiting.get(name).push(child);
    }
    const kept = [...next.childNodes].map(child => {
      const same = waiting.get(key(child))?.shift();
      if (same) node(same, child);
      return same ?? child;
    });
    for (const rest of waiting.values()) for (const child of rest) child.remove();
    let place = old.firstChild;
    for (const child of kept) {
      if (child === place) place = place.nextSibling;
      else old.insertBefore(child, place);
    }
  };

  const node = (old, next) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== next.data) old.data = next.data;
      return;
    }
    if (old.matches(drawn)) return;
    attributes(old, next);
    children(old, next);
  };
  return node;
})();
