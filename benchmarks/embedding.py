#!/usr/bin/env python3
"""Measures how fast ilk embeds text beside onnxruntime and PyTorch, all with the weights of multilingual-e5-small.

Every engine is a process that has the model ready. They take turns, length by length and batch by batch: ilk, onnxruntime, ilk,
torch, … round after round, so that what disturbs the machine disturbs all. Medians count.

    python3 benchmarks/embedding.py                                     writes results/embedding.ndjson and the README's table
    python3 benchmarks/embedding.py --engines ilk,onnxruntime --lengths 12,64 --batches 1 --threads 1 --print
    python3 benchmarks/embedding.py --smoke                             a tiny random model, in seconds: that everything runs

Standard library only; the peers run in .venv (scripts/setup --embedding-peers), the model comes with scripts/fetch-models.
"""

import argparse
import json
import math
import os
import random
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from run import PYTHON, RELEASE, ROOT, Failure, aligned, machine, note, put_table, record

STORE = Path(os.environ.get("ILK_MODELS") or Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "ilk/models")
WEIGHTS = STORE / "multilingual-e5-small/e5-small-q4.bin"
SERVER = ROOT / "benchmarks/peers/embedding_peers.py"
PEERS = ["onnxruntime", "torch"]
LENGTHS = [12, 16, 64, 128, 256, 512]
BATCHES = [1, 4, 16, 64]
THREADS = [1, 2]
LARGE = 8_192  # tokens of a call; it takes so long that one turn is enough
# Answers itself, for the smoke test where nothing else is there.
STUB = """import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    speed = 1000.0 * asked["threads"]
    print(json.dumps({**asked, "engine": "stub", "tokens_per_s": speed, "tokens_per_s_wall": speed, "tokens_per_cpu_s": 1000.0,
                      "p50_ms": 1000 * asked["length"] * asked["batch"] / speed}), flush=True)
"""


class Engine:
    """A process that answers a line of what to measure by a line of what it measured; one that hangs is ended."""

    patience = 1_200

    def __init__(self, name, command):
        self.name, self.log = name, tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=ROOT)

    def measure(self, **what):
        watch = threading.Timer(self.patience, self.process.kill)
        watch.start()
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watch.cancel()
            # Threads that spin between calls would slow the engine whose turn it is.
            self.process.send_signal(signal.SIGSTOP)
        if not line:
            self.process.wait()
            self.log.seek(0)
            raise Failure(f"{self.name} ended: " + " ".join(self.log.read().strip().splitlines()[-1:]))
        answer = json.loads(line)
        if "error" in answer:
            raise Failure(f"{self.name}: {answer['error']}")
        return answer

    def close(self):
        self.process.kill()
        self.process.wait()


def missing(name):
    """None if the engine can be measured, else why not."""
    if name == "ilk":
        return None if (RELEASE / "bench-embedding").exists() else f"{RELEASE / 'bench-embedding'} is not there; run: swift build -c release"
    if not PYTHON.exists():
        return "run scripts/setup --embedding-peers"
    # Found, not imported: that takes half a minute on a busy machine, and the server does it anyway.
    needed = ["numpy", "torch"] + (["onnx", "onnxruntime"] if name == "onnxruntime" else [])
    find = f"import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, {needed})))"
    run = subprocess.run([str(PYTHON), "-c", find], capture_output=True, text=True, timeout=120)
    return None if run.returncode == 0 else "is not installed; run scripts/setup --embedding-peers"


def command(name, weights):
    if name == "ilk":
        return [str(RELEASE / "bench-embedding"), "--weights", str(weights), "--heads", "2" if weights != WEIGHTS else "12", "--serve"]
    if name == "stub":
        return [sys.executable, "-c", STUB]
    return [str(PYTHON), str(SERVER), "--engine", name, *(["--weights", str(weights)] if weights == WEIGHTS else ["--random"])]


def stolen():
    """Jiffies that the host took from this machine, and all jiffies."""
    with open("/proc/stat") as file:
        numbers = [int(part) for part in file.readline().split()[1:9]]
    return numbers[7], sum(numbers)


