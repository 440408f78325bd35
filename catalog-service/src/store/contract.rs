//! What every store has to do, as tests that a backend runs against itself.
//!
//! Each story is a function of a [`Bench`]; `contract!` makes a test of each for one backend.

pub(super) mod access;
mod any_filter;
pub(super) mod categories;
pub(super) mod expunge;
pub(super) mod faults;
pub(super) mod feed;
pub(super) mod filters;
pub(super) mod history;
pub(super) mod lists;
pub(super) mod meanwhile;
pub(super) mod positions;
pub(super) mod products;
pub(super) mod repeats;
pub(super) mod restoring;
pub(super) mod sizes;
pub(super) mod slugs;
pub(super) mod variants;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Error, Store, evaluator};
use crate::{
    clock::{Clock as _, ManualClock},
    domain::{
        Actor, Audience, Caller, Currency, Document, Money, NewProduct, NewVariant, PageRequest,
        Price, Product, ProductAction, ProductChange, ProductFields, ProductId, ProductQuery,
        Refusal, RequestId, Revision, RevisionFilter, RevisionQuery, Role, VariantFields, View,
        Write,
    },
    encoding,
};

/// Makes a test of every story for a backend; `$open` opens an empty store on a clock.
macro_rules! contract {
    ($open:expr) => {
        $crate::store::contract::contract! { @stories $open;
            products: {
                a_product_is_answered_as_it_was_created,
                a_product_has_one_variant_when_none_is_given,
                the_public_sees_active_products_within_their_window_only,
                the_public_never_learns_who_changed_something,
                an_update_changes_the_masked_fields_only,
                a_full_replacement_empties_what_is_not_given,
                one_attribute_is_changed_alone,
                a_stale_etag_shows_the_other_changes,
                of_concurrent_writers_with_one_etag_one_wins,
                an_etag_is_never_used_again,
                a_deleted_product_is_kept_and_restored_as_it_was,
                a_deleted_product_frees_its_slug_and_sku,
                publishing_twice_changes_nothing,
                archiving_puts_away_from_every_live_state,
                a_taken_id_is_refused,
                a_slug_made_from_the_title_gets_a_number,
                a_given_slug_that_is_taken_is_refused,
                a_taken_sku_names_whose_it_is,
                unknown_categories_are_all_named,
                a_batch_tells_the_other_changes_of_each_stale_etag,
                a_batch_is_done_whole_or_not_at_all,
                many_products_change_at_once_with_one_revision_each,
                a_batch_whose_answer_is_too_large_is_not_done,
                an_unknown_product_is_not_found,
                a_window_that_never_opens_is_refused,
                time_never_runs_backwards_for_a_product,
            }
            expunge: {
                only_a_deleted_product_goes_for_good,
                what_went_for_good_leaves_nothing_but_its_place_in_the_feed,
                an_etag_never_returns_under_the_same_id,
                expunging_is_repeated_refused_and_tried_like_any_write,
                deleted_products_go_when_their_time_is_over,
            }
            restoring: {
                every_sku_that_is_in_the_way_is_told,
                new_skus_are_given_as_a_product_is_restored,
                a_new_slug_is_given_as_a_product_is_restored,
                a_stale_variant_tells_of_its_new_sku,
                variants_may_exchange_their_skus_as_a_product_is_restored,
            }
            slugs: {
                an_old_slug_leads_to_the_product,
                a_slug_leads_the_public_to_public_products_only,
                a_slug_follows_the_window,
                who_has_a_slug_wins_over_who_had_it,
                the_slug_of_what_went_for_good_leads_nowhere_any_more,
                a_slug_that_the_public_never_knew_is_forgotten,
            }
            sizes: {
                attributes_added_one_by_one_end_at_the_same_limit,
                a_product_is_refused_from_its_first_byte_too_many,
            }
            faults: {
                faults_are_what_the_writes_are_refused_for,
                what_is_in_order_or_not_there_has_no_faults,
                the_items_of_a_batch_are_held_against_those_before,
            }
            variants: {
                a_variant_is_added_at_the_end,
                a_variants_write_leaves_the_products_etag,
                a_stale_variant_shows_the_other_changes,
                the_last_variant_stays,
                a_variant_chooses_among_the_options,
                options_in_use_stay,
                a_variant_of_a_deleted_product_cannot_be_written,
                variants_come_page_by_page,
                a_page_of_variants_ends_before_it_grows_too_large,
                prices_follow_the_shops_currency,
                variants_of_several_products_change_whole_or_not_at_all,
            }
            categories: {
                a_category_is_created_changed_and_deleted,
                a_category_cannot_stand_below_itself,
                a_category_is_moved_with_what_is_below_it,
                categories_count_what_each_audience_may_see,
                a_product_below_twice_counts_once,
                a_category_with_children_stays,
                of_many_categories_those_that_do_not_exist_are_told,
                a_taken_category_slug_is_refused,
                categories_come_by_title,
                a_page_of_categories_ends_before_it_grows_too_large,
                a_restored_product_leaves_a_category_that_is_gone,
                the_shop_is_changed_under_its_etag,
            }
            history: {
                history_tells_who_changed_what,
                a_history_comes_page_by_page,
                the_shops_history_is_found_by_who_when_and_what,
                a_revision_is_found_by_number_by_etag_and_as_the_one_before,
                a_product_gets_the_content_of_an_earlier_revision_back,
                going_back_brings_variants_back_and_takes_later_ones_away,
                going_back_never_publishes,
                going_back_is_undone_by_going_back_again,
                variants_may_have_changed_skus_with_each_other,
                what_is_in_the_way_alone_has_its_own_reason,
                all_that_is_in_the_way_is_told_at_once,
                going_back_needs_the_current_etag_a_live_product_and_a_kept_revision,
                a_stale_variant_tells_of_going_back,
                going_back_twice_under_one_request_id_is_done_once,
                a_dry_run_of_going_back_leaves_nothing,
                a_revision_is_kept_until_long_after_it_was_replaced,
                forgetting_stops_at_its_limit_and_begins_with_the_oldest,
            }
            feed: {
                every_write_is_told_with_who_when_and_what,
                the_feed_is_found_by_who_when_what_and_where,
                what_is_gone_keeps_its_name_in_the_feed,
                going_back_is_told_of_the_product_and_of_its_variants,
                a_dry_run_and_a_repetition_are_not_in_the_feed,
                the_feed_is_read_on_from_any_place,
                changes_are_forgotten_in_their_order_and_never_the_last,
            }
            repeats: {
                a_repeated_request_is_answered_the_same_and_done_once,
                a_request_id_is_its_callers_own,
                another_request_under_the_same_id_is_refused,
                a_refused_request_may_be_corrected_under_its_id,
                a_request_is_forgotten_after_a_day,
                a_dry_run_answers_and_leaves_nothing,
                repeats_at_the_same_time_have_one_effect,
            }
            positions: {
                every_change_moves_the_position_by_one,
                a_read_holds_what_came_before_its_position_and_nothing_later,
            }
            lists: {
                every_order_is_kept_across_pages,
                lists_at_random_are_kept_across_pages,
                a_list_among_some_products_holds_no_other,
                deleted_products_are_listed_on_request,
                what_one_person_deleted_is_listed_until_it_is_restored,
                many_that_one_person_deleted_are_listed_in_their_order,
                the_public_lists_what_it_may_see,
                a_public_count_follows_the_windows_to_the_microsecond,
                a_page_ends_before_it_grows_too_large,
                a_list_counts_to_ten_thousand_and_says_so,
                a_list_in_the_full_view_has_variants,
            }
            meanwhile: {
                a_list_misses_none_while_products_come_and_go,
            }
            access: {
                a_user_is_changed_under_their_etag,
                a_login_is_one_users_own,
                the_last_admin_stays,
                of_two_admins_who_remove_each_other_one_stays,
                what_ends_a_users_sessions_and_keys,
                a_new_password_ends_the_other_sessions,
                no_session_begins_with_a_password_that_was_changed_meanwhile,
                a_repeated_write_of_a_user_answers_the_same,
                who_gets_an_id_next_is_not_answered_what_another_was,
                a_dry_run_leaves_users_and_keys,
                an_api_key_is_kept_used_and_deleted,
                a_repeated_request_makes_no_second_key,
                api_keys_come_newest_first,
            }
            filters: {
                a_filter_finds_what_it_says,
                hostile_texts_are_only_texts,
                a_store_finds_what_the_rules_say,
            }
        }
    };
    (@stories $open:expr; $($module:ident: { $($story:ident,)* })*) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                let bench = $crate::store::contract::Bench::new($open).await;
                $crate::store::contract::$module::$story(&bench).await;
                bench.store.close().await;
            })*
        })*
    };
}
pub(super) use contract;

