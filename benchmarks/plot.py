#!/usr/bin/env python3
"""Draws recall against speed, docs/plots/<data>.svg, from benchmarks/results/*.ndjson: the latest run of each data set on each machine.

    benchmarks/plot.py                                      every data set
    benchmarks/plot.py --results FOLDER --out FOLDER        from and to elsewhere

A run is what benchmarks/run.py wrote at one time. Each machine gets a panel, the latest on top. Standard library only.
"""

import argparse
import json
import math
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = {"at", "engine", "dataset", "metric", "base_count", "dimension", "k", "ef", "recall", "queries_per_second", "machine"}
LEAST_RECALL = 0.85
# One color for a library, and dashes for each further way to ask it.
STYLES = {
    "ilk": ("#d1242f", ""), "ilk-f32": ("#d1242f", "7 4"), "hnswlib": ("#24292f", ""), "usearch": ("#0969da", ""), "usearch-i8": ("#0969da", "7 4"),
    "faiss": ("#1a7f37", ""), "faiss-sq8": ("#1a7f37", "7 4"), "faiss-ivfpq": ("#1a7f37", "2 4"), "scann": ("#8250df", ""), "vsag": ("#bf6a00", ""),
}
OTHER = ("#6e7781", "")
WIDTH, HEIGHT = 860, 480  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 76, 640, 56, 404  # of the plot in it


def runs(folder):
    """The latest run of each data set and machine, as {data set: [measurements of a run, …]}, latest first."""
    by_time = {}
    for path in sorted(folder.glob("*.ndjson")):
        for line in path.read_text().splitlines():
            one = json.loads(line) if line.strip() else {}
            if NEEDED <= one.keys():
                by_time.setdefault((one["dataset"], one["at"]), []).append(one)
    found = {}
    for (dataset, _), run in sorted(by_time.items(), key=lambda item: item[0][1], reverse=True):
        kept = found.setdefault(dataset, [])
        if all(other[0]["machine"] != run[0]["machine"] for other in kept):
            kept.append(run)
    return found


def name_of(one):
    """The engine's name in its run, which older lines do not have."""
    return one.get("name", one["engine"])


def weight(name):
    """Width of an engine's line and radius of its points."""
    return (3, 4) if name == "ilk" else (1.6, 3)


def stored(one):
    """What walks measure, and whether candidates are measured again."""
    return one.get("storage", "") + (" + f32" if one.get("rescored") else "")


def text(x, y, words, size=13, anchor="start", color="#24292f", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{color}"{more}>{escape(words)}</text>'


def line(x1, y1, x2, y2, color="#d0d7de", width=1, dash=""):
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width}"{dashes}/>'


class Scale:
    """Where a recall and a speed stand in the plot: recalls evenly, speeds by their logarithm."""

    def __init__(self, speeds):
        self.low, self.high = min(speeds) / 1.15, max(speeds) * 1.15

    def x(self, recall):
        return LEFT + (recall - LEAST_RECALL) / (1 - LEAST_RECALL) * (RIGHT - LEFT)

    def y(self, speed):
        return BOTTOM - math.log(speed / self.low) / math.log(self.high / self.low) * (BOTTOM - TOP)

    def ticks(self):
        """Round speeds: 1, 2 and 5 times powers of ten."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        return [step * 10 ** power for power in powers for step in (1, 2, 5) if self.low <= step * 10 ** power <= self.high]


def axes(scale, k):
    parts = []
    for speed in scale.ticks():
        parts += [line(LEFT, scale.y(speed), RIGHT, scale.y(speed)), text(LEFT - 8, scale.y(speed) + 4, f"{speed:,.0f}", 12, "end")]
    for hundredths in range(round(100 * LEAST_RECALL), 101):
        x, labeled = scale.x(hundredths / 100), hundredths % 5 == 0 or hundredths == 99
        parts.append(line(x, TOP, x, BOTTOM, "#d0d7de" if labeled else "#eef1f4"))
        if labeled:
            parts.append(text(x, BOTTOM + 18, f"{hundredths / 100:.2f}", 12, "middle"))
    middle = (TOP + BOTTOM) / 2
    parts += [
        f'<rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{BOTTOM - TOP}" fill="none" stroke="#8c959f"/>',
        text((LEFT + RIGHT) / 2, BOTTOM + 38, f"recall@{k}", anchor="middle"),
        text(18, middle, "queries a second, one thread", anchor="middle", more=f' transform="rotate(-90 18 {middle:.1f})"')]
    return parts


def curve(scale, name, points):
    """An engine's line and points; what lies left of the plot is clipped."""
    (color, dash), (width, radius) = STYLES.get(name, OTHER), weight(name)
    places = [(scale.x(one["recall"]), scale.y(one["queries_per_second"])) for one in points]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}" stroke-linejoin="round"{dashes}/>']
    for one, (x, y) in zip(points, places):
        label = f"{name}, ef {one['ef']}: recall {one['recall']:.4f}, {one['queries_per_second']:,.0f} queries/s"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{color}"><title>{escape(label)}</title></circle>')
    return parts


