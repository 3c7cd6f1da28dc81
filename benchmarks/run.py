#!/usr/bin/env python3
"""Measures ilk and its peers side by side, and writes benchmarks/results/*.ndjson and the tables of benchmarks/README.md.

Every engine builds its index in a process of its own, one after the other. Then they take turns, a pass over all queries each:
ilk, hnswlib, ilk, usearch, ilk, … round after round, so that what disturbs the machine disturbs all. Medians count.
"ilk" chooses for itself whether walks measure 8-bit codes; "ilk-f32" has none, and its turns are always beside those of "ilk".

    python3 benchmarks/run.py                       every data set that is there, every engine that is installed
    python3 benchmarks/run.py --data fashion-mnist --engines ilk,hnswlib --rounds 3 --print
    python3 benchmarks/run.py --data million-128 --rounds 2 --build-threads 2
    python3 benchmarks/run.py --load                the daemon over its socket
    python3 benchmarks/run.py --smoke               tiny data, in seconds: that everything runs

Standard library only; the peers run in .venv (scripts/setup --peers).
"""

import argparse
import datetime
import json
import math
import os
import queue
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
RESULTS = ROOT / "benchmarks/results"
README = ROOT / "benchmarks/README.md"
RELEASE = Path(os.environ.get("ILK_RELEASE") or ROOT / ".build/release")
PYTHON = ROOT / ".venv/bin/python"
OWN = {"ilk": "auto", "ilk-f32": "f32"}  # ilk itself, by what walks measure
PEERS = ["hnswlib", "usearch", "usearch-i8", "faiss", "faiss-sq8", "faiss-ivfpq", "scann", "vsag"]
# What a peer is imported from, and what that is called in requirements.txt, where it is not the peer's own name.
MODULES = {"usearch": "usearch.index", "usearch-i8": "usearch.index", "faiss-sq8": "faiss", "faiss-ivfpq": "faiss", "vsag": "pyvsag"}
PACKAGES = {"usearch-i8": "usearch", "faiss": "faiss-cpu", "faiss-sq8": "faiss-cpu", "faiss-ivfpq": "faiss-cpu", "vsag": "pyvsag"}
NOTES = {"scann": "for scann `ef` is ef/4 lists to search", "faiss-ivfpq": "for faiss-ivfpq `ef` is ef/4 lists to search",
         "vsag": "vsag can be asked one by one only"}
PATIENCE = 7200  # seconds; a million vectors can take half an hour of one thread to build
TARGETS = (0.95, 0.99)
FASHION = Path("/usr/share/datasets/fashion-mnist")
CACHE = ROOT / "datasets/cache"


def cached(name):
    return {"base": CACHE / name / "base.npy", "queries": CACHE / name / "queries.npy"}


DATA = {
    "fashion-mnist": {
        "title": "Fashion-MNIST, 60,000 × 784, l2", "base": FASHION / "train-images-idx3-ubyte.gz",
        "queries": FASHION / "t10k-images-idx3-ubyte.gz", "metric": "l2",
        "ef": [10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 96],
    },
    "glove-50": {
        "title": "GloVe 6B, 390,000 × 50, cosine", **cached("glove-50"), "metric": "cosine",
        "ef": [20, 40, 60, 80, 100, 120, 160, 200, 280, 400, 560, 800],
    },
    "fashion-mnist-rotated": {
        "title": "Fashion-MNIST, rotated, 60,000 × 784, l2", **cached("fashion-mnist-rotated"), "metric": "l2",
        "ef": [10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 96],
    },
    "clustered-384": {
        "title": "Clusters that overlap, 200,000 × 384, cosine", **cached("clustered-384"), "metric": "cosine",
        "ef": [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512],
    },
    "hard-384": {
        "title": "One cloud of high inner dimension, 200,000 × 384, cosine", **cached("hard-384"), "metric": "cosine",
        "ef": [60, 100, 150, 175, 200, 225, 250, 275, 300, 350, 400, 500, 600, 700, 900, 1200, 1600],
    },
    "million-128": {
        "title": "A million in clusters that overlap, 1,000,000 × 128, l2", **cached("million-128"), "metric": "l2",
        "ef": [32, 48, 64, 96, 128, 160, 192, 256, 384, 512, 768, 1024],
    },
}


