#!/usr/bin/env python3
"""Runs multilingual-e5-small in other libraries, with the same weights, as a server that measures what it is asked to.

    .venv/bin/python benchmarks/peers/embedding_peers.py --engine onnxruntime [--weights e5-small-q4.bin]
    .venv/bin/python benchmarks/peers/embedding_peers.py --engine torch --check golden/e5-small-q4.json

A line {"length": 64, "batch": 16, "threads": 1, "seconds": 0.5} on standard input is answered by one line on standard output:
engine, length, batch, threads, p50_ms of a call, and tokens a second from the median call: tokens_per_s_wall by the wall's clock,
tokens_per_cpu_s by the process's CPU time, tokens_per_s by the CPU's on one thread and by the wall's on several.

What favours the peers: a call takes a batch of token ids that lie ready, all texts of a batch have one length, so nothing is padded
and no mask is given; the weights are expanded to float32 before. onnxruntime gets the graph that its own optimizer for
transformers makes (fused attention, layer norms, GELU). --check compares with golden vectors and prints the smallest cosine.
--random takes a tiny model with random weights instead, to see that everything runs.
"""

import argparse
import hashlib
import json
import os
import statistics
import struct
import sys
import tempfile
import time
from pathlib import Path

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError as missing:
    sys.exit(f"embedding_peers.py: {missing.name} is missing; run scripts/setup --embedding-peers and use .venv/bin/python")

STORE = Path(os.environ.get("ILK_MODELS") or Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "ilk/models")
WEIGHTS = STORE / "multilingual-e5-small/e5-small-q4.bin"
CACHE = Path(__file__).resolve().parent.parent / "out"


# Weights

def q4_rows(blocks):
    """float32 rows of Q4_0 blocks: 18 bytes are a half-float scale and 32 weights of 4 bits, the low halves first."""
    blocks = blocks.reshape(len(blocks), -1, 18)
    scales = blocks[:, :, :2].copy().view("<f2").astype(np.float32)
    codes = np.concatenate([blocks[:, :, 2:] & 15, blocks[:, :, 2:] >> 4], axis=2).astype(np.float32) - 8
    return (codes * scales).reshape(len(blocks), -1)


class E5S1:
    """An E5S1 file: sizes, pieces with their scores, and tensors as float32."""

    def __init__(self, path):
        self.path, self.bytes = Path(path), np.memmap(path, np.uint8, "r")
        if bytes(self.bytes[:4]) != b"E5S1":
            sys.exit(f"embedding_peers.py: {path} is no E5S1 file")
        self.hidden, self.layers, self.heads, self.inner, self.words, self.positions = self.unpack("6i", 8)
        self.eps, = self.unpack("f", 36)
        self.piece_count, = self.unpack("i", 44)
        blob_length, = self.unpack("Q", 64)
        self.offsets = np.frombuffer(self.bytes, "<u4", self.piece_count + 1, 72)
        scores = 72 + 4 * (self.piece_count + 1)
        self.scores = np.frombuffer(self.bytes, "<f4", self.piece_count, scores)
        self.blob = scores + 4 * self.piece_count
        place = self.blob + blob_length
        place += 8 + self.unpack("I", place + 4)[0]
        count, = self.unpack("i", place)
        place, self.places = place + 4, {}
        for _ in range(count):
            length, = self.unpack("H", place)
            name = bytes(self.bytes[place + 2:place + 2 + length]).decode()
            self.places[name] = self.unpack("BIQQ", place + 2 + length)
            place += 23 + length

    def unpack(self, form, place):
        return struct.unpack_from("<" + form, self.bytes, place)

    def piece(self, number):
        return bytes(self.bytes[self.blob + self.offsets[number]:self.blob + self.offsets[number + 1]]).decode()

    def tensor(self, name):
        kind, count, place, size = self.places[name]
        if kind == 0:
            flat = np.frombuffer(self.bytes, "<f4", count, place)
        else:
            flat = q4_rows(np.frombuffer(self.bytes, np.uint8, size, place).reshape(1, -1))[0]
        columns = {"emb.word": self.hidden, "emb.pos": self.hidden, "emb.type": self.hidden}.get(name)
        if columns is None and kind == 1:
            columns = self.inner if ".fo." in name else self.hidden
        return torch.from_numpy(flat.reshape(-1, columns).copy() if columns else flat.copy())