/// A store with its clock.
pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<ManualClock>,
}

impl Bench {
    pub(super) async fn new<F>(open: impl FnOnce(Arc<ManualClock>) -> F) -> Self
    where
        F: Future<Output = Arc<dyn Store>>,
    {
        let start: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::at(start));
        Self { store: open(Arc::clone(&clock)).await, clock }
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) async fn create(&self, new: NewProduct) -> Result<Wire, Error> {
        let created = self.store.create_products(by("ada"), vec![new], View::Full).await?;
        Ok(wire(&created[0]))
    }

    pub(super) async fn change(
        &self,
        id: &str,
        etag: &str,
        action: ProductAction,
    ) -> Result<Wire, Error> {
        self.change_as(by("ada"), id, etag, action).await
    }

    pub(super) async fn change_as(
        &self,
        write: Write,
        id: &str,
        etag: &str,
        action: ProductAction,
    ) -> Result<Wire, Error> {
        let etag = crate::domain::Etag::given(etag);
        let change = ProductChange { id: product_id(id), etag, action };
        let changed = self.store.change_products(write, vec![change]).await?;
        Ok(wire(&changed[0]))
    }

    pub(super) async fn get(&self, id: &str, audience: Audience) -> Option<Wire> {
        let found = self.store.product(&product_id(id), View::Full, audience).await.unwrap();
        found.map(|read| wire(&read.content))
    }

    /// How many revisions a product has.
    pub(super) async fn history(&self, id: &str) -> u32 {
        self.revisions(id).await.map_or(0, |all| all.len()).try_into().unwrap()
    }

    /// All revisions of a product, newest first; none: there is no such product.
    pub(super) async fn revisions(&self, id: &str) -> Option<Vec<WireRevision>> {
        let page = PageRequest::new(1_000, None);
        let page = self.store.revisions(history_of(id), page).await.unwrap()?.content;
        let read = |one: &Document<Revision>| encoding::message(one).unwrap();
        Some(page.items.iter().map(read).collect())
    }

    /// The ids of a whole list, read page by page, and its total.
    pub(super) async fn ids(&self, query: &ProductQuery, size: i32) -> (Vec<String>, u32) {
        let (mut ids, mut after, mut total) = (Vec::new(), None, 0);
        loop {
            let request = PageRequest::new(size, after);
            let page = self.store.list_products(query.clone(), request).await.unwrap().content;
            assert!(page.items.len() <= usize::try_from(size).unwrap());
            ids.extend(page.items.iter().map(|item| id_of(&wire(item))));
            total = total.max(page.total.count);
            match page.next {
                Some(next) => after = Some(next),
                None => return (ids, total),
            }
        }
    }
}

