#!/usr/bin/env python3
"""Makes the models and predictions that GradientBoostedTreesTests reads: lightgbm-*.txt and lightgbm-*.ndjson.

    python3 -m venv env && env/bin/pip install lightgbm==4.7.0 numpy && env/bin/python make-lightgbm.py

Made with lightgbm 4.7.0 and numpy 2 on Python 3.11. A line of the predictions is {"x":[…],"p":…}: features, null where they
are missing, and what Booster.predict says of them.
"""
import json
import math
import os

import lightgbm
import numpy

FOLDER = os.path.dirname(os.path.abspath(__file__))
NAMES = ["score", "als.score", "context.hour", "number.price", "like.brand", "own.weight"]
BASE = {"objective": "binary", "num_leaves": 8, "verbose": -1, "seed": 7, "num_threads": 1, "deterministic": True}
ROUNDS = 5


def examples(count, random):
    x = numpy.zeros((count, 6))
    x[:, 0] = random.normal(size=count)
    x[:, 1] = numpy.where(random.random(count) < 0.6, 0, random.exponential(size=count))
    x[:, 2] = random.integers(0, 70, size=count)
    x[:, 3] = numpy.where(random.random(count) < 0.2, math.nan, random.normal(size=count))
    x[:, 4] = numpy.where(random.random(count) < 0.15, math.nan, random.integers(0, 5, size=count))
    x[:, 5] = random.integers(-3, 4, size=count)
    odds = x[:, 0] + numpy.sin(x[:, 2]) + numpy.where(numpy.isnan(x[:, 3]), 0.7, 0.5 * x[:, 3])
    odds += numpy.where(x[:, 1] == 0, -0.5, 0.3 * x[:, 1]) + numpy.where(x[:, 4] == 3, 1, 0)
    return x, random.random(count) < 1 / (1 + numpy.exp(-odds))


def cases(random):
    x, _ = examples(40, random)
    # What training never saw: missing everywhere, nothing, numbers that are almost 0, and categories that are none.
    x = numpy.vstack([x, numpy.full((1, 6), math.nan), numpy.zeros((1, 6)), numpy.full((1, 6), 1e-36),
                      numpy.full((1, 6), -1e-36), numpy.full((1, 6), 1e-30)])
    for category in [-1, -0.5, 0.9, 69, 69.9, 70, 95, 96, 1000, 1e9]:
        row = x[int(abs(category)) % 40].copy()
        row[2] = row[4] = category
        x = numpy.vstack([x, row])
    return x


def main():
    categorical = {"min_data_per_group": 5, "cat_smooth": 1, "max_cat_to_onehot": 4}
    models = {
        "numbers": (BASE, "auto"),
        "categories": ({**BASE, **categorical}, [2, 4]),
        "zeros": ({**BASE, "zero_as_missing": True}, "auto"),
        "plain": ({**BASE, "use_missing": False, "sigmoid": 0.7}, "auto"),
        "forest": ({**BASE, "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, "auto"),
        "entropy": ({**BASE, "objective": "cross_entropy"}, "auto"),
        "stumps": ({**BASE, "min_gain_to_split": 1e9}, "auto"),
    }
    for name, (parameters, categories) in models.items():
        random = numpy.random.default_rng(7)
        x, y = examples(2_000, random)
        data = lightgbm.Dataset(x, y.astype(float), feature_name=NAMES, categorical_feature=categories)
        model = lightgbm.train(parameters, data, ROUNDS)
        text = model.model_to_string()
        with open(f"{FOLDER}/lightgbm-{name}.txt", "w") as file:
            file.write(text[: text.index("\nparameters:")] + "\n")
        rows = cases(random)
        with open(f"{FOLDER}/lightgbm-{name}.ndjson", "w") as file:
            for row, found in zip(rows, model.predict(rows)):
                values = [None if math.isnan(value) else float(value) for value in row]
                file.write(json.dumps({"x": values, "p": float(found)}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
