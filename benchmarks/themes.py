#!/usr/bin/env python3
"""How well themes are filled with products, by each way and merged; and how fast many are.

    benchmarks/themes.py --quality --data FOLDER            litemall's categories (Recall@20) and Icecat's rated queries (nDCG@10) as themes, every way
    benchmarks/themes.py --choose --data FOLDER             the same on sets that are not reported: to choose numbers by
    benchmarks/themes.py --topics --data FOLDER             the shop's editors' topics, with their products on floors, as a person would read them
    benchmarks/themes.py --speed --count 200000             100 themes over so many products of datasets/catalogue, selected and floored in one job
    benchmarks/themes.py --smoke                            made-up data, in seconds

Nothing is tuned on the sets that are reported. theme_sets.py says what a set is, and what is withheld from every index. Standard library only.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time

import retrieval_measures as measures
import theme_sets as sets
from retrieval import installed_models, pipelined
from retrieval_words import commit
from run import ROOT, Failure, aligned, machine, note, put_table, record

sys.path.insert(0, str(ROOT / "scripts"))
from daemon import Daemon, Refused  # noqa: E402

PATIENCE = 7200
WAYS = {"lexical": ["lexical"], "semantic": ["semantic"], "merged": None}
REPORTED, CHOSEN_BY = ["litemall", "icecat"], ["catalogue-categories", "icecat-types"]
TITLES = {"recall20": "Recall@20", "ndcg10": "nDCG@10", "precision20": "Precision@20"}


def precision(ranking, ratings, k=20):
    """The share of the first k that belong to the theme, of what could."""
    return sum(ratings.get(one, 0) > 0 for one in ranking[:k]) / min(k, len(ratings))


MEASURES = {"recall20": lambda ranking, ratings: measures.recall(ranking, ratings, 20), "ndcg10": measures.ndcg, "precision20": precision}


def load(wire, name, one, model, batch=64, window=4):
    """A collection of a set's products, and its themes."""
    wire.call("collection.create", name=name, vectors={"text": {"model": model, "source": one.source}}, text=one.words, fields=one.fields | {"document": "keyword"})
    points = [{"id": product["id"], "payload": {key: value for key, value in product.items() if key != "id" and value != ""} | {"document": product["id"]}}
              for product in one.products]
    began = time.monotonic()
    pipelined(wire, "points.upsert", ({"collection": name, "points": points[start:start + batch]} for start in range(0, len(points), batch)), window)
    note(f"  {name}: {len(points):,} products in {time.monotonic() - began:.1f} s")
    for start in range(0, len(one.themes), 1000):
        wire.call("theme.upsert", collection=name, themes=one.themes[start:start + 1000])


def select(wire, name, one, way, expand, ranking, size=60):
    """{theme: products, best first} of one way, out of all products or out of those that were judged for the theme."""
    asked = {"collection": name, "size": size, "expand": expand} | ({"by": WAYS[way]} if WAYS[way] else {})

    def request(theme):
        pool = ", ".join(f"'{product}'" for product in sorted(one.relevant[theme["id"]])) if ranking == "judged" else None
        return {**asked, "theme": theme["id"]} | ({"filter": f"document in ({pool})"} if pool else {})

    replies = pipelined(wire, "theme.select", (request(theme) for theme in one.themes), 8)
    return {theme["id"]: [product["id"] for product in reply["products"]] for theme, reply in zip(one.themes, replies)}


def measured(run, one):
    """Means over the themes that have products, and the standard error of the set's own measure."""
    asked = [theme for theme, ratings in one.relevant.items() if any(rating > 0 for rating in ratings.values())]
    values = {name: [measure(run.get(theme, []), one.relevant[theme]) for theme in asked] for name, measure in MEASURES.items()}
    found = {name: round(sum(each) / len(each), 4) for name, each in values.items()}
    own = values[one.measure]
    mean = sum(own) / len(own)
    found["standard_error"] = round((sum((value - mean) ** 2 for value in own) / len(own) / max(1, len(own) - 1)) ** 0.5, 4)
    return found


