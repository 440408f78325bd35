-- Each revision's time, author and kind, and since when it is no longer the newest of its product: beside the revisions, so that
-- finding and forgetting them never reads a snapshot that is not answered. Times are microseconds since 1970.

CREATE TABLE revision_index (
    product INTEGER NOT NULL,
    number INTEGER NOT NULL,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    change TEXT NOT NULL,
    changed_fields TEXT NOT NULL,
    -- None: it is the newest.
    replace_time INTEGER,
    PRIMARY KEY (product, number),
    FOREIGN KEY (product, number) REFERENCES revisions (product, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO revision_index
SELECT product, number, revision_time(document), revision_actor(document), revision_change(document),
    revision_fields(document),
    (SELECT revision_time(document) FROM revisions AS next
     WHERE next.product = revisions.product AND next.number > revisions.number ORDER BY next.number LIMIT 1)
FROM revisions;

CREATE INDEX revision_index_by_time ON revision_index (time, product, number);
CREATE INDEX revision_index_by_actor ON revision_index (actor, time, product, number);
CREATE INDEX revision_index_replaced ON revision_index (replace_time) WHERE replace_time IS NOT NULL;
