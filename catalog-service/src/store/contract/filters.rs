//! Filters: what each kind of condition finds.

use super::*;
use crate::domain::{AttributeValue, CategoryId, Gtin};

/// Which of the products a filter finds.
const FOUND: [(&str, &[&str]); 49] = [
    ("state = ACTIVE", &["pot"]),
    ("state != ACTIVE", &["bare", "kettle"]),
    ("title = \"Élan kettle\"", &["kettle"]),
    ("title:elan", &["kettle"]),
    ("title:\"KETTLE\"", &["kettle"]),
    ("title > Pn", &["pot", "kettle"]),
    ("slug = pot", &["pot"]),
    ("slug = nothing", &[]),
    ("brand = Acme", &["kettle"]),
    ("brand != Acme", &["pot"]),
    ("NOT brand = Acme", &["bare", "pot"]),
    ("brand:*", &["kettle", "pot"]),
    ("-brand:*", &["bare"]),
    ("description:water", &["kettle"]),
    ("description:*", &["kettle"]),
    ("category:home", &["kettle", "pot"]),
    ("category:kitchen", &["kettle"]),
    ("category = home", &["pot"]),
    ("category:*", &["kettle", "pot"]),
    ("category:nowhere", &[]),
    ("tag = steel", &["kettle", "pot"]),
    ("tag != new", &["pot"]),
    ("tag:ste", &["kettle", "pot"]),
    ("-tag:*", &["bare"]),
    ("sku = K-1", &["kettle"]),
    ("sku:k-", &["kettle"]),
    ("sku:*", &["kettle", "pot"]),
    ("sku:_", &["pot"]),
    ("gtin = 4006381333931", &["kettle"]),
    ("gtin:*", &["kettle"]),
    ("price < 20.00", &["pot"]),
    ("price <= 49", &["kettle", "pot"]),
    ("price != 15", &["kettle"]),
    ("NOT price < 20", &["bare", "kettle"]),
    ("price.EUR > 20", &["kettle"]),
    ("price.USD > 0", &[]),
    ("price.EUR:*", &["kettle", "pot"]),
    ("-price:*", &["bare"]),
    ("attributes.colour = red", &["kettle"]),
    ("attributes.colour:red", &["kettle", "pot"]),
    ("attributes.colour:*", &["kettle", "pot"]),
    ("attributes.weight >= 1.5", &["kettle"]),
    ("attributes.weight = \"1.5\"", &[]),
    ("create_time < 2026-11-23T08:00:30Z", &["kettle"]),
    ("publish_time:*", &["kettle"]),
    ("publish_time > 2027-01-01 OR unpublish_time:*", &[]),
    ("kettle", &["kettle"]),
    ("bolt OR k-1", &["kettle", "pot"]),
    ("(kettle OR pot) AND tag = new", &["kettle"]),
];

/// Three products that differ in every field.
async fn stocked(bench: &Bench) {
    super::categories::add(bench, "home", None).await.unwrap();
    super::categories::add(bench, "kitchen", Some("home")).await.unwrap();
    let text = |text: &str| AttributeValue::Text(text.into());
    let mut kettle = new("kettle");
    kettle.fields.title = "Élan kettle".into();
    kettle.fields.brand = "Acme".into();
    kettle.fields.description = "Boils water in a minute.".into();
    kettle.fields.tags = vec!["new".into(), "steel".into()];
    kettle.fields.categories = vec![CategoryId::parse("kitchen").unwrap()];
    kettle.fields.attributes =
        [("colour".into(), text("red")), ("weight".into(), AttributeValue::Number(1.5))].into();
    kettle.fields.window.start = Some("2026-12-24T00:00:00Z".parse().unwrap());
    kettle.variants = vec![sold("K-1", 49)];
    kettle.variants[0].fields.gtins = vec![Gtin::parse("4006381333931").unwrap()];
    let mut pot = new("pot");
    pot.fields.brand = "Bolt".into();
    pot.fields.tags = vec!["steel".into()];
    pot.fields.categories = vec![CategoryId::parse("home").unwrap()];
    pot.fields.attributes = [("colour".into(), text("dark red"))].into();
    pot.variants = vec![sold("P_1", 15)];
    bench.create(kettle).await.unwrap();
    bench.wait(60);
    bench.create(pot).await.unwrap();
    bench.create(new("bare")).await.unwrap();
    bench.change("pot", "", ProductAction::Publish).await.unwrap();
}

pub(crate) async fn a_filter_finds_what_it_says(bench: &Bench) {
    stocked(bench).await;
    for (filter, expected) in FOUND {
        let (mut found, total) = bench.ids(&staff(filter, ""), 2).await;
        found.sort();
        let mut expected: Vec<_> = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{filter}");
        assert_eq!(usize::try_from(total).unwrap(), expected.len(), "{filter}");
    }
}

pub(crate) async fn hostile_texts_are_only_texts(bench: &Bench) {
    stocked(bench).await;
    for text in ["' OR 1=1 --", "%", "_", "*", "\\", "a' UNION SELECT 1 --", "?1", ":now"] {
        let quoted = format!("\"{}\"", text.replace('\\', "\\\\"));
        for field in ["title", "brand", "slug", "tag", "sku", "description", "attributes.colour"] {
            let equal = bench.ids(&staff(&format!("{field} = {quoted}"), ""), 10).await;
            assert_eq!(equal.0, [""; 0], "{field} = {quoted}");
        }
        let held = bench.ids(&staff(&format!("title:{quoted}"), ""), 10).await;
        assert_eq!(held.0, [""; 0], "title:{quoted}");
    }
}

/// Filters made at random find in the store what they find when each product is looked at.
pub(crate) async fn a_store_finds_what_the_rules_say(bench: &Bench) {
    use proptest::{strategy::Strategy as _, strategy::ValueTree as _, test_runner::TestRunner};
    stocked(bench).await;
    bench.change("bare", "", ProductAction::Delete).await.unwrap();
    let mut products = Vec::new();
    for id in ["bare", "kettle", "pot"] {
        products.push(bench.get(id, Audience::Staff).await.unwrap());
    }
    let mut runner = TestRunner::deterministic();
    let filters = any_filter::filters();
    for _ in 0..300 {
        let filter = filters.new_tree(&mut runner).unwrap().current();
        let all = ProductQuery { show_deleted: true, ..staff("", "slug") };
        let query = ProductQuery { filter: Some(filter.clone()), ..all };
        let expected = products.iter().filter(|product| evaluator::matches(&filter, product));
        let expected: Vec<_> = expected.map(id_of).collect();
        assert_eq!(bench.ids(&query, 2).await.0, expected, "{filter}");
    }
}
