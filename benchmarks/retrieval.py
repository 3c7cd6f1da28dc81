#!/usr/bin/env python3
"""How well and how fast ilk finds passages and products: by meaning, by words and by both, beside bm25s and tantivy.

    benchmarks/retrieval.py --quality --data FOLDER                 every set of the folder, every model that is installed, every mode
    benchmarks/retrieval.py --quality --data FOLDER --sets cmrc,icecat --models use-multilingual-v3 --print
    benchmarks/retrieval.py --words --data FOLDER                   search by words alone, beside bm25s and tantivy, in one process each
    benchmarks/retrieval.py --latency --models use-multilingual-v3  100,000 passages of datasets/passages in the daemon
    benchmarks/retrieval.py --tune cmrc --data FOLDER               what the weights of the legs do, on a set that is not reported
    benchmarks/retrieval.py --smoke | --self-test                   made-up data, in seconds; the measures against numbers reckoned by hand

Nothing is tuned on the sets that are reported: weights are 1 and 1, the constant of reciprocal rank fusion and BM25's k1 and b are the daemon's own,
unless --weights says otherwise; the lines of results/retrieval*.ndjson say what was used. The relevance of rated products is 2^rating − 1.
What the folder holds, and what a set is, says retrieval_sets.py. Standard library only; the peers run in .venv.
"""

import argparse
import collections
import json
import os
import re
import sys
import time

import retrieval_measures as measures
import retrieval_sets as sets
from retrieval_words import commit, words, words_table
from run import ROOT, Failure, aligned, machine, note, put_table, record

sys.path.insert(0, str(ROOT / "scripts"))
from daemon import Daemon, Refused  # noqa: E402

PASSAGES = ROOT / "datasets/cache/passages"
MODES = ["dense", "lexical", "hybrid"]
COLUMNS = [("ndcg10", "nDCG@10"), ("r1", "R@1"), ("r5", "R@5"), ("r100", "R@100"), ("mrr10", "MRR@10")]
PATIENCE = 3600


# The daemon

def pipelined(wire, method, requests, window):
    """The results in order, with so many requests under way; one that is refused as overloaded is sent again."""
    waiting, results, following, under_way = collections.deque(enumerate(requests)), {}, {}, 0
    while waiting or under_way:
        while waiting and under_way < window:
            place, params = waiting.popleft()
            following[wire.request(method, **params)] = (place, params)
            under_way += 1
        line = wire.line()
        if line is None:
            raise Failure(f"{method}: the daemon is gone")
        reply = json.loads(line)
        if reply.get("id") not in following or "method" in reply:
            continue
        place, params = following.pop(reply["id"])
        under_way -= 1
        if "error" in reply:
            data = reply["error"].get("data", {})
            if data.get("code") != "overloaded":
                raise Refused(method, reply["error"])
            time.sleep(data.get("retry_after_ms", 100) / 1000)
            waiting.append((place, params))
        else:
            results[place] = reply["result"]
    return [results[place] for place in range(len(results))]


def load(wire, name, one, model, batch=64, window=4):
    """Makes a collection of a set's documents; the seconds that took. Documents keep their id as a payload field, for filters."""
    wire.call("collection.create", name=name, vectors={"text": {"model": model, "source": one.source}}, text=one.words, fields={"document": "keyword"})
    points = [{"id": document["id"], "payload": {key: value for key, value in document.items() if key != "id"} | {"document": document["id"]}}
              for document in one.documents]
    began = time.monotonic()
    receipts = pipelined(wire, "points.upsert", (
        {"collection": name, "points": points[start:start + batch], "wait": "searchable"} for start in range(0, len(points), batch)), window)
    seconds, truncated = time.monotonic() - began, sum(receipt.get("truncated", 0) for receipt in receipts)
    count = wire.call("points.count", collection=name)["count"]
    if count != len(points):
        raise Failure(f"{name} has {count} points, not {len(points)}")
    note(f"  {name}: {len(points):,} documents in {seconds:.1f} s" + (f", {truncated} longer than the model reads" if truncated else ""))
    return seconds


