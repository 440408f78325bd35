-- The feed of changes is read by people, too: each change with what its resource was called then, and with the revision that it left
-- of a product. What was done to a product is told as its history tells it: 6 published, 7 unpublished, 8 archived, 9 rolled back.

ALTER TABLE changes ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN revision INTEGER;

-- What is known of the changes from before. Several revisions of one moment cannot be told apart.
UPDATE changes SET
    title = coalesce((SELECT p.title FROM products AS p WHERE p.id = product_in(changes.resource)), ''),
    revision = (
        SELECT CASE count(*) WHEN 1 THEN max(i.number) END
        FROM products AS p JOIN revision_index AS i ON i.product = p.key
        WHERE p.id = product_in(changes.resource) AND i.time = changes.time
    )
WHERE resource GLOB 'products/*';
UPDATE changes SET kind = CASE (
        SELECT i.change FROM products AS p JOIN revision_index AS i ON i.product = p.key
        WHERE p.id = product_in(changes.resource) AND i.number = changes.revision
    ) WHEN 'PUBLISHED' THEN 6 WHEN 'UNPUBLISHED' THEN 7 WHEN 'ARCHIVED' THEN 8 WHEN 'ROLLED_BACK' THEN 9 ELSE kind END
WHERE kind = 2 AND revision IS NOT NULL AND resource NOT GLOB 'products/*/*';
UPDATE changes SET title = coalesce(
        (SELECT category_title(c.document) FROM categories AS c WHERE c.id = substr(changes.resource, 12)), ''
    )
WHERE resource GLOB 'categories/*';
UPDATE changes SET title = (SELECT shop_name(document) FROM shop) WHERE resource = 'shop';

-- With the kind, so that rare ones are found without a look at each change.
CREATE INDEX changes_by_time ON changes (time, sequence, kind);
CREATE INDEX changes_by_actor ON changes (actor, time, sequence, kind);

-- When a window opens or closes next, until which a count of what is public holds.
CREATE INDEX products_by_opening ON products (publish_time) WHERE publish_time IS NOT NULL;
CREATE INDEX products_by_closing ON products (unpublish_time) WHERE unpublish_time IS NOT NULL;