class RandomWeights:
    """Random weights of a tiny model."""

    def __init__(self):
        self.hidden, self.layers, self.heads, self.inner, self.words, self.positions, self.eps = 64, 2, 2, 256, 1_000, 512, 1e-12
        self.path, self.chance = None, torch.Generator().manual_seed(7)

    def tensor(self, name):
        rows = {"emb.word": self.words, "emb.pos": self.positions, "emb.type": 2}.get(name)
        outputs, inputs = {"fi": (self.inner, self.hidden), "fo": (self.hidden, self.inner)}.get(name.split(".")[-2], (self.hidden, self.hidden))
        norm = name.split(".")[-2].endswith("ln")
        if norm or name.endswith(".b"):
            return torch.ones(outputs) if norm and name.endswith(".w") else torch.zeros(outputs)
        return torch.randn((rows, self.hidden) if rows else (outputs, inputs), generator=self.chance) * 0.1


# The model in PyTorch

class Encoder(torch.nn.Module):
    """BERT after its published description: positions from 0, norm after each half, exact GELU, mean of all tokens, unit length."""

    def __init__(self, weights):
        super().__init__()
        self.heads, self.hidden, self.words = weights.heads, weights.hidden, weights.words
        self.word = self.hold(weights, "emb.word")
        # The token type is always 0.
        self.position = torch.nn.Parameter(weights.tensor("emb.pos") + weights.tensor("emb.type")[0], requires_grad=False)
        self.first = self.norm(weights, "emb.ln")
        self.blocks = torch.nn.ModuleList()
        for number in range(weights.layers):
            block = torch.nn.ModuleDict()
            for part in ("q", "k", "v", "ao", "fi", "fo"):
                weight, bias = weights.tensor(f"l{number}.{part}.w"), weights.tensor(f"l{number}.{part}.b")
                block[part] = torch.nn.Linear(weight.shape[1], weight.shape[0])
                block[part].weight.data, block[part].bias.data = weight, bias
            for part in ("aln", "oln"):
                block[part] = self.norm(weights, f"l{number}.{part}")
            self.blocks.append(block)
        self.eval().requires_grad_(False)

    @staticmethod
    def hold(weights, name):
        return torch.nn.Parameter(weights.tensor(name), requires_grad=False)

    @staticmethod
    def norm(weights, name):
        norm = torch.nn.LayerNorm(weights.hidden, eps=weights.eps)
        norm.weight.data, norm.bias.data = weights.tensor(name + ".w"), weights.tensor(name + ".b")
        return norm

    def forward(self, ids, mask=None):
        batch, length = ids.shape
        x = self.first(F.embedding(ids, self.word) + self.position[:length])
        keys = None if mask is None else mask[:, None, None, :]
        for block in self.blocks:
            query, key, value = (
                block[part](x).view(batch, length, self.heads, self.hidden // self.heads).transpose(1, 2) for part in ("q", "k", "v"))
            if torch.onnx.is_in_onnx_export():
                # Spelled out, so that onnxruntime's optimizer knows it again.
                scores = torch.matmul(query, key.transpose(-1, -2)) / (self.hidden // self.heads) ** 0.5
                mixed = torch.matmul(torch.softmax(scores, dim=-1), value)
            else:
                mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=keys)
            x = block["aln"](block["ao"](mixed.transpose(1, 2).reshape(batch, length, self.hidden)) + x)
            x = block["oln"](block["fo"](F.gelu(block["fi"](x))) + x)
        if mask is None:
            pooled = x.mean(dim=1)
        else:
            pooled = (x * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        return F.normalize(pooled, dim=1)


class Torch:
    def __init__(self, weights):
        # The last ids are <mask> and padding of the table.
        self.model, self.words = Encoder(weights), min(weights.words, 250_000)
        self.version = torch.__version__

    def run(self, ids, threads):
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        with torch.inference_mode():
            return self.model(torch.from_numpy(ids)).numpy()


class ONNXRuntime:
    def __init__(self, weights, fused=True):
        import onnxruntime
        self.library, self.version, self.sessions = onnxruntime, onnxruntime.__version__, {}
        self.words = min(weights.words, 250_000)
        self.work = tempfile.TemporaryDirectory(prefix="ilk-onnx-")
        self.path = self.export(weights, fused)

    def export(self, weights, fused):
        """The graph's path; that of real weights is kept, because it takes a minute to make."""
        folder = Path(self.work.name)
        if weights.path:
            stamp = hashlib.sha256(f"{weights.path.stat().st_size} {self.version} {torch.__version__} {fused}".encode()).hexdigest()[:12]
            kept = CACHE / f"e5-small-{stamp}.onnx"
            if kept.exists():
                return kept
            CACHE.mkdir(parents=True, exist_ok=True)
        plain, done = folder / "plain.onnx", folder / "done.onnx"
        torch.onnx.export(
            Encoder(weights), (torch.ones((2, 8), dtype=torch.int64),), str(plain), input_names=["ids"], output_names=["vectors"],
            dynamic_axes={"ids": {0: "batch", 1: "length"}, "vectors": {0: "batch"}}, opset_version=17, dynamo=False)
        if fused:
            from onnxruntime.transformers import optimizer
            optimizer.optimize_model(str(plain), model_type="bert", num_heads=weights.heads, hidden_size=weights.hidden,
                                     opt_level=1, use_gpu=False).save_model_to_file(str(done))
        else:
            plain.rename(done)
        if not weights.path:
            return done
        partial = kept.with_suffix(f".{os.getpid()}")
        partial.write_bytes(done.read_bytes())
        partial.rename(kept)
        return kept

    def run(self, ids, threads):
        if threads not in self.sessions:
            options = self.library.SessionOptions()
            options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
            self.sessions.clear()
            self.sessions[threads] = self.library.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        return self.sessions[threads].run(None, {"ids": ids})[0]


ENGINES = {"onnxruntime": ONNXRuntime, "torch": Torch}


# Measuring

def measure(engine, name, length, batch, threads, seconds):
    """Speed over calls on random tokens, after one that does not count."""
    chance = np.random.default_rng(length * 1_000 + batch)
    ids = chance.integers(4, engine.words, (batch, length), dtype=np.int64)
    ids[:, 0], ids[:, -1] = 0, 2
    engine.run(ids, threads)
    wall, cpu, began = [], [], time.perf_counter()
    while not wall or time.perf_counter() - began < seconds:
        start, used = time.perf_counter(), time.process_time()
        engine.run(ids, threads)
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    wall.sort()
    tokens, middle, used = batch * length, statistics.median(wall), statistics.median(cpu)
    return {"engine": name, "version": engine.version, "length": length, "batch": batch, "threads": threads, "calls": len(wall),
            "tokens_per_s": round(tokens / (used if threads == 1 else middle), 1), "tokens_per_s_wall": round(tokens / middle, 1),
            "tokens_per_cpu_s": round(tokens / used, 1), "p50_ms": round(1000 * middle, 3),
            "p99_ms": round(1000 * wall[len(wall) * 99 // 100], 3), "cpu_ms": round(1000 * used, 3)}


def check(engine, path):
    """The smallest cosine to golden vectors: items with ids and the vector under `embedding…` or `vector`."""
    worst, count = 1.0, 0
    for item in json.loads(Path(path).read_text())["items"]:
        golden = next((np.array(value, np.float64) for key, value in item.items() if key.startswith(("embedding_fp32", "vector"))), None)
        if golden is None or len(item["ids"]) > 512:
            continue
        vector = engine.run(np.array([item["ids"]], np.int64), 1)[0].astype(np.float64)
        worst = min(worst, float(vector @ golden / np.linalg.norm(vector) / np.linalg.norm(golden)))
        count += 1
    return {"checked": count, "smallest_cosine": worst}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES, required=True)
    parser.add_argument("--weights", default=WEIGHTS, type=Path)
    parser.add_argument("--random", action="store_true")
    parser.add_argument("--plain", action="store_true", help="onnxruntime: without its optimizer for transformers")
    parser.add_argument("--check", metavar="GOLDEN")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if not options.random and not options.weights.exists():
        sys.exit(f"embedding_peers.py: {options.weights} is not there; run scripts/fetch-models")
    # Libraries print; standard output is for answers alone.
    answers, sys.stdout = sys.stdout, sys.stderr
    weights = RandomWeights() if options.random else E5S1(options.weights)
    engine = ONNXRuntime(weights, not options.plain) if options.engine == "onnxruntime" else Torch(weights)
    name = options.engine + ("-plain" if options.plain else "")
    if options.check:
        print(json.dumps({"engine": name, "version": engine.version} | check(engine, options.check)), file=answers)
        return
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(measure(engine, name, **{key: asked[key] for key in ("length", "batch", "threads", "seconds")})), file=answers, flush=True)


if __name__ == "__main__":
    main()
