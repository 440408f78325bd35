#!/usr/bin/env python3
"""Turns the Icecat products into what `shelf load` reads: one CreateProductRequest in ProtoJSON per line.

    icecat.py icecat-products.jsonl.gz | shelf load -

The same input always gives the same output. What a product of Shelf has no place for is left out, and counted on
standard error: image addresses (they belong to somebody else's server) and codes that are not GTINs.
"""

import gzip
import json
import re
import sys

CURRENCY = "EUR"
LONGEST_SKU = 64
LONGEST_ATTRIBUTE_NAME = 100
MARKDOWN = re.compile(r"([\\`*_<>\[\]])")


class Counts:
    """What was written, and what was left out."""

    def __init__(self):
        self.products = 0
        self.images = 0
        self.invalid_gtins = []
        self.made_skus = 0

    def report(self, out):
        print(f"{self.products} products written", file=out)
        print(f"{self.images} image addresses left out", file=out)
        for product, code in self.invalid_gtins:
            print(f"product {product}: `{code}` is not a GTIN, left out", file=out)
        print(f"{self.made_skus} part numbers too long or not unique, the product's id is the sku", file=out)


def is_gtin(code):
    """Whether a code has 8, 12, 13 or 14 digits, the last one being the right check digit (GS1)."""
    if not code.isdecimal() or not code.isascii() or len(code) not in (8, 12, 13, 14):
        return False
    digits = [int(digit) for digit in code]
    weighted = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits[:-1])))
    return (10 - weighted % 10) % 10 == digits[-1]


def gtins(source, counts):
    kept = []
    for code in dict.fromkeys(source["ean"]):
        if is_gtin(code):
            kept.append(code)
        else:
            counts.invalid_gtins.append((source["id"], code))
    return kept


def sku(source, taken, counts):
    part_number = " ".join(source["name"].split())
    if 0 < len(part_number) <= LONGEST_SKU and part_number not in taken:
        taken.add(part_number)
        return part_number
    counts.made_skus += 1
    taken.add(f"icecat-{source['id']}")
    return f"icecat-{source['id']}"


def attributes(source):
    """The attributes by readable names; a flag becomes the text `yes` or `no`."""
    named = {}
    for key, value in source.items():
        if not key.startswith("attr_"):
            continue
        name = " ".join(key[len("attr_t_"):].replace("_", " ").split())[:LONGEST_ATTRIBUTE_NAME]
        if name in named:
            name = f"{name} ({key[5]})"
        if isinstance(value, bool):
            named[name] = {"text": "yes" if value else "no"}
        elif isinstance(value, (int, float)):
            named[name] = {"number": value}
        elif value:
            named[name] = {"text": value}
    named["released"] = {"text": source["date_released"][:10]}
    return named


def price(cents):
    amount = {"currencyCode": CURRENCY, "units": str(cents // 100)}
    if cents % 100:
        amount["nanos"] = cents % 100 * 10_000_000
    return {"amount": amount}


def request(source, taken, counts):
    counts.images += sum(1 for key in source if key.startswith("img_"))
    variant = {"sku": sku(source, taken, counts), "gtins": gtins(source, counts), "prices": [price(source["price"])]}
    product = {
        "title": source["title"],
        "brand": source["supplier"],
        "description": MARKDOWN.sub(r"\\\1", source.get("short_description", "")),
        "attributes": attributes(source),
        "variants": [variant],
    }
    return {"productId": f"icecat-{source['id']}", "product": product}


def main(path):
    counts, taken = Counts(), set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            json.dump(request(json.loads(line), taken, counts), sys.stdout, ensure_ascii=False, separators=(",", ":"))
            sys.stdout.write("\n")
            counts.products += 1
    counts.report(sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
