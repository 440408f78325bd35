"""What schemathesis cannot know of a shop: texts with a grammar of their own, what is there, and rules that no schema can say."""

import collections
import json
import os
import re
import zlib

import schemathesis
from beyond import is_beyond, is_kept_when_deleted
from hypothesis import strategies as st
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree
from schemathesis.specs.openapi.checks import use_after_free

# What the run itself lives on: its user, its session and its key.
KEPT = set(os.environ.get("SHELF_KEPT", "").split())

# Resources of the sample shop, so that not every request is for something that does not exist.
THERE = {
    "product": ["soup-bowl", "reading-lamp-clamp", "no-such-product"],
    "category": ["kitchen", "lighting", "no-such-category"],
    "revision": ["1", "2"],
}

WORDS = st.sampled_from(["mug", "soup bowl", "kiln", "42", "“quoted”"])
FIELDS = st.sampled_from(["title", "slug", "brand", "description", "sku", "tag", "attributes.material"])
PRICES = st.decimals(0, 1000, places=2).map(str)
TIMES = st.datetimes().map(lambda time: f"{time.isoformat()}Z")


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


TERMS = st.one_of(
    st.builds("{} = {}".format, FIELDS, WORDS.map(quoted)),
    st.builds("{}:{}".format, FIELDS, WORDS.map(quoted)),
    st.builds("price {} {}".format, st.sampled_from(["<", "<=", "=", "!=", ">", ">="]), PRICES),
    st.builds("state = {}".format, st.sampled_from(["DRAFT", "ACTIVE", "ARCHIVED"])),
    st.builds("create_time {} {}".format, st.sampled_from(["<", ">="]), TIMES),
    st.sampled_from(['category:"kitchen"', "sku:*", "actor = \"users/ada\"", "kind = PUBLISHED", "resource:categories"]),
)
FILTERS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds("{} AND {}".format, inner, inner), st.builds("({} OR {})".format, inner, inner), inner.map("NOT {}".format)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(["title", "price", "slug", "create_time", "update_time", "delete_time"])
ORDERS = st.lists(st.builds("{}{}".format, KEYS, st.sampled_from(["", " desc"])), min_size=1, max_size=3).map(", ".join)
TOKENS = st.one_of(st.just(""), st.text("ABCDEFabcdef0123456789-_", min_size=1, max_size=80))
ETAGS = st.one_of(st.just("*"), st.from_regex(r'"[0-9a-z]{4,20}-[0-9]{1,3}"', fullmatch=True))

schemathesis.openapi.format("aip-160-filter", FILTERS)
schemathesis.openapi.format("aip-132-order", ORDERS)
schemathesis.openapi.format("page-token", TOKENS)
schemathesis.openapi.format("etag", ETAGS)
schemathesis.openapi.format("iso-4217", st.sampled_from(["EUR", "USD", "JPY", "KWD"]))


@schemathesis.hook
def filter_case(context, case):
    name = case.formatted_path.removeprefix("/v1/").partition(":")[0]
    return case.method == "GET" or name not in KEPT


# What answers have named so far, by its parameter in a path: only such a thing can be at the end of a link.
SEEN = collections.defaultdict(dict)
# Under which ids requests were sent: the same again does nothing, and is answered as the first time.
SENT = set()
# Products that are gone for good.
EXPUNGED = set()
# Products that were undeleted, and not deleted again: chains share what they have made.
UNDELETED = set()
ETAG = re.compile(r'"etag": ?"((?:[^"\\]|\\.)*)"')
NAME = re.compile(r"(product|variant|revision|user|session|apiKey|categor)(?:s|ies)/([^/\"\\]+)")


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code < 300:
        for collection, name in NAME.findall(response.text):
            SEEN["category" if collection == "categor" else collection][name] = None
        path, _, verb = case.formatted_path.rpartition(":")
        if verb == "expunge":
            EXPUNGED.add(path)
        elif verb == "undelete":
            UNDELETED.add(path)
        elif case.method == "DELETE":
            UNDELETED.discard(case.formatted_path)
        SEEN["etag"].update((tag.replace('\\"', '"'), None) for tag in ETAG.findall(response.text))


@schemathesis.hook
def map_case(context, case):
    """Three of four requests that should be good are for something that is there; in a chain all are that no link has led to."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    chance = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    in_chain = case.meta.phase.name.value == "stateful"
    for name, value in (case.path_parameters or {}).items():
        known = told(name) if in_chain else THERE.get(name)
        # Where a link leads on from something that is no name, the value is none either.
        strange = not isinstance(value, str) or value not in SEEN[name]
        if known and (strange if in_chain else chance % 4):
            case.path_parameters[name] = known[chance // 4 % len(known)]
    if in_chain:
        go_through(case, chance)
    return case


def told(name):
    """What answers have named lately, but not what the run itself lives on."""
    kept = {path.rpartition("/")[2] for path in KEPT}
    return [seen for seen in list(SEEN[name])[-20:] if seen not in kept]


# What a request creates, and the parameter by which it chooses the id that links go on with.
CREATES = {"/v1/products": "productId", "/v1/categories": "categoryId", "/v1/products/{product}/variants": "variantId"}


def go_through(case, chance):
    """Takes away what would end a chain: a request that only asks whether it would do, or that repeats one of before, tags that nobody has
    told, no id to go on with."""
    chosen = CREATES.get(case.operation.path)
    if chosen and case.method == "POST":
        case.query = {**(case.query or {}), chosen: f"chain-{chance:08x}"}
    for part in (case.query, case.body):
        if isinstance(part, dict):
            part.pop("validateOnly", None)
    say_once(case.headers or {})
    for name in ("If-Match", "If-None-Match"):
        if name in (case.headers or {}) and case.headers[name] not in SEEN["etag"]:
            del case.headers[name]


def say_once(headers):
    """Takes away an id under which a request was sent before."""
    key = headers.get("Idempotency-Key")
    if key in SENT:
        del headers["Idempotency-Key"]
    elif key is not None:
        SENT.add(key)


@schemathesis.check
def stays_deleted(context, response, case):
    """What schemathesis itself asks of what was deleted, but that a product is deleted softly; a failure that is none would end the chain."""
    try:
        return use_after_free(context, response, case)
    except UseAfterFree as failure:
        if is_kept_when_deleted(failure, response, EXPUNGED, UNDELETED):
            return None
        raise


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if isinstance(failure, RejectedPositiveData):
        return not is_beyond(response)
    if isinstance(failure, AcceptedNegativeData):
        return not (is_unmasked(case) or is_good_after_all(failure, case))
    return True


def is_unmasked(case):
    """What the mask does not name is ignored, whatever it is (AIP-161), and an empty mask names nothing."""
    return case.method == "PATCH" and (case.query or {}).get("updateMask") == ""


# What a failure says of each part of a request.
VIOLATION = re.compile(r"- (\w+): violates `(\w+)` at /properties/([\w-]+)")
# Words alone are a filter (AIP-160), which no format above makes.
WORDS_ALONE = re.compile(r"\w+( \w+)*")


def is_good_after_all(failure, case):
    """Whether all that was taken for a breach of a format is none: schemathesis takes for one whatever it makes up itself."""
    found = VIOLATION.findall(failure.message)
    return bool(found) and all(rule == "format" and is_good(place, name, case) for place, rule, name in found)


def is_good(place, name, case):
    if place == "query" and name == "filter":
        return WORDS_ALONE.fullmatch(str(case.query["filter"])) is not None
    # A condition that holds no tag is none.
    return place == "header" and name == "If-None-Match"
