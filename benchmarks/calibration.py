#!/usr/bin/env python3
"""How codes of one byte a component may be calibrated, and what each way loses: the table of docs/TUNING.md.

    benchmarks/calibration.py                     every set of datasets/make-vectors that is there, and Fashion-MNIST
    benchmarks/calibration.py --data glove-50 --base 20000

Each way makes codes of 7 bits of the first vectors of a set, and ranks all of them for each query by the distance of query and code as ilk's kernels have
it, the query being coded too. What counts is how many of the ten nearest by the vectors are among the first 10 and 20 by the codes: a walk on codes that are
measured again cannot find the others. The queries are vectors of the base that are left out of it, so no query of a test is looked at.

- range: low and step of each component from its least and greatest value. The kernels would have to weigh each component: that is 4 bytes to read beside it.
- clipped: the same without a thousandth of the values at either end.
- one step: what ilk does. The low of each component, and one step for all, the best of ten by the distance between vectors and their codes.
- rotated: a random rotation first, then one step.

Needs numpy: scripts/setup --peers.
"""

import argparse
import gzip

from filters import np, vectors_of, with_numpy
from run import CACHE, FASHION, aligned

LEVELS = 127
WAYS = ["range", "clipped", "one step", "rotated, one step"]


def fashion():
    with gzip.open(FASHION / "train-images-idx3-ubyte.gz") as file:
        return np.frombuffer(file.read()[16:], np.uint8).reshape(60_000, 784).astype(np.float32)


def coded(vectors, low, step):
    return low + step * np.clip(np.rint((vectors - low) / step), 0, LEVELS)


def best_step(vectors):
    """The least and the step of codes that are nearest to a sample: each step is narrower than the last by the root of two."""
    middle, wide = np.quantile(vectors, [0.005, 0.995], axis=0).mean(axis=0).astype(np.float32), float((vectors.max(axis=0) - vectors.min(axis=0)).max())
    best = None
    for narrower in range(10):
        step = wide / LEVELS / 2 ** (narrower / 2)
        least = middle - np.float32(step * LEVELS / 2)
        loss = float(np.linalg.norm(vectors - coded(vectors, least, step), axis=1).mean())
        if best is None or loss < best[0]:
            best = loss, least, step
    return best[1:]


def calibrated(way, base, queries, chance):
    sample = base[:: max(1, len(base) // 4096)]
    if way == "range":
        low, step = sample.min(axis=0), np.maximum(np.ptp(sample, axis=0), 1e-9) / LEVELS
    elif way == "clipped":
        low = np.quantile(sample, 0.001, axis=0).astype(np.float32)
        step = np.maximum(np.quantile(sample, 0.999, axis=0).astype(np.float32) - low, 1e-9) / LEVELS
    else:
        if way.startswith("rotated"):
            turn = np.linalg.qr(chance.standard_normal((base.shape[1], base.shape[1])))[0].astype(np.float32)
            base, queries, sample = base @ turn, queries @ turn, sample @ turn
        low, step = best_step(sample)
    return coded(base, low, step), coded(queries, low, step)


def ranks(base, queries, count):
    squares = np.einsum("ij,ij->i", base, base)
    distances = squares - 2 * queries @ base.T
    return np.argsort(distances, axis=1)[:, :count]


def main():
    with_numpy(__file__)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="sets of datasets/make-vectors, or fashion-mnist")
    parser.add_argument("--base", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=300)
    options = parser.parse_args()
    names = options.data.split(",") if options.data else ["fashion-mnist", *sorted(path.name for path in CACHE.iterdir() if path.name != "million-128")]
    lines = ["| set | " + " | ".join(WAYS) + " |", "| :-- |" + " --: |" * len(WAYS)]
    for name in names:
        vectors = fashion() if name == "fashion-mnist" else np.array(vectors_of(name)[0][:options.base + options.queries])
        if "384" in name or "glove" in name:
            vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        base, queries = vectors[:-options.queries][:options.base], vectors[-options.queries:]
        truth = ranks(base, queries, 10)
        cells = []
        for way in WAYS:
            found = ranks(*calibrated(way, base, queries, np.random.default_rng(1)), 20)
            shares = [np.mean([len(set(near) & set(some[:count])) / 10 for near, some in zip(truth, found)]) for count in (10, 20)]
            cells.append(" / ".join(f"{share:.3f}" for share in shares))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    print(aligned("\n".join(lines)))


if __name__ == "__main__":
    main()
