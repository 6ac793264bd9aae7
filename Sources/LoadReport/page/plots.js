// Crosshair and zoom over the plots of a page. Every line is drawn from the values; without this script a report shows
// the pictures that are in it.
const plots = (() => {
  const { frame } = PlotRange;
  const hint = "Point at a plot to read it; drag to zoom.";
  let values, range, figures = [];
  // The point of the axis at which the crosshair stands, in all plots.
  let place = null;

  const element = (name, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };

  const bar = document.createElement("div");
  bar.className = "bar";
  const button = (text, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", action);
    bar.append(made);
    return made;
  };
  button("Zoom in", () => scale(0.5));
  button("Zoom out", () => scale(2));
  const reset = button("Whole run", () => zoom(0, values.end));
  const [shown, moment, spoken] = ["shown", "moment", "spoken"].map(name => {
    const made = document.createElement("span");
    made.className = name;
    return made;
  });
  spoken.setAttribute("aria-live", "polite");
  bar.append(shown, moment, spoken);

  // A figure outside of the window is drawn when it comes into view.
  const draw = figure => {
    figure.isStale = false;
    figure.lines.forEach((line, index) => figure.paths[index].setAttribute("d", range.path(line, figure.plot)));
    figure.labels.replaceChildren(...range.marks.map(mark => {
      const share = (range.x(mark) - frame.left) / frame.width;
      const anchor = share > 0.97 ? "end" : share < 0.03 ? "start" : "middle";
      return element("text", { x: range.x(mark), y: 202, "text-anchor": anchor }, numbers.length(mark));
    }));
    if (figure.heat) {
      const rows = figure.heat.rows.length - 1;
      figure.cells.setAttribute("viewBox", `${range.first} 0 ${range.last - range.first} ${rows}`);
    }
  };
  const drawAll = () => {
    if (figures.length > 0) {
      document.getElementById("users").setAttribute("d", range.area);
      document.getElementById("stages").setAttribute("d", range.stages);
    }
    for (const figure of figures) { figure.isStale = true; if (figure.seen) draw(figure); }
    reset.hidden = range.isWhole;
    shown.textContent = `${numbers.length(range.first)} to ${numbers.length(range.last)}`;
  };
  const watcher = new IntersectionObserver(entries => {
    for (const entry of entries) {
      const figure = figures.find(candidate => candidate.svg === entry.target);
      if (!figure) continue;
      figure.seen = entry.isIntersecting;
      if (figure.seen && figure.isStale) draw(figure);
      if (figure.seen) mark(figure);
    }
    bar.classList.toggle("floats", figures.some(figure => figure.seen));
  });

  const mark = figure => {
    figure.cross.setAttribute("visibility", place === null ? "hidden" : "visible");
    if (place !== null) {
      figure.cross.setAttribute("d", `M${range.x(values.times[place])} ${frame.top}V${frame.base}`);
    }
    figure.outputs.forEach((output, index) => { output.textContent = place === null ? "" : text(figure, index); });
  };
  const text = (figure, index) => {
    if (figure.heat) {
      const [, count, row] = figure.heat.columns.find(column => column[0] >= values.times[place]) ?? [0, 0, 0];
      const rows = figure.heat.rows;
      return count === 0 ? "no values" : `${numbers.plain(count)} values, mostly ${rows[row]} to ${rows[row + 1]}`;
    }
    const value = figure.lines[index][place];
    return value === null ? "–" : numbers.units[figure.plot.unit](value);
  };
  // Without users where runs are compared.
  const momentText = () => {
    const users = values.users[place], time = `at ${numbers.length(values.times[place])}`;
    return users === null ? time : `${time}: ${numbers.plain(users)} users`;
  };
  const point = next => {
    place = next;
    for (const figure of figures) if (figure.seen) mark(figure);
    moment.textContent = place === null ? hint : momentText();
  };
  // Keys move the crosshair also for those who hear the page: of the plot that they are in, the values are read out.
  const speak = figure => {
    if (place === null) { spoken.textContent = ""; return; }
    const read = figure.outputs.map((output, index) =>
      (figure.heat ? "" : output.previousSibling.textContent + " ") + text(figure, index));
    spoken.textContent = `${moment.textContent}; ${figure.element.querySelector("b").textContent}: ${read.join(", ")}`;
  };
  const zoom = (first, last) => {
    const { end } = values, least = Math.min(2, end);
    const middle = (first + last) / 2, half = Math.max(last - first, least) / 2;
    const start = Math.min(Math.max(middle - half, 0), Math.max(end - 2 * half, 0));
    range = new PlotRange(values, start, Math.min(start + 2 * half, end));
    drawAll();
    point(place);
  };
  const scale = factor => {
    const middle = place === null ? (range.first + range.last) / 2 : values.times[place];
    const half = (range.last - range.first) * factor / 2;
    zoom(middle - half, middle + half);
  };
  const seconds = (figure, event) => {
    const box = figure.svg.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * 480 - frame.left) / frame.width;
    return range.first + Math.min(Math.max(share, 0), 1) * (range.last - range.first);
  };

  const listen = figure => {
    const { svg, selection } = figure;
    let start = null;
    const select = event => {
      const [first, last] = [start, seconds(figure, event)].sort((one, other) => one - other);
      selection.setAttribute("x", range.x(first));
      selection.setAttribute("width", range.x(last) - range.x(first));
      selection.setAttribute("visibility", "visible");
      return [first, last];
    };
    svg.addEventListener("pointerdown", event => {
      point(values.nearest(seconds(figure, event)));
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      start = seconds(figure, event);
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", event => {
      point(values.nearest(seconds(figure, event)));
      if (start !== null) select(event);
    });
    svg.addEventListener("pointerup", event => {
      if (start === null) return;
      const [first, last] = select(event);
      start = null;
      selection.setAttribute("visibility", "hidden");
      if (range.x(last) - range.x(first) > 8) zoom(first, last);
    });
    svg.addEventListener("pointercancel", () => {
      start = null;
      selection.setAttribute("visibility", "hidden");
    });
    // A finger leaves with each touch, and its values stay.
    svg.addEventListener("pointerleave", event => {
      if (start === null && event.pointerType === "mouse") point(null);
    });
    svg.addEventListener("dblclick", () => zoom(0, values.end));
    svg.addEventListener("keydown", event => {
      const last = values.times.length - 1, step = event.shiftKey ? 10 : 1;
      const keys = {
        ArrowLeft: () => point(Math.max((place ?? last + 1) - step, 0)),
        ArrowRight: () => point(Math.min((place ?? -1) + step, last)),
        Home: () => point(0), End: () => point(last),
        "+": () => scale(0.5), "-": () => scale(2), Escape: () => { point(null); zoom(0, values.end); },
      };
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
      speak(figure);
    });
  };
  const prepare = found => {
    const svg = found.querySelector("svg");
    svg.setAttribute("tabindex", "0");
    const figure = {
      element: found, svg, seen: false,
      cross: svg.appendChild(element("path", { class: "cross", visibility: "hidden" })),
      selection: svg.appendChild(element("rect", {
        class: "selection", y: frame.top, height: frame.height, visibility: "hidden",
      })),
    };
    listen(figure);
    watcher.observe(svg);
    return figure;
  };
  // The figures that the page has now.
  const find = () => {
    const known = new Map(figures.map(figure => [figure.element, figure]));
    figures = [...document.querySelectorAll("figure.time")].map(found => {
      const plot = values.plots[found.dataset.plot];
      return Object.assign(known.get(found) ?? prepare(found), {
        plot, heat: values.heat[found.dataset.heat], lines: plot ? plot.lines : [],
        paths: [...found.querySelectorAll("path.line")], outputs: [...found.querySelectorAll("output")],
        labels: found.querySelector("g.x"), cells: found.querySelector("svg.cells"),
      });
    });
    const now = new Set(figures);
    for (const figure of known.values()) if (!now.has(figure)) watcher.unobserve(figure.svg);
    const section = figures[0]?.element.closest("section");
    if (!section) bar.remove();
    else if (bar.nextElementSibling !== section) section.before(bar);
  };

  // Draws these values from now on, into the figures that the page has. A range of the whole run grows with it, and
  // another one stays, as the crosshair does.
  const show = next => {
    const [first, last] = !range || range.isWhole ? [0, next.end] : [range.first, Math.min(range.last, next.end)];
    if (place !== null) place = next.times.length > 0 ? next.nearest(values.times[place]) : null;
    values = next;
    range = new PlotRange(values, first, last);
    find();
    drawAll();
    point(place);
  };

  document.body.classList.add("live");
  addEventListener("beforeprint", () => {
    if (!values) return;
    point(null);
    zoom(0, values.end);
    figures.forEach(draw);
  });
  return { show };
})();
