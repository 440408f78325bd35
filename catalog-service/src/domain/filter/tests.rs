//! The language as a table, and every filter that can be printed read back.

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::domain::CategoryId;

#[rstest]
#[case("state = ACTIVE", "state = ACTIVE")]
#[case("state=STATE_DRAFT", "state = DRAFT")]
#[case("state != ARCHIVED", "NOT state = ARCHIVED")]
#[case("state:DRAFT", "state = DRAFT")]
#[case("title = Kettle", "title = \"Kettle\"")]
#[case("title:'two words'", "title:\"two words\"")]
#[case(r#"title = "a \"b\" \\ c""#, r#"title = "a \"b\" \\ c""#)]
#[case("category:\"kitchen\"", "category:\"kitchen\"")]
#[case("category = categories/kitchen", "category = \"kitchen\"")]
#[case("category != kitchen", "NOT category = \"kitchen\"")]
#[case("price < 20.00", "price < 20.000000")]
#[case("price.USD>=5", "price.USD >= 5.000000")]
#[case("price = 0.000001", "price = 0.000001")]
#[case("price:*", "price:*")]
#[case("attributes.colour = \"red\"", "attributes.\"colour\" = \"red\"")]
#[case("attributes.colour = red", "attributes.\"colour\" = \"red\"")]
#[case("attributes.weight >= 1.5", "attributes.\"weight\" >= 1.5")]
#[case("attributes.weight = \"1.5\"", "attributes.\"weight\" = \"1.5\"")]
#[case("attributes.\"Energy class\":*", "attributes.\"Energy class\":*")]
#[case("attributes.a.b = 1", "attributes.\"a.b\" = 1")]
#[case("attributes.temperature > -5", "attributes.\"temperature\" > -5")]
#[case("create_time > 2026-11-23", "create_time > \"2026-11-23T00:00:00Z\"")]
#[case("update_time <= 2026-11-23T08:30:00Z", "update_time <= \"2026-11-23T08:30:00Z\"")]
#[case("delete_time:*", "delete_time:*")]
#[case("delete_actor = users/ada", "delete_actor = \"users/ada\"")]
#[case("delete_actor:*", "delete_actor:*")]
#[case("kettle", "\"kettle\"")]
#[case("DVD.2", "\"DVD.2\"")]
#[case("wow.", "\"wow.\"")]
#[case("kettle white", "\"kettle\" AND \"white\"")]
#[case("a AND b OR c", "\"a\" AND (\"b\" OR \"c\")")]
#[case("a OR b AND c", "(\"a\" OR \"b\") AND \"c\"")]
#[case("(a AND b) OR c", "(\"a\" AND \"b\") OR \"c\"")]
#[case("-brand:Acme", "NOT brand:\"Acme\"")]
#[case("NOT (a OR b)", "NOT (\"a\" OR \"b\")")]
#[case("  ( a )  ", "\"a\"")]
#[case("ANDROID OR ORANGE", "\"ANDROID\" OR \"ORANGE\"")]
fn a_filter_means(#[case] text: &str, #[case] means: &str) {
    assert_eq!(Filter::parse(text).unwrap().unwrap().to_string(), means);
}

#[rstest]
#[case("")]
#[case("   ")]
fn an_empty_filter_is_none(#[case] text: &str) {
    assert_eq!(Filter::parse(text), Ok(None));
}

#[rstest]
#[case("colour = red", 1, "`colour` is not a field")]
#[case("state = ACTIVE AND colour = red", 20, "`colour` is not a field")]
#[case("state = SOLD", 9, "`SOLD` is not a state")]
#[case("state < DRAFT", 9, "no order")]
#[case("category > a", 12, "no order")]
#[case("category = Küche", 12, "categories/{category}")]
#[case("price < cheap", 9, "`cheap` is not an amount")]
#[case("price < 1.2345678", 9, "is not an amount")]
#[case("price < -1", 9, "is not an amount")]
#[case("price:5", 7, "only `*`")]
#[case("price.euro < 5", 7, "not a currency")]
#[case("price.EUR.x < 5", 1, "is not a field")]
#[case("create_time > soon", 15, "is not a time")]
#[case("create_time:2026", 13, "only `*`")]
#[case("title = \"open", 9, "not closed")]
#[case("title =", 8, "ends too early")]
#[case("title = )", 9, "`)` cannot stand here")]
#[case("= 5", 1, "`=` cannot stand here")]
#[case("(a", 1, "never closed")]
#[case("a)", 2, "never opened")]
#[case("a AND", 6, "ends too early")]
#[case("AND a", 1, "before and behind")]
#[case("a OR OR b", 6, "before and behind")]
#[case("NOT", 4, "ends too early")]
#[case("NOT NOT a", 5, "before and behind")]
#[case("a, b", 2, "not by a comma")]
#[case("\"\"", 1, "empty word")]
#[case("title:\"\"", 7, "in every text")]
#[case("ü = 1", 1, "is not a field")]
#[case("title:ü AND wrong = 1", 13, "is not a field")]
fn a_faulty_filter_names_its_column(
    #[case] text: &str,
    #[case] column: usize,
    #[case] message: &str,
) {
    let error = Filter::parse(text).unwrap_err();
    assert!(error.message.contains(message), "{error}");
    assert_eq!(error.column, column, "{error}");
}

