-- The addresses that products had. A slug may stand here for several products; the one that had it last has the largest key.

CREATE TABLE product_slugs (
    key INTEGER PRIMARY KEY,
    slug TEXT NOT NULL,
    -- None: the product is gone for good.
    product INTEGER REFERENCES products (key) ON DELETE SET NULL,
    -- Whether the public has known it, so that it may be told that the product is gone.
    was_public INTEGER NOT NULL CHECK (was_public IN (0, 1)),
    UNIQUE (slug, product)
) STRICT;
CREATE INDEX product_slugs_by_product ON product_slugs (product);
