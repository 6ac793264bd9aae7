// The crosshair of the distributions, whose axis is the share of cases and not time. A figure has its points from
// LinePlot.swift: the place on the axis, its name, the value.
const distributions = (() => {
  const { frame } = PlotRange;
  // The point at which the crosshair of a figure stands, and its share of the axis.
  const crosshairs = new WeakMap();

  const pointsOf = figure => JSON.parse(figure.dataset.points);
  const nearest = (points, share) => {
    const distances = points.map(([place]) => Math.abs(place - share));
    return distances.indexOf(Math.min(...distances));
  };
  const show = (figure, place) => {
    const svg = figure.querySelector("svg"), output = figure.querySelector("output");
    let cross = svg.querySelector(".cross");
    if (!cross) {
      cross = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
      cross.setAttribute("class", "cross");
    }
    cross.setAttribute("visibility", place === null ? "hidden" : "visible");
    crosshairs.delete(figure);
    if (place === null) { output.textContent = ""; return; }
    const [share, name, value] = pointsOf(figure)[place];
    crosshairs.set(figure, { place, share });
    cross.setAttribute("d", `M${frame.left + share * frame.width} ${frame.top}V${frame.base}`);
    output.textContent = `${value} in ${name} of cases`;
  };
  const picture = event => event.target.closest?.("figure.distribution > svg");

  const point = event => {
    const svg = picture(event);
    if (!svg) return;
    const figure = svg.parentElement, box = svg.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * 480 - frame.left) / frame.width;
    show(figure, nearest(pointsOf(figure), share));
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
    const figure = svg.parentElement, last = pointsOf(figure).length - 1;
    const place = crosshairs.get(figure)?.place, step = event.shiftKey ? 10 : 1;
    const next = {
      ArrowLeft: Math.max((place ?? last + 1) - step, 0), ArrowRight: Math.min((place ?? -1) + step, last),
      Home: 0, End: last, Escape: null,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    show(figure, next);
  });
  const all = () => document.querySelectorAll("figure.distribution");
  addEventListener("beforeprint", () => { for (const figure of all()) show(figure, null); });
  // Shows the present values where a figure has got others: its crosshair stays in its place.
  const refresh = () => {
    for (const figure of all()) {
      const crosshair = crosshairs.get(figure);
      if (crosshair) show(figure, nearest(pointsOf(figure), crosshair.share));
    }
  };
  return { refresh };
})();
