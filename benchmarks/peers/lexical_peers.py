#!/usr/bin/env python3
"""bm25s and tantivy as ilk's search by words is measured: the same corpus, the same queries, one at a time on one thread.

    lexical_peers.py --engine bm25s --corpus corpus.ndjson --queries queries.ndjson --tokenizer english --run bm25s.tsv
    lexical_peers.py --engine tantivy … --rounds     reads stdin, a pass over all queries a line, so that engines can take turns

A line of the corpus has "id" and "text" (and "title", which is put before the text), a line of the queries "id" and "text". Prints JSON lines:
{"ready":true,…} once the index stands, one line a pass, {"done":true} after it. A run file has query id, document id, rank and score, by tabs.

Tokenizers:
  english   words cut to their stems (Snowball), without the stop words of each engine's English list: usual with bm25s, words of two letters and more
  stem      the same with stop words: usual with tantivy (`en_stem`)
  plain     lower-cased words, tantivy's `default`: for languages other than English and Chinese
  jieba     Chinese: jieba's cut_for_search, other words lower-cased and stemmed as English; for tantivy joined by spaces and split at them
  bigram    Chinese: overlapping pairs of Han characters instead

Times are of one query: CPU of the thread and of the whole process (so that no helper works for free), and the wall's clock. With the query's
tokenizing (`p50_us`) and without (`search_p50_us`). bm25s uses its numba backend, which is its fastest; tantivy counts no hits, so that it may skip
blocks. Both have k1 = 1.2 and b = 0.75, tantivy's own; tantivy keeps frequencies and no positions.
"""

import argparse
import json
import re
import sys
import time
from importlib import metadata
from itertools import pairwise

HAN = re.compile(r"[㐀-鿿]+")
WORD = re.compile(r"(?u)\b\w+\b")
LONG_WORD = re.compile(r"(?u)\b\w\w+\b")


def quantile(values, share):
    """The value that `share` of the values do not exceed."""
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def splitter(tokenizer):
    """A function from a text to its tokens, in Python."""
    import Stemmer
    stem = Stemmer.Stemmer("english").stemWords
    if tokenizer == "english":
        from bm25s.stopwords import STOPWORDS_EN
        stop = frozenset(STOPWORDS_EN)
        return lambda text: stem([word for word in LONG_WORD.findall(text.lower()) if word not in stop])
    if tokenizer == "stem":
        return lambda text: stem(WORD.findall(text.lower()))
    if tokenizer == "plain":
        return lambda text: WORD.findall(text.lower())
    if tokenizer == "jieba":
        import logging
        import jieba
        jieba.setLogLevel(logging.ERROR)
        jieba.initialize()
        return lambda text: stem([word for word in jieba.lcut_for_search(text.lower()) if WORD.fullmatch(word)])

    def bigrams(text):
        found, place = [], 0
        text = text.lower()
        for run in HAN.finditer(text):
            found += stem(WORD.findall(text[place:run.start()]))
            characters = run.group()
            found += [first + second for first, second in pairwise(characters)] or [characters]
            place = run.end()
        return found + stem(WORD.findall(text[place:]))

    return bigrams


class BM25S:
    """bm25s, its numba backend where numba is there."""

    def __init__(self, options):
        import bm25s
        self.version = metadata.version("bm25s")
        self.split = splitter(options.tokenizer)
        try:
            import numba
            numba.set_num_threads(1)
            self.backend = "numba"
        except ImportError:
            self.backend = "numpy"
        self.index, self.k = bm25s.BM25(k1=options.k1, b=options.b, backend=self.backend), options.k

    def build(self, texts):
        self.index.index([self.split(text) for text in texts], show_progress=False)
        self.k = min(self.k, len(texts))

    def tokens(self, text):
        return self.split(text)

    def search(self, tokens):
        """(ordinals, scores), best first."""
        # A query none of whose words the corpus has would be an error.
        known = [token for token in tokens if token in self.index.vocab_dict]
        if not known:
            return [], []
        found, scores = self.index.retrieve([known], k=self.k, n_threads=0, show_progress=False)
        return found[0].tolist(), scores[0].tolist()