pub(super) type Wire = proto::catalog::Product;
pub(super) type WireRevision = proto::catalog::ProductRevision;

/// The whole history of a product.
pub(super) fn history_of(id: &str) -> RevisionQuery {
    let filter = RevisionFilter::default();
    RevisionQuery { product: Some(product_id(id)), filter, view: View::Full }
}

pub(super) fn wire(document: &Document<Product>) -> Wire {
    encoding::message(document).unwrap()
}

pub(super) fn id_of(product: &Wire) -> String {
    product.name.strip_prefix("products/").unwrap().to_owned()
}

pub(super) fn product_id(id: &str) -> ProductId {
    ProductId::parse(id).unwrap()
}

pub(super) fn caller(name: &str) -> Caller {
    let actor = Actor { name: format!("users/{name}"), display_name: name.to_uppercase() };
    Caller { actor, role: Role::Editor }
}

pub(super) fn by(name: &str) -> Write {
    Write::by(caller(name))
}

pub(super) fn requested(name: &str, id: &str, digest: u8) -> Write {
    let request = RequestId { id: id.to_owned(), digest: [digest; 32] };
    Write { request: Some(request), ..by(name) }
}

/// A product with an id, and a title that is the id with a capital.
pub(super) fn new(id: &str) -> NewProduct {
    let mut title = id.to_owned();
    title[..1].make_ascii_uppercase();
    let fields = ProductFields { title, ..ProductFields::default() };
    NewProduct { id: Some(product_id(id)), fields, variants: Vec::new() }
}

pub(super) fn eur(units: i64) -> Price {
    Price { amount: Money::from_units(Currency::EUR, units, 0).unwrap(), compare_at: None }
}

/// A variant with a sku and a price in euros.
pub(super) fn sold(sku: &str, units: i64) -> NewVariant {
    let sku = crate::domain::Sku::parse(sku).ok();
    NewVariant {
        id: None,
        fields: VariantFields { sku, prices: vec![eur(units)], ..VariantFields::default() },
    }
}

pub(super) fn staff(filter: &str, order: &str) -> ProductQuery {
    ProductQuery {
        filter: crate::domain::Filter::parse(filter).unwrap(),
        among: None,
        order: crate::domain::Order::parse(order).unwrap(),
        show_deleted: false,
        view: View::Basic,
        audience: Audience::Staff,
    }
}

/// The one refusal of a write of one item.
#[track_caller]
pub(super) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(mut items)) if items.len() == 1 => items.remove(0).1,
        other => panic!("not refused: {other:?}"),
    }
}
