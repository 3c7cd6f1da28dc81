#!/usr/bin/env python3
"""Measures recall and speed of other libraries on the same data, with the same options as bench-recall.

    .venv/bin/python benchmarks/peers/peers.py --engine hnswlib --base F --queries F [--truth F] --metric l2 --k 10 \\
        --ef 10,20,40 --m 16 --ef-construction 200 --threads 1 --seed 42 --json

Prints one JSON object a measurement. One thread is measured by CPU time, of the whole process, so that no helper thread works
for free; several threads by the wall's clock. On one thread the queries are asked one by one and then all in one call, and the
faster counts, because the price of a Python call is not the library's fault. `call` in the output says which it was.
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import time

# Before any library is loaded: each starts its own threads otherwise.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(variable, "1")

try:
    import numpy as np
except ImportError:
    sys.exit("peers.py: numpy is missing; run scripts/setup --peers and use .venv/bin/python")

TOLERANCE = 1e-5  # relative to the k-th distance; bench-recall has the same


# Files

def open_any(path):
    return gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")


def read(path, limit=None, integers=False):
    """A matrix from .npy, .fvecs, .bvecs, .ivecs or IDX, plain or .gz: vectors as f32, row numbers as int64."""
    name = os.path.basename(path).lower().removesuffix(".gz")
    with open_any(path) as file:
        if name.endswith(".npy"):
            matrix = np.load(file)
        elif name.endswith("vecs"):
            element = {"f": np.dtype("<f4"), "b": np.dtype("u1"), "i": np.dtype("<i4")}[name[-5]]
            data = file.read()
            dimension = int.from_bytes(data[:4], "little")
            matrix = np.frombuffer(data, np.uint8).reshape(-1, 4 + dimension * element.itemsize)[:, 4:].copy().view(element)
        elif "-idx" in name or name.endswith("-ubyte"):
            data = file.read()
            element = np.dtype({8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}[data[2]])
            sizes = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
            matrix = np.frombuffer(data, element, offset=4 + 4 * len(sizes)).reshape(sizes[0], -1)
        else:
            sys.exit(f"peers.py: {path}: its name tells no format; known are .npy, .fvecs, .bvecs, .ivecs and IDX, or .gz of them")
    return np.ascontiguousarray(matrix[:limit], dtype=np.int64 if integers else np.float32)


# Truth and recall

def exact(base, queries, metric, k):
    """Row numbers of the true neighbors, nearest first."""
    k = min(k, len(base))
    norms = np.einsum("ij,ij->i", base, base)
    divisor = np.sqrt(np.maximum(norms, np.finfo(np.float32).tiny))
    found = np.empty((len(queries), k), np.int64)
    wanted = min(2 * k + 10, len(base))
    for start in range(0, len(queries), 256):
        block = queries[start:start + 256]
        products = block @ base.T
        order = {"l2": lambda: norms - 2 * products, "dot": lambda: -products, "cosine": lambda: -products / divisor}[metric]()
        candidates = np.argpartition(order, wanted - 1, axis=1)[:, :wanted]
        true = distances(base, block, candidates, metric)
        nearest = np.argsort(true, axis=1, kind="stable")[:, :k]
        found[start:start + 256] = np.take_along_axis(candidates, nearest, axis=1)
    return found


def distances(base, queries, rows, metric):
    """Distances in double precision from each query to its rows; squared for l2."""
    result = np.empty(rows.shape)
    for number, query in enumerate(queries.astype(np.float64)):
        vectors = base[rows[number]].astype(np.float64)
        if metric == "l2":
            result[number] = ((vectors - query) ** 2).sum(axis=1)
        elif metric == "dot":
            result[number] = -(vectors @ query)
        else:
            lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
            result[number] = 1 - (vectors @ query) / np.maximum(lengths, np.finfo(np.float64).tiny)
    return result


class Truth:
    def __init__(self, base, queries, metric, k, rows=None):
        self.base, self.queries, self.metric, self.k = base, queries, metric, min(k, len(base))
        rows = exact(base, queries, metric, k) if rows is None else rows[:, :k]
        farthest = distances(base, queries, rows, metric).max(axis=1)
        self.bounds = farthest + TOLERANCE * np.abs(farthest)

    def recall(self, answers):
        """The share of hits that are as near as the true k-th neighbor; an id given twice counts once."""
        hits = 0
        for number, rows in enumerate(answers):
            rows = np.unique(np.asarray(rows, dtype=np.int64)[:self.k])
            rows = rows[(rows >= 0) & (rows < len(self.base))]
            near = distances(self.base, self.queries[number:number + 1], rows[None, :], self.metric)
            hits += int((near <= self.bounds[number]).sum())
        return hits / (len(answers) * self.k)


def unit(vectors):
    """Vectors, or one of them, with length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.finfo(np.float32).tiny)


