"""What schemathesis cannot know of a shop: texts with a grammar of their own, what is there, and rules that no schema can say."""

import json
import os
import zlib

import schemathesis
from beyond import is_beyond
from hypothesis import strategies as st
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree

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


@schemathesis.hook
def map_case(context, case):
    """Three of four requests that should be good are for something that is there."""
    if case.meta is None or not case.meta.generation.mode.is_positive or case.meta.phase.name.value == "stateful":
        return case
    chance = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    for name, known in THERE.items():
        if name in (case.path_parameters or {}) and chance % 4:
            case.path_parameters[name] = known[chance // 4 % len(known)]
    return case


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if isinstance(failure, RejectedPositiveData):
        return not is_beyond(response)
    if isinstance(failure, AcceptedNegativeData) and case.method == "PATCH":
        # What the mask does not name is ignored, whatever it is (AIP-161), and an empty mask names nothing.
        return (case.query or {}).get("updateMask") != ""
    if isinstance(failure, UseAfterFree):
        # A product is deleted softly: it answers, with its `deleteTime`, until it is expunged (AIP-164).
        return not case.operation.path.startswith("/v1/products/{product}")
    return True
