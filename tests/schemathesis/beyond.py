"""Why a request that fits the description may be refused all the same: rules between fields, against what is stored, or by a list
that lies elsewhere. No JSON Schema can say them; the comments of the contract do.

A refusal is one of these only when everything that it complains of is. Anything else is a fault of the description or of the service.
"""

import json
import re

# The state of what is asked for is not what the call needs (`FAILED_PRECONDITION`, which is 400 in HTTP).
STATE = {"STATE_INVALID", "NOT_DELETED", "HAS_CHILDREN", "LAST_VARIANT", "LAST_ADMIN"}
# What was asked before decides: the same key with another request, the token of another list, a place in the tree, a feed's end.
EARLIER = {"REQUEST_ID_REUSED", "PAGE_TOKEN_INVALID", "CATEGORY_CYCLE"}
# Texts with a grammar of their own. The formats of hooks.py make good ones, but every list has other fields.
GRAMMAR = {"FILTER_INVALID", "ORDER_INVALID", "MASK_INVALID"}

# Fields, and what is said of them.
RULES = [
    # Two fields compared.
    (r"unpublish_time$", r"^must be later than publish_time"),
    (r"compare_at_amount$", r"^must be (higher than|in the currency of) the amount"),
    (r"(expire_time|ttl)$", r"^is given beside|^must be in the future, and at most 366 days away"),
    (r"base_(etag|revision)$", r"^must be (empty when base_revision is given|a revision of the same product)|^is of another resource"),
    (r"etag$", r"^is of another resource"),
    (r"option_values$", r"^must be one value for each|is not a value of the option|^are those of (another|the) variant|^must be empty, because the product has no"),
    (r"options$", r"would lose its choice"),
    (r"options\[\d+\]\.name$", r"^is the name of another option too"),
    (r"prices\[\d+\]\.amount$", r"^there is a price in this currency already"),
    (r"variants(\[\d+\]\.(name|sku))?$", r"^is the (name|sku) of another variant too|^would be \d+, and may be"),
    (r"gtins\[\d+\]$", r"^stands in the list for the second time"),
    (r"requests\[\d+\]\.(name|product\.name|variant\.name)$", r"for the second time|^is not a variant of the parent"),
    (r"names\[\d+\]$", r"for the second time"),
    (r"new_skus\[\d+\]\.variant$", r"^is not a variant of|^stands here twice|^does not exist$"),
    (r"requests\[\d+\]\.(request_id|validate_only)$", r"^stands in the batch, not in its items"),
    (r"password$", r"^must not be the login"),
    # An amount is a number in three fields, whose parts have one sign.
    (r"(amount|price|price_below)(\.\w+)?$", r"^an amount must not be|has \d decimal places|^`nanos` must lie between"),
    # Lists that lie elsewhere: currencies, languages, the commonest passwords; and a check digit, which is calculated.
    (r"currency(_code)?$", r"is not a currency of ISO 4217"),
    (r"(price|price_below)(\.\w+)?$", r"give it in \w+, the shop's currency"),
    (r"default_language$", r"^must be a language such as"),
    (r"password$", r"^is one of the commonest passwords"),
    (r"gtins\[\d+\]$", r"^the check digit of"),
    # What is stored.
    (r"(categories\[\d+\]|parent)$", r"does not exist$"),
    (r"current_password$", r"^is not the current password"),
    # A mask names what the body leaves out, or a text is nothing but spaces.
    (r"(title|display_name|login|role|name|tags\[\d+\]|values\[\d+\])$", r"^must not be empty"),
    (r"(login|role)$", r"^must be (an e-mail address|one of)"),
    # The parts of an address, and classes of Unicode, of which the maker of the random texts has its own.
    (r"uri$", r"^must start with `/pictures/`"),
    (r"sku$", r"^must be visible characters|^a sku has 1 to 64 visible characters"),
    # A rule beside a reference, which the maker of the edges does not read together with what is referred to.
    (r"requests\[\d+\]\.(product|variant)\.name$", r"^`` is not a name of the form"),
]


# A product that was deleted, and what may be read of it until it is expunged (AIP-164): itself with its `deleteTime`, what it was, and
# its variants.
DELETED = re.compile(r"^DELETE (/v1/products/[^/:]+)$")
READ = re.compile(r"^(?:GET|HEAD) (/v1/products/[^/:]+)(/variants|/revisions|$)")


def is_kept_when_deleted(failure, response, expunged, undeleted):
    """Whether what was deleted answers as only a deleted product does, or has been undeleted since."""
    deleted = DELETED.match(failure.free)
    if not deleted or deleted[1] in expunged:
        return False
    path, read = failure.usage.partition(" ")[2], READ.match(failure.usage)
    if deleted[1] in undeleted:
        return re.match(re.escape(deleted[1]) + "([/:]|$)", path) is not None
    if not read or read[1] != deleted[1]:
        return False
    return bool(read[2]) or response.status_code == 304 or bool(json.loads(response.content or b"{}").get("deleteTime"))


def violations(error):
    for detail in error.get("details", []):
        for violation in detail.get("fieldViolations", []):
            yield violation["field"], violation["description"]


def reason(error):
    return next((detail["reason"] for detail in error.get("details", []) if "reason" in detail), "")


def is_known(field, words):
    return any(re.search(where, field) and re.search(what, words) for where, what in RULES)


def is_beyond(response):
    """Whether everything that a refusal complains of is beyond a schema."""
    error = json.loads(response.content)["error"]
    if reason(error) in STATE | EARLIER | GRAMMAR:
        return True
    found = list(violations(error))
    return bool(found) and all(is_known(field, words) for field, words in found)
