// The crosshair of the distributions, whose axis is the share of cases and not time. A figure has its points from
// LinePlot.swift: the place on the axis, its name, the value.
(() => {
  const { frame } = PlotRange;
  const places = new WeakMap();

  const show = (figure, place) => {
    const points = JSON.parse(figure.dataset.points), svg = figure.querySelector("svg");
    let cross = svg.querySelector(".cross");
    if (!cross) {
      cross = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
      cross.setAttribute("class", "cross");
    }
    cross.setAttribute("visibility", place === null ? "hidden" : "visible");
    const output = figure.querySelector("output");
    places.set(figure, place);
    if (place === null) { output.textContent = ""; return; }
    const [share, name, value] = points[place];
    cross.setAttribute("d", `M${frame.left + share * frame.width} ${frame.top}V${frame.base}`);
    output.textContent = `${value} in ${name} of cases`;
  };
  const picture = event => event.target.closest?.("figure.distribution > svg");

  const point = event => {
    const svg = picture(event);
    if (!svg) return;
    const figure = svg.parentElement, box = svg.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * 480 - frame.left) / frame.width;
    const points = JSON.parse(figure.dataset.points);
    let best = 0;
    points.forEach(([place], index) => { if (Math.abs(place - share) < Math.abs(points[best][0] - share)) best = index; });
    show(figure, best);
  };
  document.addEventListener("pointerdown", point);
  document.addEventListener("pointermove", point);
  // A finger leaves with each touch, and its values stay.
  document.addEventListener("pointerout", event => {
    const svg = picture(event);
    if (svg && event.pointerType === "mouse" && !svg.contains(event.relatedTarget)) show(svg.parentElement, null);
  });
  document.addEventListener("keydown", event => {
    const svg = picture(event);
    if (!svg) return;
    const figure = svg.parentElement, last = JSON.parse(figure.dataset.points).length - 1;
    const place = places.get(figure) ?? null, step = event.shiftKey ? 10 : 1;
    const next = {
      ArrowLeft: Math.max((place ?? last + 1) - step, 0), ArrowRight: Math.min((place ?? -1) + step, last),
      Home: 0, End: last, Escape: null,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    show(figure, next);
  });
  addEventListener("beforeprint", () => {
    for (const figure of document.querySelectorAll("figure.distribution")) show(figure, null);
  });
})();
