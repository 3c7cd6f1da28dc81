#!/usr/bin/env python3
"""Search beside a filter, through the daemon: does it find what passes, how soon, and which way does it take?

    benchmarks/filters.py                              200,000 points of datasets/make-vectors, 200 queries a cell; the table in benchmarks/README.md
    benchmarks/filters.py --points 50000 --queries 50 --print
    benchmarks/filters.py --forms range,and --shares 4,1 --print
    benchmarks/filters.py --direction principal        correlations that are stronger by far, as a filter by topic has

A cell is a share of the points that pass, a correlation and a form. Fields: `u` and `w` are chance, 0 to 9,999; `c` is the percentile of the vector's
projection on one direction: a random one, or with "principal" that along which the vectors differ most. The queries are held-out vectors of the upper
tenth of that projection. So `c >= x` passes what is near a query (correlated), `c < y` what is far from it (anti-correlated), and `u < z` says nothing
(independent). "near" in the results is what that comes to: the share of a query's ten nearest of all that pass. Forms: one value of a keyword, two fields
that both must pass, a range, a negated comparison. Left out are a negated keyword, whose set is the one value's of another keyword, and `or`, which
of two shares of one field is a range again.

Recall@10 is by distance (1e-5 relative room) against the same search with "exact", of as many hits as there can be. Times are the daemon's own, filter
and search, of one query at a time: the median pass of each query, then quantiles over queries. No `ef` is given. Needs numpy: scripts/setup --peers.
"""

import argparse
import base64
import collections
import json
import os
import statistics
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
try:
    import numpy as np
except ImportError:
    np = None

from retrieval import pipelined, quantile
from retrieval_words import commit
from run import CACHE, PYTHON, ROOT, aligned, machine, note, put_table, record

sys.path.insert(0, str(ROOT / "scripts"))
from daemon import Daemon  # noqa: E402

SHARES = [50, 20, 10, 4, 1, 0.1, 0.01]
KINDS = ["independent", "correlated", "anti-correlated"]
FORMS = ["value", "and", "range", "not"]
LETTERS = {"walk": "w", "walk_admitting": "w", "scan_matching": "s", "scan_all": "s"}
SCALE = 10_000
PATIENCE = 3600


# What the scripts of this kind have in common

def with_numpy(script):
    """Starts the script again with .venv's Python where this one has no numpy."""
    if np is None:
        if not PYTHON.exists():
            sys.exit("numpy is missing; run scripts/setup --peers")
        os.execv(PYTHON, [str(PYTHON), script, *sys.argv[1:]])


def vectors_of(data):
    """Base and queries of a set of datasets/make-vectors."""
    try:
        return tuple(np.load(CACHE / data / f"{part}.npy", mmap_mode="r") for part in ("base", "queries"))
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is not there; run datasets/make-vectors {data}")


def wired(vector):
    """A vector as the wire takes it in few bytes."""
    return base64.b64encode(np.ascontiguousarray(vector, "<f4").tobytes()).decode()


def upload(wire, collection, points, batch=1000, window=3):
    """Writes points, which may be made one after the other."""
    points = iter(points)
    batches = iter(lambda: [point for _, point in zip(range(batch), points)], [])
    pipelined(wire, "points.upsert", ({"collection": collection, "points": batch} for batch in batches), window)


