#!/usr/bin/env python3
"""A million vectors in one collection: the build, its memory, the start, and how long writers and searchers wait for the daemon's own work.

    benchmarks/million.py                                datasets/cache/million-128; a line in results/million.ndjson, and the table in benchmarks/README.md
    benchmarks/million.py --data clustered-384 --limit 50000 --print

`ilk build` makes the collection from a file; its peak is the system's own count of resident memory. A daemon is started on it, three times, the file's pages
being in memory: "answers" is the first reply to a ping, "ready" the first description that says so. Then one connection upserts single new points, one after
the other, and another searches (k = 10, ef = 100), and each notes how long it waited: when nothing else is done; while a twentieth of the points and some more
are deleted and the graph is repaired around them; and while a checkpoint is written, which the daemon does by itself when so many places are to be used again.
Times are the client's, Python's own share among them: about 0.1 ms. Needs numpy: scripts/setup --peers.
"""

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from filters import PATIENCE, np, settle, vectors_of, wired, with_numpy
from retrieval_words import commit
from run import CACHE, ROOT, aligned, machine, note, put_table, record

sys.path.insert(0, str(ROOT / "scripts"))
from daemon import BINARY, Daemon  # noqa: E402

NAME = "million"


def built(daemon, options):
    """Builds the collection without a daemon: seconds, and the most memory that was resident."""
    file = CACHE / options.data / "base.npy"
    limit = ["--limit", str(options.limit)] if options.limit else []
    began = time.monotonic()
    process = subprocess.Popen(
        [BINARY, "build", NAME, str(file), "--data", daemon.data, "--create", "--metric", options.metric, *limit],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"million: ilk build ended with {os.waitstatus_to_exitcode(status)}")
    return {"build_seconds": time.monotonic() - began, "build_peak_bytes": usage.ru_maxrss * 1024}


def started(daemon):
    """Seconds until the daemon answers, and until the collection is ready."""
    began = time.monotonic()
    answers = daemon.start()
    daemon.wait_until_ready(NAME)
    return answers, time.monotonic() - began


