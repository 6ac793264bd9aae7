// The part of the time that all plots show, and how lines look in it, in the frame of PlotFrame.swift.
class PlotRange {
  static frame = { left: 62, top: 10, width: 404, height: 174, base: 184 };
  static mostPoints = 800;

  constructor(values, first, last) {
    Object.assign(this, { values, first, last });
  }

  get isWhole() { return this.first === 0 && this.last === this.values.end; }

  x(seconds) {
    return PlotRange.frame.left + (seconds - this.first) / (this.last - this.first) * PlotRange.frame.width;
  }

  // The points of the range, and one beside it on each side.
  get bounds() {
    const { times } = this.values;
    const first = times.findIndex(seconds => seconds >= this.first);
    const last = times.findLastIndex(seconds => seconds <= this.last);
    return [Math.max(first - 1, 0), Math.min(last + 1, times.length - 1)];
  }

  // Of each stretch with more points than the picture can show, the least and the greatest.
  kept(line) {
    const [first, last] = this.bounds, count = last - first + 1, stretches = PlotRange.mostPoints / 2;
    if (count <= PlotRange.mostPoints) return Array.from({ length: count }, (_, index) => first + index);
    const indices = [];
    for (let stretch = 0; stretch < stretches; stretch += 1) {
      const start = first + Math.floor(count * stretch / stretches);
      const end = first + Math.floor(count * (stretch + 1) / stretches);
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
  }

  path(line, scale) {
    let text = "", isOpen = false;
    for (const index of this.kept(line)) {
      if (line[index] === null) { isOpen = false; continue; }
      const x = this.x(this.values.times[index]).toFixed(1), y = PlotRange.y(line[index], scale).toFixed(1);
      text += `${isOpen ? "L" : "M"}${x} ${y}${isOpen ? "" : "h0"}`;
      isOpen = true;
    }
    return text;
  }

  // The users as an area.
  get area() {
    const [first, last] = this.bounds.map(index => this.x(this.values.times[index]));
    const shape = this.path(this.values.users, { lower: 0, upper: this.values.mostUsers || 1 });
    return shape && `${shape}L${last} ${PlotRange.frame.base}L${first} ${PlotRange.frame.base}z`;
  }

  // Lines at the ends of stages.
  get stages() {
    return this.values.stages.filter(stage => stage >= this.first && stage <= this.last)
      .map(stage => `M${this.x(stage)} ${PlotRange.frame.top}V${PlotRange.frame.base}`).join("");
  }

  // Seconds that have a label.
  get marks() {
    const steps = [0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200];
    const span = this.last - this.first;
    const step = steps.find(candidate => span / candidate <= 6) ?? Math.ceil(span / 6 / 86400) * 86400;
    const result = [];
    for (let mark = Math.ceil(this.first / step); mark * step <= this.last; mark += 1) result.push(mark * step);
    return result;
  }

  static y(value, scale) {
    const share = scale.logarithmic
      ? value > scale.lower ? Math.log(value / scale.lower) / Math.log(scale.upper / scale.lower) : 0
      : (value - scale.lower) / (scale.upper - scale.lower);
    return PlotRange.frame.base - Math.min(Math.max(share, 0), 1) * PlotRange.frame.height;
  }
}
