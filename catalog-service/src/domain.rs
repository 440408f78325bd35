//! The catalog's words and rules: what a product is, what may be said of it, and what a change does.
//!
//! Pure values and functions. Nothing here may know gRPC, protobuf, SQL or HTTP, read the clock, or do input and output.

mod actor;
mod attribute;
mod category;
mod change;
mod comparison;
mod currency;
mod document;
mod etag;
mod feed;
pub mod filter;
mod gtin;
mod money;
mod name;
pub mod order;
mod page;
mod product;
mod query;
mod references;
mod refusal;
mod revision;
mod search;
mod shop;
mod sku;
mod slug;
mod snapshot;
mod text;
mod variant;
mod violation;
mod window;
mod wish;

pub use actor::{Actor, Audience, Caller, Role};
pub use attribute::AttributeValue;
pub use category::{Category, CategoryField, CategoryFields, NewCategory};
pub use change::{
    CategoryAction, CategoryChange, NewSku, NewVariantIn, ProductAction, ProductChange,
    ProductExpunge, RequestId, Rollback, ShopChange, VariantAction, VariantChange, Write,
};
pub use comparison::{Difference, differences};
pub use currency::Currency;
pub use document::Document;
pub use etag::Etag;
pub use feed::{EntryKind, FeedEntry, product_of};
pub use filter::{FeedFilter, Filter, RevisionFilter, Scope};
pub use gtin::Gtin;
pub use money::{Money, MoneyError};
pub use name::{CategoryId, NameError, ProductId, Uid, VariantId, VariantName};
pub use order::Order;
pub use page::{Cursor, CursorValue, Page, PageRequest, Total};
pub use product::{
    Image, NewProduct, Product, ProductField, ProductFields, ProductMask, ProductOption, State,
};
pub use query::{ProductQuery, View};
pub use references::References;
pub use refusal::{Conflict, OtherChange, Refusal, ResourceKind, TakenSku};
pub use revision::{ChangeKind, Revision, RevisionName, RevisionQuery, WhichRevision};
pub use search::{
    AttributeCounts, CategoryCount, Choice, Facets, Finding, PriceCount, ProductSearch, Reach,
    Segment, Suggested, Suggestion, Terms, ValueCount,
};
pub use shop::{PriceRounding, Shop, ShopField, ShopFields};
pub use sku::Sku;
pub use slug::{Address, Slug};
pub use snapshot::{FeedPosition, Snapshot};
pub use text::fold;
pub use variant::{NewVariant, Price, PriceSpan, Variant, VariantField, VariantFields};
pub use violation::{Violation, Violations};
pub use window::{Window, to_microseconds};
pub use wish::{Standing, Wish};