def legend(curves):
    parts = []
    for row, (name, points) in enumerate(curves.items()):
        (color, dash), (width, radius) = STYLES.get(name, OTHER), weight(name)
        x, y = RIGHT + 20, TOP + 12 + 32 * row
        parts += [
            line(x, y, x + 34, y, color, width, dash), f'<circle cx="{x + 17}" cy="{y}" r="{radius}" fill="{color}"/>',
            text(x + 44, y + 4, name, more=' font-weight="bold"' if name == "ilk" else ""), text(x + 44, y + 17, stored(points[0]), 10, color="#57606a")]
    return parts


def panel(run, top):
    """One run's plot, `top` pixels down."""
    first, curves = run[0], {}
    for one in run:
        curves.setdefault(name_of(one), []).append(one)
    for points in curves.values():
        points.sort(key=lambda one: (one["recall"], -one["queries_per_second"]))
    seen = [one for one in run if one["recall"] >= LEAST_RECALL] or run
    scale = Scale([one["queries_per_second"] for one in seen])
    title = f"{first['dataset']}: {first['base_count']:,} × {first['dimension']:,}, {first['metric']}"
    kernels = f", kernels {first['kernels']}" if first.get("kernels") else ""
    small = f"{first['machine']}{kernels}; {first['at'][:10]}, commit {first.get('commit', 'unknown')}; CPU time, M = {first.get('m')}, efConstruction = {first.get('ef_construction')}"
    clip = f"plot{top}"
    parts = [f'<g transform="translate(0 {top})">', text(LEFT, 34, title, 17, more=' font-weight="bold"'), *axes(scale, first["k"])]
    parts.append(f'<clipPath id="{clip}"><rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT + 5}" height="{BOTTOM - TOP}"/></clipPath><g clip-path="url(#{clip})">')
    for name in sorted(curves, key=lambda name: name == "ilk"):  # ilk above the others
        parts += curve(scale, name, curves[name])
    return [*parts, "</g>", *legend(curves), text(LEFT, HEIGHT - 14, small, 10, color="#57606a"), "</g>"]


def drawing(dataset, panels):
    """An SVG with a background of its own, so that it can be read on any page."""
    height = HEIGHT * len(panels)
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'font-family="system-ui, -apple-system, \'Segoe UI\', Helvetica, Arial, sans-serif">')
    parts = [head, f"<title>Recall and speed on {escape(dataset)}</title>", f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff" stroke="#d0d7de"/>']
    for number, run in enumerate(panels):
        parts += panel(run, HEIGHT * number)
    return "\n".join([*parts, "</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks/results", help="folder of *.ndjson")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/plots", help="folder to write to")
    options = parser.parse_args()
    found = runs(options.results)
    if not found:
        raise SystemExit(f"plot.py: {options.results} has no line of recall and speed; benchmarks/run.py writes them")
    options.out.mkdir(parents=True, exist_ok=True)
    for dataset, panels in sorted(found.items()):
        path = options.out / f"{dataset}.svg"
        path.write_text(drawing(dataset, panels))
        print(path)


if __name__ == "__main__":
    main()
