//! The order of a list of products (AIP-132): `title, price desc`.

use std::fmt;

/// A field that products can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderField {
    /// Without regard to case and accents.
    Title,
    /// The lowest price in the shop's default currency.
    Price,
    /// The slug.
    Slug,
    /// When it was created.
    CreateTime,
    /// When it was last changed.
    UpdateTime,
    /// When it was deleted.
    DeleteTime,
}

/// One key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// By what.
    pub field: OrderField,
    /// The greatest first. Products without the field come last either way.
    pub descending: bool,
}

/// Keys in the order of their weight, at least one; the id, which is not among them, is always the last, in the first key's direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order(Vec<OrderKey>);

/// Why a text is not an order. The column counts characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("order_by, column {column}: {message}")]
pub struct OrderError {
    /// Where.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl OrderField {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Title,
        Self::Price,
        Self::Slug,
        Self::CreateTime,
        Self::UpdateTime,
        Self::DeleteTime,
    ];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Price => "price",
            Self::Slug => "slug",
            Self::CreateTime => "create_time",
            Self::UpdateTime => "update_time",
            Self::DeleteTime => "delete_time",
        }
    }
}

impl Order {
    /// Takes the caller's `order_by`; an empty one is `create_time desc`.
    ///
    /// # Errors
    /// An unknown field, one that stands twice, or anything but ` desc` and ` asc` behind it.
    pub fn parse(text: &str) -> Result<Self, OrderError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut keys: Vec<OrderKey> = Vec::new();
        let mut column = 1;
        for part in text.split(',') {
            let indent = part.chars().take_while(|c| c.is_whitespace()).count();
            let key = parse_key(part.trim(), column + indent)?;
            if keys.iter().any(|earlier| earlier.field == key.field) {
                let message = format!("`{}` stands here for the second time", key.field.name());
                return Err(OrderError { column: column + indent, message });
            }
            keys.push(key);
            column += part.chars().count() + 1;
        }
        Ok(Self(keys))
    }

    /// The keys.
    pub fn keys(&self) -> &[OrderKey] {
        &self.0
    }

    /// The direction of the id.
    pub fn id_descends(&self) -> bool {
        self.0.first().is_some_and(|key| key.descending)
    }
}

impl Default for Order {
    fn default() -> Self {
        Self(vec![OrderKey { field: OrderField::CreateTime, descending: true }])
    }
}

fn parse_key(text: &str, column: usize) -> Result<OrderKey, OrderError> {
    let error = |message: String| Err(OrderError { column, message });
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let Some(field) = OrderField::ALL.into_iter().find(|field| field.name() == name) else {
        let known = OrderField::ALL.map(OrderField::name).join(", ");
        return error(format!("`{name}` is not a field to sort by; take one of {known}"));
    };
    let descending = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => return error(format!("`{other}` is neither `asc` nor `desc`")),
    };
    match words.next() {
        None => Ok(OrderKey { field, descending }),
        Some(other) => error(format!("`{other}` is one word too many; part fields by commas")),
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let direction = if key.descending { " desc" } else { "" };
            write!(f, "{comma}{}{direction}", key.field.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", "create_time desc")]
    #[case("  ", "create_time desc")]
    #[case("title", "title")]
    #[case("title asc", "title")]
    #[case("price desc,title", "price desc, title")]
    #[case("  slug   desc , create_time ", "slug desc, create_time")]
    #[case("update_time,delete_time desc", "update_time, delete_time desc")]
    fn an_order_is_read(#[case] text: &str, #[case] means: &str) {
        assert_eq!(Order::parse(text).unwrap().to_string(), means);
    }

    #[rstest]
    #[case("name", 1)]
    #[case("title, name", 8)]
    #[case("title,", 7)]
    #[case("title down", 1)]
    #[case("title desc price", 1)]
    #[case("price,  price desc", 9)]
    fn a_faulty_order_names_its_column(#[case] text: &str, #[case] column: usize) {
        assert_eq!(Order::parse(text).unwrap_err().column, column);
    }
}
