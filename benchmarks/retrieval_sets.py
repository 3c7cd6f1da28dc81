"""Question sets and rated products as corpora, queries and relevance: from a data folder that has them, or made up. Standard library only.

The folder has xquad/xquad.LANGUAGE.json, cmrc2018/cmrc2018_dev.json, drcd/DRCD_dev.json (SQuAD's JSON each), chorus-icecat/products.jsonl.gz and
chorus-icecat/ratings.csv; what is missing is left out. datasets/README.md says where each comes from. `catalogue` is what datasets/catalogue made.
"""

import csv
import gzip
import json
import random
from dataclasses import dataclass, field
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parent.parent / "datasets/cache/catalogue"
LANGUAGES = {"en": "English", "zh": "Chinese", "de": "German", "es": "Spanish", "vi": "Vietnamese", "tr": "Turkish", "ro": "Romanian"}


@dataclass
class RetrievalSet:
    name: str
    title: str
    language: str  # of the documents: which tokenizer a peer takes
    documents: list  # {"id", "text", "title"?, …}: a document is a point's id and payload
    queries: list  # {"id", "text"}
    qrels: dict  # query id → {document id: rating}
    source: str = "{text}"  # the template that a model embeds
    words: list = field(default_factory=lambda: ["text"])  # the fields that are searched by words
    judged: bool = False  # whether rated documents that are no answer are known, so that the judged pool can be ranked

    def write(self, folder):
        """corpus.ndjson, queries.ndjson and qrels.ndjson; a document's text is all that is searched by words."""
        folder.mkdir(parents=True, exist_ok=True)
        corpus = [{"id": one["id"], "text": ". ".join(str(one[name]) for name in self.words if one.get(name))} for one in self.documents]
        qrels = [{"query": query, "document": document, "rating": rating} for query, ratings in self.qrels.items() for document, rating in ratings.items()]
        for name, lines in (("corpus", corpus), ("queries", self.queries), ("qrels", qrels)):
            with open(folder / f"{name}.ndjson", "w") as file:
                file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def squad(path, prefix):
    """(documents, queries, qrels) of SQuAD's JSON. A passage that stands there twice is one document; edge spaces of questions are trimmed."""
    documents, queries, qrels, known = [], [], {}, {}
    for article, entry in enumerate(json.loads(path.read_text())["data"]):
        for number, paragraph in enumerate(entry["paragraphs"]):
            text = paragraph["context"].strip()
            if text not in known:
                known[text] = f"{prefix}:{article}-{number}"
                documents.append({"id": known[text], "text": text})
            for question in paragraph["qas"]:
                queries.append({"id": f"{prefix}:{question['id']}", "text": question["question"].strip()})
                qrels[queries[-1]["id"]] = {known[text]: 1}
    return documents, queries, qrels


def across(xquad, of, to):
    """Questions of one language for the passages of another; the sets are parallel, so ids differ in the prefix only."""
    _, queries, qrels = xquad[of]
    return RetrievalSet(
        f"xquad-{of}-{to}", f"XQuAD {of} → {to}", "mixed", xquad[to][0], queries,
        {query: {to + document[len(of):]: 1 for document in ratings} for query, ratings in qrels.items()})


def mixed(xquad, of, languages=("en", "zh")):
    """Questions of one language for a corpus that holds every passage in both."""
    _, queries, qrels = xquad[of]
    return RetrievalSet(
        f"xquad-mixed-{of}", f"XQuAD {of} → {' + '.join(languages)}", "mixed", [one for language in languages for one in xquad[language][0]], queries,
        {query: {language + document[len(of):]: 1 for document in ratings for language in languages} for query, ratings in qrels.items()})


