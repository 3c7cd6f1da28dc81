#!/usr/bin/env python3
"""implicit's models, and EASE as its paper writes it, on the data and by the rules of `ilk eval match`.

    matching_peers.py DATA                 a JSON line for each model and question: the measures on the last days, by full ranking
    matching_peers.py DATA --serve         trains implicit's ALS for every line of standard input, "threads" or "threads direct"

Everything is reckoned here anew, the split and the measures too: where both agree, both are likely right. Settings are the constants below, which
were found on the days before the test's (--validate prints the measures there). "direct" solves the normal equations as ilk does, instead of by
three steps of conjugate gradients, which is implicit's own choice and faster.
"""

import argparse
import json
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
try:
    import numpy as np
    import scipy.sparse as sparse
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
except ImportError as error:
    sys.exit(f"matching_peers: {error}; run scripts/setup --matching-peers")

DAY = 86_400
FACTORS, ITERATIONS, SEED = 64, 15, 42
ALS = {"regularization": 0.1, "alpha": 10.0}
NEIGHBORS = 300
EASE_ITEMS, EASE_REGULARIZATION = 10_000, 300.0


def read(path):
    """Users, items and times as arrays, users and items numbered."""
    import csv
    names = {"user": ("user", "userId"), "item": ("item", "movieId"), "time": ("timestamp",)}
    with open(path, newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        places = [next(header.index(name) for name in names[part] if name in header) for part in ("user", "item", "time")]
        table = np.array([[int(row[place]) for place in places] for row in rows], dtype=np.int64)
    return np.unique(table[:, 0], return_inverse=True)[1], np.unique(table[:, 1], return_inverse=True)[1], table[:, 2]


class Trial:
    """What lies before a moment, as a matrix of ones, and what each user took in the days after it."""

    def __init__(self, users, items, times, now, days, least):
        before, after = times < now, (times >= now) & (times < now + days * DAY)
        names, counts = np.unique(items[before], return_counts=True)
        names = names[counts >= least]
        shape = (users.max() + 1, len(names))

        def matrix(mask):
            mask = mask & np.isin(items, names)
            found = sparse.csr_matrix((np.ones(mask.sum(), np.float32), (users[mask], np.searchsorted(names, items[mask]))), shape=shape)
            found.sum_duplicates()
            found.data[:] = 1
            return found

        self.training, self.after = matrix(before), matrix(after)
        self.history = np.bincount(users[before & np.isin(items, names)], minlength=shape[0])
        self.least = least

    def answers(self, question):
        """(user, wanted items, items not offered) of each user that has an answer."""
        for user in range(self.training.shape[0]):
            own, taken = self.training[user].indices, self.after[user].indices
            if self.history[user] < self.least:
                continue
            wanted = np.setdiff1d(taken, own) if question == "new" else taken
            if len(wanted):
                yield user, wanted, own if question == "new" else own[:0]


def measures(trial, question, score):
    rows = []
    for user, wanted, excluded in trial.answers(question):
        scores = np.array(score(user), dtype=np.float32)
        scores[excluded] = -np.inf
        order = np.argsort(-scores, kind="stable")
        places = np.sort(np.nonzero(np.isin(order, wanted))[0]) + 1
        ideal = (1 / np.log2(np.arange(2, min(10, len(wanted)) + 2))).sum()
        gain = (1 / np.log2(places[places <= 10] + 1)).sum() / ideal
        rows.append((places[0] <= 10, gain, (places <= 50).sum() / len(wanted), 1 / places[0]))
    table = np.array(rows, dtype=np.float64)
    means, errors = table.mean(axis=0), table.std(axis=0, ddof=1) / np.sqrt(len(table))
    return {"users": len(table), "hr_10": means[0], "ndcg_10": means[1], "ndcg_10_error": errors[1], "recall_50": means[2], "mrr": means[3]}


def als(matrix, threads=1, direct=False):
    model = AlternatingLeastSquares(
        factors=FACTORS, iterations=ITERATIONS, random_state=SEED, num_threads=threads, use_cg=not direct, **ALS)
    began = time.perf_counter()
    model.fit(matrix, show_progress=False)
    return model, time.perf_counter() - began


def neighbors(model, matrix):
    model.fit(matrix, show_progress=False)
    return lambda user: (matrix[user] @ model.similarity).toarray()[0]


def ease(matrix):
    """Through the users' side: P = (I − XᵀKX) / λ, K = (XXᵀ + λI)⁻¹."""
    known = np.argsort(-np.asarray(matrix.sum(axis=0))[0], kind="stable")[:EASE_ITEMS]
    x = matrix[:, known].toarray()
    kernel = np.linalg.inv(x.astype(np.float64) @ x.T + EASE_REGULARIZATION * np.eye(len(x))).astype(np.float32)
    projected = kernel @ x
    diagonal = (1 - np.einsum("ui,ui->i", x, projected)) / EASE_REGULARIZATION

    def score(user):
        scores = np.zeros(matrix.shape[1], np.float32)
        scores[known] = x[user] - projected[user] / diagonal
        return scores

    return score


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--min-count", type=int, default=5)
    parser.add_argument("--models", default="item_knn,item_knn_bm25,als,ease")
    parser.add_argument("--validate", action="store_true", help="measure on the days before the test's")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    users, items, times = read(options.data)
    end = times.max() + 1
    trial = Trial(users, items, times, end - options.days * DAY * (2 if options.validate else 1), options.days, options.min_count)
    matrix = trial.training
    if options.serve:
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            threads, *how = line.split()
            _, seconds = als(matrix, int(threads), bool(how))
            print(json.dumps({
                "engine": "implicit" + (" (direct)" if how else ""), "model": "als", "threads": int(threads), "seconds": round(seconds, 4),
                "users": matrix.shape[0], "items": matrix.shape[1], "pairs": matrix.nnz, "factors": FACTORS, "iterations": ITERATIONS}), flush=True)
            print(json.dumps({"done": True}), flush=True)
        return

    def als_scores():
        model, _ = als(matrix, 2)
        return lambda user: model.item_factors @ model.user_factors[user]

    makers = {
        "item_knn": lambda: neighbors(CosineRecommender(K=NEIGHBORS), matrix),
        "item_knn_bm25": lambda: neighbors(BM25Recommender(K=NEIGHBORS), matrix), "als": als_scores, "ease": lambda: ease(matrix)}
    for name in options.models.split(","):
        score = makers[name]()
        for question in ("new", "repeats"):
            found = {key: round(float(value), 5) for key, value in measures(trial, question, score).items()}
            print(json.dumps({"engine": "reference", "channel": name, "question": question} | found), flush=True)


if __name__ == "__main__":
    main()
