#!/usr/bin/env python3
"""Works through every product of a file as a shop's people would, and looks that nothing else has changed.

    walk.py [--every N] [--grpc-every N] PRODUCTS

PRODUCTS is icecat-products.jsonl.gz or a file for `shelf load`. A shop of its own is started and loaded; then the list is
paged to its end, and every N-th product is edited, deleted and restored twice: by the forms of the pages, as a browser without
JavaScript sends them, and by JSON; every N-th of those also by gRPC, with grpcurl, which is slow because each call is a program.
Every other field of a product must be after an edit what it was before.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

from plain_browser import Browser

HERE = pathlib.Path(__file__).resolve().parent
BINARY = pathlib.Path(os.environ.get("SHELF_BIN", HERE.parent.parent / "target" / "debug" / "shelf"))
GRPCURL = HERE.parent.parent / "target" / "tools" / "bin" / "grpcurl"
LOGIN, PASSWORD = "ada@shop.example", "correct horse battery staple"
CHANGES_BY_ITSELF = {"etag", "updateTime", "updateActor"}
DELETION = {"deleteTime", "purgeTime", "deleteActor"}


class Shop:
    """A running shop with one account."""

    def __init__(self, folder):
        options = ["--data-dir", folder, "--listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0", "--empty"]
        self._process = subprocess.Popen([BINARY, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        told = dict(line.split(": ", 1) for line in (next(self._process.stdout).strip() for _ in range(3)))
        self.origin, self.grpc = told["shop"], told["gRPC"]
        setup = told["setup"].partition("#")[2]
        self.call("POST", "/v1/users:redeemSetupToken", {"token": setup, "login": LOGIN, "password": PASSWORD})
        self._token = None
        self._token = self.call("POST", "/v1/sessions", {"login": LOGIN, "password": PASSWORD})["token"]

    _token = None

    def call(self, method, path, body=None, etag=None):
        """A JSON call; anything but success ends the walk."""
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        if etag:
            headers["if-match"] = etag
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["content-type"] = "application/json"
        request = urllib.request.Request(self.origin + path, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def grpcurl(self, method, request):
        """A call of the product service by gRPC; anything but success ends the walk."""
        host, service = self.grpc.removeprefix("http://"), "shelf.catalog.v1.ProductService"
        command = [GRPCURL, "-plaintext", "-H", f"authorization: Bearer {self._token}", "-d", "@", host, f"{service}/{method}"]
        done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True)
        assert done.returncode == 0, f"{method} {request}: {done.stderr}"
        return json.loads(done.stdout)

    def load(self, lines):
        environment = {**os.environ, "SHELF_TOKEN": self._token}
        subprocess.run([BINARY, "load", "--catalog", self.grpc, lines], env=environment, check=True)

    def close(self):
        self._process.terminate()
        self._process.wait()


def sign_in(shop):
    browser = Browser(shop.origin)
    form = browser.open("/admin/sign-in").form("/admin/sign-in")
    form.fill("login", LOGIN)
    form.fill("password", PASSWORD)
    page = browser.send(form)
    assert page.status == 200, page.text
    return browser


def browse(browser):
    """The ids of all products, page by page."""
    path, seen, pages = "/admin/products", [], 0
    while path:
        page = browser.open(path)
        assert page.status == 200, page.text
        seen += re.findall(r'<tr role="row" id="product-([^"]+)"', page.text)
        path, pages = page.next, pages + 1
    print(f"{len(seen)} products on {pages} pages of the list")
    assert len(seen) == len(set(seen)), "a product stands on two pages"
    return seen


def differences(before, after):
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} - CHANGES_BY_ITSELF


def expect(product, before, after, changed):
    found = differences(before, after)
    assert found == changed, f"{product}: changed {sorted(found)}, expected {sorted(changed)}"


def by_pages(shop, browser, product):
    """Edits the title and the first variant's price, deletes and restores, by the forms of the product's page."""
    address, path = f"/v1/products/{product}", f"/admin/products/{product}"
    full = f"{address}?view=PRODUCT_VIEW_FULL"
    before = shop.call("GET", full)
    form = browser.open(path).form(f"{path}/save")
    form.fill("title", before["title"][:290] + " (new)")
    page = browser.send(form)
    assert page.status == 200, f"{product}: {page.text}"
    edited = shop.call("GET", full)
    expect(product, before, edited, {"title"})

    variant = before["variants"][0]["name"].rpartition("/")[2]
    form = page.form(f"{path}/variants/{variant}/save")
    form.fill("price", "12,34")
    page = browser.send(form)
    assert page.status == 200, f"{product}: {page.text}"
    priced = shop.call("GET", full)
    expect(product, edited, priced, {"variants", "priceRange"})
    expect(product, edited["variants"][0], priced["variants"][0], {"prices"})

    browser.send(page.form(f"{path}/delete"))
    deleted = shop.call("GET", full)
    expect(product, priced, deleted, DELETION & deleted.keys())
    assert "deleteTime" in deleted, product
    browser.send(browser.open(path).form(f"{path}/undelete"))
    expect(product, priced, shop.call("GET", full), set())


def by_json(shop, product):
    """Edits the brand, deletes and restores, by JSON with the etag that was seen."""
    address = f"/v1/products/{product}"
    full = f"{address}?view=PRODUCT_VIEW_FULL"
    before = shop.call("GET", full)
    shop.call("PATCH", address, {"brand": "Walked"}, before["etag"])
    edited = shop.call("GET", full)
    expect(product, before, edited, {"brand"})
    deleted = shop.call("DELETE", address, etag=edited["etag"])
    assert "deleteTime" in deleted, product
    shop.call("POST", f"{address}:undelete", {"etag": deleted["etag"]})
    expect(product, edited, shop.call("GET", full), set())


def by_grpc(shop, product):
    """Edits the brand by a mask, deletes and restores, by gRPC with the etag that was seen."""
    name = f"products/{product}"
    full = f"/v1/{name}?view=PRODUCT_VIEW_FULL"
    before = shop.call("GET", full)
    # What the mask does not name stays, whatever the message says.
    wish = {"name": name, "etag": before["etag"], "brand": "Walked by gRPC", "title": "Not this"}
    edited = shop.grpcurl("UpdateProduct", {"product": wish, "update_mask": {"paths": ["brand"]}})
    after = shop.call("GET", full)
    expect(product, before, after, {"brand"})
    assert edited["etag"] == after["etag"], product
    deleted = shop.grpcurl("DeleteProduct", {"name": name, "etag": edited["etag"]})
    assert "deleteTime" in deleted, product
    shop.grpcurl("UndeleteProduct", {"name": name, "etag": deleted["etag"]})
    expect(product, after, shop.call("GET", full), set())


def walk(shop, lines, every, grpc_every):
    shop.load(lines)
    browser = sign_in(shop)
    products = browse(browser)
    with open(lines, encoding="utf-8") as file:
        assert len(products) == sum(1 for _ in file), "the list does not show every product"
    chosen = products[::every]
    for place, product in enumerate(chosen, 1):
        by_pages(shop, browser, product)
        by_json(shop, product)
        if (place - 1) % grpc_every == 0:
            by_grpc(shop, product)
        if place % 500 == 0:
            print(f"{place} of {len(chosen)} walked through", flush=True)
    assert sorted(browse(browser)) == sorted(products)
    print(f"{len(chosen)} products edited, deleted and restored by pages and by JSON, nothing else changed")
    print(f"{len(chosen[::grpc_every])} of them by gRPC too")


def arguments():
    parser = argparse.ArgumentParser(description="Works through every product as people would.")
    parser.add_argument("products", metavar="PRODUCTS")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th product is edited")
    parser.add_argument("--grpc-every", type=int, default=20, metavar="N", help="only every N-th of those is edited by gRPC too")
    return parser.parse_args()


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        lines = options.products
        if lines.endswith(".gz"):
            lines = str(pathlib.Path(folder, "products.jsonl"))
            with open(lines, "wb") as out:
                subprocess.run([sys.executable, HERE / "icecat.py", options.products], stdout=out, check=True)
        shop = Shop(pathlib.Path(folder, "shop"))
        try:
            walk(shop, lines, options.every, options.grpc_every)
        finally:
            shop.close()


if __name__ == "__main__":
    main()