def ask(wire, name, queries, mode, options, pools=None):
    """The run of a mode: {query id: document ids, best first}. With pools, each query ranks the documents of its own."""
    requests = []
    for query in queries:
        params = {"collection": name, "text": query["text"], "mode": mode, "k": options.depth}
        if mode == "hybrid":
            params["weights"] = options.weights
        if pools:
            pool = sorted(pools[query["id"]])
            params |= {"k": len(pool), "filter": "document in ({})".format(", ".join(f"'{one}'" for one in pool)), "exact": True}
        requests.append(params)
    replies = pipelined(wire, "search", requests, 16)
    return {query["id"]: [hit["id"] for hit in reply["hits"]] for query, reply in zip(queries, replies)}


def installed_models(wire, wanted):
    """Those of the models wanted that the daemon has, or all it has; `hash` last."""
    there = [model["name"] for model in wire.call("model.list")["models"]]
    for name in set(wanted or []) - set(there):
        note(f"  {name} is not installed; left out (scripts/fetch-models)")
    return [name for name in (wanted or there) if name in there]


# Quality

def quality(one, models, wire, options):
    """A line of each model and mode of one set."""
    found, common = [], {"set": one.name, "documents": len(one.documents), "queries": len(one.queries), "machine": machine(), "commit": commit()}
    for model in models:
        name = f"{one.name}-{model}"
        seconds = load(wire, name, one, model)
        for mode in options.modes:
            if mode == "lexical" and any(line["mode"] == mode for line in found):
                continue  # words are searched without a model
            line = common | {
                "model": None if mode == "lexical" else model, "mode": mode, "source": one.source, "words": one.words, "k": options.depth,
                "load_seconds": round(seconds, 1)} | ({"weights": options.weights} if mode == "hybrid" else {})
            found.append(line | {"ranking": "full"} | measures.measured(ask(wire, name, one.queries, mode, options), one.qrels))
            if one.judged:
                run = ask(wire, name, one.queries, mode, options, pools=one.qrels)
                found.append(line | {"ranking": "pool"} | measures.measured(measures.pooled(run, one.qrels), one.qrels))
            note(f"    {mode}: " + ", ".join(f"{title} {found[-1][key]:.3f}" for key, title in COLUMNS))
        wire.call("collection.drop", collection=name)
    return found


def quality_table(one, lines):
    """Markdown of one set's lines."""
    versions = one.name.startswith("xquad-mixed")
    asked = sum(any(ratings.values()) for ratings in one.qrels.values())
    text = [f"**{one.title}**: {len(one.documents):,} documents, {asked:,} queries. Embedded: `{one.source}`; words of {', '.join(one.words)}.", ""]
    head = [("hit1", "first is right"), ("all5", "both in the top 5")] if versions else COLUMNS
    text += ["| mode | model |" + (" ranking |" if one.judged else "") + "".join(f" {title} |" for _, title in head),
             "| --- | --- |" + (" --- |" if one.judged else "") + " ---: |" * len(head)]
    for line in lines:
        best = {key: max(other[key] for other in lines if other["ranking"] == line["ranking"]) for key, _ in head}
        cells = [f"**{line[key]:.3f}**" if line[key] == best[key] else f"{line[key]:.3f}" for key, _ in head]
        text.append(f"| {line['mode']} | {line['model'] or '–'} | " + (f"{'all' if line['ranking'] == 'full' else 'judged'} | " if one.judged else "") + " | ".join(cells) + " |")
    return "\n".join(text)


def run_quality(options):
    available, missing = sets.available(options.data)
    if options.data and missing:
        note(f"not in {options.data}, left out: {', '.join(missing)}")
    wanted = options.sets or list(available)
    if unknown := set(wanted) - set(available):
        raise SystemExit(f"no set {', '.join(sorted(unknown))}; there are {', '.join(available)}")
    with Daemon() as daemon:
        wire = daemon.connect(timeout=PATIENCE)
        models = installed_models(wire, options.models)
        for name in wanted:
            one = available[name]()
            one.source = options.source or one.source
            note(one.title)
            lines = quality(one, models, wire, options)
            publish(options, "retrieval", f"retrieval {name}", lines, quality_table(one, lines))


def run_tune(options):
    """nDCG@10 by the weight of the words, on the set named: to choose by, not to report."""
    one = sets.available(options.data)[0][options.tune]()
    with Daemon() as daemon:
        wire = daemon.connect(timeout=PATIENCE)
        for model in installed_models(wire, options.models):
            load(wire, model, one, model)
            for weight in (0, 0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 3):
                options.weights = {"dense": 1, "lexical": weight}
                found = measures.measured(ask(wire, model, one.queries, "hybrid", options), one.qrels)
                print(json.dumps({"set": one.name, "model": model, "weights": options.weights} | found))


