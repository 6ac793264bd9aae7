// The values of all plots, from the object of PlotData.swift. They never change: more data makes the next values.
class PlotValues {
  // `data.from` is the number of points that stay of the values before.
  constructor(data, before) {
    const from = data.from ?? 0;
    const joined = (known, added) => from > 0 ? known.slice(0, from).concat(added) : added;
    this.end = data.end;
    this.stages = data.stages;
    this.heat = data.heat;
    this.times = joined(before?.times, data.times);
    this.users = joined(before?.users, PlotValues.decoded(data.users, data));
    this.mostUsers = this.users.reduce((most, value) => Math.max(most, value ?? 0), 0);
    this.plots = data.plots.map((plot, index) => ({
      ...plot,
      lines: plot.lines.map((line, number) =>
        joined(before?.plots[index]?.lines[number], PlotValues.decoded(line, data))),
    }));
  }

  static decoded(line, data) {
    const code = atob(line.code), steps = 2 ** (8 * data.bytes) - 2;
    return data.times.map((_, index) => {
      let number = code.charCodeAt(index * data.bytes);
      if (data.bytes === 2) number = number << 8 | code.charCodeAt(index * 2 + 1);
      if (number === 0) return null;
      const share = (number - 1) / steps;
      return line.logarithmic ? line.lower * (line.upper / line.lower) ** share
        : line.lower + (line.upper - line.lower) * share;
    });
  }

  // The point that is nearest to a time in seconds.
  nearest(moment) {
    let best = 0;
    this.times.forEach((time, index) => {
      if (Math.abs(time - moment) < Math.abs(this.times[best] - moment)) best = index;
    });
    return best;
  }
}
