"""The two tables: absolute values, and the demanded figures with their limits beside them."""

import statistics

import cells

DASH = "-"


def median(results, of=lambda result: result.value):
    values = [of(result) for result in results if result is not None]
    return statistics.median(values) if values else None


def demanded_value(demand, rounds):
    """The median over the rounds of what the demand compares, each round by itself; None if a program is missing.

    `rounds` has one dictionary a round, from (cell, program) to a result."""
    values = []
    for results in rounds:
        own = results.get((demand.cell, demand.program))
        if demand.kind in ("cpu", "more"):
            other = results.get((demand.against, demand.program))
        else:
            other = results.get((demand.cell, demand.against))
        if own is None or (demand.kind in ("ratio", "difference", "per-cpu", "cpu", "more") and other is None):
            continue
        if demand.kind == "ratio":
            values.append(own.value / other.value)
        elif demand.kind in ("difference", "more"):
            values.append(own.value - other.value)
        elif demand.kind == "per-cpu":
            values.append(other.cpu_us / own.cpu_us)
        elif demand.kind == "cpu":
            values.append(own.cpu_us / other.cpu_us)
        elif demand.kind == "start-cpu":
            values.append(own.report["start_cpu"])
        elif demand.kind == "open":
            values.append(own.report["open"])
        else:
            values.append(own.value)
    return statistics.median(values) if values else None


def met(demand, value):
    return value >= demand.limit if demand.at_least else value <= demand.limit


def _number(value):
    if value is None:
        return DASH
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _table(rows):
    """Columns as wide as their widest entry, the first two to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        left = [entry.ljust(width) for entry, width in zip(row[:2], widths)]
        right = [entry.rjust(width) for entry, width in zip(row[2:], widths[2:])]
        lines.append("  ".join(left + right).rstrip())
    return "\n".join(lines)


def absolute_table(measured_cells, programs, rounds):
    rows = [("cell", "unit", *programs)]
    cpu_rows = []
    for cell in measured_cells:
        results = {program: [results.get((cell.name, program)) for results in rounds] for program in programs}
        rows.append((cell.name, cell.unit, *(_number(median(results[program])) for program in programs)))
        cpu = [_number(_cpu_median(results[program])) for program in programs]
        if any(entry != DASH for entry in cpu):
            cpu_rows.append((cell.name, "CPU us per operation", *cpu))
    return _table(rows + cpu_rows)


def _cpu_median(results):
    with_cpu = [result for result in results if result is not None and result.cpu_us is not None]
    return median(with_cpu, of=lambda result: result.cpu_us)


def demand_table(measured_cells, rounds):
    names = {cell.name for cell in measured_cells}
    rows = [("cell", "what", "measured", "target", "")]
    for demand in cells.demands():
        if demand.cell not in names:
            continue
        value = demanded_value(demand, rounds)
        verdict = "" if value is None else "ok" if met(demand, value) else "MISSED"
        sign = ">=" if demand.at_least else "<="
        rows.append((demand.cell, demand.what, _number(value), f"{sign} {demand.limit:g}", verdict))
    return _table(rows)


def as_json(rounds):
    """Everything that was measured, for a file."""
    measured = [
        {"round": i, "cell": cell, "program": program, **vars(result)}
        for i, results in enumerate(rounds)
        for (cell, program), result in results.items()
        if result is not None
    ]
    demanded = [{**vars(demand), "measured": demanded_value(demand, rounds)} for demand in cells.demands()]
    return {"results": measured, "demands": demanded}
