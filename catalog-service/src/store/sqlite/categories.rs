//! Categories: read, created, moved and deleted.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    Sqlite,
    category_counts::counts,
    failure::damaged,
    feed::{self, POSITION},
    page::Gathered,
    rows::{self, title_key},
    tx::{Entry, Item, Tx},
};
use crate::{
    domain::{
        Audience, Category, CategoryAction, CategoryChange, CategoryField, CategoryFields,
        CategoryId, Conflict, Cursor, CursorValue, Document, EntryKind, Etag, NewCategory,
        OtherChange, Page, PageRequest, Refusal, ResourceKind, Slug, Snapshot, Total, Uid,
        Violation,
    },
    encoding, ids,
    store::Result,
};

/// Where the parent stands in requests that hold a whole category.
const PARENT: &str = "category.parent";

impl Sqlite {
    /// One category.
    pub(super) fn read_category(
        &self,
        id: &CategoryId,
    ) -> Result<Option<Snapshot<Document<Category>>>> {
        let sql = format!("SELECT {POSITION}, document FROM categories WHERE id = ?1");
        self.readers.read(|db| {
            let mut select = db.prepare_cached(&sql)?;
            Ok(select.query_row([id.as_str()], feed::document).optional()?)
        })
    }

    /// One page of the categories, by title. Counting their products may take a while.
    pub(super) async fn read_categories(
        &self,
        counted: Option<Audience>,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Category>>>> {
        let counted = counted.map(|audience| (audience, self.clock.now().as_microsecond()));
        let read = move |db: &Connection| feed::snapshot(db, || one_page(db, counted, &page));
        if counted.is_some() {
            return self.readers.read_long(read).await;
        }
        self.readers.read(read)
    }
}

fn one_page(
    db: &Connection,
    counted: Option<(Audience, i64)>,
    page: &PageRequest,
) -> Result<Page<Document<Category>>> {
    let (title, id) = match &page.after {
        None => ("", ""),
        Some(cursor) => match cursor.values.first() {
            Some(CursorValue::Text(title)) => (title.as_str(), cursor.id.as_str()),
            _ => ("", cursor.id.as_str()),
        },
    };
    let mut select = db.prepare_cached(
        "SELECT title_key, id, document FROM categories WHERE (title_key, id) > (?1, ?2)
         ORDER BY title_key, id LIMIT ?3",
    )?;
    let mut rows = select.query((title, id, page.limit()))?;
    let mut gathered = Gathered::new(page.size);
    while let Some(row) = rows.next()? {
        let cursor = Cursor { values: vec![CursorValue::Text(row.get(0)?)], id: row.get(1)? };
        let mut document: Vec<u8> = row.get(2)?;
        if let Some((audience, now)) = counted {
            let (own, subtree) = counts(db, &cursor.id, audience, now)?;
            encoding::category::add_counts(&mut document, own, subtree);
        }
        if !gathered.take(document, cursor) {
            break;
        }
    }
    let count = db
        .prepare_cached("SELECT count(*) FROM categories")?
        .query_row([], |row| row.get::<_, u32>(0))?;
    let total = Total { count: count.min(Total::MOST), capped: count > Total::MOST };
    Ok(gathered.page(total))
}

impl Tx<'_> {
    fn category(&self, id: &CategoryId) -> Result<Option<(i64, Category)>> {
        let found: Option<(i64, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT key, document FROM categories WHERE id = ?1")?
            .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((key, bytes)) = found else { return Ok(None) };
        Ok(Some((key, encoding::category::read(&bytes)?)))
    }

    /// Creates a category.
    pub(super) fn create_category(&self, new: &NewCategory) -> Item<Vec<u8>> {
        let id = match &new.id {
            Some(id) => id.clone(),
            None => CategoryId::parse(&ids::new_id(self.now)).map_err(|_| damaged("an id"))?,
        };
        if rows::category_exists(self.db, &id)? {
            let kind = ResourceKind::Category;
            return Ok(Err(Refusal::IdTaken { name: id.name(), kind }));
        }
        if let Some(refusal) = self.unknown_parent(new.fields.parent.as_ref(), PARENT)? {
            return Ok(Err(refusal));
        }
        let fields = new.fields.clone();
        let slug = match self.category_slug(fields.slug.as_ref(), &fields.title, None)? {
            Ok(slug) => slug,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let category = Category {
            id,
            uid: Uid::new(ids::new_id(self.now)),
            version: 1,
            title: fields.title,
            slug,
            description: fields.description,
            parent: fields.parent,
            create_time: self.now,
            update_time: self.now,
        };
        let document = encoding::category::document(&category);
        self.db
            .prepare_cached(
                "INSERT INTO categories (id, title_key, slug, parent, document)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                category.id.as_str(),
                title_key(&category.title),
                category.slug.as_str(),
                category.parent.as_ref().map(CategoryId::as_str),
                document,
            ])?;
        self.tell_of_category(EntryKind::Created, &category, &[])?;
        Ok(Ok(document))
    }

    /// Changes or deletes a category.
    pub(super) fn change_category(&self, change: &CategoryChange) -> Item<Vec<u8>> {
        let Some((key, category)) = self.category(&change.id)? else {
            return Ok(Err(Refusal::NotFound { name: change.id.name() }));
        };
        if let Some(refusal) = self.stale_category(change.etag.as_ref(), &category)? {
            return Ok(Err(refusal));
        }
        match &change.action {
            CategoryAction::Update { fields, mask } => {
                self.update_category(key, &category, fields, mask, PARENT)
            }
            CategoryAction::Move { parent } => {
                let fields = CategoryFields { parent: parent.clone(), ..CategoryFields::default() };
                self.update_category(key, &category, &fields, &[CategoryField::Parent], "parent")
            }
            CategoryAction::Delete => self.delete_category(key, &category),
        }
    }

    fn update_category(
        &self,
        key: i64,
        before: &Category,
        fields: &CategoryFields,
        mask: &[CategoryField],
        parent: &str,
    ) -> Item<Vec<u8>> {
        let mut after = before.clone();
        fields.put_into(mask, &mut after);
        if mask.contains(&CategoryField::Parent) {
            if let Some(refusal) = self.unknown_parent(after.parent.as_ref(), parent)? {
                return Ok(Err(refusal));
            }
            if let Some(refusal) = self.cycle(&after)? {
                return Ok(Err(refusal));
            }
        }
        if mask.contains(&CategoryField::Slug) {
            match self.category_slug(fields.slug.as_ref(), &after.title, Some(key))? {
                Ok(slug) => after.slug = slug,
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        after.version += 1;
        after.update_time = self.now.max(before.update_time);
        let document = encoding::category::document(&after);
        self.db
            .prepare_cached(
                "UPDATE categories SET title_key = ?2, slug = ?3, parent = ?4, document = ?5
                 WHERE key = ?1",
            )?
            .execute(params![
                key,
                title_key(&after.title),
                after.slug.as_str(),
                after.parent.as_ref().map(CategoryId::as_str),
                document,
            ])?;
        self.tell_of_category(EntryKind::Updated, &after, &after.changed_fields(before))?;
        Ok(Ok(document))
    }

    fn delete_category(&self, key: i64, category: &Category) -> Item<Vec<u8>> {
        if let Some(child) = first_child(self.db, &category.id)? {
            return Ok(Err(Refusal::HasChildren { name: category.id.name(), child }));
        }
        // Deleted products may still stand in it; when they are restored, they stand in it no more.
        self.db.prepare_cached("DELETE FROM categories WHERE key = ?1")?.execute([key])?;
        self.tell_of_category(EntryKind::Deleted, category, &[])?;
        Ok(Ok(encoding::category::document(category)))
    }

    /// Leaves a category's place in the feed.
    fn tell_of_category(
        &self,
        kind: EntryKind,
        category: &Category,
        fields: &[String],
    ) -> Result<()> {
        let name = category.id.name();
        self.feed(Entry { kind, resource: &name, title: &category.title, revision: None, fields })
    }

    /// Refuses a parent that does not exist; `field` is where the request names it.
    fn unknown_parent(&self, parent: Option<&CategoryId>, field: &str) -> Result<Option<Refusal>> {
        let Some(parent) = parent else { return Ok(None) };
        if rows::category_exists(self.db, parent)? {
            return Ok(None);
        }
        Ok(Some(Refusal::Invalid(vec![Violation {
            field: field.to_owned(),
            description: format!("`{}` does not exist", parent.name()),
        }])))
    }

    /// Refuses a parent that stands below the category, or is the category.
    fn cycle(&self, category: &Category) -> Result<Option<Refusal>> {
        let Some(parent) = &category.parent else { return Ok(None) };
        let mut above = self.db.prepare_cached(
            "WITH RECURSIVE above (id) AS (
                SELECT ?1 UNION SELECT c.parent FROM categories AS c JOIN above ON c.id = above.id
                WHERE c.parent IS NOT NULL
             ) SELECT 1 FROM above WHERE id = ?2",
        )?;
        let (name, parent_name) = (category.id.name(), parent.name());
        let is_cycle = above.exists((parent.as_str(), category.id.as_str()))?;
        Ok(is_cycle.then_some(Refusal::CategoryCycle { name, parent: parent_name }))
    }

    fn category_slug(&self, given: Option<&Slug>, title: &str, own: Option<i64>) -> Item<Slug> {
        let owner = |slug: &Slug| -> Result<Option<String>> {
            let mut select = self.db.prepare_cached(
                "SELECT 'categories/' || id FROM categories WHERE slug = ?1 AND key IS NOT ?2",
            )?;
            Ok(select.query_row((slug.as_str(), own), |row| row.get(0)).optional()?)
        };
        if let Some(slug) = given {
            let by = owner(slug)?;
            let taken = by.map(|by| Refusal::SlugTaken { slug: slug.clone(), by });
            return Ok(taken.map_or(Ok(slug.clone()), Err));
        }
        let slug = Slug::from_title(title, "category");
        Ok(Ok(rows::free_number(&slug, |slug| Ok(owner(slug)?.is_some()))?))
    }

    fn stale_category(&self, etag: Option<&Etag>, category: &Category) -> Result<Option<Refusal>> {
        let current = category.etag();
        let Some(seen) = etag.filter(|etag| **etag != current) else { return Ok(None) };
        let changes = match seen.version_of(&category.uid) {
            Some(version) => {
                self.changes_in_feed(&category.id.name(), category.version, version)?
            }
            None => Vec::new(),
        };
        let name = category.id.name();
        Ok(Some(Refusal::EtagMismatch(Box::new(Conflict { name, current, changes }))))
    }

    /// The changes by which a resource without revisions came from one version to another, oldest first.
    pub(super) fn changes_in_feed(
        &self,
        resource: &str,
        current: u64,
        seen: u64,
    ) -> Result<Vec<OtherChange>> {
        let count = i64::try_from(current.saturating_sub(seen)).unwrap_or_default().min(20);
        let mut select = self.db.prepare_cached(
            "SELECT actor, actor_display_name, time, changed_fields FROM changes
             WHERE resource = ?1 ORDER BY sequence DESC LIMIT ?2",
        )?;
        let rows = select.query_map((resource, count), |row| {
            let fields: String = row.get(3)?;
            Ok(OtherChange {
                actor: crate::domain::Actor { name: row.get(0)?, display_name: row.get(1)? },
                time: jiff::Timestamp::from_microsecond(row.get(2)?).unwrap_or_default(),
                fields: fields.lines().map(str::to_owned).collect(),
            })
        })?;
        let mut changes: Vec<_> = rows.collect::<Result<_, _>>()?;
        changes.reverse();
        Ok(changes)
    }
}

/// The name of a category or of a live product that stands in a category.
fn first_child(db: &Connection, id: &CategoryId) -> Result<Option<String>> {
    let mut select = db.prepare_cached(
        "SELECT 'categories/' || id FROM categories WHERE parent = ?1
         UNION ALL
         SELECT 'products/' || p.id FROM product_categories AS c JOIN products AS p ON p.key = c.product
         WHERE c.category = ?1 AND p.delete_time IS NULL
         LIMIT 1",
    )?;
    Ok(select.query_row([id.as_str()], |row| row.get(0)).optional()?)
}
