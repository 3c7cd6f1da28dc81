#!/usr/bin/env python3
"""How a daemon serves vectors of text: product titles by each model, and one query at a time while an import keeps the queue full.

    benchmarks/serving.py                        some minutes; the table in benchmarks/README.md and results/serving.ndjson
    benchmarks/serving.py --print                the same, and nothing is written
    benchmarks/serving.py --smoke                the built-in model and few texts, in seconds

Texts are of datasets/catalogue, Chinese, English and both, 20,000 items with a seed of their own; every text is new to the daemon, so that no cache
answers. Titles go by `embed`, 256 a request, four requests under way, model by model by turns. Queries are the first words of titles and a number, 9 to 16 tokens, one at a
time on a connection of their own: first nothing else runs, then a second connection imports products by `points.upsert`, eight requests of 64
under way, by the same model. Standard library only.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from retrieval import installed_models, pipelined, quantile
from retrieval_words import commit
from run import ROOT, Failure, aligned, machine, note, put_table, record

sys.path.insert(0, str(ROOT / "scripts"))
from daemon import Daemon, Refused  # noqa: E402

SEED = 20_261_128
SHORT = range(9, 17)  # tokens of a query


def products(count):
    """Items of a catalogue that nothing else is measured on."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, ROOT / "datasets/catalogue/make-catalogue", "--count", str(count), "--seed", str(SEED), "--out", folder],
            check=True, stdout=subprocess.DEVNULL)
        with open(Path(folder) / "products.ndjson") as file:
            return [json.loads(line) for line in file]


def beginnings(titles, units=8):
    """The first words of titles, of Chinese the first characters, and a number, so that each is new."""
    for number, title in enumerate(titles):
        ends = [found.end() for found in re.finditer(r"[A-Za-z]+|[0-9]+|[\u4e00-\u9fff]", title)]
        yield f"{title[:ends[min(units, len(ends)) - 1]]} {number % 1000}"


def titles_a_second(wire, titles, models, rounds, batch=256):
    """{model: titles a second, the median turn}; a turn embeds titles that the daemon has not seen."""
    turns, share = {model: [] for model in models}, len(titles) // rounds
    for turn in range(rounds):
        for model in models:
            mine = titles[turn * share:(turn + 1) * share]
            began = time.monotonic()
            pipelined(wire, "embed", (
                {"texts": mine[start:start + batch], "model": model, "kind": "passage", "encoding": "base64"} for start in range(0, len(mine), batch)), 4)
            turns[model].append(len(mine) / (time.monotonic() - began))
    return {model: sorted(rates)[len(rates) // 2] for model, rates in turns.items()}


def query_times(wire, texts, model, count):
    """Milliseconds of `count` queries of 9 to 16 tokens, and the texts that are left."""
    spent, texts = [], iter(texts)
    for text in texts:
        began = time.perf_counter()
        reply = wire.call("embed", texts=[text], model=model, kind="query")
        milliseconds = (time.perf_counter() - began) * 1_000
        if reply["embeddings"][0]["tokens"] in SHORT:
            spent.append(milliseconds)
            if len(spent) == count:
                return spent, list(texts)
    raise Failure(f"{model}: only {len(spent)} queries of 9 to 16 tokens are left, and {count} are asked for; take fewer --queries")


class Import(threading.Thread):
    """Upserts products by their text, round and round, until it is told to stop."""

    def __init__(self, daemon, items, model):
        super().__init__(daemon=True)
        self.wire, self.items, self.stop = daemon.connect(timeout=600), items, threading.Event()
        self.wire.call("collection.create", name="import", vectors={"text": {"model": model, "source": "{title}. {brand}. {attributes}. {use}"}})

    def requests(self, batch=64):
        number = 0
        while not self.stop.is_set():
            chosen = [self.items[(number + place) % len(self.items)] for place in range(batch)]
            points = [
                {"id": f"{number + place}", "payload": {key: one[key] for key in ("title", "brand", "attributes", "use")} | {"title": f"{one['title']} {number}"}}
                for place, one in enumerate(chosen)]
            number += batch
            yield {"collection": "import", "points": points, "wait": "searchable"}

    def run(self):
        window, under_way = 8, 0
        for params in self.requests():
            self.wire.request("points.upsert", **params)
            under_way += 1
            if under_way == window:
                self.wire.line()
                under_way -= 1
        for _ in range(under_way):
            self.wire.line()


def queries_beside_import(daemon, items, texts, model, count):
    """Milliseconds of queries while nothing else runs, those beside an import, and the texts that it embedded a second."""
    wire = daemon.connect(timeout=600)
    _, texts = query_times(wire, texts, model, 20)
    idle, texts = query_times(wire, texts, model, count)
    work = Import(daemon, items, model)
    work.start()
    while wire.call("points.count", collection="import")["count"] < 256:
        time.sleep(0.1)
    first, began = wire.call("points.count", collection="import")["count"], time.monotonic()
    beside, _ = query_times(wire, texts, model, count)
    rate = (wire.call("points.count", collection="import")["count"] - first) / (time.monotonic() - began)
    work.stop.set()
    work.join()
    wire.call("collection.drop", collection="import")
    return idle, beside, rate


def table(lines):
    text = [f"Both threads of {machine()}; commit {commit()}.", "",
            "| model | titles a second | query alone, p50 | p99 | beside an import, p50 | p99 | p99 to alone | products imported a second meanwhile |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for line in lines:
        text.append(
            f"| {line['model']} | {line['titles_per_s']:,.0f} | {line['alone_p50_ms']} ms | {line['alone_p99_ms']} ms | {line['beside_p50_ms']} ms | "
            f"{line['beside_p99_ms']} ms | {line['beside_p99_ms'] / line['alone_p99_ms']:.2f} | {line['imported_per_s']:,.0f} |")
    return "\n".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=lambda text: text.split(","), help="by name; all that are installed if absent")
    parser.add_argument("--queries", type=int, default=400, help="alone, and as many beside an import")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--print", action="store_true", help="print the table and write nothing")
    options = parser.parse_args()
    if options.smoke:
        options.models, options.queries = ["hash"], 20
    items = products(600 if options.smoke else 20_000)
    titles = list(dict.fromkeys(item["title"] for item in items))
    half = len(titles) // 2
    lines = []
    try:
        with Daemon() as daemon:
            wire = daemon.connect(timeout=600)
            models = installed_models(wire, options.models)
            rates = titles_a_second(wire, titles[:half], models, options.rounds)
            for model in models:
                note(f"  {model}: {rates[model]:,.0f} titles a second")
                idle, beside, imported = queries_beside_import(daemon, items, list(beginnings(titles[half:])), model, options.queries)
                lines.append({
                    "model": model, "titles_per_s": round(rates[model], 1), "queries": len(beside), "alone_p50_ms": quantile(idle, 0.5),
                    "alone_p99_ms": quantile(idle, 0.99), "beside_p50_ms": quantile(beside, 0.5), "beside_p99_ms": quantile(beside, 0.99),
                    "imported_per_s": round(imported, 1), "machine": machine(), "commit": commit()})
    except (Failure, Refused) as failure:
        sys.exit(f"serving: {failure}")
    if options.print or options.smoke:
        print(aligned(table(lines)))
    else:
        record("serving", lines)
        put_table("serving", table(lines))


if __name__ == "__main__":
    main()
