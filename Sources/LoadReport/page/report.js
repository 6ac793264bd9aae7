// Crosshair, values and zoom over the plots of a report. Every line is drawn from the object in #data, into the frame of
// PlotFrame.swift; without this script the page shows the pictures that are in it.
"use strict";
(() => {
  const frame = { left: 62, top: 10, width: 404, height: 174, base: 184 };
  const mostPoints = 800;
  const source = JSON.parse(document.getElementById("data").textContent);

  const values = line => {
    const code = atob(line.code), steps = 2 ** (8 * source.bytes) - 2;
    return Array.from(source.times, (_, index) => {
      let number = code.charCodeAt(index * source.bytes);
      if (source.bytes === 2) number = number << 8 | code.charCodeAt(index * 2 + 1);
      if (number === 0) return null;
      const share = (number - 1) / steps;
      return line.logarithmic ? line.lower * (line.upper / line.lower) ** share
        : line.lower + (line.upper - line.lower) * share;
    });
  };
  const users = values(source.users);
  const mostUsers = Math.max(...users.filter(value => value !== null), 0);
  const figures = [...document.querySelectorAll("figure.time")].map(figure => {
    const plot = source.plots[figure.dataset.plot];
    return {
      plot, heat: source.heat[figure.dataset.heat], lines: plot ? plot.lines.map(values) : [], svg: figure.querySelector("svg"),
      paths: [...figure.querySelectorAll("path.line")], outputs: [...figure.querySelectorAll("output")],
      labels: figure.querySelector("g.x"), cells: figure.querySelector("svg.cells"),
      cross: null, seen: false, title: figure.querySelector("b").textContent,
      names: [...figure.querySelectorAll(".key")].map(key => key.textContent),
    };
  });

  // Figures have at most four digits, as in ReportNumber.swift.
  const digits = value => String(Number(value.toPrecision(4)));
  const scaled = (value, units, first) => {
    let unit = 0;
    if (Math.abs(value) >= first) while (Math.abs(value) >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
    return digits(value) + (units[unit] ? " " + units[unit] : "");
  };
  const plain = value => scaled(value, ["", "k", "M", "G", "T", "P", "E"], 1e4);
  const time = ms => {
    const size = Math.abs(ms);
    return size === 0 ? "0 ms" : size < 0.001 ? digits(ms * 1e6) + " ns" : size < 1 ? digits(ms * 1e3) + " µs"
      : size < 1e3 ? digits(ms) + " ms" : size < 6e5 ? digits(ms / 1e3) + " s" : size < 3.6e7 ? digits(ms / 6e4) + " min"
      : digits(ms / 3.6e6) + " h";
  };
  const formats = {
    plain, time, bytes: value => scaled(value, ["B", "kB", "MB", "GB", "TB", "PB", "EB"], 1e3),
    share: value => digits(Math.floor(value * 1e4) / 100) + " %", perSecond: value => plain(value) + "/s",
  };
  const length = seconds => {
    if (seconds === 0) return "0 s";
    if (seconds < 1) return time(seconds * 1e3);
    if (seconds < 60) return time(Math.round(seconds * 100) * 10);
    const whole = Math.floor(seconds);
    return [[Math.floor(whole / 3600), "h"], [Math.floor(whole / 60) % 60, "min"], [whole % 60, "s"]]
      .filter(part => part[0] > 0).map(part => part.join(" ")).join(" ");
  };

  let range = [0, source.end];
  const x = seconds => frame.left + (seconds - range[0]) / (range[1] - range[0]) * frame.width;
  const height = (value, scale) => {
    const share = scale.logarithmic
      ? value > scale.lower ? Math.log(value / scale.lower) / Math.log(scale.upper / scale.lower) : 0
      : (value - scale.lower) / (scale.upper - scale.lower);
    return frame.base - Math.min(Math.max(share, 0), 1) * frame.height;
  };
  // The points of the range, and one beside it on each side.
  const bounds = () => {
    const first = source.times.findIndex(seconds => seconds >= range[0]);
    const last = source.times.findLastIndex(seconds => seconds <= range[1]);
    return [Math.max(first - 1, 0), Math.min(last + 1, source.times.length - 1)];
  };
  // Of each stretch with more points than the picture can show, the least and the greatest.
  const kept = (line, first, last) => {
    const count = last - first + 1;
    if (count <= mostPoints) return Array.from({ length: count }, (_, index) => first + index);
    const indices = [];
    for (let stretch = 0; stretch < mostPoints / 2; stretch += 1) {
      const start = first + Math.floor(count * stretch / (mostPoints / 2));
      const end = first + Math.floor(count * (stretch + 1) / (mostPoints / 2));
      let least = start, greatest = start;
      for (let index = start; index < end; index += 1) {
        if (line[index] === null) continue;
        if (line[least] === null || line[index] < line[least]) least = index;
        if (line[greatest] === null || line[index] > line[greatest]) greatest = index;
      }
      indices.push(Math.min(least, greatest));
      if (least !== greatest) indices.push(Math.max(least, greatest));
    }
    return indices;
  };
  const path = (line, scale) => {
    let text = "", open = false;
    for (const index of kept(line, ...bounds())) {
      if (line[index] === null) { open = false; continue; }
      text += `${open ? "L" : "M"}${x(source.times[index]).toFixed(1)} ${height(line[index], scale).toFixed(1)}`;
      if (!open) text += "h0";
      open = true;
    }
    return text;
  };
  const marks = () => {
    const steps = [0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200];
    const span = range[1] - range[0];
    const step = steps.find(candidate => span / candidate <= 6) ?? Math.ceil(span / 6 / 86400) * 86400;
    const result = [];
    for (let mark = Math.ceil(range[0] / step); mark * step <= range[1]; mark += 1) result.push(mark * step);
    return result;
  };
  const element = (name, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };

  // A figure outside of the window is drawn when it comes into view.
  const draw = figure => {
    figure.isStale = false;
    figure.lines.forEach((line, index) => figure.paths[index].setAttribute("d", path(line, figure.plot)));
    figure.labels.replaceChildren(...marks().map(mark => {
      const share = (x(mark) - frame.left) / frame.width;
      const anchor = share > 0.97 ? "end" : share < 0.03 ? "start" : "middle";
      return element("text", { x: x(mark), y: 202, "text-anchor": anchor }, length(mark));
    }));
    if (figure.cells) {
      const rows = figure.cells.viewBox.baseVal.height;
      figure.cells.setAttribute("viewBox", `${range[0]} 0 ${range[1] - range[0]} ${rows}`);
    }
  };
  const drawAll = () => {
    const area = document.getElementById("users");
    const [first, last] = bounds();
    const shape = path(users, { lower: 0, upper: mostUsers || 1 });
    if (shape) {
      area.setAttribute("d", `${shape}L${x(source.times[last])} ${frame.base}L${x(source.times[first])} ${frame.base}z`);
    }
    document.getElementById("stages").setAttribute("d", source.stages
      .filter(stage => stage >= range[0] && stage <= range[1]).map(stage => `M${x(stage)} ${frame.top}V${frame.base}`)
      .join(""));
    for (const figure of figures) { figure.isStale = true; if (figure.seen) draw(figure); }
    reset.hidden = range[0] === 0 && range[1] === source.end;
    shown.textContent = `${length(range[0])} to ${length(range[1])}`;
  };
  const watcher = new IntersectionObserver(entries => {
    for (const entry of entries) {
      const figure = figures.find(candidate => candidate.svg === entry.target);
      figure.seen = entry.isIntersecting;
      if (figure.seen && figure.isStale) draw(figure);
      if (figure.seen) mark(figure);
    }
    bar.classList.toggle("floats", figures.some(figure => figure.seen));
  });

  // The crosshair stands at a point of the axis, in all plots.
  let place = null;
  const mark = figure => {
    figure.cross.setAttribute("visibility", place === null ? "hidden" : "visible");
    if (place !== null) figure.cross.setAttribute("d", `M${x(source.times[place])} ${frame.top}V${frame.base}`);
    figure.outputs.forEach((output, index) => { output.textContent = place === null ? "" : text(figure, index); });
  };
  const text = (figure, index) => {
    if (figure.heat) {
      const [, count, row] = figure.heat.columns.find(column => column[0] >= source.times[place]) ?? [0, 0, 0];
      const rows = figure.heat.rows;
      return count === 0 ? "no values" : `${plain(count)} values, mostly ${rows[row]} to ${rows[row + 1]}`;
    }
    const value = figure.lines[index][place];
    return value === null ? "–" : formats[figure.plot.unit](value);
  };
  const point = next => {
    place = next;
    for (const figure of figures) if (figure.seen) mark(figure);
    moment.textContent = place === null ? hint : `at ${length(source.times[place])}: ${plain(users[place] ?? 0)} users`;
  };
  // Keys move the crosshair also for those who hear the page: of the plot that they are in, the values are read out.
  const speak = figure => {
    if (place === null) { spoken.textContent = ""; return; }
    const values = figure.outputs.map((_, index) => (figure.heat ? "" : figure.names[index] + " ") + text(figure, index));
    spoken.textContent = `${moment.textContent}; ${figure.title}: ${values.join(", ")}`;
  };
  const seconds = (figure, event) => {
    const box = figure.svg.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * 480 - frame.left) / frame.width;
    return range[0] + Math.min(Math.max(share, 0), 1) * (range[1] - range[0]);
  };
  const nearest = moment => {
    let best = 0;
    source.times.forEach((time, index) => {
      if (Math.abs(time - moment) < Math.abs(source.times[best] - moment)) best = index;
    });
    return best;
  };
  const zoom = (first, last) => {
    const least = Math.min(2, source.end);
    const middle = (first + last) / 2, half = Math.max(last - first, least) / 2;
    const start = Math.min(Math.max(middle - half, 0), Math.max(source.end - 2 * half, 0));
    range = [start, Math.min(start + 2 * half, source.end)];
    drawAll();
    point(place);
  };
  const scale = factor => {
    const middle = place === null ? (range[0] + range[1]) / 2 : source.times[place];
    const half = (range[1] - range[0]) * factor / 2;
    zoom(middle - half, middle + half);
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
  const reset = button("Whole run", () => zoom(0, source.end));
  const hint = "Point at a plot to read it; drag to zoom.";
  const [shown, moment, spoken] = ["shown", "moment", "spoken"].map(name => {
    const made = document.createElement("span");
    made.className = name;
    return made;
  });
  moment.textContent = hint;
  spoken.setAttribute("aria-live", "polite");
  bar.append(shown, moment, spoken);
  figures[0]?.svg.closest("section").before(bar);
  document.body.classList.add("live");

  for (const figure of figures) {
    figure.cross = figure.svg.appendChild(element("path", { class: "cross", visibility: "hidden" }));
    const selection = figure.svg.appendChild(element("rect", {
      class: "selection", y: frame.top, height: frame.height, visibility: "hidden",
    }));
    figure.svg.setAttribute("tabindex", "0");
    let start = null;
    const select = event => {
      const [first, last] = [start, seconds(figure, event)].sort((one, other) => one - other);
      selection.setAttribute("x", x(first));
      selection.setAttribute("width", x(last) - x(first));
      selection.setAttribute("visibility", "visible");
      return [first, last];
    };
    figure.svg.addEventListener("pointerdown", event => {
      point(nearest(seconds(figure, event)));
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      start = seconds(figure, event);
      figure.svg.setPointerCapture(event.pointerId);
    });
    figure.svg.addEventListener("pointermove", event => {
      point(nearest(seconds(figure, event)));
      if (start !== null) select(event);
    });
    figure.svg.addEventListener("pointerup", event => {
      if (start === null) return;
      const [first, last] = select(event);
      start = null;
      selection.setAttribute("visibility", "hidden");
      if (x(last) - x(first) > 8) zoom(first, last);
    });
    figure.svg.addEventListener("pointercancel", () => {
      start = null;
      selection.setAttribute("visibility", "hidden");
    });
    // A finger leaves with each touch, and its values stay.
    figure.svg.addEventListener("pointerleave", event => {
      if (start === null && event.pointerType === "mouse") point(null);
    });
    figure.svg.addEventListener("dblclick", () => zoom(0, source.end));
    figure.svg.addEventListener("keydown", event => {
      const last = source.times.length - 1, step = event.shiftKey ? 10 : 1;
      const keys = {
        ArrowLeft: () => point(Math.max((place ?? last + 1) - step, 0)),
        ArrowRight: () => point(Math.min((place ?? -1) + step, last)),
        Home: () => point(0), End: () => point(last),
        "+": () => scale(0.5), "-": () => scale(2), Escape: () => { point(null); zoom(0, source.end); },
      };
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
      speak(figure);
    });
    watcher.observe(figure.svg);
  }
  drawAll();
  addEventListener("beforeprint", () => { point(null); zoom(0, source.end); figures.forEach(draw); });
})();
