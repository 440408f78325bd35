//! Each failure has the code, the reason and the details that the contract names.

use jiff::Timestamp;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::*;
use crate::{
    domain::{Actor, Etag, OtherChange, Sku, Slug, TakenSku, VariantId, filter::FilterError},
    grpc::refusal::{header_bytes, reason_of, violations_of},
};

fn refused(refusal: Refusal) -> Status {
    of_catalog(Error::Refused(refusal))
}

fn name(name: &str) -> String {
    name.to_owned()
}

#[test]
fn each_refusal_has_its_code_and_reason() {
    let mug = || name("products/mug");
    let kind = |kind| Refusal::IdTaken { name: name("products/mug"), kind };
    for (refusal, code, reason) in [
        (Refusal::Invalid(Vec::new()), Code::InvalidArgument, "FIELD_INVALID"),
        (Refusal::NotFound { name: mug() }, Code::NotFound, "RESOURCE_NOT_FOUND"),
        (kind(ResourceKind::Product), Code::AlreadyExists, "PRODUCT_ID_TAKEN"),
        (kind(ResourceKind::Variant), Code::AlreadyExists, "VARIANT_ID_TAKEN"),
        (kind(ResourceKind::Category), Code::AlreadyExists, "CATEGORY_ID_TAKEN"),
        (Refusal::Deleted { name: mug() }, Code::FailedPrecondition, "STATE_INVALID"),
        (Refusal::NotDeleted { name: mug() }, Code::AlreadyExists, "NOT_DELETED"),
        (Refusal::LastVariant { name: mug() }, Code::FailedPrecondition, "LAST_VARIANT"),
        (
            Refusal::HasChildren { name: name("categories/a"), child: mug() },
            Code::FailedPrecondition,
            "HAS_CHILDREN",
        ),
        (
            Refusal::CategoryCycle { name: name("categories/a"), parent: name("categories/b") },
            Code::InvalidArgument,
            "CATEGORY_CYCLE",
        ),
    ] {
        let status = refused(refusal);
        assert_eq!((status.code(), reason_of(&status).as_deref()), (code, Some(reason)));
    }
}

