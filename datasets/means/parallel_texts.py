"""Parallel texts out of Debian packages: passages, sentences and questions that say the same in many languages.

No package is installed: apt-get downloads each and dpkg-deb unpacks it into datasets/cache/means.
"""

import collections
import gettext
import glob
import hashlib
import html
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
CACHE = FOLDER.parent / "cache/means"
# Debian 12's versions, with which the file in this folder was learned.
PACKAGES = {
    "wesnoth-1.16-data": "1:1.16.9-1", "freeciv-data": "3.0.6-1+deb12u1", "kalzium-data": "4:22.12.3-1", "tuxpaint-data": "1:0.9.28-sdl2-1",
    "gcompris-qt-data": "3.1-2", "gnome-user-docs": "43.0-2", "installation-guide-amd64": "20230508+deb12u1",
    "debian-handbook": "11.20220922", "iso-codes": "4.15.0-1",
}
# The names by which packages know a language; the first that has a text counts, Chinese excepted (see `chosen`).
NAMES = {
    "en": ["en", "en_US", "en-US", "C", "en_GB"], "zh": ["zh_CN", "zh-CN", "zh_TW", "zh-TW"], "ja": ["ja", "ja-JP"], "ko": ["ko", "ko-KR"],
    "de": ["de", "de-DE"], "es": ["es", "es-ES"], "fr": ["fr", "fr-FR"], "pt": ["pt_BR", "pt-BR", "pt"], "it": ["it", "it-IT"],
    "ru": ["ru", "ru-RU"], "vi": ["vi", "vi-VN"], "tr": ["tr", "tr-TR"], "ro": ["ro", "ro-RO"], "ar": ["ar", "ar-MA"], "th": ["th"],
    "nl": ["nl", "nl-NL"], "pl": ["pl", "pl-PL"],
}
LANGUAGES = list(NAMES)
LANGUAGE = {name: language for language, names in NAMES.items() for name in names}
# Letters that most of a text in the language must be written with, else it was not translated.
SCRIPTS = {"zh": "\u3040-\u30ff\u3400-\u9fff", "ja": "\u3040-\u30ff\u3400-\u9fff", "ko": "\uac00-\ud7af", "ru": "\u0400-\u04ff",
           "ar": "\u0600-\u06ff", "th": "\u0e00-\u0e7f"}
WIDE = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"

Text = collections.namedtuple("Text", "source key language name text english_length")


