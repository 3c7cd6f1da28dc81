#!/usr/bin/env python3
"""Recommendations from behaviour: ilk's channels beside `implicit` and EASE, on the last days of real purchases.

    benchmarks/matching.py --quality                 Complete Journey: every channel and all merged, and the peers by the same rules
    benchmarks/matching.py --training --rounds 5     seconds that ALS takes, on one and two threads; the libraries take turns
    benchmarks/matching.py --quality --training --print
    benchmarks/matching.py --smoke                   made-up behaviour, in seconds: that everything runs

Weights and settings come from the days before those that are reported; see `ilk eval match --help`. The purchases are fetched by
datasets/complete-journey/fetch where they are not there. Standard library only; the peers run in .venv (scripts/setup --matching-peers).
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from run import PYTHON, RELEASE, ROOT, Engine, Failure, aligned, machine, note, put_table, record

FETCH = ROOT / "datasets/complete-journey/fetch"
PURCHASES = ROOT / "datasets/cache/complete-journey/purchases.csv"
PEERS = ROOT / "benchmarks/peers/matching_peers.py"
TITLES = {"new": "products new to the user", "repeats": "repeats allowed"}
COLUMNS = [("hr_10", "HR@10"), ("ndcg_10", "NDCG@10"), ("recall_50", "Recall@50"), ("mrr", "MRR"), ("coverage", "coverage"), ("novelty", "novelty"),
           ("gini", "Gini")]


def commit():
    run = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return run.stdout.strip() or "unknown"


def lines(command, patience=3600):
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=patience, cwd=ROOT)
    if run.returncode:
        raise Failure(f"{Path(command[0]).name}: " + " ".join(run.stderr.strip().splitlines()[-1:]))
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def peers_are_there():
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", "import implicit"], capture_output=True).returncode == 0


def quality(data, options):
    rows = [{"engine": "ilk"} | line for line in lines([RELEASE / "ilk", "eval", "match", data, "--json", "--threads", options.threads])]
    if peers_are_there():
        rows += lines([PYTHON, PEERS, data])
    else:
        note("matching: the peers are left out; run scripts/setup --matching-peers")
    return rows


def quality_table(rows):
    text = []
    for question, title in TITLES.items():
        asked = [row for row in rows if row["question"] == question]
        text += [f"**{title}**, {asked[0]['users']:,} users", "", "| channel | " + " | ".join(name for _, name in COLUMNS) + " |"]
        text.append("| --- |" + " ---: |" * len(COLUMNS))
        for row in asked:
            name = row["channel"] if row["engine"] == "ilk" else f"{row['channel']}, {row['engine']}"
            cells = [f"{row[key]:.4f}" if key in row else "" for key, _ in COLUMNS]
            cells[1] += f" ± {row['ndcg_10_error']:.4f}"
            text.append(f"| {'**' + name + '**' if name in ('merged', 'learned') else name} | " + " | ".join(cells) + " |")
        gains = [f"{row['channel']} is {row['gain']:+.4f} ± {row['gain_error']:.4f}" for row in asked if "gain" in row]
        if gains:
            best = next(row["best"] for row in asked if "gain" in row)
            text += ["", f"{', '.join(gains)[:1].upper()}{', '.join(gains)[1:]} NDCG@10 from {best}, the best channel: standard errors of the differences, user by user."]
        text.append("")
    return "\n".join(text)


class Trainer(Engine):
    """A process that trains whenever it is asked to."""

    def command(self, options):
        return options

    def train(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.until("done")[0]


def training(data, options):
    """Median seconds by engine and threads."""
    commands = {"ilk": [RELEASE / "bench-matching", data, "--serve"]}
    if peers_are_there():
        commands["implicit"] = [PYTHON, PEERS, data, "--serve"]
    trainers, found = {}, {}
    try:
        for name, command in commands.items():
            trainers[name] = Trainer(name, [str(part) for part in command])
        for number in range(options.rounds):
            for threads in (1, 2):
                for name, how in (("ilk", ""), ("implicit", ""), ("ilk", ""), ("implicit", " direct")):
                    if name in trainers:
                        note(f"  round {number + 1} of {options.rounds}: {name}{how} on {threads}")
                        one = trainers[name].train(f"{threads}{how if name == 'implicit' else ''}")
                        found.setdefault((one["engine"], threads), []).append(one)
    finally:
        for trainer in trainers.values():
            trainer.close()
    return [rounds[0] | {"seconds": statistics.median(one["seconds"] for one in rounds), "rounds": len(rounds)} for rounds in found.values()]


def training_table(rows):
    first = rows[0]
    text = [f"ALS, {first['users']:,} users, {first['items']:,} items, {first['pairs']:,} pairs, {first['factors']} factors, "
            f"{first['iterations']} iterations; the wall's clock, median of {min(row['rounds'] for row in rows)} rounds or more.", "",
            "| engine | 1 thread | 2 threads |", "| --- | ---: | ---: |"]
    for engine in dict.fromkeys(row["engine"] for row in rows):
        cells = [next(f"{row['seconds']:.2f} s" for row in rows if row["engine"] == engine and row["threads"] == threads) for threads in (1, 2)]
        text.append(f"| {'**ilk**' if engine == 'ilk' else engine} | " + " | ".join(cells) + " |")
    return "\n".join(text)


def made_up(path, users=150, items=300, each=40, days=200):
    """Users of five tastes who take some things again."""
    random.seed(7)
    with open(path, "w") as file:
        file.write("user,item,timestamp,weight\n")
        for user in range(users):
            liked = [random.randrange(items // 5) * 5 + user % 5 for _ in range(12)]
            for _ in range(each):
                item = random.choice(liked) if random.random() < 0.8 else random.randrange(items)
                file.write(f"u{user},i{item},{random.randrange(days * 86_400)},1\n")


def smoke(options):
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "events.csv"
        made_up(data)
        rows = [{"engine": "ilk"} | line
                for line in lines([RELEASE / "ilk", "eval", "match", data, "--json", "--sampled", "--threads", 2])]
        last = lines([RELEASE / "ilk", "eval", "match", data, "--json", "--split", "last", "--channels", "popular,item_cf,ease,als"])
        trainer = Trainer("ilk", [str(RELEASE / "bench-matching"), str(data), "--iterations", "2", "--serve"])
        seconds = trainer.train("1")["seconds"]
        trainer.close()
    for question in TITLES:
        found = {row["channel"]: row["ndcg_10"] for row in rows if row["question"] == question}
        # The tastes are in the data, so whoever knows them must beat what everybody buys.
        if not 1.5 * found["popular"] < found.get("merged", 0) <= 1:
            raise Failure(f"smoke: {question} has no sensible merged row")
    if not last or seconds <= 0:
        raise Failure("smoke: a part printed nothing")
    print(aligned(quality_table(rows)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quality", action="store_true")
    parser.add_argument("--training", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--print", action="store_true", help="print the tables and write nothing")
    options = parser.parse_args()
    try:
        if options.smoke:
            return smoke(options)
        if not options.quality and not options.training:
            parser.error("say what: --quality, --training or --smoke")
        if subprocess.run([sys.executable, FETCH]).returncode:
            raise Failure("the purchases are not there")
        about = {"data": "complete-journey", "machine": machine(), "commit": commit()}
        parts = [(options.quality, "matching", quality, quality_table), (options.training, "matching-training", training, training_table)]
        for asked, name, measure, table in parts:
            if not asked:
                continue
            rows = measure(PURCHASES, options)
            if options.print:
                print(aligned(table(rows)))
            else:
                record(name, [about | row for row in rows])
                put_table(name, table(rows))
    except Failure as failure:
        raise SystemExit(f"matching: {failure}")


if __name__ == "__main__":
    main()
