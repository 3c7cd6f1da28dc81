"""Search by words in a process of its own each: ilk's bench-retrieval and the peers of lexical_peers.py, taking turns. Standard library only."""

import collections
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

import retrieval_measures as measures
from run import PYTHON, RELEASE, ROOT, Failure, machine, note

# Which tokenizers a peer is tried with, by the language of the documents.
TOKENIZERS = {"en": ["english", "stem"], "zh": ["jieba", "bigram"]}


def commit():
    run = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return run.stdout.strip() or "unknown"


class Searcher:
    """A process that has indexed a corpus and makes a pass over the queries when it is asked to."""

    def __init__(self, engine, tokenizer, folder, k):
        self.engine, self.tokenizer, self.run_file = engine, tokenizer, folder / f"{engine}-{tokenizer}-{k}.tsv"
        command = [str(RELEASE / "bench-retrieval"), "lexical"] if engine == "ilk" else [
            str(PYTHON), str(ROOT / "benchmarks/peers/lexical_peers.py"), "--engine", engine, "--tokenizer", tokenizer]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command + ["--corpus", str(folder / "corpus.ndjson"), "--queries", str(folder / "queries.ndjson"), "--k", str(k), "--run",
                       str(self.run_file), "--rounds"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=ROOT)
        self.about = self.until("ready")

    def until(self, key):
        """The object that has this key, together with what was printed before it."""
        found = {}
        for line in self.process.stdout:
            try:
                found |= json.loads(line)
            except ValueError:
                continue  # some libraries print
            if key in found:
                return found
        self.process.wait()
        self.log.seek(0)
        raise Failure(f"{self.engine} ended: " + " ".join(self.log.read().strip().splitlines()[-1:]))

    def run_pass(self):
        self.process.stdin.write("pass\n")
        self.process.stdin.flush()
        return self.until("done")

    def run(self):
        """{query id: document ids, best first}, of the first pass."""
        found = collections.defaultdict(list)
        for line in self.run_file.read_text().splitlines():
            query, document = line.split("\t")[:2]
            found[query].append(document)
        return found

    def close(self):
        self.process.kill()
        self.process.wait()


def installed(engine):
    """None if it can be measured, else why not."""
    if engine == "ilk":
        return None if (RELEASE / "bench-retrieval").exists() else "run swift build -c release"
    if not PYTHON.exists():
        return "run scripts/setup --peers"
    needed = "tantivy" if engine == "tantivy" else "bm25s, numpy"
    run = subprocess.run([str(PYTHON), "-c", f"import {needed}, jieba, Stemmer"], capture_output=True, timeout=120)
    return None if run.returncode == 0 else "run .venv/bin/pip install -r benchmarks/peers/requirements-lexical.txt"


def words(one, engines, options):
    """A line of each engine and tokenizer: quality, speed for ten hits, and how much of the top ten it shares with the first."""
    found, searchers, deep = [], [], {}
    with tempfile.TemporaryDirectory(prefix="ilk-words-") as work:
        folder = Path(work)
        one.write(folder)
        try:
            for engine in engines:
                if reason := installed(engine):
                    note(f"  {engine} is left out: {reason}")
                    continue
                for tokenizer in ["own"] if engine == "ilk" else TOKENIZERS.get(one.language, ["plain"]):
                    if one.qrels:
                        searcher = Searcher(engine, tokenizer, folder, options.depth)
                        searcher.run_pass()
                        searcher.close()
                        deep[engine, tokenizer] = searcher.run()
                    searchers.append(Searcher(engine, tokenizer, folder, 10))
                    note(f"  {engine}, {tokenizer}: {searchers[-1].about['docs_per_s']:,} documents/s")
            # By turns, so that what disturbs the machine disturbs all.
            passes = {searcher: [] for searcher in searchers}
            for _ in range(options.rounds):
                for searcher in searchers:
                    passes[searcher].append(searcher.run_pass())
            first = {query: set(documents) for query, documents in searchers[0].run().items()} if searchers else {}
            for searcher in searchers:
                run = searcher.run()
                medians = {key: round(statistics.median(one_pass[key] for one_pass in passes[searcher]), 1) for key in ("p50_us", "p99_us")}
                shared = [len(documents & set(run[query])) / len(documents) for query, documents in first.items()]
                found.append({
                    "set": one.name, "documents": len(one.documents), "queries": len(one.queries), "engine": searcher.engine,
                    "version": searcher.about.get("version"), "tokenizer": searcher.tokenizer, "k": 10, "clock": "thread CPU",
                    "docs_per_s": searcher.about["docs_per_s"], "bytes_per_document": searcher.about.get("bytes_per_document"), "rounds": options.rounds,
                    "shared_top10": round(statistics.mean(shared), 3), "machine": machine(), "commit": commit()} | medians
                    | (measures.measured(deep[searcher.engine, searcher.tokenizer], one.qrels) if one.qrels else {}))
        finally:
            for searcher in searchers:
                searcher.close()
    return found


def words_table(one, lines, rounds):
    text = [f"**{one.title}**: {len(one.documents):,} documents, {len(one.queries):,} queries, k = {lines[0]['k']}. One thread, CPU time with the query's "
            f"tokenizing, median of {rounds} passes by turns. {lines[0]['machine']}, commit {lines[0]['commit']}.", "",
            "| engine | tokenizer |" + (" nDCG@10 | R@1 | R@5 |" if one.qrels else f" of {lines[0]['engine']}'s top 10 |") + " p50 | p99 | ratio | documents/s |",
            "| --- | --- |" + (" ---: | ---: | ---: |" if one.qrels else " ---: |") + " ---: | ---: | ---: | ---: |"]
    for line in lines:
        middle = f"{line['ndcg10']:.3f} | {line['r1']:.3f} | {line['r5']:.3f}" if one.qrels else f"{line['shared_top10']:.2f}"
        name = f"**{line['engine']}**" if line["engine"] == "ilk" else f"{line['engine']} {line['version']}"
        text.append(f"| {name} | {line['tokenizer']} | {middle} | {line['p50_us']:,.0f} µs | {line['p99_us']:,.0f} µs | "
                    f"{line['p50_us'] / lines[0]['p50_us']:.2f} | {line['docs_per_s']:,} |")
    return "\n".join(text)
