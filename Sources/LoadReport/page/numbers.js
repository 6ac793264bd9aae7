// Figures with at most four digits and their unit, as in ReportNumber.swift.
const numbers = (() => {
  const digits = value => String(Number(value.toPrecision(4)));
  const scaled = (value, units, first) => {
    let unit = 0;
    if (Math.abs(value) >= first) {
      while (Math.abs(value) >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
    }
    return digits(value) + (units[unit] ? " " + units[unit] : "");
  };
  const plain = value => scaled(value, ["", "k", "M", "G", "T", "P", "E"], 1e4);
  const time = ms => {
    const size = Math.abs(ms);
    return size === 0 ? "0 ms" : size < 0.001 ? digits(ms * 1e6) + " ns" : size < 1 ? digits(ms * 1e3) + " µs"
      : size < 1e3 ? digits(ms) + " ms" : size < 6e5 ? digits(ms / 1e3) + " s"
      : size < 3.6e7 ? digits(ms / 6e4) + " min" : digits(ms / 3.6e6) + " h";
  };
  // How long something took, or when it came.
  const length = seconds => {
    if (seconds === 0) return "0 s";
    if (seconds < 1) return time(seconds * 1e3);
    if (seconds < 60) return time(Math.round(seconds * 100) * 10);
    const whole = Math.floor(seconds);
    return [[Math.floor(whole / 3600), "h"], [Math.floor(whole / 60) % 60, "min"], [whole % 60, "s"]]
      .filter(part => part[0] > 0).map(part => part.join(" ")).join(" ");
  };
  const bytes = value => scaled(value, ["B", "kB", "MB", "GB", "TB", "PB", "EB"], 1e3);
  // By the names of PlotUnit.swift.
  const units = {
    plain, time, bytes, share: value => digits(Math.floor(value * 1e4) / 100) + " %",
    perSecond: value => plain(value) + "/s", bytesPerSecond: value => bytes(value) + "/s",
  };
  return { plain, length, units };
})();
