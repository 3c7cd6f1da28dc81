#!/usr/bin/env python3
"""Everything at once for some minutes, under a limit of memory: upserts, deletes, patches, points that expire, filtered searches, snapshots, checkpoints.

    benchmarks/soak.py                                 ten minutes; a line in results/soak.ndjson, and the table in benchmarks/README.md
    benchmarks/soak.py --minutes 2 --print
    benchmarks/soak.py --smoke                         twenty seconds: that everything runs
    ILK_BINARY=… benchmarks/soak.py --minutes 2 --print   another build, as one under ThreadSanitizer

It passes only if
- no request was refused but with `overloaded`, and no connection ended;
- the daemon's resident memory, read ten times a second, stayed under the limit, files that it maps among it;
- every hit passes its filter, hits come nearest first, and k come or `exhausted` is true;
- in the end every point that was acknowledged is there as it was written last, none that was deleted or has expired is, and scroll, count, facets and
  searches agree; a stop in order ends with 0; `ilk check` finds SQLite, graphs, ids and fields whole; after a start all is as before; and the last snapshot
  can be restored, with as many points as it was told to have.

Each writer owns the ids that leave its number as the remainder, so it knows what is to be there. Filters are over fields that change only with the vector: of a
point whose payload alone changes while it is being found, a search may show the newer payload. Checkpoints are those that the daemon writes by itself, and one by `collection.rebuild` every minute. Times are those of the client, Python's own share included: about
0.1 ms. Standard library only.
"""

import argparse
import collections
import json
import random
import shutil
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from retrieval import quantile
from retrieval_words import commit
from run import ROOT, machine, note, put_table, record

sys.path.insert(0, str(ROOT / "scripts"))
from daemon import BINARY, Daemon, Refused, encoded  # noqa: E402

NAME = "soak"
GROUPS = 20
BATCH = 64


class Failed(Exception):
    """Something that must not be."""


