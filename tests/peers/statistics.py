"""Every statistic once more, by other people's code: lifelines, NumPy, SciPy, and plain Python sets.

    statistics.py FOLDER

FOLDER holds `rows.csv` (a population) and `cells.csv` (what muster made of it: the figure, and what it is of). Each cell is
computed again from the rows, windows and groups included, and must agree to nine digits. Prints how many figures of each
statistic agreed; whatever does not agree, it prints, and ends with status 1.

Written from the definitions in crates/stats, not from its code: no line here is a translation of Rust.
"""

import csv
import math
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import numpy as np
import scipy.stats
from lifelines import KaplanMeierFitter

DAY = 86_400_000_000
UNITS = {"days": 86_400.0, "hours": 3_600.0}


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def instant(micros):
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)


def micros(when):
    return (when - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


class Row:
    def __init__(self, raw):
        self.id = raw["event_id"]
        self.time = int(raw["time"])
        self.until = int(raw["until"]) if raw["until"] else None
        self.text = {name: raw[name] or None for name in ("person", "organisation", "repository", "meeting")}
        self.seconds = float(raw["seconds"]) if raw["seconds"] else None
        self.seen = {"true": True, "false": False}.get(raw["seen"])

    def number(self, column):
        value = self.seconds if column == "seconds" else None if self.seen is None else float(self.seen)
        return value if value is not None and math.isfinite(value) else None


class Cell:
    """One of muster's cells, and the rows that it may look at."""

    def __init__(self, raw, rows, as_of, first):
        self.raw = raw
        self.statistic, self.column, self.weight = raw["statistic"], raw["value_column"], raw["weight"]
        self.per = raw["per"]
        self.parameters = {k: float(v) for k, v in (p.split("=") for p in raw["parameters"].split(";") if p)}
        self.start, self.window_end = int(raw["window_start"]), int(raw["window_end"])
        self.kind, self.unit = raw["window_kind"], UNITS.get(raw["unit"], 1.0)
        self.end, self.first = min(self.window_end, as_of), first
        self.as_of = as_of
        last = as_of + 1 if self.statistic.startswith("interval_") else as_of
        column, _, name = raw["group"].partition("=")
        name = None if name == "unknown" else name
        self.rows = sorted(
            (row for row in rows if row.time < last and (not column or row.text[column] == name)),
            key=lambda row: (row.time, row.id),
        )
        self.now = [row for row in self.rows if self.start <= row.time < self.window_end]

    def parameter(self, name, default):
        return self.parameters.get(name, default)

    def names(self, rows):
        return {row.text[self.column] for row in rows} - {None}

    def durations(self, rows):
        values = ((row.number(self.column), row.seen) for row in rows)
        return [(value / self.unit, bool(seen)) for value, seen in values if value is not None and value >= 0]

    def weights(self):
        """What each name weighs, and what the rows without one weigh."""
        total = defaultdict(Fraction)
        for row in self.now:
            weight = row.number(self.weight) if self.weight else 1
            total[row.text[self.column]] += Fraction(max(weight or 0, 0))
        unknown = total.pop(None, Fraction(0))
        return {name: weight for name, weight in total.items() if weight > 0}, unknown

    def earlier(self, back):
        """The rows of the window so many windows before, and where it begins and ends; None where there is none."""
        if self.kind == "all":
            return None
        start, end = self.start, self.window_end
        for _ in range(back):
            if self.kind in ("quarter", "year"):
                when, months = instant(start), {"quarter": 3, "year": 12}[self.kind]
                month = when.year * 12 + when.month - 1 - months
                start, end = micros(when.replace(year=month // 12, month=month % 12 + 1)), start
            else:
                start, end = start - (end - start), start
        return start, end, [row for row in self.rows if start <= row.time < end]

    def firsts(self):
        """The first row of each name."""
        rows = {}
        for row in self.rows:
            if row.text[self.column] is not None:
                rows.setdefault(row.text[self.column], row)
        return rows


def of(value=None, n=None, **more):
    """An answer; what is not named is not compared."""
    return {"value": value, **({} if n is None else {"n": n}), **more}


def numeric(formula):
    def answer(cell):
        values = np.array([value for value, _ in cell.durations(cell.now)])
        return of(formula(values, cell) if len(values) else None, len(values))

    return answer


def total(cell):
    values = [value for value, _ in cell.durations(cell.now)]
    return of(math.fsum(values), len(values))


def share(cell):
    seen = [row.seen for row in cell.now if row.seen is not None]
    return of(float(np.mean(seen)) if seen else None, len(seen))


def ratio(cell):
    above = math.fsum(row.number(cell.column) or 0 for row in cell.now)
    below = math.fsum(row.number(cell.per) or 0 for row in cell.now)
    return of(above / below if below else None, len(cell.now))


def kaplan_meier(cell):
    items = cell.durations(cell.now)
    p = cell.parameter("quantile", 0.5)
    ended = [value for value, seen in items if seen]
    naive = np.quantile(ended, p, method="inverted_cdf") if ended else None
    answer = of(None, len(items), low=None, high=None, naive=naive, censored=len(items) - len(ended))
    if not items:
        return answer
    # lifelines' default interval is the log(-log) one.
    fitted = KaplanMeierFitter(alpha=0.05).fit([value for value, _ in items], [seen for _, seen in items])
    band = fitted.confidence_interval_survival_function_
    # lifelines says 0 of the band where nobody is left, muster that it has none there.
    alive = fitted.survival_function_.iloc[:, 0] > 1e-12

    def first(curve):
        # A product of fractions that is exactly 1 - p may be a few ulps above.
        reached = curve[curve <= 1 - p + 1e-9]
        return float(reached.index[0]) if len(reached) else None

    lower, upper = (band[name][alive].dropna() for name in band.columns)
    answer.update(value=first(fitted.survival_function_.iloc[:, 0]), low=first(lower), high=first(upper))
    exactly = (np.abs(fitted.survival_function_.iloc[:, 0] - (1 - p)) < 1e-9).any()
    theirs = fitted.percentile(1 - p)
    if not exactly and not same(answer["value"], None if math.isinf(theirs) else theirs):
        raise AssertionError(f"lifelines' own percentile is {theirs}, from its curve it is {answer['value']}")
    return answer


def smallest_set(cell):
    known, unknown = cell.weights()
    whole = sum(known.values()) + (0 if cell.parameter("unknown_out", 0) else unknown)
    bar = Fraction(cell.parameter("threshold", 0.5)).limit_denominator(1000) * whole
    so_far = Fraction(0)
    for size, weight in enumerate(sorted(known.values(), reverse=True), 1):
        so_far += weight
        if so_far > bar or (so_far == bar and not cell.parameter("exceed", 0)):
            return of(size, len(cell.now))
    return of(None, len(cell.now))


def concentration(formula):
    def answer(cell):
        weights = np.array([float(weight) for weight in cell.weights()[0].values()])
        return of(formula(weights) if len(weights) else None, len(cell.now))

    return answer


def top_share(cell):
    known, unknown = cell.weights()
    if not known:
        return of(None, len(cell.now), low=None, high=None)
    top, whole = max(known.values()), sum(known.values())
    value = top / (whole if cell.parameter("unknown_out", 0) else whole + unknown)
    low, high = (top / (whole + unknown), (top + unknown) / (whole + unknown)) if unknown else (None, None)
    return of(value, len(cell.now), low=low, high=high)


def retention(cell):
    earlier = cell.earlier(1)
    if earlier is None or cell.first >= earlier[1]:
        return of(None)
    before, now = cell.names(earlier[2]), cell.names(cell.now)
    if not before:
        return of(None, 0)
    kept = len(before & now)
    return of(kept if cell.parameter("as_count", 0) else kept / len(before), len(before))


def cohort(cell):
    earlier = cell.earlier(int(cell.parameter("after", 4)))
    if earlier is None or cell.first > earlier[0]:
        return of(None)
    began = {name for name, row in cell.firsts().items() if earlier[0] <= row.time < earlier[1]}
    return of(len(began & cell.names(cell.now)) / len(began) if began else None, len(began))


def rate_of_change(cell):
    earlier = cell.earlier(1)
    if earlier is None or cell.first >= earlier[1] or not earlier[2]:
        return of(None)
    return of(len(cell.now) / len(earlier[2]) - 1, len(cell.now) + len(earlier[2]))


def slope(cell):
    length = int(cell.parameter("period_days", 7)) * DAY
    count = max(0, cell.end - max(cell.start, cell.first)) // length
    figures, n = [], 0
    for period in range(count):
        start = cell.end - (count - period) * length
        rows = [row for row in cell.rows if start <= row.time < start + length]
        figures.append(len(cell.names(rows)) if cell.column else len(rows))
        n += len(rows)
    if count < 3 or n == 0:
        return of(None, n, low=None, high=None)
    line = scipy.stats.linregress(range(count), figures)
    half = scipy.stats.t.ppf(0.975, count - 2) * line.stderr
    return of(line.slope, n, low=line.slope - half, high=line.slope + half)


def mean_per(cell):
    named = [row.text[cell.per] for row in cell.now if row.text[cell.per]]
    return of(len(named) / len(set(named)) if named else None, len(set(named)))


def mean_distinct_per(cell):
    items = {row.text[cell.per] for row in cell.now} - {None}
    pairs = {(row.text[cell.per], row.text[cell.column]) for row in cell.now}
    pairs = {pair for pair in pairs if None not in pair}
    return of(len(pairs) / len(items) if items else None, len(items))


def holding(cell):
    at = cell.window_end if cell.window_end < cell.as_of else cell.as_of + 1
    return [row for row in cell.rows if row.time < at and (row.until is None or row.until >= at)]


def interval_count_distinct(cell):
    return of(len(cell.names(holding(cell))), len(holding(cell)))


def interval_share(cell):
    told = [row for row in holding(cell) if row.seen is not None]
    names = cell.names(told)
    return of(len(cell.names(row for row in told if row.seen)) / len(names) if names else None, len(names))


def new(cell):
    here = [row for row in cell.firsts().values() if cell.start <= row.time < cell.window_end]
    return of(len(here), len(here))


def gaps(formula):
    def answer(cell):
        times = sorted(row.time for row in cell.firsts().values() if row.time < cell.window_end)
        before = [time for time in times if time < cell.start][-1:]
        inside = before + [time for time in times if time >= cell.start]
        between = np.diff(inside) / 1e6 / cell.unit
        value = float(formula(between)) if len(between) else None
        if formula is not np.max:
            return of(value, len(between))
        open_gap = (cell.end - inside[-1]) / 1e6 / cell.unit if inside else None
        if open_gap is None or (value is not None and open_gap <= value):
            return of(value, len(between), low=None, high=None)
        low, high = (open_gap, None) if value is None else (value, open_gap)
        return of(value, len(between), low=low, high=high)

    return answer


def days_since_last(cell):
    times = [row.time for row in cell.rows if row.time < cell.window_end]
    return of((cell.end - max(times)) / 1e6 / cell.unit if times else None, min(len(times), 1))


STATISTICS = {
    "count": lambda cell: of(len(cell.now), len(cell.now)),
    "count_distinct": lambda cell: of(len(cell.names(cell.now)), len(cell.now)),
    "sum": total,
    "mean": numeric(lambda values, _: float(np.mean(values))),
    "share": share,
    "ratio": ratio,
    "quantile_discrete": numeric(
        lambda values, cell: np.quantile(values, cell.parameter("quantile", 0.5), method="inverted_cdf")
    ),
    "quantile_interpolated": numeric(
        lambda values, cell: np.quantile(values, cell.parameter("quantile", 0.5), method="linear")
    ),
    "kaplan_meier": kaplan_meier,
    "smallest_set": smallest_set,
    # Half the relative mean difference, as Gini defined it.
    "gini": concentration(lambda w: np.abs(np.subtract.outer(w, w)).mean() / (2 * w.mean())),
    "effective_number": concentration(lambda w: math.exp(scipy.stats.entropy(w))),
    "herfindahl": concentration(lambda w: np.sum((w / w.sum()) ** 2)),
    "top_share": top_share,
    "retention": retention,
    "cohort": cohort,
    "new": new,
    "rate_of_change": rate_of_change,
    "slope": slope,
    "mean_per": mean_per,
    "mean_distinct_per": mean_distinct_per,
    "interval_count_distinct": interval_count_distinct,
    "interval_share": interval_share,
    "median_gap": gaps(np.median),
    "longest_gap": gaps(np.max),
    "days_since_last": days_since_last,
}


def same(ours, theirs):
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


def main(folder):
    rows = [Row(raw) for raw in read(folder / "rows.csv")]
    agreed, wrong = Counter(), 0
    for raw in read(folder / "cells.csv"):
        cell = Cell(raw, rows, int(raw["as_of"]), int(raw["first"]))
        for name, theirs in STATISTICS[cell.statistic](cell).items():
            ours = float(raw[name]) if raw[name] else None
            theirs = None if theirs is None else float(theirs)
            if not same(ours, theirs):
                wrong += 1
                place = " ".join(f"{key}={value}" for key, value in raw.items() if value)
                print(f"{name}: muster {ours}, the others {theirs}: {place}", file=sys.stderr)
            elif name == "value" and ours is not None:
                agreed[cell.statistic] += 1
    for statistic in STATISTICS:
        print(statistic, agreed[statistic])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