def publish(options, results, table, lines, text):
    if options.print:
        print(aligned(text) + "\n")
    else:
        record(results, lines)
        put_table(table, text)


# Words, beside the peers

def passages(limit=None):
    """The passages and queries of datasets/passages; nobody judged them."""
    if not (PASSAGES / "passages.ndjson").exists():
        raise Failure("datasets/cache/passages is not there; run datasets/passages/make-passages")

    def read(name):
        with open(PASSAGES / name) as file:
            return [json.loads(line) for line in file]

    return sets.RetrievalSet("passages", "Passages of Debian's documentation", "en", read("passages.ndjson")[:limit], read("queries.ndjson"), {})


def run_words(options):
    available = sets.available(options.data)[0]
    available["passages"] = passages
    for name in options.sets or [name for name in available if not re.search("mixed|-..-", name)]:
        one = available[name]()
        note(one.title)
        lines = words(one, options.engines, options)
        if lines:
            publish(options, "retrieval-words", f"words {name}", lines, words_table(one, lines, options.rounds))


# Latency through the socket

def timed(wire, name, queries, mode, options, explain=False):
    """Microseconds of every query, one at a time: at the client, as the daemon says, and of each phase if asked for."""
    client, inside, phases = [], [], collections.defaultdict(list)
    for query in queries:
        params = {"collection": name, "text": query["text"], "mode": mode, "k": 10} | ({"explain": True} if explain else {})
        if mode == "hybrid":
            params["weights"] = options.weights
        began = time.perf_counter_ns()
        reply = wire.call("search", **params)
        client.append((time.perf_counter_ns() - began) / 1000)
        inside.append(reply["took_us"])
        for phase, spent in reply.get("explain", {}).get("took_us", {}).items():
            if isinstance(spent, (int, float)):
                phases[phase].append(spent)
    return client, inside, phases


def quantile(values, share):
    values = sorted(values)
    return round(values[min(len(values) - 1, int(share * len(values)))], 1)


def latency(one, model, wire, options):
    """A line of each mode: every text new to the daemon, and every text embedded before."""
    load(wire, "latency", one, model, batch=256)
    timed(wire, "latency", one.queries[-20:], "lexical", options)
    found, fresh = [], one.queries[:-20]
    # Dense and hybrid get texts of their own while they are new; afterwards all modes get all, and the legs show what they take.
    for cached, parts in ((False, {"dense": fresh[0::2], "hybrid": fresh[1::2]}), (True, dict.fromkeys(MODES, fresh))):
        for mode, queries in parts.items():
            client, inside, _ = timed(wire, "latency", queries, mode, options)
            phases = timed(wire, "latency", queries, mode, options, explain=True)[2] if cached else {}
            found.append({
                "set": one.name, "documents": len(one.documents), "queries": len(queries), "model": model, "mode": mode,
                "embedding": "none" if mode == "lexical" else "cached" if cached else "new", "p50_us": quantile(client, 0.5), "p99_us": quantile(client, 0.99),
                "inside_p50_us": quantile(inside, 0.5), "inside_p99_us": quantile(inside, 0.99),
                "phases_p50_us": {phase: quantile(values, 0.5) for phase, values in phases.items()}, "machine": machine(), "commit": commit()})
    by = {(line["mode"], line["embedding"]): line for line in found}
    slower = max(by["dense", "cached"]["inside_p50_us"], by["lexical", "none"]["inside_p50_us"])
    embedding = max(0, by["dense", "new"]["inside_p50_us"] - by["dense", "cached"]["inside_p50_us"])
    for kind, expected in (("cached", slower), ("new", slower + embedding)):
        by["hybrid", kind]["of_slower_leg"] = round(by["hybrid", kind]["inside_p50_us"] / expected, 2)
    return found


