-- The catalog. Times are microseconds since 1970, amounts of money are millionths of a unit.
-- A `document` is the encoded resource; the columns beside it are what it is found and sorted by.

CREATE TABLE shop (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    default_currency TEXT NOT NULL,
    document BLOB NOT NULL
) STRICT;

CREATE TABLE categories (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title_key TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    parent TEXT REFERENCES categories (id),
    document BLOB NOT NULL
) STRICT;
CREATE INDEX categories_by_parent ON categories (parent);
CREATE INDEX categories_by_title ON categories (title_key, id);

CREATE TABLE products (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    brand TEXT NOT NULL,
    price INTEGER,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    delete_time INTEGER,
    publish_time INTEGER,
    unpublish_time INTEGER,
    -- Parts of one encoded product; what an audience may see of it is some of them, one behind the other.
    price_range BLOB NOT NULL,
    actors BLOB NOT NULL,
    document BLOB NOT NULL,
    variants BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX products_live_by_slug ON products (slug) WHERE delete_time IS NULL;
CREATE INDEX products_public_by_slug ON products (slug, id) WHERE delete_time IS NULL AND state = 2;
CREATE INDEX products_by_create ON products (create_time, id);
CREATE INDEX products_live_by_create ON products (create_time, id) WHERE delete_time IS NULL;
CREATE INDEX products_live_by_update ON products (update_time, id) WHERE delete_time IS NULL;
CREATE INDEX products_live_by_title ON products (title_key, id) WHERE delete_time IS NULL;
CREATE INDEX products_live_by_price ON products (price, id) WHERE delete_time IS NULL;
-- With the window, so that the public products can be counted without a look at each.
CREATE INDEX products_live_by_state ON products (state, create_time, id, publish_time, unpublish_time)
    WHERE delete_time IS NULL;
CREATE INDEX products_by_brand ON products (brand) WHERE brand != '';
CREATE INDEX products_public_by_update ON products (update_time, id) WHERE delete_time IS NULL AND state = 2;
CREATE INDEX products_public_by_title ON products (title_key, id) WHERE delete_time IS NULL AND state = 2;
CREATE INDEX products_public_by_price ON products (price, id) WHERE delete_time IS NULL AND state = 2;
CREATE INDEX products_deleted ON products (delete_time, id) WHERE delete_time IS NOT NULL;

CREATE TABLE product_categories (
    category TEXT NOT NULL,
    product INTEGER NOT NULL REFERENCES products (key) ON DELETE CASCADE,
    PRIMARY KEY (category, product)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_categories_by_product ON product_categories (product);

CREATE TABLE product_tags (
    tag TEXT NOT NULL,
    product INTEGER NOT NULL REFERENCES products (key) ON DELETE CASCADE,
    PRIMARY KEY (tag, product)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_tags_by_product ON product_tags (product);

CREATE TABLE product_attributes (
    product INTEGER NOT NULL REFERENCES products (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    text TEXT,
    number REAL,
    PRIMARY KEY (product, name)
) STRICT, WITHOUT ROWID;
-- Only the beginning: a text may have 8,000 characters, and what is looked for by index is short.
CREATE INDEX product_attributes_by_text ON product_attributes (name, substr(text, 1, 100), product)
    WHERE text IS NOT NULL;
CREATE INDEX product_attributes_by_number ON product_attributes (name, number, product) WHERE number IS NOT NULL;

CREATE TABLE product_prices (
    product INTEGER NOT NULL REFERENCES products (key) ON DELETE CASCADE,
    currency TEXT NOT NULL,
    lowest INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    PRIMARY KEY (product, currency)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_prices_by_currency ON product_prices (currency, lowest, product);

CREATE TABLE variants (
    key INTEGER PRIMARY KEY,
    product INTEGER NOT NULL REFERENCES products (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    sku TEXT,
    live INTEGER NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (product, id)
) STRICT;
CREATE UNIQUE INDEX variants_live_sku ON variants (sku) WHERE live = 1 AND sku IS NOT NULL;
CREATE INDEX variants_by_sku ON variants (sku, product) WHERE sku IS NOT NULL;
CREATE UNIQUE INDEX variants_by_position ON variants (product, position);

CREATE TABLE variant_gtins (
    gtin TEXT NOT NULL,
    variant INTEGER NOT NULL REFERENCES variants (key) ON DELETE CASCADE,
    product INTEGER NOT NULL,
    PRIMARY KEY (gtin, variant)
) STRICT, WITHOUT ROWID;
CREATE INDEX variant_gtins_by_variant ON variant_gtins (variant);
CREATE INDEX variant_gtins_by_product ON variant_gtins (product);

-- The history of each product: the version of the product or of the variant that the change left.
CREATE TABLE revisions (
    product INTEGER NOT NULL REFERENCES products (key) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    product_version INTEGER,
    variant TEXT,
    variant_version INTEGER,
    document BLOB NOT NULL,
    UNIQUE (product, number)
) STRICT;

-- The change feed: one number for every change, in the order of the commits.
CREATE TABLE changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    resource TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_display_name TEXT NOT NULL,
    request_id TEXT,
    changed_fields TEXT NOT NULL,
    time INTEGER NOT NULL
) STRICT;
CREATE INDEX changes_by_resource ON changes (resource, sequence);

-- What was answered to requests that may be sent again.
CREATE TABLE requests (
    caller TEXT NOT NULL,
    id TEXT NOT NULL,
    digest BLOB NOT NULL,
    answer BLOB NOT NULL,
    time INTEGER NOT NULL,
    UNIQUE (caller, id)
) STRICT;
CREATE INDEX requests_by_time ON requests (time);

CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
