//! Filters made at random, over the values that the products of the contract have.

use proptest::{collection::vec, prelude::*, sample::select};

use super::Currency;
use crate::domain::{
    CategoryId, Filter, State,
    filter::{Comparison, Field, TextField, TimeField},
};

/// Filters over the values that the products have, and over hostile ones.
pub(super) fn filters() -> impl Strategy<Value = Filter> {
    term().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Filter::And),
            vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|one| Filter::Not(Box::new(one))),
        ]
    })
}

fn term() -> impl Strategy<Value = Filter> {
    let comparison = || {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual])
    };
    let field = || {
        use TextField::{Brand, DeleteActor, Description, Gtin, Sku, Slug, Tag, Title};
        select(vec![Title, Slug, Brand, Description, Tag, Sku, Gtin, DeleteActor])
    };
    let text = || {
        let texts = ["Acme", "bolt", "kettle", "pot", "Pot", "steel", "new", "K-1", "P_1", "red"];
        let hostile = ["%", "_", "'", "\" OR 1", "\\", "?", "\u{e9}lan", "4006381333931", "water"];
        let people = ["users/ada", "users/bob"];
        select(
            texts.into_iter().chain(hostile).chain(people).map(str::to_owned).collect::<Vec<_>>(),
        )
    };
    let name = || select(vec!["colour".to_owned(), "weight".into(), "' OR 1=1".into()]);
    let category =
        || select(["home", "kitchen", "nowhere"].map(|id| CategoryId::parse(id).unwrap()).to_vec());
    let currency = || select(vec![None, Some(Currency::EUR), Currency::parse("USD").ok()]);
    let time_field = || {
        use TimeField::{Create, Delete, Publish, Unpublish, Update};
        select(vec![Create, Update, Delete, Publish, Unpublish])
    };
    let times = ["2026-11-23T08:00:00Z", "2026-11-23T08:00:30Z", "2026-12-24T00:00:00Z"];
    let time = || select(times.map(|time| time.parse().unwrap()).to_vec());
    let amount = || select(vec![0, 15_000_000, 20_000_000, 49_000_000]);
    prop_oneof![
        (field(), comparison(), text()).prop_map(|(f, c, t)| Filter::Text(f, c, t)),
        (field(), text()).prop_map(|(f, t)| Filter::Contains(f, t)),
        field().prop_map(|f| Filter::Has(Field::Text(f))),
        select(vec![State::Draft, State::Active]).prop_map(Filter::State),
        category().prop_map(Filter::InCategory),
        category().prop_map(Filter::BelowCategory),
        Just(Filter::Has(Field::Category)),
        (currency(), comparison(), amount()).prop_map(|(k, c, m)| Filter::Price(k, c, m)),
        currency().prop_map(|k| Filter::Has(Field::Price(k))),
        (name(), comparison(), text()).prop_map(|(n, c, t)| Filter::AttributeText(n, c, t)),
        (name(), comparison(), select(vec![0.0, 1.5, 2.0]))
            .prop_map(|(n, c, number)| Filter::AttributeNumber(n, c, number)),
        (name(), text()).prop_map(|(n, t)| Filter::AttributeContains(n, t)),
        name().prop_map(|n| Filter::Has(Field::Attribute(n))),
        (time_field(), comparison(), time()).prop_map(|(f, c, t)| Filter::Time(f, c, t)),
        time_field().prop_map(|f| Filter::Has(Field::Time(f))),
        text().prop_map(Filter::Word),
    ]
}