class Soak:
    def __init__(self, daemon, options):
        self.daemon, self.options = daemon, options
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.times, self.refused, self.problems = collections.defaultdict(list), collections.Counter(), []
        self.checkpoints, self.snapshots, self.peak, self.peak_anonymous = set(), [], 0, 0
        self.owned = [dict() for _ in range(options.writers)]
        chance = random.Random(options.seed)
        centers = [[chance.uniform(-1, 1) for _ in range(options.dimension)] for _ in range(100)]
        self.vectors = [encoded([x + chance.uniform(-0.4, 0.4) for x in chance.choice(centers)]) for _ in range(options.vectors)]

    # What each thread does again and again, until the end

    def step(self, wire, kind, method, check=None, **params):
        """One request. What is overloaded is counted, and sent again later by whoever chooses to."""
        began = time.monotonic()
        try:
            result = wire.call(method, collection=NAME, **params)
        except Refused as refusal:
            if refusal.code != "overloaded":
                raise Failed(f"{method}: {refusal} ({refusal.code})") from refusal
            self.refused[kind] += 1
            time.sleep(0.05)
            return None
        self.times[kind].append(time.monotonic() - began)
        if check:
            check(result)
        return result

    def writer(self, number, chance, wire):
        owned, room = self.owned[number], self.options.points // self.options.writers
        ids = [self.options.writers * chance.randrange(room) + number for _ in range(BATCH)]
        what = chance.random()
        if what < 0.55:
            points, state = [], {}
            for one in ids:
                expires = int(time.time()) + chance.choice([2, 30]) if chance.random() < 0.1 else None
                place = chance.randrange(len(self.vectors))
                own = random.Random(one << 32 | place)
                payload = {"group": own.randrange(GROUPS), "price": own.randrange(1000), "stock": 0, "hidden": own.randrange(10)}
                points.append({"id": one, "vector": self.vectors[place], "payload": payload} | ({"expires_at": expires} if expires else {}))
                state[one] = (payload["group"], payload["price"], expires)
            if self.step(wire, "upsert", "points.upsert", points=points):
                owned.update(state)
        elif what < 0.8:
            if self.step(wire, "delete", "points.delete", ids=ids[:BATCH // 2]):
                for one in ids[:BATCH // 2]:
                    owned.pop(one, None)
        elif what < 0.97:
            self.step(wire, "patch", "points.patch", ids=ids, payload={"stock": chance.randrange(100)})
        else:
            group = chance.randrange(GROUPS)
            self.step(wire, "patch by filter", "points.patch", filter=f"group = {group} and price < 5", payload={"stock": chance.randrange(100)})

    def searcher(self, number, chance, wire):
        group, price, k = chance.randrange(GROUPS), chance.randrange(1000), chance.choice([1, 10, 100])
        kind, text, passes = chance.choice([
            ("search", None, None),
            ("search, one value", f"group = {group}", lambda p: p["group"] == group),
            ("search, a range", f"price < {price}", lambda p: p["price"] < price),
            ("search, two fields", f"group != {group} and price between {price} and {price + 50}",
             lambda p: p["group"] != group and price <= p["price"] <= price + 50),
            ("search, not declared", f"hidden = {group % 10}", lambda p: p["hidden"] == group % 10),
        ])

        def check(result):
            hits = result["hits"]
            if len(hits) < k and not result["exhausted"]:
                raise Failed(f"{kind}: {len(hits)} of {k} hits, and not exhausted")
            distances = [hit["distance"] for hit in hits]
            if distances != sorted(distances):
                raise Failed(f"{kind}: hits are not in order")
            if passes and not all(passes(hit["payload"]) for hit in hits):
                raise Failed(f"{kind}: a hit does not pass {text}: {[hit for hit in hits if not passes(hit['payload'])][0]}")

        how = {"recall": 0.95} if chance.random() < 0.3 else {}
        self.step(wire, kind, "search", check, vector=chance.choice(self.vectors), k=k, with_payload=True, **({"filter": text} if text else {}), **how)

    def reader(self, number, chance, wire):
        group = chance.randrange(GROUPS)
        kind, method, params = chance.choice([
            ("count", "points.count", {"filter": f"group = {group}"}), ("facets", "points.facets", {"field": "group", "limit": GROUPS}),
            ("scroll", "points.scroll", {"filter": f"group = {group}", "limit": 100}),
            ("get", "points.get", {"ids": [chance.randrange(self.options.points) for _ in range(8)]}),
        ])
        self.step(wire, kind, method, **params)
        time.sleep(0.005)

    def keeper(self, number, chance, wire):
        """Snapshots and rebuilds."""
        for _ in range(10):
            if self.ended.wait(self.options.pause / 10):
                return
        folder = f"{self.daemon.folder}/snapshot-{len(self.snapshots)}"
        if self.step(wire, "snapshot", "snapshot.create", path=folder):
            if self.snapshots:
                shutil.rmtree(self.snapshots[-1])
            self.snapshots.append(folder)
        if len(self.snapshots) % 4 == 2:
            self.step(wire, "rebuild", "collection.rebuild")

    def loop(self, body, number):
        chance = random.Random(f"{self.options.seed}-{body.__name__}-{number}")
        try:
            wire = self.daemon.connect(timeout=600)
            while not self.ended.is_set():
                body(number, chance, wire)
            wire.close()
        except Exception as error:  # whatever it is, the soak has not passed
            self.problems.append(f"{body.__name__} {number}: {type(error).__name__}: {error}")
            self.ended.set()

    def watch(self):
        """Memory and checkpoints, ten times a second."""
        file = Path(self.daemon.data) / "collections" / NAME / "v.hnsw"
        while not self.ended.wait(0.1):
            try:
                status = dict(line.split(":", 1) for line in Path(f"/proc/{self.daemon.process.pid}/status").read_text().splitlines())
                self.peak = max(self.peak, int(status["VmRSS"].split()[0]) << 10)
                self.peak_anonymous = max(self.peak_anonymous, int(status["RssAnon"].split()[0]) << 10)
            except (OSError, KeyError):
                self.problems.append(f"the daemon is gone:\n{self.daemon.log_end()}")
                self.ended.set()
                return
            try:
                self.checkpoints.add(file.stat().st_ino)
            except OSError:
                pass

    def run(self):
        threads = [threading.Thread(target=self.watch)]
        for body, count in ((self.writer, self.options.writers), (self.searcher, self.options.searchers), (self.reader, 1), (self.keeper, 1)):
            threads += [threading.Thread(target=self.loop, args=(body, number)) for number in range(count)]
        for thread in threads:
            thread.start()
        self.ended.wait(self.options.minutes * 60)
        self.ended.set()
        for thread in threads:
            thread.join()
        if self.problems:
            raise Failed("\n".join(self.problems))

    # What must hold in the end

    def expected(self):
        now = time.time()
        if any(state[2] and abs(state[2] - now) < 3 for owned in self.owned for state in owned.values()):
            time.sleep(35)  # none may expire while they are counted
            now = time.time()
        return {one: state for owned in self.owned for one, state in owned.items() if not state[2] or state[2] > now}

    def verify(self, wire, when):
        expected = self.expected()
        found, cursor = {}, None
        while True:
            page = wire.call("points.scroll", collection=NAME, limit=5000, **({"cursor": cursor} if cursor else {}))
            for point in page["points"]:
                found[point["id"]] = (point["payload"]["group"], point["payload"]["price"], point.get("expires_at"))
            cursor = page["next_cursor"]
            if cursor is None:
                break
        if found != expected:
            wrong = [one for one in {**found, **expected} if found.get(one) != expected.get(one)]
            raise Failed(f"{when}: {len(wrong)} points are not as they were written: {[(one, found.get(one), expected.get(one)) for one in wrong[:3]]}")
        count = wire.call("points.count", collection=NAME)["count"]
        if count != len(expected):
            raise Failed(f"{when}: {count} points are counted, {len(expected)} were written")
        counts = collections.Counter(state[0] for state in expected.values())
        facets = {one["value"]: one["count"] for one in wire.call("points.facets", collection=NAME, field="group", limit=GROUPS)["facets"]}
        if facets != dict(counts):
            raise Failed(f"{when}: facets {facets}, written {dict(counts)}")
        missed = 0
        for vector in self.vectors[:100]:
            near, true = (wire.call("search", collection=NAME, vector=vector, exact=exact)["hits"] for exact in (False, True))
            bound = true[-1]["distance"] if true else 0
            missed += len(true) - sum(hit["distance"] <= bound + 1e-5 for hit in near)
        recall = 1 - missed / 1000
        if recall < 0.95:
            raise Failed(f"{when}: recall@10 is {recall}")
        return count, recall

    def finish(self):
        """Verifies everything, stops the daemon, has its folder checked, and starts it again."""
        wire = self.daemon.connect(timeout=600)
        count, recall = self.verify(wire, "after the soak")
        issues = wire.call("collection.describe", collection=NAME).get("issues", [])
        errors = {code: number for code, number in wire.call("stats")["errors"].items() if code != "overloaded"}
        if errors:
            raise Failed(f"the daemon counted errors: {errors}")
        if self.snapshots:
            wire.call("snapshot.restore", collection="restored", path=self.snapshots[-1])
            self.daemon.wait_until_ready("restored")
            wire.call("search", collection="restored", vector=self.vectors[0], k=10)
            wire.call("collection.drop", collection="restored")
        wire.close()
        status = self.daemon.terminate(60)
        if status != 0:
            raise Failed(f"the daemon ended with {status}:\n{self.daemon.log_end()}")
        check = subprocess.run([BINARY, "check", self.daemon.data, "--json"], capture_output=True, text=True, timeout=600)
        findings = [json.loads(line) for line in check.stdout.splitlines()]
        if check.returncode or any(one["severity"] != "good" for one in findings):
            raise Failed(f"ilk check: status {check.returncode}, {findings} {check.stderr}")
        self.daemon.start(patience=120)
        self.daemon.wait_until_ready(NAME)
        wire = self.daemon.connect(timeout=600)
        self.verify(wire, "after a restart")
        wire.close()
        return count, recall, [one["what"] for one in issues]


def run(options):
    limit = options.memory << 20
    with Daemon("--memory-limit", f"{options.memory}MiB") as daemon:
        wire = daemon.connect()
        wire.call("collection.create", name=NAME, vectors={"v": {"dimension": options.dimension, "metric": "l2"}}, fields={"group": "int", "price": "int"})
        wire.close()
        soak = Soak(daemon, options)
        began = time.monotonic()
        soak.run()
        seconds = time.monotonic() - began
        if soak.peak >= limit:
            raise Failed(f"the daemon had {soak.peak >> 20} MiB of memory, and {options.memory} are the limit")
        count, recall, issues = soak.finish()
        operations = {}
        for kind, times in sorted(soak.times.items()):
            milliseconds = [1000 * one for one in times]
            operations[kind] = {"count": len(times), "p50_ms": quantile(milliseconds, 0.5), "p99_ms": quantile(milliseconds, 0.99),
                                "max_ms": round(max(milliseconds), 1), "overloaded": soak.refused[kind]}
        return {"seconds": round(seconds, 1), "points": count, "dimension": options.dimension, "memory_limit": limit, "peak_rss": soak.peak,
                "peak_anonymous": soak.peak_anonymous, "checkpoints": len(soak.checkpoints), "snapshots": len(soak.snapshots), "recall": round(recall, 4),
                "issues": issues, "operations": operations, "machine": machine(), "commit": commit()}


def table(line):
    rows = [f"**{line['seconds'] / 60:.1f} minutes of everything at once**, {line['points']:,} points of {line['dimension']} dimensions in the end, "
            f"`--memory-limit {line['memory_limit'] >> 20}MiB`: {line['peak_rss'] >> 20} MiB resident at most ({line['peak_anonymous'] >> 20} without files), "
            f"{line['checkpoints']} checkpoints, {line['snapshots']} snapshots, recall@10 {line['recall']:.3f} in the end, no error but `overloaded`, everything "
            f"as it was written, `ilk check` good. Times of the client. {line['machine']}, commit {line['commit']}.", "",
            "| request | times | p50 ms | p99 ms | longest ms | overloaded |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    rows += [f"| {kind} | {one['count']:,} | {one['p50_ms']} | {one['p99_ms']} | {one['max_ms']} | {one['overloaded']:,} |"
             for kind, one in line["operations"].items()]
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--points", type=int, default=40_000, help="ids to choose from")
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--vectors", type=int, default=20_000, help="different vectors")
    parser.add_argument("--memory", type=int, default=256, metavar="MIB", help="the daemon's --memory-limit")
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--searchers", type=int, default=3)
    parser.add_argument("--pause", type=float, default=15, help="seconds between snapshots")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--print", action="store_true", help="print the table and write nothing")
    options = parser.parse_args()
    if options.smoke:
        options.minutes, options.points, options.dimension, options.vectors, options.memory, options.pause = 1 / 3, 3_000, 32, 2_000, 300, 3
    try:
        line = run(options)
    except Failed as failure:
        sys.exit(f"soak: FAILED: {failure}")
    if options.smoke:
        done = sum(one["count"] for one in line["operations"].values())
        print(f"bench-smoke: soak: {done:,} requests in {line['seconds']:.0f} s, {line['checkpoints']} checkpoints, {line['snapshots']} snapshots, "
              f"{line['peak_rss'] >> 20} of {line['memory_limit'] >> 20} MiB")
        return
    text = table(line)
    print(text)
    if not options.print:
        record("soak", [line])
        put_table("soak", text)
        note("soak: passed")


if __name__ == "__main__":
    main()