# Engines: build(base), then for an ef one(query) -> rows and all(queries, threads) -> rows

class HNSWLib:
    storage = "f32"

    def __init__(self, options, dimension):
        import hnswlib
        import importlib.metadata
        self.options, self.version = options, importlib.metadata.version("hnswlib")
        self.index = hnswlib.Index(space={"l2": "l2", "cosine": "cosine", "dot": "ip"}[options.metric], dim=dimension)

    def build(self, base, threads):
        o = self.options
        self.index.init_index(max_elements=len(base), M=o.m, ef_construction=o.ef_construction, random_seed=o.seed)
        self.index.set_num_threads(threads)
        self.index.add_items(base, num_threads=threads)

    def width(self, ef):
        self.index.set_ef(max(ef, self.options.k))

    def one(self, query):
        return self.index.knn_query(query, k=self.options.k, num_threads=1)[0][0]

    def all(self, queries, threads):
        return self.index.knn_query(queries, k=self.options.k, num_threads=threads)[0]


class USearch:
    storage = "f32"
    dtype = "f32"

    def __init__(self, options, dimension):
        import usearch
        from usearch.index import Index
        self.options, self.version = options, usearch.__version__
        self.index = Index(
            ndim=dimension, metric={"l2": "l2sq", "cosine": "cos", "dot": "ip"}[options.metric], dtype=self.dtype,
            connectivity=options.m, expansion_add=options.ef_construction, expansion_search=64)

    def build(self, base, threads):
        self.index.add(np.arange(len(base)), base, threads=threads)

    def width(self, ef):
        self.index.expansion_search = max(ef, self.options.k)

    def one(self, query):
        return self.index.search(query, self.options.k, threads=1).keys

    def all(self, queries, threads):
        return self.index.search(queries, self.options.k, threads=threads).keys


class USearchI8(USearch):
    """Whole numbers from -127 to 127, which are all it keeps: its recall ends where that of the codes does.

    They are made here, with one scale for all components, for l2 from the middle of each component's range: usearch's own cast
    brings every vector to length 127, which finds half of the neighbors on Fashion-MNIST, rotated, and fewer than these on
    clustered-384. The largest ten-thousandth is cut off: on parts of five sets within 0.4% of the best of five such shares.
    """

    storage = "i8"
    dtype = "i8"

    def build(self, base, threads):
        self.middle = (base.min(axis=0) + base.max(axis=0)) / 2 if self.options.metric == "l2" else np.float32(0)
        sample = base[np.linspace(0, len(base) - 1, min(len(base), 2_000)).astype(int)]
        self.scale = np.float32(127 / np.quantile(np.abs(self.centered(sample)), 0.9999))
        codes = np.empty(base.shape, np.int8)
        for start in range(0, len(base), 2_000):  # by parts, so that what is made on the way does not count as the index's memory
            codes[start:start + 2_000] = self.codes(base[start:start + 2_000])
        super().build(codes, threads)

    def centered(self, vectors):
        return unit(vectors) if self.options.metric == "cosine" else vectors - self.middle

    def codes(self, vectors):
        return np.clip(np.rint(self.centered(vectors) * self.scale), -127, 127).astype(np.int8)

    def one(self, query):
        return super().one(self.codes(query))

    def all(self, queries, threads):
        return super().all(self.codes(queries), threads)


class Faiss:
    storage = "f32"

    def __init__(self, options, dimension):
        import faiss
        self.faiss, self.options, self.version, self.dimension = faiss, options, faiss.__version__, dimension
        self.inner = faiss.METRIC_L2 if options.metric == "l2" else faiss.METRIC_INNER_PRODUCT

    def make(self, count):
        """An index without vectors, for so many of them."""
        return self.made_graph(self.faiss.IndexHNSWFlat(self.dimension, self.options.m, self.inner))

    def made_graph(self, graph):
        graph.hnsw.efConstruction = self.options.ef_construction
        self.graph = graph
        return graph

    def scaled(self, vectors):
        return unit(vectors) if self.options.metric == "cosine" else vectors

    def build(self, base, threads):
        self.faiss.omp_set_num_threads(threads)
        self.index = self.make(len(base))
        base = self.scaled(base)
        self.index.train(base)
        self.index.add(base)
        self.faiss.omp_set_num_threads(1)

    def width(self, ef):
        self.graph.hnsw.efSearch = max(ef, self.options.k)

    def one(self, query):
        return self.index.search(self.scaled(query[None, :]), self.options.k)[1][0]

    def all(self, queries, threads):
        self.faiss.omp_set_num_threads(threads)
        return self.index.search(self.scaled(queries), self.options.k)[1]