#[test]
fn each_failure_of_a_use_case_has_its_code_and_reason() {
    let column = |column| FilterError { column, message: name("unknown field") };
    for (error, code, reason) in [
        (Error::BatchTooLarge { given: 501, most: 500 }, Code::InvalidArgument, "BATCH_TOO_LARGE"),
        (Error::Filter(column(7)), Code::InvalidArgument, "FILTER_INVALID"),
        (Error::RequestIdReused { id: name("1") }, Code::InvalidArgument, "REQUEST_ID_REUSED"),
        (Error::RoleMissing("show_deleted"), Code::Unauthenticated, "CREDENTIALS_INVALID"),
        (Error::AnswerTooLarge { most: 1 }, Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
        (Error::QueryTooExpensive, Code::ResourceExhausted, "QUERY_TOO_EXPENSIVE"),
        (Error::StoreFull, Code::ResourceExhausted, "STORE_FULL"),
        (Error::Overloaded, Code::Unavailable, "OVERLOADED"),
        (Error::StoreUnavailable, Code::Unavailable, "STORE_UNAVAILABLE"),
        (Error::Internal("disk on fire".into()), Code::Internal, "INTERNAL"),
    ] {
        let status = of_catalog(error);
        assert_eq!((status.code(), reason_of(&status).as_deref()), (code, Some(reason)));
        assert!(!status.message().contains("disk"), "the caller sees `{}`", status.message());
    }
}

#[test]
fn each_failure_of_access_has_its_code_and_reason() {
    use std::time::Duration;

    use access::Error as E;
    let wrong = domain::Violation { field: name("new_password"), description: name("is common") };
    let current = Etag::given("\"a-1\"").unwrap();
    let conflict = Conflict { name: name("users/a"), current, changes: Vec::new() };
    let taken = E::LoginTaken { login: name("a@b"), by: name("users/ada") };
    for (error, code, reason) in [
        (E::CredentialsInvalid, Code::Unauthenticated, "CREDENTIALS_INVALID"),
        (E::SessionExpired, Code::Unauthenticated, "SESSION_EXPIRED"),
        (E::SlowDown(Duration::from_secs(8)), Code::ResourceExhausted, "RATE_LIMITED"),
        (E::Busy, Code::ResourceExhausted, "RATE_LIMITED"),
        (E::NotFound { name: name("users/a") }, Code::NotFound, "RESOURCE_NOT_FOUND"),
        (E::UserIdTaken { name: name("users/a") }, Code::AlreadyExists, "USER_ID_TAKEN"),
        (taken, Code::AlreadyExists, "LOGIN_TAKEN"),
        (E::ApiKeyEnded, Code::Unauthenticated, "CREDENTIALS_INVALID"),
        (E::Invalid(vec![wrong]), Code::InvalidArgument, "FIELD_INVALID"),
        (E::EtagMismatch(Box::new(conflict)), Code::Aborted, "ETAG_MISMATCH"),
        (E::LastAdmin { name: name("users/a") }, Code::FailedPrecondition, "LAST_ADMIN"),
        (E::Hash(name("salt")), Code::Internal, "INTERNAL"),
    ] {
        let status = of_access(error);
        assert_eq!((status.code(), reason_of(&status).as_deref()), (code, Some(reason)));
        let says_when = status.get_details_retry_info().is_some();
        assert_eq!(says_when, reason == "RATE_LIMITED");
    }
}

#[test]
fn a_filter_names_its_column() {
    let error = FilterError { column: 7, message: name("unknown field") };
    let status = of_catalog(Error::Filter(error));
    assert_eq!(status.get_details_error_info().unwrap().metadata["column"], "7");
    assert_eq!(violations_of(&status)[0].field, "filter");
}

fn change(who: &str, second: i64, fields: &[&str]) -> OtherChange {
    OtherChange {
        actor: Actor { name: format!("users/{who}"), display_name: name(who) },
        time: Timestamp::from_second(second).unwrap(),
        fields: fields.iter().map(|field| name(field)).collect(),
    }
}

fn stale(product: &str, current: &str, changes: Vec<OtherChange>) -> Refusal {
    let current = Etag::given(current).unwrap();
    Refusal::EtagMismatch(Box::new(Conflict { name: name(product), current, changes }))
}

#[test]
fn a_stale_etag_says_who_changed_what_and_when() {
    let changes = vec![change("Ada", 0, &["title"]), change("Bob", 1, &["brand", "title"])];
    let status = refused(stale("products/mug", "\"uid-3\"", changes));
    assert_eq!(status.code(), Code::Aborted);
    let info = status.get_details_error_info().unwrap();
    let metadata = |key: &str| info.metadata[key].as_str();
    assert_eq!(info.reason, "ETAG_MISMATCH");
    assert_eq!(metadata("current_etag"), "\"uid-3\"");
    assert_eq!(metadata("changed_by"), "Bob");
    assert_eq!(metadata("changed_at"), "1970-01-01T00:00:01Z");
    assert_eq!(metadata("changed_fields"), "title,brand");
    let resource = status.get_details_resource_info().unwrap();
    assert_eq!(
        (resource.resource_type.as_str(), resource.resource_name.as_str()),
        ("shelf/Product", "products/mug")
    );
}

#[test]
fn a_batch_says_of_each_stale_etag_what_is_current_and_who_changed_what() {
    let changes = vec![change("Ada", 0, &["title"]), change("Bob", 1, &["brand", "title"])];
    let status = of_catalog(Error::Batch(vec![
        (3, stale("products/mug", "\"uid-3\"", changes)),
        (5, Refusal::NotFound { name: name("products/x") }),
        (7, stale("products/cup", "\"uid-9\"", Vec::new())),
    ]));
    assert_eq!(status.code(), Code::Aborted);
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.metadata["etag_mismatch_items"], "3,7");
    assert_eq!(info.metadata["current_etags"], "3=\"uid-3\",7=\"uid-9\"");
    let told: Vec<_> =
        violations_of(&status).into_iter().map(|one| (one.field, one.description)).collect();
    let mug = "ETAG_MISMATCH: `products/mug` is now \"uid-3\", \
               last changed by Bob at 1970-01-01T00:00:01Z: title,brand";
    assert_eq!(told[0], (name("requests[3].etag"), name(mug)));
    let cup = "ETAG_MISMATCH: `products/cup` is now \"uid-9\"";
    assert_eq!(told[2], (name("requests[7].etag"), name(cup)));
}