def measure(engines, options):
    """Medians by engine, length, batch and threads; the share of time that the host took."""
    turns, found, before = turn_order(engines), {}, stolen()
    for number in range(options.rounds):
        for threads in options.threads:
            for length in options.lengths:
                note(f"  round {number + 1} of {options.rounds}: {threads} threads, {length} tokens")
                for batch in options.batches:
                    if number > 0 and length * batch > LARGE:
                        continue
                    for engine in turns:
                        one = engine.measure(length=length, batch=batch, threads=threads, seconds=options.seconds)
                        found.setdefault((one["engine"], threads, length, batch), []).append(one)
    after = stolen()
    steal = (after[0] - before[0]) / max(1, after[1] - before[1])
    medians = []
    for passes in found.values():
        middle = dict(passes[0])
        for key, value in middle.items():
            if isinstance(value, float):
                middle[key] = round(statistics.median(one[key] for one in passes), 3)
        medians.append(middle | {"passes": len(passes)})
    return medians, steal


def turn_order(engines):
    ilk, peers = engines[0], engines[1:]
    return [engine for peer in peers for engine in (ilk, peer)] or [ilk]


def commit():
    run = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return run.stdout.strip() or "unknown"


def table(medians, left_out, options, about):
    """A Markdown table: a row for each number of threads and batch, a column for each length."""
    names = list(dict.fromkeys(one["engine"] for one in medians))
    by_place = {(one["engine"], one["threads"], one["length"], one["batch"]): one for one in medians}
    first, peers = names[0], names[1:]
    versions = ", ".join(f"{name} {by_place_any(medians, name).get('version', '')}".strip() for name in peers)
    arithmetic = by_place_any(medians, first).get("arithmetic")
    lines = [
        f"**multilingual-e5-small**, tokens a second of {first}" + (f" ({arithmetic})" if arithmetic else "")
        + (f", and in brackets how many times that of {' · '.join(peers)}" if peers else "") + ". By CPU time on one thread, by the wall's "
        f"clock on several; medians of {options.rounds} turns or more of {options.seconds} s, of one above {LARGE:,} tokens a call. "
        + (f"Peers: {versions}, float32, the same weights. " if peers else "")
        + f"{about['machine']}, kernels {by_place_any(medians, first).get('kernels', '–')}, {about['steal']:.1%} of the time taken by the host, "
        f"commit {about['commit']}.", "",
        "| threads | batch | " + " | ".join(f"{length} tokens" for length in options.lengths) + " |",
        "| ---: | ---: |" + " ---: |" * len(options.lengths)]
    worst = {}
    for threads in options.threads:
        for batch in options.batches:
            cells = [str(threads), str(batch)]
            for length in options.lengths:
                speed = by_place[first, threads, length, batch]["tokens_per_s"]
                ratios = []
                for peer in peers:
                    ratio = speed / by_place[peer, threads, length, batch]["tokens_per_s"]
                    ratios.append(f"{ratio:.2f}")
                    key = peer, length > 64
                    worst[key] = min(worst.get(key, (math.inf,)), (ratio, length, batch, threads))
                cells.append(f"{speed:,.0f}" + (f" ({' · '.join(ratios)})" if ratios else ""))
            lines.append("| " + " | ".join(cells) + " |")
    lines.append("")
    for name, reason in left_out.items():
        lines.append(f"{name} is left out: {reason}.")
    for peer in peers:
        parts = [f"{worst[peer, long][0]:.2f} × {'above' if long else 'up to'} 64 tokens (at {worst[peer, long][1]}, batch {worst[peer, long][2]}, "
                 f"{worst[peer, long][3]} threads)" for long in (False, True) if (peer, long) in worst]
        lines.append(f"Least against {peer}: {', '.join(parts)}.")
    short = min(options.lengths)
    if 1 in options.batches and 1 in options.threads:
        lines.append(f"One text of {short} tokens on one thread, median: " + ", ".join(
            f"{name} {by_place[name, 1, short, 1]['p50_ms']:.1f} ms" for name in names) + ".")
    return "\n".join(lines)


def by_place_any(medians, name):
    return next(one for one in medians if one["engine"] == name)


def run(options):
    names = options.engines.split(",")
    if names[0] != "ilk" or set(names) - {"ilk", *PEERS}:
        raise SystemExit(f"--engines begins with ilk and goes on with any of {', '.join(PEERS)}")
    if reason := missing("ilk"):
        raise SystemExit(reason)
    if not WEIGHTS.exists():
        raise SystemExit(f"{WEIGHTS} is not there; run scripts/fetch-models")
    engines, left_out = [], {}
    try:
        for name in names:
            reason = missing(name)
            if not reason:
                note(f"  {name}: loading")
                engine = Engine(name, command(name, WEIGHTS))
                engines.append(engine)
                try:
                    engine.measure(length=options.lengths[0], batch=1, threads=1, seconds=0.1)
                    continue
                except Failure as failure:
                    reason = str(failure)
                    engines.pop().close()
            if name == "ilk":
                raise SystemExit(f"ilk could not be measured: {reason}")
            note(f"  {name} is left out: {reason}")
            left_out[name] = reason
        medians, steal = measure(engines, options)
    finally:
        for engine in engines:
            engine.close()
    about = {"machine": machine(), "steal": round(steal, 4), "commit": commit()}
    text = table(medians, left_out, options, about)
    if options.print:
        print(aligned(text))
        return
    record("embedding", [one | about for one in medians])
    put_table("embedding", text)
    note("  benchmarks/README.md and benchmarks/results/embedding.ndjson are written")