#[rstest]
#[case(2_048, true)]
#[case(2_049, false)]
fn a_filter_has_at_most_2_kib(#[case] length: usize, #[case] taken: bool) {
    assert_eq!(Filter::parse(&"a".repeat(length)).is_ok(), taken);
}

#[rstest]
#[case(16, true)]
#[case(17, false)]
fn a_filter_is_at_most_16_deep(#[case] depth: usize, #[case] taken: bool) {
    let text = format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(Filter::parse(&text).is_ok(), taken);
}

#[rstest]
#[case(64, true)]
#[case(65, false)]
fn a_filter_has_at_most_64_terms(#[case] terms: usize, #[case] taken: bool) {
    assert_eq!(Filter::parse(&vec!["a"; terms].join(" OR ")).is_ok(), taken);
}

fn comparison() -> impl Strategy<Value = Comparison> {
    proptest::sample::select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ])
}

fn text_field() -> impl Strategy<Value = TextField> {
    proptest::sample::select(vec![
        TextField::Title,
        TextField::Slug,
        TextField::Brand,
        TextField::Description,
        TextField::Tag,
        TextField::Sku,
        TextField::Gtin,
    ])
}

fn term() -> impl Strategy<Value = Filter> {
    let text = || "[^\\p{C}]{0,6}";
    let name = || "[^\\p{C}]{1,6}";
    let category = || "[a-z0-9-]{1,8}".prop_map(|id| CategoryId::parse(&id).unwrap());
    let time = (0_i64..4_000_000_000_000_000)
        .prop_map(|micros| Timestamp::from_microsecond(micros).unwrap());
    prop_oneof![
        (text_field(), comparison(), text()).prop_map(|(f, c, t)| Filter::Text(f, c, t)),
        (text_field(), name()).prop_map(|(f, t)| Filter::Contains(f, t)),
        text_field().prop_map(|f| Filter::Has(Field::Text(f))),
        Just(Filter::State(State::Active)),
        category().prop_map(Filter::InCategory),
        category().prop_map(Filter::BelowCategory),
        (comparison(), 0..i64::MAX).prop_map(|(c, m)| Filter::Price(None, c, m)),
        (comparison(), 0..i64::MAX).prop_map(|(c, m)| Filter::Price(Some(Currency::EUR), c, m)),
        (name(), comparison(), text()).prop_map(|(n, c, t)| Filter::AttributeText(n, c, t)),
        (name(), comparison(), -1e9..1e9)
            .prop_map(|(n, c, number)| Filter::AttributeNumber(n, c, number)),
        (name(), name()).prop_map(|(n, t)| Filter::AttributeContains(n, t)),
        name().prop_map(|n| Filter::Has(Field::Attribute(n))),
        (comparison(), time).prop_map(|(c, t)| Filter::Time(TimeField::Publish, c, t)),
        "[^\\p{C}\\s]{1,8}".prop_map(Filter::Word),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    term().prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|one| Filter::Not(Box::new(one))),
        ]
    })
}

proptest! {
    #[test]
    fn a_printed_filter_reads_back_as_it_was(filter in filter()) {
        let printed = filter.to_string();
        prop_assume!(printed.len() <= 2_048);
        prop_assert_eq!(Filter::parse(&printed), Ok(Some(filter)), "{}", printed);
    }

    #[test]
    fn no_text_makes_the_parser_fail_otherwise_than_by_an_error(text in "\\PC{0,60}") {
        let _ = Filter::parse(&text);
    }

    #[test]
    fn an_error_lies_within_the_text(text in "[a-z()=:\"'. ANDORT<>!-]{0,40}") {
        if let Err(error) = Filter::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.column), "{}", error);
        }
    }
}
