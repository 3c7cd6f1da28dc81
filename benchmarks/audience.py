#!/usr/bin/env python3
"""How much better than chance an audience is: `match.users` against who really bought, on the Complete Journey purchases.

    benchmarks/audience.py                 200 products, people who had not bought them before; the table in benchmarks/README.md
    benchmarks/audience.py --print         the same, and nothing is written

What was bought before the last 28 days goes into the log; asked are the audiences of products that at least 20 people then bought for the first
time. Lift@p is the share of such buyers among the first p of the audience, divided by their share among everybody who had not bought it. Beside
it: people by how much they bought in the 28 days before, which is what a campaign without a model does, and the audience after
`match.train` of item_cf. Products carry no vectors and no fields here: only behaviour speaks.
"""

import argparse
import collections
import csv
import random
import sys
import time

from retrieval import pipelined
from retrieval_words import commit
from run import ROOT, aligned, machine, note, put_table, record

sys.path.insert(0, str(ROOT / "scripts"))
from daemon import Daemon  # noqa: E402

PURCHASES = ROOT / "datasets/cache/complete-journey/purchases.csv"
DAY = 86_400


def purchases():
    with open(PURCHASES) as file:
        rows = csv.reader(file)
        next(rows)
        return [(user, item, int(at)) for user, item, at, _ in rows]


def lift(ranking, eligible, buyers, share):
    """Buyers among the first of a ranking of people, beside their share of all."""
    count = max(1, round(len(eligible) * share))
    found = sum(user in buyers for user in ranking[:count])
    return found / count / (len(buyers) / len(eligible))


def mean(values):
    middle = sum(values) / len(values)
    return middle, (sum((value - middle) ** 2 for value in values) / len(values) / max(1, len(values) - 1)) ** 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--products", type=int, default=200)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    if not PURCHASES.exists():
        sys.exit("audience: no purchases; run datasets/complete-journey/fetch")
    rows = purchases()
    cut = max(at for _, _, at in rows) + 1 - options.days * DAY
    before = [row for row in rows if row[2] < cut]
    bought, recent = collections.defaultdict(set), collections.Counter()
    for user, item, at in before:
        bought[item].add(user)
        recent[user] += at >= cut - options.days * DAY
    fresh = collections.defaultdict(set)
    everybody = {user for user, _, _ in before}
    for user, item, at in rows:
        if at >= cut and user in everybody and user not in bought[item]:
            fresh[item].add(user)
    asked = sorted(item for item, buyers in fresh.items() if len(buyers) >= 20 and len(bought[item]) >= 5)
    asked = random.Random(options.seed).sample(asked, min(options.products, len(asked)))
    note(f"{len(before):,} purchases of {len(everybody):,} people; {len(asked)} products")
    ways = collections.defaultdict(lambda: ([], []))
    with Daemon() as daemon:
        wire = daemon.connect(timeout=3600)
        wire.call("collection.create", name="shop", vectors={"v": {"dimension": 2, "metric": "cosine"}}, fields={"kind": "keyword"})
        # The day of the cut is today: what is weighed by age must not look nine years old.
        shift = int(time.time()) - cut
        events = ({"user": user, "item": item, "type": "order", "at": at + shift} for user, item, at in before)
        batches = iter(lambda: [event for event, _ in zip(events, range(20_000))], [])
        pipelined(wire, "events.append", ({"collection": "shop", "events": batch} for batch in batches), 2)

        def ask(way):
            for item in asked:
                eligible = everybody - bought[item]
                reply = wire.call("match.users", collection="shop", item=item, k=round(len(everybody) * 0.06), exclude=["bought"])
                ranking = [user["id"] for user in reply["users"] if user["id"] in eligible]
                for values, share in zip(ways[way], (0.01, 0.05)):
                    values.append(lift(ranking, eligible, fresh[item], share))

        ask("audience")
        wire.call("match.train", collection="shop", models=["item_cf"])
        ask("audience, item_cf trained")
    for item in asked:
        eligible = everybody - bought[item]
        ranking = sorted(eligible, key=lambda user: (-recent[user], user))
        for values, share in zip(ways["who bought most lately"], (0.01, 0.05)):
            values.append(lift(ranking, eligible, fresh[item], share))
    lines, text = [], ["| people by | lift@1 % | lift@5 % |", "| --- | ---: | ---: |", "| chance | 1 | 1 |"]
    for way, (first, fifth) in ways.items():
        (one, error), (five, error5) = mean(first), mean(fifth)
        lines.append({"way": way, "lift1": round(one, 3), "lift1_error": round(error, 3), "lift5": round(five, 3), "lift5_error": round(error5, 3),
                      "products": len(asked), "machine": machine(), "commit": commit()})
        text.append(f"| {way} | {one:.2f} ± {error:.2f} | {five:.2f} ± {error5:.2f} |")
    if options.print:
        print(aligned("\n".join(text)))
    else:
        record("audience", lines)
        put_table("audience", "\n".join(text))


if __name__ == "__main__":
    main()