def latency_table(one, lines):
    text = [f"**{len(one.documents):,} passages in the daemon, {lines[0]['model']}**, k = 10, one client, one query at a time; {lines[0]['machine']}, commit "
            f"{lines[0]['commit']}. The last column is hybrid's median inside the daemon to its slower leg's, with the embedding where the text is new.", "",
            "| mode | query's vector | p50 | p99 | inside p50 | inside p99 | phases, p50 | of the slower leg |", "| --- | --- | ---: | ---: | ---: | ---: | --- | ---: |"]
    for line in lines:
        phases = " · ".join(f"{phase} {value:.0f}" for phase, value in line["phases_p50_us"].items() if value >= 1)
        text.append(f"| {line['mode']} | {line['embedding']} | {line['p50_us']:,.0f} µs | {line['p99_us']:,.0f} µs | {line['inside_p50_us']:,.0f} µs | "
                    f"{line['inside_p99_us']:,.0f} µs | {phases} | {line.get('of_slower_leg', '–')} |")
    return "\n".join(text)


def run_latency(options):
    one = passages(options.limit)
    with Daemon() as daemon:
        wire = daemon.connect(timeout=PATIENCE)
        for model in installed_models(wire, options.models):
            lines = latency(one, model, wire, options)
            publish(options, "retrieval-latency", f"latency {model}", lines, latency_table(one, lines))
            wire.call("collection.drop", collection="latency")


# Smoke

def smoke(options):
    """Every part on made-up data, and what it prints."""
    count, failed = measures.self_test()
    if failed:
        raise SystemExit("retrieval: " + "; ".join(failed))
    print(f"retrieval: {count} measures are as reckoned by hand")
    one, options.rounds = sets.synthetic(), 1
    with Daemon() as daemon:
        wire = daemon.connect(timeout=60)
        for line in quality(one, ["hash"], wire, options):
            if line["mode"] != "dense" and line["ndcg10"] < 0.9:
                raise SystemExit(f"retrieval: {line['mode']} has nDCG@10 {line['ndcg10']} where words alone find nearly all")
            print(f"retrieval: {line['mode']}: nDCG@10 {line['ndcg10']}")
        lines = latency(one, "hash", wire, options)
        print(f"retrieval: latency of {len(lines)} kinds of search")
    for line in words(one, options.engines, options):
        if line["ndcg10"] < 0.9:
            raise SystemExit(f"retrieval: {line['engine']} has nDCG@10 {line['ndcg10']} where words alone find nearly all")
        print(f"retrieval: words by {line['engine']}: nDCG@10 {line['ndcg10']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("quality", "words", "latency", "smoke", "self-test"):
        parser.add_argument(f"--{name}", action="store_true")
    comma = lambda text: text.split(",")  # noqa: E731
    parser.add_argument("--tune", metavar="SET")
    parser.add_argument("--data", default=os.environ.get("ILK_SHARED_DATA"), help="the folder of the sets; else $ILK_SHARED_DATA")
    parser.add_argument("--sets", type=comma)
    parser.add_argument("--models", type=comma, help="models by name; all that are installed if absent")
    parser.add_argument("--modes", type=comma, default=MODES)
    parser.add_argument("--engines", type=comma, default=["ilk", "bm25s", "tantivy"])
    parser.add_argument("--weights", type=lambda text: dict(zip(("dense", "lexical"), map(float, text.split(",")))), default={"dense": 1, "lexical": 1},
                        help="of the legs of a hybrid search: dense,lexical")
    parser.add_argument("--source", help="the template that models embed, instead of the set's own: '{title}. {description}'")
    parser.add_argument("--depth", type=int, default=100, help="hits a query")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, help="passages for --latency")
    parser.add_argument("--print", action="store_true", help="print the tables and write nothing")
    options = parser.parse_args()
    if (options.tune or options.quality and options.sets != ["catalogue"]) and not options.data:
        parser.error("--data names the folder with the sets; see datasets/README.md")
    try:
        if options.self_test:
            count, failed = measures.self_test()
            print("\n".join(failed) or f"{count} measures are as reckoned by hand")
            sys.exit(bool(failed))
        parts = [(options.smoke, smoke), (options.tune, run_tune), (options.quality, run_quality), (options.words, run_words), (options.latency, run_latency)]
        if not any(asked for asked, _ in parts):
            parser.error("say what: --quality, --words, --latency, --tune, --smoke or --self-test")
        for asked, part in parts:
            if asked:
                part(options)
    except (Failure, Refused) as failure:
        raise SystemExit(f"retrieval: {failure}")


if __name__ == "__main__":
    main()