def busy_seconds(daemon):
    """CPU time that the daemon has had."""
    with open(f"/proc/{daemon.process.pid}/stat") as file:
        return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def settle(daemon, wire, collection, patience=PATIENCE):
    """Waits until every vector is linked, graphs are repaired as far as the daemon goes, and it is idle: what it does by itself is done.

    It leaves a tenth of the vectors, or 1,000, removed and unrepaired: below that it does nothing, and nothing is waited for.

    Returns: the description, seconds until nothing was pending, and seconds until the rest was done too.
    """
    began, linked = time.monotonic(), None
    while True:
        described = wire.call("collection.describe", collection=collection)
        indexes = described["indexes"].values()
        now = time.monotonic() - began
        if linked is None and not any(index["pending"] for index in indexes):
            linked = now
        repaired = all(index["removed"] <= max(1000, index["vectors"] // 10) for index in indexes)
        if linked is not None and repaired and all("recall" in index or index["vectors"] < 1000 for index in indexes):
            before = busy_seconds(daemon)
            time.sleep(0.3)
            if busy_seconds(daemon) - before < 0.03:
                return wire.call("collection.describe", collection=collection), linked, now
        if now > patience:
            sys.exit(f"{collection} does not come to rest: {indexes}")
        time.sleep(0.05)


def found_of(hits, truth, k):
    """The share of the true nearest that is among the hits, by distance."""
    wanted = min(k, len(truth))
    if not wanted:
        return 1.0
    bound = truth[wanted - 1]["distance"]
    return min(wanted, sum(hit["distance"] <= bound + 1e-5 * abs(bound) for hit in hits)) / wanted


# The points

class Points:
    """Vectors with payloads, and queries of the upper tenth of the direction that `c` is made of."""

    def __init__(self, options):
        base, queries = vectors_of(options.data)
        self.vectors = base[:options.points]
        self.count, dimension = self.vectors.shape
        chance = np.random.default_rng(options.seed)
        direction = chance.standard_normal(dimension).astype(np.float32)
        if options.direction == "principal":
            sample = np.asarray(self.vectors[:10_000])
            direction = np.linalg.eigh(np.cov((sample / np.linalg.norm(sample, axis=1)[:, None]).T))[1][:, -1].astype(np.float32)
        along, asked = self.projected(self.vectors, direction), self.projected(queries, direction)
        places = np.empty(self.count, np.int64)
        places[np.argsort(along, kind="stable")] = np.arange(self.count)
        self.fields = {"c": places * SCALE // self.count, "u": chance.integers(0, SCALE, self.count), "w": chance.integers(0, SCALE, self.count)}
        self.keywords = {}
        for share in SHARES:
            side = sides(share)[0]
            self.keywords |= {keyword("independent", share): chance.integers(0, SCALE, self.count) < side,
                              keyword("correlated", share): self.fields["c"] >= SCALE - side, keyword("anti-correlated", share): self.fields["c"] < side}
        upper = np.nonzero(asked >= np.quantile(along, 0.9))[0][:options.queries]
        self.queries = [wired(queries[place]) for place in upper]

    @staticmethod
    def projected(vectors, direction):
        """Of vectors of length 1, in parts that fit the memory. The mean, where that is taken away, moves all of them alike: ranks stay."""
        parts = (np.asarray(vectors[start:start + 10_000]) for start in range(0, len(vectors), 10_000))
        return np.concatenate([part @ direction / np.linalg.norm(part, axis=1) for part in parts])

    def rows(self):
        fields, keywords = {name: values.tolist() for name, values in self.fields.items()}, {name: values.tolist() for name, values in self.keywords.items()}
        for place, vector in enumerate(self.vectors):
            payload = {name: values[place] for name, values in fields.items()} | {name: "in" if values[place] else "out" for name, values in keywords.items()}
            yield {"id": place, "vector": wired(vector), "payload": payload}


def sides(share):
    """How many of SCALE a share is, and its root: what each of two independent fields must pass."""
    return round(SCALE * share / 100), round(SCALE * (share / 100) ** 0.5)


def keyword(kind, share):
    return {"independent": "k", "correlated": "near", "anti-correlated": "far"}[kind] + f"{share:g}".replace(".", "_")


def cell(points, kind, form, share):
    """A cell's filter, and which points pass it."""
    side, root = sides(share)
    u, w, c = points.fields["u"], points.fields["w"], points.fields["c"]
    if form == "value":
        return f"{keyword(kind, share)} = 'in'", points.keywords[keyword(kind, share)]
    if form == "and":
        return {"independent": (f"u < {root} and w < {root}", (u < root) & (w < root)),
                "correlated": (f"c >= {SCALE - root} and u < {root}", (c >= SCALE - root) & (u < root)),
                "anti-correlated": (f"c < {root} and u < {root}", (c < root) & (u < root))}[kind]
    if form == "range":
        return {"independent": (f"u >= 3000 and u < {3000 + side}", (u >= 3000) & (u < 3000 + side)),
                "correlated": (f"c >= {SCALE - side}", c >= SCALE - side), "anti-correlated": (f"c < {side}", c < side)}[kind]
    return {"independent": (f"not u >= {side}", u < side), "correlated": (f"not c < {SCALE - side}", c >= SCALE - side),
            "anti-correlated": (f"not c >= {side}", c < side)}[kind]


# Measuring

def asked(wire, points, passes, **params):
    """The replies of the first pass, and microseconds of each query: the median pass."""
    first, times = None, []
    for _ in range(passes):
        replies = [wire.call("search", collection="points", vector=query, explain=True, **params) for query in points.queries]
        first = first or replies
        times.append([reply["explain"]["took_us"]["filter"] + reply["explain"]["took_us"]["search"] for reply in replies])
    return first, [statistics.median(each) for each in zip(*times)]


def exactly(wire, points, **params):
    requests = ({"collection": "points", "vector": query, "exact": True, **params} for query in points.queries)
    return [reply["hits"] for reply in pipelined(wire, "search", requests, 2)]


def measured(wire, points, options, expression, mask, nearest):
    """What a cell comes to."""
    params = {"k": options.k} | ({"filter": expression} if expression else {})
    truth = exactly(wire, points, **params)
    replies, times = asked(wire, points, options.passes, **params)
    explained = [reply["explain"] for reply in replies]
    matching, wanted = int(mask.sum()), min(options.k, int(mask.sum()))
    recalls = [found_of(reply["hits"], hits, options.k) for reply, hits in zip(replies, truth)]
    wrong = sum(not mask[hit["id"]] for reply in replies for hit in reply["hits"])
    if wrong or any(one["matching"] != matching for one in explained):
        sys.exit(f"filters: {expression}: {wrong} hits that do not pass, {explained[0]['matching']} points counted where {matching} pass")
    near = [mask[hit["id"]] for hits in nearest for hit in hits]
    return {
        "filter": expression, "matching": matching, "near": round(float(np.mean(near)), 4), "recall": round(statistics.mean(recalls), 4),
        "least_recall": min(recalls), "returned": round(min(len(reply["hits"]) for reply in replies) / wanted, 4) if wanted else 1.0,
        "p50_us": quantile(times, 0.5), "p99_us": quantile(times, 0.99),
        "filter_p50_us": quantile([one["took_us"]["filter"] for one in explained], 0.5),
        "plans": dict(collections.Counter(one["plan"] for one in explained)), "turned_into_scan": sum(bool(one["turned_into_scan"]) for one in explained),
        "reasons": dict(collections.Counter(one["turned_into_scan"] for one in explained if one["turned_into_scan"])),
        "distances_p50": quantile([one["distances"] for one in explained], 0.5), "distances_p99": quantile([one["distances"] for one in explained], 0.99),
        "ef": explained[0]["ef"]}


def grid(wire, points, options):
    """The unfiltered line, then a line of each cell."""
    everything = np.ones(points.count, bool)
    nearest = exactly(wire, points, k=options.k)
    asked(wire, points, 1, k=options.k)  # what is read for the first time is read here
    found = [{"kind": "unfiltered", "form": "–", "share": 100} | measured(wire, points, options, None, everything, nearest)]
    for form in options.forms:
        for kind in KINDS:
            note(f"  {form}, {kind}")
            for share in options.shares:
                found.append({"kind": kind, "form": form, "share": share} | measured(wire, points, options, *cell(points, kind, form, share), nearest))
    # Again at the end: how much the machine itself changed meanwhile.
    found.append({"kind": "unfiltered, again", "form": "–", "share": 100} | measured(wire, points, options, None, everything, nearest))
    return found


# The same filter, written otherwise

def spellings():
    """Filters that mean the same, by what differs."""
    listed = ", ".join(str(value) for value in range(9600, 9900))
    return {
        "range, between, list, negation": ["c >= 9600 and c <= 9899", "c between 9600 and 9899", f"c in ({listed})", "not (c < 9600 or c > 9899)"],
        "a wide list": ["u < 5000", "u between 0 and 4999", f"u in ({', '.join(map(str, range(5000)))})", "not u >= 5000"],
        "order of `and`": ["u < 4000 and c >= 5000 and w < 8000", "w < 8000 and u < 4000 and c >= 5000", "c >= 5000 and (w < 8000 and u < 4000)"],
        "two negations": ["u < 2000", "not not u < 2000", "not (u >= 2000)"],
        "De Morgan": ["u < 3000 or c < 3000", "not (u >= 3000 and c >= 3000)"],
        "keyword": ["k20 = 'in'", "k20 in ('in')", "not k20 != 'in'", "k20 != 'out'", {"field": "k20", "op": "=", "value": "in"}],
        "tree": ["u < 2000 and not c >= 9000", {"and": [{"field": "u", "op": "<", "value": 2000}, {"not": {"field": "c", "op": ">=", "value": 9000}}]}],
    }


def raw_hits(wire, query, expression, k):
    """The bytes of a reply's hits."""
    number = wire.request("search", collection="points", vector=query, k=k, filter=expression)
    line = wire.line()
    if not line.startswith(f'{{"jsonrpc":"2.0","id":{number},"result":{{"hits":['.encode()):
        sys.exit(f"filters: {expression}: {line[:300]!r}")
    return line[line.index(b'"hits":'):line.index(b',"exhausted":')]


def compared(wire, points, options, count=50):
    """How many queries had other bytes for another spelling, by what differs."""
    differing = {}
    for what, filters in spellings().items():
        differing[what] = sum(len({raw_hits(wire, query, expression, options.k) for expression in filters}) > 1 for query in points.queries[:count])
    return differing


# What is printed

def percent(share):
    return f"{share:g} %"


def short(line):
    """A cell: recall, p50 and p99 in milliseconds, and how it was answered: w of walks, s of scans, w→s of walks that were given up."""
    total, turned = sum(line["plans"].values()), line["turned_into_scan"]
    by = collections.Counter()
    for plan, count in line["plans"].items():
        by[LETTERS[plan]] += count
    ways = [f"w→s {100 * turned / total:.0f} %"] if turned else []
    ways = [letter for letter in "ws" if by[letter] - (turned if letter == "w" else 0) > 0] + ways
    return f"{line['recall']:.3f} · {line['p50_us'] / 1000:.2f} / {line['p99_us'] / 1000:.2f} · {', '.join(ways)}"


def misses(lines):
    """Cells that fall short, by how."""
    plain, cells = lines[0], [line for line in lines if not line["kind"].startswith("unfiltered")]
    name = lambda line: f"{line['kind']} {line['form']} {percent(line['share'])}"  # noqa: E731
    return len(cells), {
        "recall below 0.97": [f"{name(line)} ({line['recall']:.3f})" for line in cells if line["recall"] < 0.97],
        "p99 over 5 × unfiltered": [f"{name(line)} ({line['p99_us'] / plain['p99_us']:.1f} ×)" for line in cells if line["p99_us"] > 5 * plain["p99_us"]],
        "fewer hits than there are": [f"{name(line)} ({line['returned']:.2f})" for line in cells if line["returned"] < 1]}


def verdict(lines, differing):
    count, missed = misses(lines)
    text = [f"{what}: {len(cells)} of {count} cells" + (f": {'; '.join(cells)}" if cells else "") + "." for what, cells in missed.items()]
    wrong = {what: queries for what, queries in differing.items() if queries}
    return "\n".join(text + [f"Filters written otherwise ({'; '.join(differing)}): " + (f"other hits: {wrong}." if wrong else "the same bytes.")])


def table(lines, differing, options):
    """Forms and correlations down, shares across."""
    plain, again = lines[0], lines[-1]
    text = [f"**{plain['points']:,} points of {options.data}, {options.direction} direction**, {plain['queries']} queries, k = {options.k}, no ef given; "
            f"recall@10 · p50 / p99 in ms, filter and search inside the daemon · w: walked, s: scanned what passes, w→s: walks given up for a scan. Without a filter: {short(plain)}, and "
            f"at the end {short(again)}. {plain['machine']}, commit {plain['commit']}.", "",
            "| form | passing | " + " | ".join(percent(share) for share in options.shares) + " |", "| --- | --- |" + " ---: |" * len(options.shares)]
    by = {(line["form"], line["kind"], line["share"]): line for line in lines}
    for form in options.forms:
        for kind in KINDS:
            text.append(f"| {form} | {kind} | " + " | ".join(short(by[form, kind, share]) for share in options.shares) + " |")
    return "\n".join(text + ["", verdict(lines, differing).replace("\n", "  \n")])


def long_table(lines):
    """Every cell with all that was measured, for a terminal."""
    plain = lines[0]["p99_us"]
    text = ["| form | passing | share | matching | near | recall | least | returned | p50 µs | p99 µs | × | filter µs | distances p50 | p99 | plans | turned |",
            "| --- |" + " --- |" * 15]
    for line in lines:
        plans = " ".join(f"{plan} {count}" for plan, count in line["plans"].items())
        text.append(f"| {line['form']} | {line['kind']} | {percent(line['share'])} | {line['matching']:,} | {line['near']:.2f} | {line['recall']:.4f} | "
                    f"{line['least_recall']:.1f} | {line['returned']:.2f} | {line['p50_us']:,.0f} | {line['p99_us']:,.0f} | {line['p99_us'] / plain:.1f} | "
                    f"{line['filter_p50_us']:,.0f} | {line['distances_p50']:,.0f} | {line['distances_p99']:,.0f} | {plans} | {line['turned_into_scan']} |")
    return aligned("\n".join(text))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="clustered-384", help="a set of datasets/make-vectors whose metric is cosine")
    parser.add_argument("--points", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--direction", choices=["random", "principal"], default="random", help="what `c` is made of")
    parser.add_argument("--forms", type=lambda text: text.split(","), default=FORMS)
    parser.add_argument("--shares", type=lambda text: [float(part) for part in text.split(",")], default=SHARES)
    parser.add_argument("--print", action="store_true", help="print the tables and write nothing")
    options = parser.parse_args()
    if set(options.forms) - set(FORMS) or set(options.shares) - set(SHARES):
        parser.error(f"forms are {', '.join(FORMS)}; shares {', '.join(f'{share:g}' for share in SHARES)}")
    points = Points(options)
    note(f"{points.count:,} points, {len(points.queries)} queries")
    with Daemon() as daemon:
        wire = daemon.connect(timeout=PATIENCE)
        fields = dict.fromkeys(points.fields, "int") | dict.fromkeys(points.keywords, "keyword")
        wire.call("collection.create", name="points", vectors={"v": {"dimension": points.vectors.shape[1], "metric": "cosine"}}, fields=fields)
        began = time.monotonic()
        upload(wire, "points", points.rows())
        described, _, _ = settle(daemon, wire, "points")
        index = described["indexes"]["v"]
        note(f"  ready after {time.monotonic() - began:.0f} s: {json.dumps({key: index[key] for key in index if key != 'recall'})}")
        lines = grid(wire, points, options)
        differing = compared(wire, points, options)
    common = {"data": options.data, "direction": options.direction, "points": points.count, "queries": len(points.queries), "k": options.k,
              "passes": options.passes, "seed": options.seed, "storage": index["storage"], "machine": machine(), "commit": commit()}
    lines = [common | line for line in lines]
    name = "filters" + (" principal" if options.direction == "principal" else "")
    if options.print:
        print(long_table(lines) + "\n\n" + aligned(table(lines, differing, options)))
    else:
        record("filters", lines)
        put_table(name, table(lines, differing, options))
        print(verdict(lines, differing))


if __name__ == "__main__":
    with_numpy(__file__)
    main()