def fetch():
    """Downloads and unpacks what is missing; other versions than those named are taken with a warning."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for package, version in PACKAGES.items():
        folder = CACHE / package
        if folder.exists():
            continue
        print(f"learn: fetching {package}", file=sys.stderr)
        for old in CACHE.glob(f"{package}_*.deb"):
            old.unlink()
        subprocess.run(["apt-get", "-q", "download", package], cwd=CACHE, check=True, timeout=900, stdout=subprocess.DEVNULL)
        archive = next(CACHE.glob(f"{package}_*.deb"))
        found = subprocess.run(["dpkg-deb", "-f", archive, "Version"], check=True, capture_output=True, text=True).stdout.strip()
        if found != version:
            print(f"learn: {package} is {found}, not {version}: the means will differ a little", file=sys.stderr)
        partial = folder.with_suffix(".partial")
        subprocess.run(["dpkg-deb", "-x", archive, partial], check=True, timeout=300)
        partial.rename(folder)
        archive.unlink()


def clean(text):
    text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^<>]*>", " ", text))).strip(" *-–—•")
    return re.sub(f"(?<=[{WIDE}]) (?=[{WIDE}])", "", text)


def digest(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


# Readers: each yields (key, name of the language, text)

def catalogs(pattern):
    """gettext catalogs, whose keys are the English texts."""
    english = set()
    for path in sorted(glob.glob(str(CACHE / pattern))):
        name = path.split("/LC_MESSAGES")[0].split("/")[-1]
        if LANGUAGE.get(name, "en") == "en":
            continue
        with open(path, "rb") as file:
            entries = gettext.GNUTranslations(file)._catalog.items()
        for key, text in entries:
            if not isinstance(key, str) or not key or not text:
                continue
            key = key.split("\x04", 1)[-1]
            if "^" in key[:25]:
                key = key.split("^", 1)[1]
            # Texts with places to fill in are no sentences.
            if re.search(r"%[0-9sdu$]|\$[a-z|]|\{\w+\}|@\w+@|^\?", key):
                continue
            source, text = clean(key), clean(text)
            if len(source) < 12 or source == text:
                continue
            key = digest(source)[:12]
            yield key, name, text
            if key not in english:
                english.add(key)
                yield key, "en", source


def pages(folder, pattern, paragraph, title):
    """Pages of documentation, one folder a language, with the same file names and paragraphs in each."""
    for base in glob.glob(str(CACHE / folder / "*")):
        name = os.path.basename(base)
        if name not in LANGUAGE:
            continue
        for path in sorted(glob.glob(f"{base}/{pattern}")):
            text = Path(path).read_text(errors="replace")
            page = re.sub(r"\.[a-z]{2}(_[A-Z]{2})?\.html$", ".html", os.path.relpath(path, base)).replace(name.replace("-", "_") + ".html", "html")
            if found := re.search(title, text, re.S):
                yield f"{page}#t", name, clean(found.group(1))
            for number, part in enumerate(re.findall(paragraph, text, re.S)):
                yield f"{page}#{number}", name, clean(part)


def qt_catalogs(folder):
    """Compiled catalogs of Qt, whose keys are hashes of the English texts; British English stands for English."""
    for path in glob.glob(str(CACHE / folder / "gcompris_*.qm")):
        name = os.path.basename(path)[9:-3]
        if name not in LANGUAGE or name == "en":
            continue
        data, place, sections = Path(path).read_bytes(), 16, {}
        while place < len(data):
            tag, length = struct.unpack_from(">BI", data, place)
            sections[tag] = data[place + 5:place + 5 + length]
            place += 5 + length
        messages = sections[0x69]
        for key, place in struct.iter_unpack(">II", sections[0x42]):
            text = None
            while (tag := messages[place]) != 1:
                if tag == 5:
                    place += 5
                    continue
                length, = struct.unpack_from(">I", messages, place + 1)
                length = 0 if length == 0xffffffff else length
                if tag == 3 and text is None:
                    text = messages[place + 5:place + 5 + length].decode("utf-16-be")
                place += 5 + length
            if text and "%1" not in text:
                yield f"{key:08x}", name, clean(text)


def sources():
    share = "usr/share/"
    yield "wesnoth", catalogs(f"wesnoth-1.16-data/{share}games/wesnoth/1.16/locale/*/LC_MESSAGES/*.mo")
    for name in ("freeciv", "kalzium", "tuxpaint"):
        yield name, catalogs(f"{name}-data/{share}locale/*/LC_MESSAGES/*.mo")
    yield "gnome", pages(f"gnome-user-docs/{share}help", "gnome-help/*.page", r"<p>(.*?)</p>", r"</info>\s*<title>(.*?)</title>")
    yield "guide", pages(f"installation-guide-amd64/{share}doc/installation-guide-amd64", "*.html", r"<p>(.*?)</p>", r"<title>(.*?)</title>")
    yield "handbook", pages(f"debian-handbook/{share}doc/debian-handbook/html", "*.html", r'<div class="para">(.*?)</div>',
                            r"<title>(.*?)</title>")
    yield "gcompris", qt_catalogs(f"gcompris-qt-data/{share}gcompris-qt/translations")


def translated(language, text, english, source):
    """Whether a text seems to be in its language and to say what the English one does."""
    if english is None or english == text:
        return False
    if script := SCRIPTS.get(language):
        share = 0.5 if language in ("ru", "ar", "th") else 0.4
        return len(re.findall(f"[{script}]", text)) >= share * len(text.replace(" ", ""))
    if source != "wesnoth" and not 0.5 < len(text) / max(1, len(english)) < 2.2:
        return False
    return len(re.findall(r"\b(the|of|and|is|to)\b", text)) < max(2, len(text) / 60)


def texts():
    """All texts of all packages."""
    found, english = [], {}
    for source, entries in sources():
        for key, name, text in entries:
            found.append((source, key, name, text))
            if LANGUAGE[name] == "en":
                english[source, key] = text
    result, seen = [], set()
    for source, key, name, text in found:
        language = LANGUAGE[name]
        if (source, key, name) in seen or language != "en" and not translated(language, text, english.get((source, key)), source):
            continue
        seen.add((source, key, name))
        result.append(Text(source, key, language, name, text, len(english.get((source, key), text))))
    return result


class Library:
    """Texts to learn from, in an order that puts first what most languages have."""

    def __init__(self):
        fetch()
        self.texts = collections.defaultdict(dict)
        lengths, cover = {}, collections.defaultdict(set)
        for one in texts():
            self.texts[one.source, one.key].setdefault(one.language, []).append((one.name, one.text))
            lengths[one.source, one.key] = one.english_length
            cover[one.source, one.key].add(one.language)
        self.lengths = lengths
        self.keys = collections.defaultdict(list)
        for source, key in sorted(lengths, key=lambda place: (-len(cover[place]), digest(place[1]))):
            self.keys[source].append(key)

    def chosen(self, source, key, language, decider, one_in):
        """The text in a language; of Chinese one in so many is in traditional characters."""
        found = self.texts[source, key][language]
        wanted = "TW" if language == "zh" and int(digest(decider), 16) % one_in == 0 else "CN"
        return next((text for name, text in found if name.endswith(wanted)), found[0][1])

    def passages(self, language, count, length):
        """(key, text) of at most so many passages a source, each of several paragraphs of together that many English characters."""
        for source, keys in self.keys.items():
            if source == "tuxpaint":
                continue
            groups, group, size = [], [], 0
            for key in keys:
                if self.lengths[source, key] < 100:
                    continue
                group.append(key)
                size += self.lengths[source, key]
                if size >= length:
                    groups.append(group)
                    group, size = [], 0
            found = 0
            for group in groups[:4 * count]:
                if found < count and all(language in self.texts[source, key] for key in group):
                    found += 1
                    yield f"{source}|{group[0]}", " ".join(self.chosen(source, key, language, group[0], 5) for key in group)

    def single(self, language, count, lengths):
        """(key, text) of at most so many texts a source whose English length lies in a range."""
        for source, keys in self.keys.items():
            fitting = [key for key in keys if self.lengths[source, key] in lengths(source)]
            found = [key for key in fitting[:3 * count] if language in self.texts[source, key]][:count]
            for key in found:
                yield f"{source}|{key}", self.chosen(source, key, language, key, 4)[:500]

    def sentences(self, language, count):
        return self.single(language, count, lambda source: range(20, 100))

    def paragraphs(self, language, count):
        return self.single(language, count, lambda source: range(60 if source == "tuxpaint" else 150, 100_000))


def questions(language, count):
    """(key, text) of so many questions: our own templates with names of countries."""
    fetch()
    share = CACHE / "iso-codes/usr/share"
    countries = json.loads((share / "iso-codes/json/iso_3166-1.json").read_text())["3166-1"]
    names = sorted({one.get("common_name") or one["name"] for one in countries}, key=digest)
    templates = json.loads((FOLDER / "questions.json").read_text())[language]
    translation = gettext.NullTranslations()
    if language != "en":
        locale = {"zh": "zh_CN", "pt": "pt_BR"}.get(language, language)
        with open(share / f"locale/{locale}/LC_MESSAGES/iso_3166-1.mo", "rb") as file:
            translation = gettext.GNUTranslations(file)
    for number in range(count):
        name = names[number * 7 % len(names)]
        yield f"questions|{number}", templates[number % len(templates)].format(translation.gettext(name))