def quality(one, models, wire):
    found = []
    for model in models:
        name = f"{one.name}-{model}"
        load(wire, name, one, model)
        for ranking in ("all", "judged") if one.judged else ("all",):
            for expand in (False, True):
                for way in WAYS:
                    line = {"set": one.name, "products": len(one.products), "themes": len(one.themes), "model": model, "ranking": ranking, "way": way,
                            "expand": expand, "machine": machine(), "commit": commit()}
                    found.append(line | measured(select(wire, name, one, way, expand, ranking), one))
                    note(f"    {ranking}, {way}{', expanded' if expand else ''}: {TITLES[one.measure]} {found[-1][one.measure]:.4f}")
        wire.call("collection.drop", collection=name)
    return found


def quality_table(one, lines):
    asked = sum(any(ratings.values()) for ratings in one.relevant.values())
    text = [f"**{one.title}**: {len(one.products):,} products, {asked:,} themes; {TITLES[one.measure]} ± one standard error.", "",
            "| model | ranked | expanded | lexical | semantic | merged | best single |", "| --- | --- | --- | ---: | ---: | ---: | ---: |"]
    for model, ranking, expand in dict.fromkeys((line["model"], line["ranking"], line["expand"]) for line in lines):
        by = {line["way"]: line for line in lines if (line["model"], line["ranking"], line["expand"]) == (model, ranking, expand)}
        best = max(by["lexical"][one.measure], by["semantic"][one.measure])
        cells = [f"{by[way][one.measure]:.3f} ± {by[way]['standard_error']:.3f}" for way in WAYS]
        verdict = "merged" if by["merged"][one.measure] >= best else f"single by {best - by['merged'][one.measure]:.3f}"
        text.append(f"| {model} | {ranking} | {'yes' if expand else 'no'} | " + " | ".join(cells) + f" | {verdict} |")
    return "\n".join(text)


def run_quality(options, names, publish):
    available, missing = sets.available(options.data)
    for name in missing:
        note(f"SKIPPED: {name} is not in {options.data or 'a data folder (--data)'}")
    with Daemon() as daemon:
        wire = daemon.connect(timeout=PATIENCE)
        models = installed_models(wire, options.models)
        for name in options.sets or names:
            if name not in available:
                continue
            one = available[name]()
            note(one.title)
            lines = quality(one, models, wire)
            text = quality_table(one, lines)
            if publish and not options.print:
                record("themes", lines)
                put_table(f"themes {name}", text)
            else:
                print(aligned(text) + "\n")


def run_topics(options):
    available, missing = sets.available(options.data)
    if "litemall-topics" not in available:
        return note("SKIPPED: litemall is not in the data folder")
    one = available["litemall-topics"]()
    with Daemon() as daemon:
        wire = daemon.connect(timeout=PATIENCE)
        for model in installed_models(wire, options.models)[:1]:
            load(wire, "topics", one, model)
            for theme in one.themes:
                reply = wire.call("theme.floors", collection="topics", theme=theme["id"], by="cluster", size=5, floors=3, with_payload=["title", "price"])
                print(f"\n# {theme['title']}\n  {theme['description']}")
                for floor in reply["floors"]:
                    print(f"  · {floor['title']}: " + "、".join(product["payload"]["title"] for product in floor["products"]))
    return None


