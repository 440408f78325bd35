-- Who deleted a product, by which the deleted ones are found; empty for one that is not deleted.

ALTER TABLE products ADD COLUMN delete_actor TEXT NOT NULL DEFAULT '';
UPDATE products SET delete_actor = deleted_by(actors) WHERE delete_time IS NOT NULL;
CREATE INDEX products_deleted_by ON products (delete_actor, delete_time, id) WHERE delete_actor != '';
