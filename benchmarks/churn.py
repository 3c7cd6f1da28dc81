#!/usr/bin/env python3
"""What twenty rounds of deleting and inserting do to a graph, through the daemon: recall, time, memory, beside collections built anew.

    benchmarks/churn.py                                  60,000 points of datasets/make-vectors, both variants; the table in benchmarks/README.md
    benchmarks/churn.py --points 30000 --variants drift --print

A round deletes a tenth of the points, by chance, and inserts as many new ones; then the daemon does what it does by itself (links, repairs, measures its
recall), and is asked. It repairs a graph once more than a twentieth of the vectors, or 1,000, are removed: so after some rounds "removed" is not 0, and
searches walk through what is gone. "random": the new points are held-out ones of the same distribution. "drift": points belong to the nearest of 100
anchors, and each anchor moves a straight way, in twenty rounds as far as vectors are long; a point is inserted where its anchor's are by then. Of the
queries, which are never inserted, every other one moves along, and the others ask for what is old.

Recall@10 is by distance (1e-5 relative room) against the same search with "exact"; times are the daemon's own, of the search alone, one query at a time: the
median of passes for each query, then over queries. At some rounds a collection in a daemon of its own is built from the points that are there,
and the two take turns. Memory is what collection.describe counts, without the scratch space of searches. Needs numpy: scripts/setup --peers.
"""

import argparse
import statistics
import sys
import time

from filters import PATIENCE, found_of, np, settle, upload, vectors_of, wired, with_numpy
from retrieval import pipelined, quantile
from retrieval_words import commit
from run import ROOT, aligned, machine, note, put_table, record

sys.path.insert(0, str(ROOT / "scripts"))
from daemon import Daemon  # noqa: E402

VARIANTS = ["random", "drift"]
EFS = [32, 64, 128]
ANCHORS = 100