class Failure(Exception):
    pass


def note(text):
    print(text, file=sys.stderr, flush=True)


def command(name):
    """How to start the measuring process of an engine."""
    if name in OWN:
        return [str(RELEASE / "bench-recall"), "--storage", OWN[name]]
    return [str(PYTHON), str(ROOT / "benchmarks/peers/peers.py"), "--engine", name]


class Engine:
    """A measuring process that has built its index and makes a pass whenever it is asked to."""

    def __init__(self, name, options, patience=PATIENCE):
        self.name, self.patience = name, patience
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self.command(options), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=ROOT)
        # A thread reads, so that an engine that hangs is noticed.
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.until("ready")

    def command(self, options):
        return command(self.name) + options + ["--rounds"]

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def until(self, key):
        """The objects printed before the one that has this key."""
        found, deadline = [], time.monotonic() + self.patience
        while True:
            try:
                line = self.lines.get(timeout=max(0.1, deadline - time.monotonic()))
            except queue.Empty:
                self.close()
                raise Failure(f"{self.name} took longer than {self.patience} s")
            if line is None:
                self.log.seek(0)
                raise Failure(f"{self.name} ended: " + " ".join(self.log.read().strip().splitlines()[-1:]))
            try:
                value = json.loads(line)
            except ValueError:
                continue  # some libraries print
            if key in value:
                return found
            found.append(value)

    def run_pass(self, efs):
        self.process.stdin.write(",".join(map(str, efs)) + "\n")
        self.process.stdin.flush()
        return self.until("done")

    def close(self):
        self.process.kill()
        self.process.wait()


def installed(name):
    """None if the peer can be measured, else why not."""
    if not PYTHON.exists():
        return "run scripts/setup --peers"
    failed = ROOT / f".venv/{PACKAGES.get(name, name)}.failed"
    if failed.exists():
        return f"could not be installed ({failed.read_text().strip()[:120]})"
    run = subprocess.run([str(PYTHON), "-c", f"import numpy, {MODULES.get(name, name)}"], capture_output=True, text=True, timeout=120)
    return None if run.returncode == 0 else "cannot be imported; run scripts/setup --peers"


def limit(what, count):
    return [f"--limit-{what}", str(count)] if count else []


def measure(data, names, rounds, options, work):
    """Medians by engine and ef, as measurements with the engine's name in this run; and what was left out, as {name: reason}."""
    truth = work / "truth.ivecs"
    efs = options.ef or data["ef"]
    base = ["--base", str(data["base"]), "--queries", str(data["queries"]), "--metric", data["metric"], "--k", str(options.k),
            "--m", str(options.m), "--ef-construction", str(options.ef_construction), "--dataset", data["name"], "--threads", "1",
            "--build-threads", str(options.build_threads), "--seed", str(options.seed)]
    base += limit("base", options.limit_base) + limit("queries", options.limit_queries)
    engines, left_out, passes = [], {}, {}
    try:
        for name in names:
            reason = None if name in OWN else installed(name)
            if not reason:
                note(f"  {name}: building")
                try:
                    # The first engine's truth is everyone's.
                    engines.append(Engine(name, base + (["--truth", str(truth)] if truth.exists() else ["--write-truth", str(truth)])))
                    continue
                except Failure as failure:
                    reason = str(failure)
            if name in OWN:
                raise SystemExit(f"{name} could not be measured: {reason}")
            note(f"  {name} is left out: {reason}")
            left_out[name] = reason
        own, peers = [engine for engine in engines if engine.name in OWN], [engine for engine in engines if engine.name not in OWN]
        for number in range(rounds):
            turns = [engine for peer in peers for engine in (*own, peer)] or own
            for engine in turns:
                note(f"  round {number + 1} of {rounds}: {engine.name}")
                for found in engine.run_pass(efs):
                    passes.setdefault((engine.name, found["ef"]), []).append({"name": engine.name} | found)
    finally:
        for engine in engines:
            engine.close()
    medians = []
    for found in passes.values():
        middle = dict(found[0])
        middle["queries_per_second"] = statistics.median(one["queries_per_second"] for one in found)
        middle["passes"] = len(found)
        medians.append(middle)
    return medians, left_out


