"""Measures of a ranking, of one query and over many. Standard library only."""

import math

CUT = 10


def gain(rating):
    """2^rating − 1: a perfect product (3) counts seven times a passable one (1). Where ratings are 0 and 1 it is the rating itself."""
    return 2 ** rating - 1


def dcg(gains):
    return sum(value / math.log2(place + 2) for place, value in enumerate(gains[:CUT]))


def ndcg(ranking, ratings):
    """nDCG@10 of document ids, best first; what has no rating gains nothing."""
    ideal = dcg(sorted((gain(rating) for rating in ratings.values()), reverse=True))
    return dcg([gain(ratings.get(document, 0)) for document in ranking]) / ideal


def reciprocal_rank(ranking, ratings):
    """1 / the place of the first relevant document among the first ten; 0 where none is."""
    return next((1 / place for place, document in enumerate(ranking[:CUT], 1) if ratings.get(document, 0) > 0), 0.0)


def recall(ranking, ratings, k):
    """The share of the relevant documents that stand among the first k. With one relevant document: whether it does."""
    relevant = {document for document, rating in ratings.items() if rating > 0}
    return len(relevant.intersection(ranking[:k])) / len(relevant)


def hit(ranking, ratings):
    """Whether the first document is relevant."""
    return float(bool(ranking) and ratings.get(ranking[0], 0) > 0)


MEASURES = {
    "ndcg10": ndcg, "r1": lambda ranking, ratings: recall(ranking, ratings, 1), "r5": lambda ranking, ratings: recall(ranking, ratings, 5),
    "r100": lambda ranking, ratings: recall(ranking, ratings, 100), "mrr10": reciprocal_rank, "hit1": hit,
    # Every relevant document among the first five: with two versions of a passage, both.
    "all5": lambda ranking, ratings: float(recall(ranking, ratings, 5) == 1),
}


def measured(run, qrels):
    """The means over the queries that have a relevant document; a query that the run lacks counts 0."""
    asked = [query for query, ratings in qrels.items() if any(rating > 0 for rating in ratings.values())]
    if not asked:
        raise ValueError("no query has a relevant document")
    return {name: round(sum(measure(run.get(query, []), qrels[query]) for query in asked) / len(asked), 4) for name, measure in MEASURES.items()}


def pooled(run, qrels):
    """The run with none but judged documents; judged ones that the run lacks come last, in the order of their ids."""
    return {query: [document for document in run.get(query, []) if document in ratings]
            + sorted(set(ratings) - set(run.get(query, []))) for query, ratings in qrels.items()}


def self_test():
    """A ranking reckoned by hand."""
    # Gains 7, 3, 1 and 0; found in the order 2, unrated, 3: 3/log2(2) + 0 + 7/log2(4) = 3 + 3.5.
    ratings = {"a": 3, "b": 2, "c": 1, "d": 0}
    ranking = ["b", "x", "a"]
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    expected = {"ndcg10": 6.5 / ideal, "r1": 1 / 3, "r5": 2 / 3, "r100": 2 / 3, "mrr10": 1.0, "hit1": 1.0, "all5": 0.0}
    late = ["d", "x", "y", "c"]
    checks = [(name, MEASURES[name](ranking, ratings), value) for name, value in expected.items()]
    checks += [
        ("ndcg10 of the best order", ndcg(["a", "b", "c"], ratings), 1.0), ("ndcg10 of nothing", ndcg([], ratings), 0.0),
        ("mrr10 at place 4", reciprocal_rank(late, ratings), 0.25), ("hit1 of a judged, irrelevant one", hit(late, ratings), 0.0),
        ("mrr10 past place 10", reciprocal_rank(list("efghijklmn") + ["a"], ratings), 0.0),
        ("ndcg10 past place 10", ndcg(list("efghijklmn") + ["a"], ratings), 0.0),
        ("all5 of two versions", MEASURES["all5"](["p", "q", "zh", "en"], {"zh": 1, "en": 1}), 1.0),
        ("all5 of one version", MEASURES["all5"](["p", "q", "zh", "r", "s", "en"], {"zh": 1, "en": 1}), 0.0),
        ("mean over a query without an answer", measured({"1": ["a"]}, {"1": {"a": 1}, "2": {"b": 1}, "3": {"c": 0}})["r1"], 0.5),
    ]
    failed = [f"{name} is {found}, not {value}" for name, found, value in checks if abs(found - value) > 1e-9]
    if pooled({"1": ["x", "b", "a"]}, {"1": {"a": 1, "b": 0, "c": 0}}) != {"1": ["b", "a", "c"]}:
        failed.append("a pooled run holds other documents, or misses some")
    return len(checks) + 1, failed
