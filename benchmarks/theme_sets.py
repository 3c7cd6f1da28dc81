"""Themes with the products that belong to them: of a data folder, or made up. Standard library only.

The folder has litemall/{goods,categories,topics}.jsonl and chorus-icecat/{products.jsonl.gz,ratings.csv}; what is missing is left out.
datasets/README.md says where each comes from. Two sets are for choosing numbers by, and are never reported: `catalogue-categories`, the categories
of datasets/catalogue's made-up shop, and `icecat-types`, product types of Icecat's own attributes. What makes a theme's products known is withheld
from whatever is searched: from the words, from what is embedded, and from the fields whose values themes are expanded by.
"""

import collections
import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

import retrieval_sets

CATALOGUE = Path(__file__).resolve().parent.parent / "datasets/cache/catalogue"


@dataclass
class ThemeSet:
    name: str
    title: str
    products: list  # payloads with an "id"
    themes: list  # as theme.upsert takes them
    relevant: dict  # theme id → {product id: rating}
    source: str  # the template that a model embeds
    words: list  # the fields that are searched by words
    fields: dict = field(default_factory=dict)  # declared fields
    measure: str = "recall20"
    judged: bool = False  # whether products that do not fit are known too, so that the judged ones can be ranked alone


def lines(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt") as file:
        return [json.loads(line) for line in file]


def litemall(folder):
    """A Chinese shop: the goods of a category are what its editors put there; no index sees the category."""
    products = []
    for good in lines(folder / "goods.jsonl"):
        attributes = {name: value for name, value in good.get("attributes") or []}
        products.append({
            "id": good["id"], "title": good["name"], "brief": good.get("brief") or "", "keywords": good.get("keywords") or "", "brand": good.get("brand") or "",
            "price": float(good.get("price") or 0), "attributes": "；".join(f"{name}：{value}" for name, value in attributes.items() if name not in ("执行标准", "温馨提示")),
            "material": attributes.get("材质") or "", "origin": attributes.get("产地") or "", "category": good["category"]})
    of = collections.defaultdict(dict)
    for product in products:
        of[product.pop("category")][product["id"]] = 1
    themes, relevant = [], {}
    for category in lines(folder / "categories.jsonl"):
        if of.get(category["name"]) and category["name"] not in {theme["title"] for theme in themes}:
            themes.append({"id": category["id"], "title": category["name"], "description": category.get("desc") or ""})
            relevant[category["id"]] = of[category["name"]]
    return ThemeSet(
        "litemall", "litemall, categories as themes", products, themes, relevant, "{title}. {brief}. {keywords}. {attributes}",
        ["title", "brief", "keywords", "attributes"], {"brand": "keyword", "material": "keyword", "origin": "keyword", "price": "float"})


def litemall_topics(folder):
    """What the shop's editors wrote about; nobody said which goods they meant."""
    one = litemall(folder)
    one.themes = [{"id": topic["id"], "title": topic["title"], "description": topic.get("subtitle") or ""} for topic in lines(folder / "topics.jsonl")]
    one.name, one.title, one.relevant = "litemall-topics", "litemall, the editors' topics", {}
    return one


def icecat(folder):
    """People rated products for queries, 0 to 3; a query is a theme without anything but its title."""
    one = retrieval_sets.icecat(folder)
    return ThemeSet(
        "icecat", "Chorus-Icecat, rated queries as themes", one.documents, [{"id": query["id"], "title": query["text"]} for query in one.queries], one.qrels,
        one.source, one.words, {"brand": "keyword", "price": "float"}, "ndcg10", judged=True)


def icecat_types(folder):
    """For choosing numbers by: product types that 10 to 400 products have, withheld as attribute; every second type."""
    one, types = retrieval_sets.icecat(folder), collections.defaultdict(dict)
    for product in lines(folder / "products.jsonl.gz"):
        kind = product.get("attributes", {}).get("t_product_type")
        if isinstance(kind, str):
            types[kind][product["id"]] = 1
    for document in one.documents:
        document["attributes"] = "; ".join(part for part in document["attributes"].split("; ") if not part.startswith("product type:"))
    themes = [{"id": f"type-{place}", "title": kind} for place, kind in enumerate(sorted(types)) if 10 <= len(types[kind]) <= 400]
    return ThemeSet(
        "icecat-types", "Icecat's product types (for choosing numbers by)", one.documents, themes, {theme["id"]: types[theme["title"]] for theme in themes},
        one.source, one.words, {"brand": "keyword", "price": "float"})


def catalogue_categories():
    """For choosing numbers by: categories and kinds of the made-up shop, named in English; half of its items are in Chinese."""
    products, of = lines(CATALOGUE / "products.ndjson"), collections.defaultdict(dict)
    for product in products:
        for name in (product.pop("category"), product.pop("kind")):
            of[name][product["id"]] = 1
        product.pop("category_name"), product.pop("pair", None)
    themes = [{"id": f"category-{place}", "title": name} for place, name in enumerate(sorted(of))]
    return ThemeSet(
        "catalogue-categories", "Made-up catalogue, categories (for choosing numbers by)", products, themes, {theme["id"]: of[theme["title"]] for theme in themes},
        "{title}. {brand}. {attributes}. {use}", ["title", "brand", "attributes", "description", "use"], {"brand": "keyword", "price": "float"}, "precision20")


def available(folder):
    """Every set that the folder has, as {name: function that makes it}; and the names of what is missing."""
    folder, found, missing = Path(folder or "/nowhere"), {}, []
    if (CATALOGUE / "products.ndjson").exists():
        found["catalogue-categories"] = catalogue_categories
    else:
        missing.append("catalogue-categories (datasets/catalogue/make-catalogue)")
    if all((folder / "litemall" / name).exists() for name in ("goods.jsonl", "categories.jsonl", "topics.jsonl")):
        found["litemall"] = lambda: litemall(folder / "litemall")
        found["litemall-topics"] = lambda: litemall_topics(folder / "litemall")
    else:
        missing.append("litemall")
    if all((folder / "chorus-icecat" / name).exists() for name in ("products.jsonl.gz", "ratings.csv")):
        found["icecat"] = lambda: icecat(folder / "chorus-icecat")
        found["icecat-types"] = lambda: icecat_types(folder / "chorus-icecat")
    else:
        missing.append("chorus-icecat")
    return found, missing