def build_times(data, names, options, repeats):
    """Median build times by engine and number of threads: CPU time on one, the wall's on two; engines take turns."""
    times = {}
    for number in range(repeats):
        for threads in (1, 2):
            for name in names:
                note(f"  build {number + 1} of {repeats}: {name} on {threads}")
                run = subprocess.run(
                    command(name) + ["--base", str(data["base"]), "--queries", str(data["queries"]), "--metric", data["metric"],
                                     "--limit-queries", "10", "--ef", "10", "--passes", "1", "--m", str(options.m),
                                     "--ef-construction", str(options.ef_construction), "--build-threads", str(threads), *limit("base", options.limit_base)],
                    capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT)
                if run.returncode == 0:
                    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
                    times.setdefault((name, threads), []).append(json.loads(lines[-1])["build_seconds"])
    return {key: statistics.median(values) for key, values in times.items()}


def at_recall(measurements, name, target):
    """The fastest measurement of an engine that has at least this recall."""
    found = [one for one in measurements if one["name"] == name and one["recall"] >= target]
    return max(found, key=lambda one: one["queries_per_second"], default=None)


def ratio(value, base):
    return f"{value / base:.2f}" if value and base else "–"


def stored(one):
    """What an engine keeps of the vectors: for ilk what walks measure, and whether candidates are measured again."""
    lists = "lists of 4-bit codes, " if one.get("structure") == "lists" else ""
    return lists + one["storage"] + (" + f32" if one.get("rescored") else "")


def with_builds(measurements, builds):
    """Each engine's build times by number of threads: those measured apart, or else that of its process."""
    times = {}
    for one in measurements:
        times[one["name"], one["build_threads"]] = one["build_seconds"]
    return times | builds