class FaissSQ8(Faiss):
    """A graph over 8-bit codes, and twice k of what it finds measured again on f32.

    Of 8-bit codes with one range for all components, with a range for each, and 16-bit floats, each without a second look and with
    1.5, 2 and 3 times k, the best on parts of Fashion-MNIST, rotated, and of clustered-384.
    """

    storage = "8-bit codes + f32"

    def make(self, count):
        codes = self.faiss.ScalarQuantizer.QT_8bit_uniform
        graph = self.made_graph(self.faiss.IndexHNSWSQ(self.dimension, codes, self.options.m, self.inner))
        index = self.faiss.IndexRefineFlat(graph)
        index.k_factor = 2
        return index


class FaissIVFPQ(Faiss):
    """Not a graph: lists of 4-bit codes, one for two components, scanned 32 at a time, and the best of them measured again on f32.

    `ef` becomes ef/4 lists to search and 4·k + ef/4 to measure again, of √n lists up to 100,000 vectors and 2·√n above. Of √n, 2·√n and
    4·√n lists, codes of the vectors or of what is left of them beside their list's center, codes for two or four components, and 20 to
    320 to measure again, the best on parts of four sets taken together. M and efConstruction are nothing to it.
    """

    storage = "4-bit codes + f32"

    def make(self, count):
        self.lists = max(1, round((1 if count <= 100_000 else 2) * count ** 0.5))
        codes = next(number for number in range(max(1, self.dimension // 2), 0, -1) if self.dimension % number == 0)
        return self.faiss.index_factory(self.dimension, f"IVF{self.lists},PQ{codes}x4fs,RFlat", self.inner)

    def width(self, ef):
        self.faiss.extract_index_ivf(self.index.base_index).nprobe = max(1, min(self.lists, ef // 4))
        self.index.k_factor = (4 * self.options.k + ef // 4) / self.options.k


class VSAG:
    """HGraph over 8-bit codes, the candidates measured again on f32.

    It takes one query a call only, some 9 µs of which are the call's. On parts of Fashion-MNIST, rotated, and of clustered-384 codes with
    one range for all components were a fifth faster than those with a range for each, at nearly the same recall, and to build by codes
    made no difference; its optimizer took 25 s for 10,000 vectors and gained 5% or less.
    """

    storage = "8-bit codes + f32"

    def __init__(self, options, dimension):
        import importlib.metadata
        import pyvsag
        pyvsag.set_logger_off()
        self.vsag, self.options, self.version = pyvsag, options, importlib.metadata.version("pyvsag")

    def build(self, base, threads):
        o = self.options
        rows, dimension = base.shape
        self.index = self.vsag.Index("hgraph", json.dumps({
            "dtype": "float32", "metric_type": {"l2": "l2", "cosine": "cosine", "dot": "ip"}[o.metric], "dim": dimension,
            # Its degree is that of the bottom layer: 2·M, as the others have there.
            "index_param": {"base_quantization_type": "sq8_uniform", "use_reorder": True, "precise_quantization_type": "fp32",
                            "max_degree": 2 * o.m, "ef_construction": o.ef_construction, "build_thread_count": threads}}))
        self.index.build(base.ravel(), np.arange(rows, dtype=np.int64), rows, dimension)

    def width(self, ef):
        self.how = json.dumps({"hgraph": {"ef_search": max(ef, self.options.k)}})

    def one(self, query):
        return self.index.knn_search(query, self.options.k, self.how)[0]

    def all(self, queries, threads):
        return [self.one(query) for query in queries]


class ScaNN:
    """Not a graph: lists of 4-bit codes, the best of them measured again on f32.

    `ef` becomes ef/4 of √n lists to search and 2·k + ef/4 to measure again: on Fashion-MNIST the best of a grid of 3 × 7 × 5.
    """

    storage = "4-bit codes + f32"

    def __init__(self, options, dimension):
        import importlib.metadata
        import scann
        self.scann, self.options, self.version = scann, options, importlib.metadata.version("scann")

    def build(self, base, threads):
        o = self.options
        self.lists = max(1, round(len(base) ** 0.5))
        if o.metric == "cosine":
            base = unit(base)
        builder = self.scann.scann_ops_pybind.builder(base, o.k, "squared_l2" if o.metric == "l2" else "dot_product")
        builder = builder.set_n_training_threads(threads)
        builder = builder.tree(
            num_leaves=self.lists, num_leaves_to_search=max(1, self.lists // 20), training_sample_size=min(len(base), 250_000))
        threshold = float("nan") if o.metric == "l2" else 0.2
        self.index = builder.score_ah(2, anisotropic_quantization_threshold=threshold).reorder(100).build()

    def width(self, ef):
        self.how = {
            "final_num_neighbors": self.options.k, "pre_reorder_num_neighbors": 2 * self.options.k + ef // 4,
            "leaves_to_search": max(1, min(self.lists, ef // 4))}

    def one(self, query):
        return self.index.search(query, **self.how)[0]

    def all(self, queries, threads):
        search = self.index.search_batched_parallel if threads > 1 else self.index.search_batched
        return search(queries, **self.how)[0]


ENGINES = {
    "hnswlib": HNSWLib, "usearch": USearch, "usearch-i8": USearchI8, "faiss": Faiss, "faiss-sq8": FaissSQ8, "faiss-ivfpq": FaissIVFPQ,
    "scann": ScaNN, "vsag": VSAG,
}


# Measuring

def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {len(os.sched_getaffinity(0))} cores"


def commit():
    try:
        run = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, timeout=10)
        return run.stdout.strip() or "unknown"
    except OSError:
        return "unknown"


class Bench:
    def __init__(self, options):
        self.options = options
        self.base = read(options.base, options.limit_base)
        self.queries = read(options.queries, options.limit_queries)
        rows = read(options.truth, len(self.queries), integers=True) if options.truth else None
        self.truth = Truth(self.base, self.queries, options.metric, options.k, rows)
        self.engine = ENGINES[options.engine](options, self.base.shape[1])
        self.recalls = {}
        self.build_threads = options.build_threads or options.threads
        clock = time.process_time if self.build_threads == 1 else time.perf_counter
        before, start = resident_bytes(), clock()
        self.engine.build(self.base, self.build_threads)
        self.build_seconds = clock() - start
        self.bytes_per_vector = (resident_bytes() - before) / len(self.base)

    def speed(self):
        """Queries a second of one pass, and how they were asked."""
        threads, queries = self.options.threads, self.queries
        if threads > 1:
            start = time.perf_counter()
            self.engine.all(queries, threads)
            return len(queries) / (time.perf_counter() - start), "all at once"
        one = self.engine.one
        start = time.process_time()
        for query in queries:
            one(query)
        single = len(queries) / (time.process_time() - start)
        start = time.process_time()
        self.engine.all(queries, 1)
        batched = len(queries) / (time.process_time() - start)
        return (single, "one by one") if single > batched else (batched, "all at once")

    def measure(self, ef, passes):
        o = self.options
        self.engine.width(ef)
        if ef not in self.recalls:  # also warms up
            self.recalls[ef] = self.truth.recall([self.engine.one(query) for query in self.queries])
        speeds = [self.speed() for _ in range(passes)]
        print(json.dumps({
            "engine": o.engine, "dataset": o.dataset or os.path.basename(o.base), "metric": o.metric,
            "base_count": len(self.base), "query_count": len(self.queries), "dimension": self.base.shape[1],
            "k": o.k, "ef": ef, "m": o.m, "ef_construction": o.ef_construction, "storage": self.engine.storage,
            "threads": o.threads, "passes": passes, "clock": "process_cpu" if o.threads == 1 else "wall", "call": speeds[0][1],
            "recall": round(self.recalls[ef], 5), "queries_per_second": round(statistics.median(s for s, _ in speeds), 1),
            "build_seconds": round(self.build_seconds, 3), "build_threads": self.build_threads,
            "build_clock": "process_cpu" if self.build_threads == 1 else "wall",
            "bytes_per_vector": round(self.bytes_per_vector), "machine": machine(), "version": self.engine.version,
            "seed": o.seed, "commit": commit(),
        }), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES, default="hnswlib")
    parser.add_argument("--base", required=True)
    parser.add_argument("--queries", required=True)
    parser.add_argument("--truth")
    parser.add_argument("--metric", choices=["l2", "cosine", "dot"], default="l2")
    parser.add_argument("--k", "-k", type=int, default=10)
    parser.add_argument("--ef", default="10,20,40,80,160", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--m", type=int, default=16)
    parser.add_argument("--ef-construction", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--build-threads", type=int)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--limit-base", type=int)
    parser.add_argument("--limit-queries", type=int)
    parser.add_argument("--dataset")
    parser.add_argument("--rounds", action="store_true", help="build, then make one pass for each line read, which is a list of ef")
    parser.add_argument("--json", action="store_true", help="print JSON: what it does anyway")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        bench = Bench(options)
    except ImportError as error:
        sys.exit(f"peers.py: {options.engine} is not installed ({error}); run scripts/setup --peers")
    if not options.rounds:
        for ef in options.ef:
            bench.measure(ef, options.passes)
        return
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        for ef in [int(part) for part in line.split(",")] if line.strip() else options.ef:
            bench.measure(ef, 1)
        print(json.dumps({"done": True}), flush=True)


if __name__ == "__main__":
    main()