def run_speed(options):
    """One job of `--themes` themes over `--count` products."""
    folder = ROOT / f"datasets/cache/catalogue-{options.count}"
    if not (folder / "products.ndjson").exists():
        subprocess.run([sys.executable, str(ROOT / "datasets/catalogue/make-catalogue"), "--count", str(options.count), "--out", str(folder)], check=True)
    products, chance = sets.lines(folder / "products.ndjson"), random.Random(7)
    one = sets.ThemeSet(
        "speed", "Speed", products, [], {}, "{title}. {brand}. {use}", ["title", "brand", "attributes", "use"],
        {"category": "keyword", "brand": "keyword", "price": "float", "stock": "int"})
    pool = chance.sample(products, options.themes)
    one.themes = [{"id": f"theme-{place}", "title": product["use"] or product["title"], "hot_words": product["title"].split()[:3], "industry": product["category"]}
                  for place, product in enumerate(pool)]
    with Daemon() as daemon:
        wire = daemon.connect(timeout=PATIENCE)
        for model in installed_models(wire, options.models or ["hash"]):
            load(wire, "speed", one, model, batch=512)
            wait_for_graph(wire, "speed")
            began = time.monotonic()
            reply = wire.call(
                "theme.batch", collection="speed", size=60, floors={"by": "category", "size": 8, "max_per": {"brand": 3}},
                quality={"stock": {"min": 1}}, indicators={"price": {"percentile_max": 80}})
            seconds = time.monotonic() - began
            for venue in reply["themes"]:
                shown = [product for floor in venue["floors"] for product in floor["products"]]
                if len(shown) != len(set(shown)):
                    raise SystemExit(f"themes: {venue['id']} shows a product twice")
            line = {"set": "speed", "products": len(products), "themes": len(one.themes), "model": model, "seconds": round(seconds, 2),
                    "report": {key: reply["report"][key] for key in ("selected", "products", "coverage", "floors", "on_floors", "thin", "weak")},
                    "unreached": reply["report"]["unreached"]["count"], "machine": machine(), "commit": commit()}
            print(json.dumps(line, ensure_ascii=False))
            if not options.print:
                record("themes", [line])
            wire.call("collection.drop", collection="speed")


def wait_for_graph(wire, name):
    while True:
        indexes = wire.call("collection.describe", collection=name)["indexes"]
        if not any(index["pending"] for index in indexes.values()):
            return
        time.sleep(0.5)


def smoke(options):
    """Every part on made-up data."""
    colours, things = ["red", "blue", "green", "black"], ["lamp", "kettle", "panda", "chair", "rug"]
    products = [{"id": f"p{place}", "title": f"{colours[place % 4]} {things[place % 5]} number {place}", "kind": things[place % 5], "price": place}
                for place in range(200)]
    themes = [{"id": thing, "title": thing} for thing in things]
    relevant = {thing: {product["id"]: 1 for product in products if product["kind"] == thing} for thing in things}
    one = sets.ThemeSet("made-up", "Made-up", products, themes, relevant, "{title}", ["title"], {"kind": "keyword", "price": "float"}, "precision20")
    with Daemon() as daemon:
        wire = daemon.connect(timeout=60)
        load(wire, "smoke", one, "hash")
        for way in WAYS:
            found = measured(select(wire, "smoke", one, way, True, "all"), one)
            print(f"themes: {way}: Precision@20 {found['precision20']}")
            if way != "semantic" and found["precision20"] < 0.95:
                raise SystemExit(f"themes: {way} has Precision@20 {found['precision20']} where words alone find all")
        report = wire.call("theme.batch", collection="smoke", size=20, floors={"by": "kind"})["report"]
        if report["themes"] != 5 or report["products"] < 80:
            raise SystemExit(f"themes: the batch reports {report}")
        print(f"themes: a batch shows {report['products']} of {report['passing']} products on {report['floors']} floors")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("quality", "choose", "topics", "speed", "smoke"):
        parser.add_argument(f"--{name}", action="store_true")
    comma = lambda text: text.split(",")  # noqa: E731
    parser.add_argument("--data", default=os.environ.get("ILK_SHARED_DATA"), help="the folder of the sets; else $ILK_SHARED_DATA")
    parser.add_argument("--sets", type=comma)
    parser.add_argument("--models", type=comma, help="models by name; all that are installed if absent")
    parser.add_argument("--count", type=int, default=200_000, help="products for --speed")
    parser.add_argument("--themes", type=int, default=100, help="themes for --speed")
    parser.add_argument("--print", action="store_true", help="print the tables and write nothing")
    options = parser.parse_args()
    parts = [(options.smoke, smoke), (options.quality, lambda options: run_quality(options, REPORTED, True)),
             (options.choose, lambda options: run_quality(options, CHOSEN_BY, False)), (options.topics, run_topics), (options.speed, run_speed)]
    if not any(asked for asked, _ in parts):
        parser.error("say what: --quality, --choose, --topics, --speed or --smoke")
    try:
        for asked, part in parts:
            if asked:
                part(options)
    except (Failure, Refused) as failure:
        raise SystemExit(f"themes: {failure}")


if __name__ == "__main__":
    main()