def table_at_recalls(measurements, names, yardstick, builds):
    """The lines of the table of speeds at given recalls, and of builds; ratios are to the yardstick."""
    heads = ["engine", "vectors"]
    for target in TARGETS:
        heads += [f"queries/s at recall {target}", "(ef, recall)", "ratio"]
    heads += ["build, 1 thread", "ratio", "build, 2 threads", "bytes/vector"]
    lines = ["| " + " | ".join(heads) + " |", "| --- | --- |" + " ---: |" * (len(heads) - 2)]
    for name in names:
        sample = next(one for one in measurements if one["name"] == name)
        cells = [f"**{name}**" if name == "ilk" else name, stored(sample)]
        for target in TARGETS:
            one, base = at_recall(measurements, name, target), at_recall(measurements, yardstick, target)
            if one is None:
                cells += ["not reached", "", "–"]
                continue
            cells += [f"{one['queries_per_second']:,.0f}", f"({one['ef']}, {one['recall']:.4f})",
                      ratio(one["queries_per_second"], base and base["queries_per_second"])]
        single, double = builds.get((name, 1)), builds.get((name, 2))
        cells += [f"{single:.1f} s" if single else "–", ratio(builds.get((yardstick, 1)), single), f"{double:.1f} s" if double else "–",
                  f"{sample['bytes_per_vector']:,.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def fastest_peers(measurements, names):
    """A line that names the fastest peer at each recall, and how many times as fast as that ilk is."""
    sentences = []
    for target in TARGETS:
        found = {name: one["queries_per_second"] for name in names if (one := at_recall(measurements, name, target))}
        fastest = max((name for name in found if name not in OWN), key=found.get, default=None)
        if fastest:
            own = [f"{name} is {ratio(found[name], found[fastest])} times as fast" for name in OWN if name in found]
            sentences.append(f"Fastest peer at recall {target}: {fastest}; {', '.join(own) or 'ilk does not reach it'}.")
    return [" ".join(sentences)] if sentences else []


def tables(data, measurements, builds, left_out):
    """Two Markdown tables: speeds at given recalls and builds; and every measurement."""
    names = list(dict.fromkeys(one["name"] for one in measurements))
    yardstick = "hnswlib" if "hnswlib" in names else None
    first = measurements[0]
    lines = [
        f"**{data['title']}**, {first['base_count']:,} base vectors, {first['query_count']:,} queries, k = {first['k']}, M = {first['m']}, "
        f"efConstruction = {first['ef_construction']}, one thread, CPU time, median of {min(one['passes'] for one in measurements)} passes or more. "
        f"{first['machine']}, kernels {first.get('kernels')}, commit {first['commit']}.", ""]
    lines += table_at_recalls(measurements, names, yardstick, with_builds(measurements, builds)) + [""]
    for name, reason in left_out.items():
        lines.append(f"{name} is left out: {reason}.")
    if yardstick:
        lines.append("Ratios are to hnswlib in the same run; the fastest setting measured that reaches the recall counts. Builds: CPU time on one "
                     "thread, the wall's on two.")
    lines += fastest_peers(measurements, names)
    efs = sorted({one["ef"] for one in measurements})
    lines += ["", "| engine | " + " | ".join(f"ef {ef}" for ef in efs) + " |", "| --- |" + " ---: |" * len(efs)]
    for name in names:
        cells = [f"{one['recall']:.3f} · {one['queries_per_second']:,.0f}" for one in sorted(
            (one for one in measurements if one["name"] == name), key=lambda one: one["ef"])]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    notes = [NOTES[name] for name in names if name in NOTES]
    lines += ["", "Recall · queries a second at each `ef`" + (f" ({'; '.join(notes)})" if notes else "") + "."]
    return "\n".join(lines)


def aligned(text):
    """A Markdown table with its columns padded, for a terminal; other lines as they are."""
    out, table = [], []

    def flush():
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
        widths = [max(len(row[column]) for row in rows if "---" not in row[0]) for column in range(len(rows[0]))] if rows else []
        for row in rows:
            if "---" in row[0]:
                out.append("  ".join("-" * width for width in widths))
            else:
                out.append("  ".join(cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(zip(row, widths))))
        table.clear()

    for line in text.splitlines():
        if line.startswith("|"):
            table.append(line)
        else:
            flush()
            out.append(line.replace("**", ""))
    flush()
    return "\n".join(out)


def put_table(name, text):
    """Replaces what stands between the table's markers in benchmarks/README.md, and in README.md its first part if that has them."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    for path, part in ((README, text), (ROOT / "README.md", text.split("\n\n| engine | ef")[0])):
        content = path.read_text()
        if begin not in content:
            if path != README:
                continue
            content += f"\n{begin}\n{end}\n"
        head, rest = content.split(begin, 1)
        tail = rest.split(end, 1)[1]
        path.write_text(f"{head}{begin}\n{part}\n{end}{tail}")


def record(name, measurements):
    """Appends lines to a results file: every measurement stays."""
    RESULTS.mkdir(exist_ok=True)
    at = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    with open(RESULTS / f"{name}.ndjson", "a") as file:
        for one in measurements:
            file.write(json.dumps({"at": at} | one) + "\n")


def run_recall(options):
    names = options.engines.split(",") if options.engines else [*OWN, *PEERS]
    if names[0] != "ilk" or set(names) - {*OWN, *PEERS}:
        raise SystemExit(f"--engines begins with ilk and goes on with any of ilk-f32, {', '.join(PEERS)}")
    wanted = options.data.split(",") if options.data else [name for name, data in DATA.items() if data["base"].exists()]
    if unknown := set(wanted) - set(DATA):
        raise SystemExit(f"there is no data set {', '.join(unknown)}; sets are {', '.join(DATA)}")
    for name in wanted:
        data = DATA[name] | {"name": name}
        if not data["base"].exists():
            raise SystemExit(f"{data['base']} is not there; see datasets/README.md")
        note(name)
        with tempfile.TemporaryDirectory(prefix="ilk-bench-") as work:
            measurements, left_out = measure(data, names, options.rounds, options, Path(work))
        there = [engine for engine in names if engine not in left_out]
        builds = build_times(data, there, options, options.builds) if options.builds else {}
        for one in measurements:
            for threads in (1, 2):
                if (one["name"], threads) in builds:
                    one[f"build_seconds_{threads}"] = builds[one["name"], threads]
        text = tables(data, measurements, builds, left_out)
        if options.print:
            print(aligned(text))
        else:
            record(f"recall-{name}", measurements)
            put_table(f"recall {name}", text)
            note(f"  benchmarks/README.md and benchmarks/results/recall-{name}.ndjson are written")


# The daemon over its socket

def bench_load(*arguments, patience=600):
    run = subprocess.run([str(RELEASE / "bench-load"), *map(str, arguments)], capture_output=True, text=True, timeout=patience)
    if run.returncode:
        raise Failure(f"bench-load: {run.stderr.strip()}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def run_load(options):
    """ilk's own index in process, then the daemon: one client, several, pipelined, and beside a writer."""
    from daemon import BINARY, Daemon
    data = DATA["fashion-mnist"]
    found = []
    with Daemon() as daemon:
        note("loading 60,000 images")
        began = time.monotonic()
        subprocess.run([BINARY, "load", "images", str(data["base"]), "--create", "--metric", "l2", "--socket", daemon.path],
                       check=True, timeout=900, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        note(f"  {time.monotonic() - began:.1f} s")
        common = ["--socket", daemon.path, "--collection", "images", "--queries", data["queries"], "--limit-queries", "5000"]
        engine = Engine("ilk", ["--base", str(data["base"]), "--queries", str(data["queries"]), "--limit-queries", "5000", "--metric", "l2"])
        try:
            for ef in (14, 32):
                for clients, depth, more in ((1, 1, []), (1, 32, []), (2, 1, []), (8, 1, ["--writer"]), (1, 1, ["--writer"])):
                    inside = statistics.median(engine.run_pass([ef])[0]["queries_per_second"] for _ in range(3))
                    note(f"  ef {ef}, {clients} clients, depth {depth} {' '.join(more)}")
                    for one in bench_load(*common, "--ef", ef, "--clients", clients, "--depth", depth, "--seconds", options.seconds, *more):
                        found.append(one | {
                            "in_process_queries_per_second": inside, "ratio_to_in_process": round(one["requests_per_second"] / inside, 3),
                            "ratio_by_cpu": round(1e6 / inside / one["daemon_cpu_us_per_request"], 3)})
        finally:
            engine.close()
        for one in found:
            one["machine"] = machine()
        began = daemon.terminate()
        ready = ready_after_start(daemon, "images")
        note(f"  start to ready with 60,000 images: {ready * 1000:.0f} ms")
    lines = [
        f"60,000 × 784 in the daemon, k = 10, base64 vectors, no payload; {options.seconds:.0f} s each. {found[0]['machine']}. In process: one thread, "
        f"CPU time, taken between the measurements; the first ratio is to requests by the wall's clock, the second by the daemon's CPU time. Ready {ready * 1000:.0f} ms after the start, from a checkpoint.", "",
        "| ef (recall) | clients × under way | writer | requests/s | of in-process | by CPU | p50 | p99 | p99.9 | parse · search · write | upserts/s |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |"]
    for one in found:
        shares = one["shares_us"]
        lines.append(
            f"| {one['ef']} ({one['recall']:.3f}) | {one['clients']} × {one['depth']} | {'without pause' if one['writer'] else '–'} | "
            f"{one['requests_per_second']:,.0f} | {one['ratio_to_in_process']:.2f} | {'–' if one['writer'] else format(one['ratio_by_cpu'], '.2f')} | {one['p50_us']:.0f} µs | {one['p99_us']:.0f} µs"
            + (f" ({one['p99_ratio_to_quiet']:.1f} × quiet)" if one["writer"] else "")
            + f" | {one['p999_us']:.0f} µs | {shares['parse']:.1f} · {shares['search']:.1f} · {shares['write']:.1f} µs | "
            + (f"{one['upserts_per_second']:,.0f} |" if one["writer"] else "– |"))
    if options.print:
        print(aligned("\n".join(lines)))
    else:
        record("load", found)
        put_table("load", "\n".join(lines))


def ready_after_start(daemon, collection):
    """Seconds from the start of the process until the collection is ready."""
    began = time.monotonic()
    daemon.start()
    daemon.wait_until_ready(collection)
    return time.monotonic() - began


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown CPU")
    return f"{model}, {len(os.sched_getaffinity(0))} cores"


# Smoke

def smoke():
    """Runs every benchmark on 2,000 × 32 vectors and looks at what it prints."""
    from daemon import Daemon, encoded
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="ilk-smoke-") as work:
        centers = [[chance.uniform(-1, 1) for _ in range(32)] for _ in range(20)]

        def vectors(count):
            return [[x + chance.gauss(0, 0.3) for x in chance.choice(centers)] for _ in range(count)]

        files = {}
        for name, rows in (("base", vectors(2_000)), ("queries", vectors(100))):
            files[name] = f"{work}/{name}.fvecs"
            with open(files[name], "wb") as file:
                for row in rows:
                    file.write(struct.pack("<i32f", 32, *row))
            if name == "base":
                base = rows
        passed = 0
        common = ["--base", files["base"], "--queries", files["queries"], "--ef", "10,80", "--passes", "1", "--seed", "7", "--json"]
        commands = [[str(RELEASE / "bench-recall"), *common, "--metric", metric, *more] for metric, more in (
            ("l2", ["--write-truth", f"{work}/truth.ivecs"]), ("cosine", []), ("dot", []), ("l2", ["--truth", f"{work}/truth.ivecs", "--threads", "2"]))]
        commands += [[*command(name), *common, "--truth", f"{work}/truth.ivecs"] for name in [*OWN, *PEERS] if name in OWN or installed(name) is None]
        for words in commands:
            run = subprocess.run(words, capture_output=True, text=True, timeout=120, cwd=ROOT)
            lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
            what = " ".join(Path(part).name for part in words)
            if run.returncode or len(lines) != 2:
                raise SystemExit(f"bench-smoke: {what}: status {run.returncode}, {len(lines)} lines of 2\n{run.stderr[-2000:]}")
            if not all(one["queries_per_second"] > 0 and math.isfinite(one["build_seconds"]) for one in lines):
                raise SystemExit(f"bench-smoke: {what}: {lines}")
            floor = 0.8 if lines[1]["engine"] in ("scann", "faiss-ivfpq") else 0.95
            if lines[1]["recall"] < floor:
                raise SystemExit(f"bench-smoke: {what}: recall {lines[1]['recall']} at ef 80, below {floor}")
            passed += 1
            print(f"bench-smoke: {lines[1]['engine']} {lines[1]['storage']} {lines[1]['metric']}: recall {lines[1]['recall']} at ef 80")
        with Daemon() as daemon:
            wire = daemon.connect()
            wire.call("collection.create", name="smoke", vectors={"v": {"dimension": 32, "metric": "l2"}})
            wire.call("points.upsert", collection="smoke", points=[{"id": i, "vector": encoded(row)} for i, row in enumerate(base)])
            quiet, beside = bench_load("--socket", daemon.path, "--collection", "smoke", "--queries", files["queries"], "--clients", 2,
                                       "--depth", 2, "--seconds", 1, "--warmup", 0.2, "--writer", "--writer-count", 64, patience=120)
            for one in (quiet, beside):
                if one["errors"] or one["requests"] < 10 or one["recall"] < 0.95:
                    raise SystemExit(f"bench-smoke: bench-load: {one}")
            if wire.call("points.count", collection="smoke")["count"] != len(base):
                raise SystemExit("bench-smoke: bench-load left points behind")
            passed += 1
            print(f"bench-smoke: bench-load: recall {quiet['recall']}, beside a writer {beside['upserts_per_second']:.0f} upserts/s")
        print(f"{passed} passed, 0 failed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--load", action="store_true", help="measure the daemon over its socket instead")
    parser.add_argument("--data", help=f"data sets, with commas: {', '.join(DATA)}")
    parser.add_argument("--engines", help=f"ilk and any of ilk-f32, {', '.join(PEERS)}, with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--builds", type=int, default=0, help="measure builds apart, on 1 and 2 threads, so many times")
    parser.add_argument("--build-threads", type=int, default=1, help="threads that build what is searched, 1 or 2 for the table")
    parser.add_argument("--ef", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--m", type=int, default=16)
    parser.add_argument("--ef-construction", type=int, default=200)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--limit-base", type=int)
    parser.add_argument("--limit-queries", type=int)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement with --load")
    parser.add_argument("--print", action="store_true", help="print the table and write nothing")
    options = parser.parse_args()
    needed = RELEASE / ("bench-load" if options.load else "bench-recall")
    if not needed.exists():
        raise SystemExit(f"{needed} is not there; run: swift build -c release")
    try:
        if options.smoke:
            smoke()
        elif options.load:
            run_load(options)
        else:
            run_recall(options)
    except Failure as failure:
        raise SystemExit(str(failure))


if __name__ == "__main__":
    main()