#[test]
fn a_batch_refused_for_many_reasons_stays_below_the_header_limit() {
    let etag = "\"01jd5xzw9a3n8q7v6t2k4m0hrb-12\"";
    let item = |index: usize| {
        let name = format!("products/product-{index:040}");
        let refusal = match index % 5 {
            0 | 1 => stale(&name, etag, vec![change(&"ä".repeat(90), 1, &["title"; 11])]),
            2 => Refusal::NotFound { name },
            3 => Refusal::Deleted { name },
            _ => Refusal::SlugTaken { slug: Slug::parse("mug").unwrap(), by: name },
        };
        (index * 2, refusal)
    };
    let status = of_catalog(Error::Batch((0..250).map(item).collect()));
    let metadata = status.get_details_error_info().unwrap().metadata;
    let told = metadata["current_etags"].split(',').filter(|one| !one.is_empty()).count();
    let left_out: usize = metadata["current_etags_left_out"].parse().unwrap();
    assert_eq!(told + left_out, 100);
    assert!(header_bytes(&status) < 8_192, "{} bytes", header_bytes(&status));
}

#[test]
fn however_many_skus_are_taken_the_variants_are_named_and_fit_into_trailers() {
    let taken = |index: usize| TakenSku {
        variant: VariantId::parse(&format!("variant-{index:03}-{}", "x".repeat(40))).unwrap(),
        sku: Sku::parse(&"é".repeat(64)).unwrap(),
        by: format!("products/{}/variants/{}", "y".repeat(63), "z".repeat(63)),
        field: format!("new_skus[{index}].sku"),
    };
    let status = refused(Refusal::SkusTaken((0..250).map(taken).collect()));
    assert_eq!(
        (status.code(), reason_of(&status).as_deref()),
        (Code::AlreadyExists, Some("SKU_TAKEN"))
    );
    let metadata = status.get_details_error_info().unwrap().metadata;
    let told = metadata["variants"].split(',').count();
    let left_out: usize = metadata["variants_left_out"].parse().unwrap();
    assert_eq!(told + left_out, 250);
    assert!(metadata["taken_by"].starts_with("products/y"));
    assert!(header_bytes(&status) < 8_192, "{} bytes", header_bytes(&status));
    let one = refused(Refusal::SkusTaken(vec![taken(0)]));
    assert!(one.message().contains("is already used by `products/y"), "{}", one.message());
    assert_eq!(violations_of(&one)[0].field, "new_skus[0].sku");
}

#[test]
fn a_taken_slug_says_whose_it_is() {
    let slug = Slug::parse("mug").unwrap();
    let status = refused(Refusal::SlugTaken { slug, by: name("products/cup") });
    assert_eq!(status.get_details_error_info().unwrap().metadata["taken_by"], "products/cup");
}

#[test]
fn a_batch_names_each_failing_item() {
    let slug = Slug::parse("mug").unwrap();
    let invalid =
        domain::Violation { field: name("product.categories[0]"), description: name("no") };
    let status = of_catalog(Error::Batch(vec![
        (3, Refusal::SlugTaken { slug, by: name("products/cup") }),
        (7, Refusal::Invalid(vec![invalid])),
        (9, Refusal::NotFound { name: name("products/x") }),
    ]));
    let info = status.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.metadata["failed_items"].as_str()),
        ("SLUG_TAKEN", "3,7,9")
    );
    assert_eq!(info.metadata["slug_taken_items"], "3");
    assert_eq!(info.metadata["field_invalid_items"], "7");
    let fields: Vec<_> = violations_of(&status).into_iter().map(|v| v.field).collect();
    assert_eq!(
        fields,
        ["requests[3].product.slug", "requests[7].product.categories[0]", "requests[9].name"]
    );
}

#[test]
fn a_batch_that_is_refused_whole_names_every_item() {
    let taken = |index| {
        let kind = ResourceKind::Product;
        (index, Refusal::IdTaken { kind, name: format!("products/product-{index}") })
    };
    let status = of_catalog(Error::Batch((0..500).map(taken).collect()));
    let metadata = status.get_details_error_info().unwrap().metadata;
    assert_eq!(metadata["failed_items"], "0-499");
    assert_eq!(metadata["product_id_taken_items"], "0-499");
}

#[test]
fn a_batch_of_names_points_at_them() {
    let missing = Error::Batch(vec![(2, Refusal::NotFound { name: name("products/x") })]);
    let status = of_batch(missing, Items::Names);
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(violations_of(&status)[0].field, "names[2]");
}
