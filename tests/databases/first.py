#!/usr/bin/env python3
"""Made first.db.gz and first.json with the first version of Shelf; README.md says how to run it again.

It fills a shop by gRPC through grpcurl, stops the service, and keeps the file beside what the service answered last.
"""

import gzip, json, pathlib, re, shutil, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).parent
CATALOG, ACCESS = "shelf.catalog.v1", "shelf.access.v1"
PASSWORD = "nine enamel mugs"


class Shop:
    """The service on a free port, and what it said when it was asked to keep it."""

    def __init__(self, binary: str, grpcurl: str, folder: pathlib.Path):
        settings = {
            "SHELF_CATALOG_LISTEN": "127.0.0.1:0",
            "SHELF_DATABASE_URL": f"sqlite:{folder / 'shelf.db'}",
            "SHELF_CATALOG_REFLECTION": "on",
            "SHELF_LOG_FORMAT": "json",
        }
        self.grpcurl = grpcurl
        self.process = subprocess.Popen([binary], env=settings, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True)
        self.address = self.setup = None
        for line in self.process.stdout:
            self.setup = self.setup or next(iter(re.findall(r"/admin/setup#(\S+)", line)), None)
            self.address = self.address or next(iter(re.findall(r'"address":"([0-9.:]+)"', line)), None)
            if self.address and self.setup:
                break
        self.token, self.answers = "", {}

    def call(self, service: str, method: str, request: dict, fails: bool = False) -> dict:
        package = ACCESS if service in ("Session", "User") else CATALOG
        if "updateMask" in request:
            # grpcurl writes this one as a message.
            request = request | {"updateMask": {"paths": request["updateMask"].split(",")}}
        command = [self.grpcurl, "-plaintext", "-d", json.dumps(request)]
        command += ["-H", f"authorization: Bearer {self.token}"] if self.token else []
        command += [self.address, f"{package}.{service}Service/{method}"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert (done.returncode != 0) == fails, done.stderr + done.stdout
        return {} if fails else json.loads(done.stdout)

    def keep(self, name: str, service: str, method: str, request: dict) -> None:
        """Keeps an answer, with what was asked."""
        self.answers[name] = {"request": request, "answer": self.call(service, method, request)}

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait() == 0


def money(currency: str, units: int, cents: int = 0) -> dict:
    return {"currencyCode": currency, "units": str(units), "nanos": cents * 10_000_000}


def people(shop: Shop) -> None:
    first = {"token": shop.setup, "login": "ada@shop.example", "displayName": "Ada", "password": PASSWORD}
    shop.call("User", "RedeemSetupToken", first)
    session = shop.call("Session", "CreateSession", {"login": "ada@shop.example", "password": PASSWORD})
    shop.token = session["token"]
    for name, role in (("eddi", "ROLE_EDITOR"), ("vera", "ROLE_VIEWER")):
        user = {"login": f"{name}@shop.example", "displayName": name.title(), "role": role}
        shop.call("User", "CreateUser", {"user": user, "password": PASSWORD})
    wrong = {"login": "vera@shop.example", "password": "not the password"}
    shop.call("Session", "CreateSession", wrong, fails=True)


def categories(shop: Shop) -> None:
    shop.call("Shop", "UpdateShop", {"shop": {"name": "shop", "displayName": "The First Shop"}, "updateMask": "display_name"})
    for id, title, parent in (("kitchen", "Kitchen", ""), ("mugs", "Mugs & cups", "categories/kitchen"), ("garden", "Garden", ""), ("attic", "Attic", "")):
        shop.call("Category", "CreateCategory", {"categoryId": id, "category": {"title": title, "parent": parent}})
    shop.call("Category", "DeleteCategory", {"name": "categories/attic"})
    shop.call("Category", "UpdateCategory", {"category": {"name": "categories/garden", "title": "Garden & balcony"}, "updateMask": "title"})


def mug(shop: Shop) -> None:
    variants = [
        {"sku": f"MUG-{number}", "gtins": gtins, "optionValues": [colour],
         "prices": [{"amount": money("EUR", 12, 90 + number), "compareAtAmount": money("EUR", 15)}, {"amount": money("USD", 14)}]}
        for number, (colour, gtins) in enumerate((("white", ["4006381333931"]), ("blue", [])), 1)
    ]
    product = {
        "title": "Enamel mug", "description": "Holds **0.3 l**.\n\n- light\n- no lead", "brand": "Émaillerie",
        "categories": ["categories/mugs", "categories/kitchen"], "tags": ["camping", "gift"],
        "attributes": {"material": {"text": "enamelled steel"}, "weight": {"number": 180.5}},
        "options": [{"name": "Colour", "values": ["white", "blue"]}],
        "images": [{"uri": "/pictures/mug.svg", "alternativeText": "A white mug"}], "variants": variants,
    }
    shop.call("Product", "CreateProduct", {"productId": "mug", "product": product, "requestId": "first-create"})
    shop.call("Product", "PublishProduct", {"name": "products/mug"})
    shop.call("Product", "UpdateProduct", {"product": {"name": "products/mug", "title": "Enamel mug, 0.3 l"}, "updateMask": "title"})
    shop.call("Product", "UpdateProduct", {"product": {"name": "products/mug", "slug": "mug"}, "updateMask": "slug"})
    shop.keep("repeated", "Product", "UpdateProduct",
              {"product": {"name": "products/mug", "brand": "Emaillerie"}, "updateMask": "brand", "requestId": "first-update"})
    colours = {"name": "Colour", "values": ["white", "blue", "green", "red"]}
    shop.call("Product", "UpdateProduct", {"product": {"name": "products/mug", "options": [colours]}, "updateMask": "options"})
    for id, colour in (("green", "green"), ("dropped", "red")):
        variant = {"sku": f"MUG-{id}", "optionValues": [colour], "prices": [{"amount": money("EUR", 9, 99)}]}
        shop.call("Variant", "CreateVariant", {"parent": "products/mug", "variantId": id, "variant": variant})
        changed = {"name": f"products/mug/variants/{id}", "sku": f"MUG-{id.upper()}"}
        shop.call("Variant", "UpdateVariant", {"variant": changed, "updateMask": "sku"})
    shop.call("Variant", "DeleteVariant", {"name": "products/mug/variants/dropped"})


def others(shop: Shop) -> None:
    for id, title in (("kettle", "Whistling kettle"), ("vase", "Blue vase"), ("chair", "Folding chair"), ("lamp", "Garden lamp")):
        shop.call("Product", "CreateProduct", {"productId": id, "product": {"title": title, "categories": ["categories/garden"]}})
    shop.call("Product", "DeleteProduct", {"name": "products/vase"})
    shop.call("Product", "DeleteProduct", {"name": "products/chair"})
    shop.call("Product", "UndeleteProduct", {"name": "products/chair"})
    shop.call("Product", "PublishProduct", {"name": "products/chair"})
    window = {"name": "products/lamp", "publishTime": "2020-01-01T00:00:00Z", "unpublishTime": "2020-02-01T00:00:00Z"}
    shop.call("Product", "UpdateProduct", {"product": window, "updateMask": "publish_time,unpublish_time"})
    shop.call("Product", "PublishProduct", {"name": "products/lamp"})
    batch = [{"product": {"title": f"Plate {number}", "variants": [{"sku": f"PLATE-{number}"}]}, "productId": f"plate-{number}"} for number in range(20)]
    shop.call("Product", "BatchCreateProducts", {"requests": batch, "requestId": "first-batch"})
    for round in range(4):
        for number in range(8):
            plate = {"name": f"products/plate-{number}", "description": f"Turned {round} times."}
            shop.call("Product", "UpdateProduct", {"product": plate, "updateMask": "description"})


def answers(shop: Shop) -> None:
    shop.keep("shop", "Shop", "GetShop", {"name": "shop"})
    shop.keep("categories", "Category", "ListCategories", {"pageSize": 1000})
    shop.keep("users", "User", "ListUsers", {"pageSize": 1000})
    everything = {"pageSize": 1000, "showDeleted": True, "view": "PRODUCT_VIEW_FULL"}
    shop.keep("products", "Product", "ListProducts", everything)
    for id in ("mug", "vase", "chair", "plate-3"):
        shop.keep(f"revisions of {id}", "Product", "ListProductRevisions", {"parent": f"products/{id}", "pageSize": 1000})
    shop.answers["token"] = shop.token
    shop.token = ""
    shop.keep("public", "Product", "ListProducts", {"pageSize": 1000, "view": "PRODUCT_VIEW_FULL"})


def main(binary: str, grpcurl: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shop = Shop(binary, grpcurl, folder)
        for part in (people, categories, mug, others, answers):
            part(shop)
        shop.stop()
        left = {path.name for path in folder.iterdir()}
        assert left <= {"shelf.db", "shelf.db.lock", "shelf.db-wal", "shelf.db-shm"}, left
        assert not (folder / "shelf.db-wal").exists() or not (folder / "shelf.db-wal").stat().st_size
        with open(folder / "shelf.db", "rb") as plain, open(HERE / "first.db.gz", "wb") as kept:
            with gzip.GzipFile("", "wb", 9, kept, mtime=0) as packed:
                shutil.copyfileobj(plain, packed)
        lines = (f"{json.dumps(name)}: {json.dumps(kept, ensure_ascii=False)}" for name, kept in shop.answers.items())
        (HERE / "first.json").write_text("{" + ",\n".join(lines) + "}\n")


main(*sys.argv[1:])
