//! What would be refused, asked before it is tried.

use super::*;
use crate::domain::{
    AttributeValue, CategoryId, NewVariantIn, ProductField, ProductOption, References,
    VariantAction, VariantChange, VariantField, VariantId, VariantName, Violation, Wish,
};

/// A shirt in small and medium, one variant of each.
async fn shirt(bench: &Bench) {
    let mut product = new("shirt");
    product.fields.options = sizes(&["S", "M"]);
    product.variants = [sized("S"), sized("M")].into();
    bench.create(product).await.unwrap();
}

fn sizes(values: &[&str]) -> Vec<ProductOption> {
    let values = values.iter().map(ToString::to_string).collect();
    vec![ProductOption { name: "Size".into(), values }]
}

fn sized(size: &str) -> NewVariant {
    let fields = VariantFields { option_values: vec![size.into()], ..VariantFields::default() };
    NewVariant { id: VariantId::parse(&size.to_lowercase()).ok(), fields }
}

fn large() -> ProductFields {
    let text = |number: usize| (format!("a{number}"), AttributeValue::Text("x".repeat(8_000)));
    ProductFields { attributes: (0..40).map(text).collect(), ..new("large").fields }
}

fn update(fields: ProductFields, mask: &[ProductField]) -> ProductChange {
    let mask = mask.iter().copied().collect();
    let action = ProductAction::Update { fields: Box::new(fields), mask };
    ProductChange { id: product_id("shirt"), etag: None, action }
}

fn resized(variant: &str, size: &str) -> VariantChange {
    let variant = VariantId::parse(variant).unwrap();
    let name = VariantName { product: product_id("shirt"), variant };
    let (fields, mask) = (sized(size).fields, vec![VariantField::OptionValues]);
    VariantChange { name, etag: None, action: VariantAction::Update { fields, mask } }
}

fn added(size: &str) -> NewVariantIn {
    NewVariantIn { product: product_id("shirt"), variant: NewVariant { id: None, ..sized(size) } }
}

async fn faults(bench: &Bench, references: References) -> Vec<Violation> {
    bench.store.faults(vec![references]).await.unwrap().remove(0).into_vec()
}

async fn faults_of(bench: &Bench, wish: Wish) -> Vec<Violation> {
    let mut references = References::default();
    references.add_wishes([wish]);
    faults(bench, references).await
}

#[track_caller]
fn invalid<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<Violation> {
    match refusal(result) {
        Refusal::Invalid(violations) => violations,
        other => panic!("not invalid: {other:?}"),
    }
}

pub(crate) async fn faults_are_what_the_writes_are_refused_for(bench: &Bench) {
    shirt(bench).await;
    let at = || "variant".to_owned();
    for size in ["XL", "S"] {
        let told = faults_of(bench, Wish::NewVariant { at: at(), new: added(size) }).await;
        assert_eq!(told, invalid(bench.store.create_variant(by("bob"), added(size)).await));
        let told = faults_of(bench, resized("m", size).wish("variant").unwrap()).await;
        assert_eq!(
            told,
            invalid(bench.store.change_variants(by("bob"), vec![resized("m", size)]).await)
        );
        assert_eq!(told.len(), 1, "{told:?}");
    }

    let mut fields = large();
    fields.options = sizes(&["L"]);
    fields.categories = vec![CategoryId::parse("none").unwrap()];
    let mask = [ProductField::Options, ProductField::Attributes, ProductField::Categories];
    let change = || update(fields.clone(), &mask);
    let mut references = References::of(&fields, "product");
    references.add_wishes(change().wish("product"));
    let mut told = faults(bench, references).await;
    let mut refused = invalid(bench.store.change_products(by("bob"), vec![change()]).await);
    for violations in [&mut told, &mut refused] {
        violations.sort_by(|one, other| one.field.cmp(&other.field));
    }
    let named: Vec<_> = told.iter().map(|fault| fault.field.as_str()).collect();
    let expected = ["product", "product.categories[0]", "product.options", "product.options"];
    assert_eq!(named, expected);
    assert_eq!(told, refused);

    let new = NewProduct { fields: large(), ..new("large") };
    let told = faults_of(bench, Wish::NewProduct { at: "product".into(), new: new.clone() }).await;
    let refused = invalid(bench.create(new).await);
    assert_eq!(told, refused);
    assert_eq!(told[0].field, "product");
}

pub(crate) async fn what_is_in_order_or_not_there_has_no_faults(bench: &Bench) {
    let misfit = || {
        update(
            ProductFields { options: sizes(&["L"]), ..new("shirt").fields },
            &[ProductField::Options],
        )
    };
    let wishes = || {
        let new = added("XL");
        [
            misfit().wish("product").unwrap(),
            resized("m", "XL").wish("variant").unwrap(),
            Wish::NewVariant { at: "variant".into(), new },
        ]
    };
    for wish in wishes() {
        assert_eq!(faults_of(bench, wish).await, [], "there is no such product");
    }
    shirt(bench).await;
    let own = resized("m", "M").wish("variant").unwrap();
    assert_eq!(faults_of(bench, own).await, [], "its own choice is none of another");
    for wish in wishes() {
        assert_ne!(faults_of(bench, wish).await, []);
    }
    bench.change("shirt", "", ProductAction::Delete).await.unwrap();
    for wish in wishes() {
        assert_eq!(faults_of(bench, wish).await, [], "it is deleted");
    }
}

pub(crate) async fn the_items_of_a_batch_are_held_against_those_before(bench: &Bench) {
    shirt(bench).await;
    let of_batch = async |changes: &[VariantChange]| {
        let mut references = References::default();
        references.add_wishes(changes.iter().filter_map(|change| change.wish("variant")));
        faults(bench, references).await
    };
    let options = update(
        ProductFields { options: sizes(&["S", "M", "L"]), ..new("shirt").fields },
        &[ProductField::Options],
    );
    bench.store.change_products(by("bob"), vec![options]).await.unwrap();
    // Medium becomes large, so that small may become medium; but not the other way round.
    let moved = [resized("m", "L"), resized("s", "M")];
    assert_eq!(of_batch(&moved).await, []);
    let crossed = [resized("s", "M"), resized("m", "L")];
    let told = of_batch(&crossed).await;
    assert_eq!(told, invalid(bench.store.change_variants(by("bob"), crossed.to_vec()).await));
    bench.store.change_variants(by("bob"), moved.to_vec()).await.unwrap();
}