class Tantivy:
    """tantivy, one segment in memory."""

    def __init__(self, options):
        import tantivy
        self.tantivy, self.version, self.backend, self.k = tantivy, metadata.version("tantivy"), "rust", options.k
        build, cut = tantivy.TextAnalyzerBuilder, tantivy.Tokenizer
        lower, short = tantivy.Filter.lowercase(), tantivy.Filter.remove_long(40)
        self.split = None
        if options.tokenizer in ("english", "stem"):
            words = build(cut.simple()).filter(short).filter(lower)
            words = words.filter(tantivy.Filter.stopword("english")) if options.tokenizer == "english" else words
            self.analyzer = words.filter(tantivy.Filter.stemmer("english")).build()
        elif options.tokenizer == "plain":
            self.analyzer = build(cut.simple()).filter(short).filter(lower).build()
        else:
            self.split = splitter(options.tokenizer)
            self.analyzer = build(cut.whitespace()).build()
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("text", tokenizer_name="measured", index_option="freq")
        # The row as a fast field: an address names the segment and the place in it, which merging changes.
        schema.add_unsigned_field("row", fast=True)
        self.schema = schema.build()
        self.index = tantivy.Index(self.schema)
        self.index.register_tokenizer("measured", self.analyzer)

    def build(self, texts):
        writer = self.index.writer(heap_size=1_000_000_000, num_threads=1)
        for row, text in enumerate(texts):
            document = self.tantivy.Document()
            document.add_text("text", " ".join(self.split(text)) if self.split else text)
            document.add_unsigned("row", row)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()
        self.segments = self.searcher.num_segments

    def tokens(self, text):
        return self.split(text) if self.split else self.analyzer.analyze(text)

    def search(self, tokens):
        """(addresses, scores), best first."""
        query, should = self.tantivy.Query, self.tantivy.Occur.Should
        terms = [(should, query.term_query(self.schema, "text", token, index_option="freq")) for token in tokens]
        hits = self.searcher.search(query.boolean_query(terms), limit=self.k, count=False).hits
        return [address for _, address in hits], [score for score, _ in hits]

    def rows(self, addresses):
        """The rows of the corpus. Not timed."""
        return self.searcher.fast_field_values("row", addresses) if addresses else []


def read(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def clocks():
    return time.thread_time_ns(), time.process_time_ns(), time.perf_counter_ns()


def run_pass(engine, queries):
    """(answers, measurement) of every query, one at a time."""
    answers, searches, thread, process, wall = [], [], [], [], []
    for text in queries:
        began = clocks()
        tokens = engine.tokens(text)
        cut = time.thread_time_ns()
        answers.append(engine.search(tokens))
        ended = clocks()
        searches.append((ended[0] - cut) / 1000)
        for times, index in ((thread, 0), (process, 1), (wall, 2)):
            times.append((ended[index] - began[index]) / 1000)
    measured = {"queries": len(queries)}
    for name, times in (("", thread), ("process_", process), ("wall_", wall), ("search_", searches)):
        measured |= {f"{name}p50_us": round(quantile(times, 0.5), 1), f"{name}p99_us": round(quantile(times, 0.99), 1)}
    return answers, measured | {"mean_us": round(sum(thread) / len(thread), 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["bm25s", "tantivy"], required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--queries", required=True)
    parser.add_argument("--tokenizer", choices=["english", "stem", "plain", "jieba", "bigram"], default="english")
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--k1", type=float, default=1.2, help="of bm25s; tantivy's cannot be set")
    parser.add_argument("--b", type=float, default=0.75, help="of bm25s")
    parser.add_argument("--limit-queries", type=int)
    parser.add_argument("--run", help="where to write the answers")
    parser.add_argument("--rounds", action="store_true", help="a pass for every line of standard input")
    options = parser.parse_args()
    corpus, queries = read(options.corpus), read(options.queries)[:options.limit_queries]
    texts = [f"{line['title']}. {line['text']}" if line.get("title") else line["text"] for line in corpus]
    try:
        engine = (BM25S if options.engine == "bm25s" else Tantivy)(options)
    except ImportError as error:
        sys.exit(f"lexical_peers: {error}; run: .venv/bin/pip install -r benchmarks/peers/requirements-lexical.txt")
    began = clocks()
    engine.build(texts)
    ended = clocks()
    size = sum(len(text.encode()) for text in texts)
    about = {
        "engine": options.engine, "version": engine.version, "backend": engine.backend, "tokenizer": options.tokenizer, "documents": len(texts),
        "bytes": size, "k": options.k}
    seconds = (ended[1] - began[1]) / 1e9  # of the process: tantivy indexes on a thread of its own
    print(json.dumps(about | {
        "ready": True, "docs_per_s": round(len(texts) / seconds), "mb_per_s": round(size / 1e6 / seconds, 2),
        "wall_docs_per_s": round(len(texts) * 1e9 / (ended[2] - began[2])), "segments": getattr(engine, "segments", 1)}), flush=True)
    asked = [line["text"] for line in queries]
    # The first calls compile (numba) and touch memory.
    run_pass(engine, asked[:20])
    for number, _ in enumerate(sys.stdin if options.rounds else [""]):
        answers, measured = run_pass(engine, asked)
        if options.run and number == 0:
            with open(options.run, "w") as file:
                for line, (found, scores) in zip(queries, answers):
                    rows = engine.rows(found) if options.engine == "tantivy" else found
                    for rank, (row, score) in enumerate(zip(rows, scores), 1):
                        if score > 0:
                            file.write(f"{line['id']}\t{corpus[row]['id']}\t{rank}\t{score:.6g}\n")
        print(json.dumps(about | measured), flush=True)
        print(json.dumps({"done": True}), flush=True)


if __name__ == "__main__":
    main()
