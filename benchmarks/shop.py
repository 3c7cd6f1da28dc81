#!/usr/bin/env python3
"""How soon a person gets his or her items: a synthetic shop in one process, with events appended, models trained, matches made.

    benchmarks/shop.py                                  200,000 items, 200,000 people, 5 million events; the table in benchmarks/README.md
    benchmarks/shop.py --items 20000 --users 20000 --events 500000 --print
    benchmarks/shop.py --smoke                          a tiny shop, in seconds: that everything runs

bench-shop says how the shop is drawn. Matches are measured by the wall's clock, as a client would wait; other load on the machine is in them.
Standard library only.
"""

import argparse
import json
import subprocess

from retrieval_words import commit
from run import RELEASE, ROOT, aligned, machine, note, put_table, record


def measure(options):
    command = [RELEASE / "bench-shop", "--items", options.items, "--users", options.users, "--events", options.events, "--matches", options.matches,
               "--threads", *options.threads]
    run = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    found = []
    for line in run.stdout:
        one = json.loads(line)
        found.append(one | {"machine": machine(), "commit": commit()})
        note("  " + ", ".join(f"{key} {value}" for key, value in one.items() if key not in ("shop", "seed")))
    if run.wait():
        raise SystemExit(f"shop: bench-shop ended with status {run.returncode}")
    return found


def table(options, lines):
    text = [f"**A shop of {options.items:,} items, {options.users:,} people and {options.events:,} events**, 64 components. {machine()}, commit {commit()}.", ""]
    by = {one["measured"]: one for one in lines}
    for name, value in (("append", "{per_second:,.0f} events/s in batches of {batch:,}, each on the disk when it is acknowledged"),
                        ("memory", "{bytes_per_event:.0f} bytes an event, {bytes_per_user:.0f} a person, {bytes_per_item:.0f} an item, beside the vectors"),
                        ("train als", "ALS learns from {pairs:,} pairs of {learned_users:,} people and {learned_items:,} items in {seconds:.1f} s"),
                        ("train item_cf", "item neighbors in {seconds:.1f} s")):
        if name in by:
            text.append("- " + value.format(**by[name]))
    text += ["", "| match.items | threads | p50 ms | p90 ms | p99 ms |", "| --- | ---: | ---: | ---: | ---: |"]
    for one in lines:
        if "p50_ms" in one:
            text.append(f"| {one['measured']} | {one['threads']} | {one['p50_ms']:.2f} | {one['p90_ms']:.2f} | {one['p99_ms']:.2f} |")
    return "\n".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--matches", type=int, default=2_000)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    if options.smoke:
        options.items, options.users, options.events, options.matches, options.threads, options.print = 2_000, 1_000, 20_000, 100, [2], True
    lines = measure(options)
    text = table(options, lines)
    if options.print:
        print(aligned(text))
    else:
        record("shop", lines)
        put_table("shop", text)
    every = next(one for one in lines if one["measured"].startswith("six"))
    if every["items_mean"] < 19:
        raise SystemExit(f"shop: people got {every['items_mean']} items of 20")


if __name__ == "__main__":
    main()