# Smoke

def tiny_model(path):
    """A BERT of two layers with random weights, as safetensors."""
    chance, hidden, inner = random.Random(7), 32, 64
    shapes = {"embeddings.word_embeddings.weight": (300, hidden), "embeddings.position_embeddings.weight": (64, hidden),
              "embeddings.token_type_embeddings.weight": (2, hidden), "embeddings.LayerNorm.weight": (hidden,),
              "embeddings.LayerNorm.bias": (hidden,)}
    for layer in range(2):
        start = f"encoder.layer.{layer}."
        for part, out, width in (("attention.self.query", hidden, hidden), ("attention.self.key", hidden, hidden),
                                 ("attention.self.value", hidden, hidden), ("attention.output.dense", hidden, hidden),
                                 ("intermediate.dense", inner, hidden), ("output.dense", hidden, inner)):
            shapes |= {f"{start}{part}.weight": (out, width), f"{start}{part}.bias": (out,)}
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{start}{part}.weight": (hidden,), f"{start}{part}.bias": (hidden,)}
    header, data = {}, bytearray()
    for name, shape in shapes.items():
        numbers = [1.0] * shape[0] if name.endswith("LayerNorm.weight") else [chance.gauss(0, 0.1) for _ in range(math.prod(shape))]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + 4 * len(numbers)]}
        data += struct.pack(f"<{len(numbers)}f", *numbers)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def smoke():
    """Lets every engine that is there run a tiny random model, and makes a table of it."""
    passed = skipped = 0
    options = argparse.Namespace(lengths=[12, 40], batches=[1, 4], threads=[1, 2], rounds=2, seconds=0.02)
    engines, left_out = [Engine("stub", command("stub", None))], {}
    with tempfile.TemporaryDirectory(prefix="ilk-smoke-") as work:
        weights = Path(work) / "tiny.safetensors"
        tiny_model(weights)
        try:
            for name in ["ilk", *PEERS]:
                if reason := missing(name):
                    skipped += 1
                    left_out[name] = reason
                    print(f"bench-smoke: SKIPPED: {name} embeds nothing: {reason}")
                else:
                    engines.append(Engine(name, command(name, weights)))
            medians, _ = measure(engines, options)
        except Failure as failure:
            raise SystemExit(f"bench-smoke: {failure}")
        finally:
            for engine in engines:
                engine.close()
    for engine in engines:
        mine = [one for one in medians if one["engine"] == engine.name]
        if len(mine) != 8 or not all(one["tokens_per_s"] > 0 and math.isfinite(one["p50_ms"]) for one in mine):
            raise SystemExit(f"bench-smoke: {engine.name}: {mine}")
        if engine.name != "stub":
            passed += 1
            print(f"bench-smoke: {engine.name}: {max(one['tokens_per_s'] for one in mine):,.0f} tokens/s of a tiny model")
    text = table(medians, left_out, options, {"machine": machine(), "steal": 0.0, "commit": commit()})
    if text.count("\n| 2 | ") != 2 or (len(engines) > 1 and "Least against" not in text):
        raise SystemExit(f"bench-smoke: the table of embedding speeds is wrong:\n{text}")
    passed += 1
    print(f"{passed} passed, 0 failed, {skipped} skipped")


def numbers(text):
    return [int(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--engines", default="ilk,onnxruntime,torch")
    parser.add_argument("--lengths", type=numbers, default=LENGTHS, help="tokens of a text")
    parser.add_argument("--batches", type=numbers, default=BATCHES, help="texts of a call")
    parser.add_argument("--threads", type=numbers, default=THREADS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="of a turn")
    parser.add_argument("--print", action="store_true", help="print the table and write nothing")
    options = parser.parse_args()
    try:
        smoke() if options.smoke else run(options)
    except Failure as failure:
        raise SystemExit(str(failure))


if __name__ == "__main__":
    main()