class Waits:
    """What two clients wait for while the daemon works, by what it is doing."""

    def __init__(self, daemon, vectors, queries):
        self.daemon, self.vectors, self.queries = daemon, vectors, queries
        self.phase, self.ended, self.waits = "nothing else", threading.Event(), {}
        self.threads = [threading.Thread(target=self.run, args=(what,)) for what in (self.upsert, self.search)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def run(self, what):
        wire, number = self.daemon.connect(timeout=PATIENCE), 0
        while not self.ended.is_set():
            phase, began = self.phase, time.monotonic()
            what(wire, number)
            # What began in one phase and ended in another was held up by either.
            for one in {phase, self.phase}:
                self.waits.setdefault((what.__name__, one), []).append(time.monotonic() - began)
            number += 1

    def upsert(self, wire, number):
        vector = self.vectors[number % len(self.vectors)]
        wire.call("points.upsert", collection=NAME, points=[{"id": f"new-{number}", "vector": vector}])

    def search(self, wire, number):
        wire.call("search", collection=NAME, vector=self.queries[number % len(self.queries)], k=10, ef=100)


def watched(daemon, wire, options):
    """Waits by phase: lists of seconds."""
    base, queries = vectors_of(options.data)
    vectors = [wired(base[row] + np.float32(1e-3)) for row in range(20_000)]
    count = wire.call("points.count", collection=NAME)["count"]
    written = [path for path in Path(daemon.data).rglob("*.hnsw")]
    stamp = written[0].stat().st_mtime_ns
    with Waits(daemon, vectors, [wired(query) for query in queries[:1000]]) as waits:
        time.sleep(options.seconds)
        waits.phase = "deletes and repair"
        for first in range(0, count // 20 + 5_000, 1_000):
            wire.call("points.delete", collection=NAME, ids=list(range(first, first + 1_000)))
        began = time.monotonic()
        while not written[0].with_name(written[0].name + ".new").exists() and written[0].stat().st_mtime_ns == stamp:
            if time.monotonic() - began > 600:
                sys.exit("million: no checkpoint is begun")
            time.sleep(0.002)
        waits.phase = "a checkpoint"
        began = time.monotonic()
        while written[0].stat().st_mtime_ns == stamp:
            time.sleep(0.002)
        seconds = time.monotonic() - began
    return waits.waits, seconds


def table(line):
    parts = ", ".join(f"{name} {size / line['vectors']:,.0f}" for name, size in line["parts"].items() if size > 1 << 20)
    out = [
        f"**{line['data']}**, {line['vectors']:,} vectors, in one collection. {line['machine']}, commit {line['commit']}.", "",
        "| what | figure |", "| :-- | --: |",
        f"| `ilk build`, 2 threads | {line['build_seconds']:.0f} s |",
        f"| its peak of resident memory | {line['build_peak_bytes'] / (1 << 20):,.0f} MiB |",
        f"| start until it answers | {line['answers_seconds']:.2f} s |",
        f"| start until the collection is ready | {line['ready_seconds']:.2f} s |",
        f"| bytes a vector in memory | {sum(line['parts'].values()) / line['vectors']:,.0f} ({parts}) |",
        f"| resident memory | {line['rss_bytes'] / (1 << 20):,.0f} MiB |",
        f"| a checkpoint, written while both clients go on | {line['checkpoint_seconds']:.1f} s |", "",
        "| the daemon does | a client | requests | p50 ms | p99 ms | longest ms |", "| :-- | :-- | --: | --: | --: | --: |"]
    for wait in line["waits"]:
        out.append(f"| {wait['phase']} | {wait['what']} | {wait['count']:,} | {wait['p50_ms']:.2f} | {wait['p99_ms']:.2f} | {wait['longest_ms']:.1f} |")
    return "\n".join(out)


def main():
    with_numpy(__file__)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="million-128", help="a set of datasets/make-vectors")
    parser.add_argument("--metric", default="l2")
    parser.add_argument("--limit", type=int, help="take so many of its vectors")
    parser.add_argument("--seconds", type=float, default=10, help="how long clients are watched while nothing else is done")
    parser.add_argument("--print", action="store_true", help="print the table and write nothing")
    options = parser.parse_args()
    with Daemon(start=False) as daemon:
        note("  building")
        line = built(daemon, options)
        note("  starting")
        starts = []
        for _ in range(3):
            starts.append(started(daemon))
            daemon.kill()
        started(daemon)
        line |= {"answers_seconds": statistics.median(s[0] for s in starts), "ready_seconds": statistics.median(s[1] for s in starts)}
        wire = daemon.connect(timeout=PATIENCE)
        note("  waiting for its own work")
        described, _, _ = settle(daemon, wire, NAME)
        [index] = described["indexes"].values()
        line |= {"vectors": index["vectors"], "parts": {part: size for part, size in described["memory"].items() if part != "scratch"}}
        line["rss_bytes"] = daemon.resident_bytes()
        note("  watching its clients")
        waits, line["checkpoint_seconds"] = watched(daemon, wire, options)
    line |= {"data": options.data, "machine": machine(), "commit": commit()}
    line["waits"] = [
        {"phase": phase, "what": what, "count": len(times), "p50_ms": float(np.quantile(times, 0.5)) * 1e3,
         "p99_ms": float(np.quantile(times, 0.99)) * 1e3, "longest_ms": max(times) * 1e3}
        for (what, phase), times in sorted(waits.items(), key=lambda one: (one[0][0] != "upsert", one[0][1] != "nothing else", one[0][1] == "a checkpoint"))]
    text = table(line)
    print(aligned(text))
    if not options.print:
        record(NAME, [line])
        put_table(NAME, text)


if __name__ == "__main__":
    main()