class Stream:
    """Vectors in the order in which they are inserted, and the queries of each round."""

    def __init__(self, variant, options):
        base, queries = vectors_of(options.data)
        self.size, self.batch = options.points, options.points // 10
        end = self.size + options.rounds * self.batch
        if end > len(base):
            sys.exit(f"churn: {options.data} has {len(base):,} vectors; {options.rounds} rounds of {self.size:,} points take {end:,}")
        self.vectors, self.asked, self.rounds = np.array(base[:end]), np.array(queries[:options.queries]), options.rounds
        self.pace = None
        if variant == "drift":
            chance = np.random.default_rng(options.seed + 1)
            ways = chance.standard_normal((ANCHORS, base.shape[1])).astype(np.float32)
            length = np.linalg.norm(self.vectors[:10_000], axis=1).mean()
            ways *= length / self.rounds / np.linalg.norm(ways, axis=1)[:, None]
            anchors = self.vectors[chance.choice(self.size, ANCHORS, replace=False)].copy()
            inserted = np.maximum(0, (np.arange(end) - self.size) // self.batch + 1)
            self.vectors += ways[self.nearest(anchors, self.vectors)] * inserted[:, None].astype(np.float32)
            self.pace = ways[self.nearest(anchors, self.asked)]
            self.pace[1::2] = 0

    @staticmethod
    def nearest(anchors, vectors):
        squares = np.einsum("ij,ij->i", anchors, anchors)
        return np.concatenate([np.argmin(squares - 2 * (vectors[start:start + 10_000] @ anchors.T), axis=1) for start in range(0, len(vectors), 10_000)])

    def points(self, rows):
        return ({"id": int(row), "vector": wired(self.vectors[row])} for row in rows)

    def new(self, number):
        """The rows that a round inserts, the first being 1."""
        start = self.size + (number - 1) * self.batch
        return range(start, start + self.batch)

    def queries(self, number):
        moved = self.asked if self.pace is None else self.asked + self.pace * np.float32(number)
        return [wired(query) for query in moved]


class Collection:
    """A collection in a daemon of its own."""

    def __init__(self, daemon, stream, rows):
        self.daemon, self.wire = daemon, daemon.connect(timeout=PATIENCE)
        self.wire.call("collection.create", name="points", vectors={"v": {"dimension": stream.vectors.shape[1], "metric": "cosine"}})
        upload(self.wire, "points", stream.points(rows))

    def state(self):
        """What it is at rest, and how long that took."""
        described, linked, rest = settle(self.daemon, self.wire, "points")
        index, memory = described["indexes"]["v"], described["memory"]
        return {"vectors": index["vectors"], "removed": index["removed"], "storage": index["storage"], "rescored": index.get("codes", {}).get("rescored"),
                "linked_s": round(linked, 2), "rest_s": round(rest, 2), "memory": sum(size for part, size in memory.items() if not part.endswith(".scratch")),
                "parts": memory, "rss": self.daemon.resident_bytes()}

    def exactly(self, queries):
        requests = ({"collection": "points", "vector": query, "exact": True} for query in queries)
        return [reply["hits"] for reply in pipelined(self.wire, "search", requests, 2)]

    def ask(self, queries, ef):
        """Hits, and microseconds and distances of each query."""
        replies = [self.wire.call("search", collection="points", vector=query, ef=ef, explain=True) for query in queries]
        explained = [reply["explain"] for reply in replies]
        if any(one["plan"] != "walk" or one["turned_into_scan"] or one["pending"] for one in explained):
            sys.exit(f"churn: not a walk through everything: {explained[0]}")
        return [reply["hits"] for reply in replies], [one["took_us"]["search"] for one in explained], [one["distances"] for one in explained]


def compared(collections, queries, options):
    """Of each collection, by ef: recall, median time and distances; they take turns."""
    truth = collections[0].exactly(queries)
    found = [{} for _ in collections]
    for ef in options.ef:
        times = [[] for _ in collections]
        for number in range(options.passes + 1):
            for place, collection in enumerate(collections):
                hits, took, distances = collection.ask(queries, ef)
                if number == 0:  # for warmth, and for the hits, which are the same each time
                    recalls = [found_of(*pair, 10) for pair in zip(hits, truth)]
                    found[place][ef] = {"recall": round(statistics.mean(recalls), 4), "distances": quantile(distances, 0.5)}
                else:
                    times[place].append(took)
        for place, passes in enumerate(times):
            found[place][ef]["p50_us"] = quantile([statistics.median(each) for each in zip(*passes)], 0.5)
    return found


def run(variant, options):
    """A line of each round; the first, 0, is before any."""
    stream, chance = Stream(variant, options), np.random.default_rng(options.seed)
    live = np.arange(stream.size)
    common = {"variant": variant, "data": options.data, "points": stream.size, "queries": len(stream.asked), "machine": machine(), "commit": commit()}
    lines = []
    with Daemon() as daemon:
        began = time.monotonic()
        collection = Collection(daemon, stream, live)
        for number in range(options.rounds + 1):
            if number:
                began = time.monotonic()
                gone = chance.choice(len(live), stream.batch, replace=False)
                ids = [int(row) for row in live[gone]]
                for start in range(0, len(ids), 1000):
                    collection.wire.call("points.delete", collection="points", ids=ids[start:start + 1000])
                live = np.concatenate([np.delete(live, gone), stream.new(number)])
                upload(collection.wire, "points", stream.points(stream.new(number)))
            line = common | {"round": number, "write_s": round(time.monotonic() - began, 2)} | collection.state()
            queries = stream.queries(number)
            if number in options.compare:
                with Daemon() as another:
                    fresh = Collection(another, stream, live)
                    state = fresh.state()
                    own, anew = compared([collection, fresh], queries, options)
                line |= {"ef": own, "fresh": state | {"ef": anew}}
            else:
                line |= {"ef": compared([collection], queries, options)[0]}
            lines.append(line)
            note(f"  {variant} {number}: " + row(line).strip("| "))
    return lines


# What is printed

def row(line):
    cells = [line["variant"], str(line["round"]), f"{line['removed']:,}", f"{line['write_s']:.1f} s", f"{line['linked_s']:.1f} s", f"{line['rest_s']:.1f} s"]
    cells += [f"{one['recall']:.4f} · {one['p50_us']:,.0f} µs" for one in line["ef"].values()]
    cells += [f"{line['memory'] / 2**20:.1f} MiB", f"{line['rss'] / 2**20:.0f} MiB"]
    fresh = line.get("fresh")
    pairs = [(one, fresh["ef"][ef]) for ef, one in line["ef"].items()] if fresh else []
    cells.append(" · ".join(f"{100 * (one['recall'] - other['recall']):+.2f}" for one, other in pairs) or "–")
    cells.append(" · ".join(f"{other['p50_us'] / one['p50_us']:.2f}" for one, other in pairs) or "–")
    cells.append(f"{line['memory'] / fresh['memory']:.2f}" if fresh else "–")
    return "| " + " | ".join(cells) + " |"


def table(lines, options):
    one = lines[0]
    text = [f"**{one['points']:,} points of {options.data}, a tenth replaced in each round**, {one['queries']} queries, k = 10. Recall@10 · median search inside "
            "the daemon. Beside a collection built anew from the same points: difference of recall in hundredths, its time by this one's (over 1: this "
            "one is faster), this one's memory by its. Removed: what still holds a place in the graph. Seconds: to delete and insert, which links most of "
            f"it; until nothing was pending; until the daemon was at rest. {one['machine']}, commit {one['commit']}.", "",
            "| variant | round | removed | written | linked | at rest | " + " | ".join(f"ef {ef}" for ef in options.ef)
            + " | memory | RSS | recall to fresh | speed | memory |",
            "| --- |" + " ---: |" * (10 + len(options.ef))]
    text += [row(line) for line in lines if line["round"] in (0, 1, 2) or line["round"] % 5 == 0 or line.get("fresh")]
    return "\n".join(text + ["", verdict(lines)])


def verdict(lines):
    """The worst of every comparison."""
    beside = [(line, ef) for line in lines if line.get("fresh") for ef in line["ef"]]
    if not beside:
        return "Nothing was built anew."
    recall = min((line["ef"][ef]["recall"] - line["fresh"]["ef"][ef]["recall"], line["variant"], line["round"], ef) for line, ef in beside)
    speed = min((line["fresh"]["ef"][ef]["p50_us"] / line["ef"][ef]["p50_us"], line["variant"], line["round"], ef) for line, ef in beside)
    memory = max((line["memory"] / line["fresh"]["memory"], line["variant"], line["round"]) for line, _ in beside)
    place = lambda found: f"{found[1]}, round {found[2]}" + (f", ef {found[3]}" if len(found) > 3 else "")  # noqa: E731
    return (f"Worst beside a fresh collection: recall {100 * recall[0]:+.2f} hundredths ({place(recall)}), speed {speed[0]:.2f} × ({place(speed)}), memory "
            f"{memory[0]:.2f} × ({place(memory)}).")


def main():
    numbers = lambda text: [int(part) for part in text.split(",")]  # noqa: E731
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="clustered-384", help="a set of datasets/make-vectors whose metric is cosine")
    parser.add_argument("--points", type=int, default=60_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--compare", type=numbers, default=[5, 10, 20], help="rounds after which a collection is built anew")
    parser.add_argument("--ef", type=numbers, default=EFS)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--variants", type=lambda text: text.split(","), default=VARIANTS)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--print", action="store_true", help="print the table and write nothing")
    options = parser.parse_args()
    if set(options.variants) - set(VARIANTS):
        parser.error(f"variants are {', '.join(VARIANTS)}")
    lines = [line for variant in options.variants for line in run(variant, options)]
    if options.print:
        print(aligned(table(lines, options)))
    else:
        record("churn", lines)
        put_table("churn", table(lines, options))
        print(verdict(lines))


if __name__ == "__main__":
    with_numpy(__file__)
    main()
