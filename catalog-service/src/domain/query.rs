//! Which products a list holds, and in what order.

use super::{Audience, Filter, Order, ProductId};

/// How much of a product is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Without its variants.
    Basic,
    /// With its first 250 variants.
    Full,
}

/// A list of products.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductQuery {
    /// Which products; none: all that may be seen.
    pub filter: Option<Filter>,
    /// None but these, as many as a search finds; none given: all.
    pub among: Option<Vec<ProductId>>,
    /// In what order.
    pub order: Order,
    /// Deleted ones too.
    pub show_deleted: bool,
    /// How much of each.
    pub view: View,
    /// For whom.
    pub audience: Audience,
}