def icecat(folder):
    """Products as a shop has them, and what people thought of them for a query, 0 to 3."""
    documents = []
    with gzip.open(folder / "products.jsonl.gz", "rt") as file:
        for line in file:
            product = json.loads(line)
            attributes = "; ".join(
                f"{name.split('_', 1)[1].replace('_', ' ').strip()}: {value:g}" if isinstance(value, float) else
                f"{name.split('_', 1)[1].replace('_', ' ').strip()}: {value}" for name, value in product.get("attributes", {}).items())
            documents.append({
                "id": product["id"], "title": product["title"], "brand": product.get("brand") or "", "attributes": attributes,
                "description": product.get("description") or "", "ean": product.get("ean") or [], "price": (product.get("price_cents") or 0) / 100})
    known, qrels = {one["id"] for one in documents}, {}
    with open(folder / "ratings.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["docid"] in known:
                qrels.setdefault(row["query"].strip(), {})[row["docid"]] = int(row["rating"])
    return RetrievalSet(
        "icecat", "Chorus-Icecat, rated queries", "en", documents, [{"id": query, "text": query} for query in qrels], qrels,
        source="{title}. {brand}. {description}. {attributes}", words=["title", "brand", "attributes", "description"], judged=True)


def catalogue(folder=CATALOGUE):
    """The made-up shop in two languages; right is every item of the product that a query means, in whichever language."""
    def read(name):
        with open(folder / name) as file:
            return [json.loads(line) for line in file]

    queries = read("queries.ndjson")
    return RetrievalSet(
        "catalogue", "Made-up bilingual catalogue", "zh", read("products.ndjson"), [{"id": one["id"], "text": one["text"]} for one in queries],
        {one["id"]: dict.fromkeys(one["ids"], 1) for one in queries}, source="{title}. {brand}. {attributes}. {use}",
        words=["title", "brand", "sku", "attributes", "description", "use"])


def available(folder):
    """Every set that the folder has, as {name: function that makes it}; and the names of what is missing."""
    folder, found, missing, xquad = Path(folder or "/nowhere"), {}, [], {}
    if (CATALOGUE / "products.ndjson").exists():
        found["catalogue"] = catalogue
    for language, name in LANGUAGES.items():
        path = folder / f"xquad/xquad.{language}.json"
        if not path.exists():
            missing.append(f"xquad-{language}")
            continue
        xquad[language] = squad(path, language)
        found[f"xquad-{language}"] = lambda language=language, name=name: RetrievalSet(
            f"xquad-{language}", f"XQuAD {name}", language, *xquad[language])
    if {"en", "zh"} <= set(xquad):
        for of, to in (("en", "zh"), ("zh", "en")):
            found[f"xquad-{of}-{to}"] = lambda of=of, to=to: across(xquad, of, to)
        for of in ("en", "zh"):
            found[f"xquad-mixed-{of}"] = lambda of=of: mixed(xquad, of)
    for name, title, path in (("cmrc", "CMRC 2018 dev, Chinese", "cmrc2018/cmrc2018_dev.json"), ("drcd", "DRCD dev, traditional Chinese", "drcd/DRCD_dev.json")):
        if (folder / path).exists():
            found[name] = lambda name=name, title=title, path=path: RetrievalSet(name, title, "zh", *squad(folder / path, name))
        else:
            missing.append(name)
    if (folder / "chorus-icecat/products.jsonl.gz").exists() and (folder / "chorus-icecat/ratings.csv").exists():
        found["icecat"] = lambda: icecat(folder / "chorus-icecat")
    else:
        missing.append("icecat")
    return found, missing


def synthetic(count=300, seed=7):
    """A small set of made-up words: passages of a topic each, and questions of four words out of one passage."""
    chance = random.Random(seed)
    syllables = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "ai", "or")]
    vocabulary = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(3_000)]
    documents, queries, qrels = [], [], {}
    for number in range(count):
        topic = chance.sample(vocabulary, 12)
        words = chance.choices(topic, k=25) + chance.choices(vocabulary[:200], k=35)
        chance.shuffle(words)
        documents.append({"id": f"d{number}", "text": " ".join(words)})
        if number % 5 == 0:
            queries.append({"id": f"q{number}", "text": " ".join(chance.sample(sorted(set(words) - set(vocabulary[:200])) or words, 4))})
            qrels[f"q{number}"] = {f"d{number}": 1}
    return RetrievalSet("made-up", f"{count} passages of made-up words", "other", documents, queries, qrels)
