//! What an address of the admin's list asks for, and the calls that answer it: a list, or, where there are words, a search.

use proto::catalog::{ListProductsRequest, ProductView, SearchProductsRequest, product::State};
use tonic::Status;

use crate::{
    pages::{
        answers::{LIST, List, Page, SEARCH},
        names::is_id,
        query::Query,
    },
    session::Caller,
};

/// The order when the address names none and has no words: what was changed last comes first. Words have an order of their own.
const DEFAULT_SORT: &str = "-changed";

/// An order that what is done to many products does not change.
const STEADY: &str = "create_time";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) text: String,
    pub(super) state: String,
    pub(super) category: String,
    pub(super) sort: String,
    pub(super) page: String,
    pub(super) from: i32,
    /// Whether its rows are ticked; not part of what the list shows.
    pub(super) picks: bool,
}

/// Key in the address, word on the page, state of the contract.
pub(super) const STATES: [(&str, &str, State); 3] = [
    ("draft", "Draft", State::Draft),
    ("published", "Published", State::Active),
    ("archived", "Archived", State::Archived),
];

/// Word on the page, key in the address, field of the contract; empty: it cannot be sorted by.
pub(super) const HEADS: [(&str, &str, &str); 4] = [
    ("Product", "title", "title"),
    ("State", "", ""),
    ("Price", "price", "price"),
    ("Changed", "changed", "update_time"),
];

/// How much of what is asked for a call answers.
#[derive(Clone, Debug)]
pub(crate) struct Portion {
    pub(crate) size: i32,
    pub(crate) token: String,
    pub(crate) view: ProductView,
}

impl Asked {
    /// Reads an address.
    pub(super) fn of(query: &Query) -> Self {
        let known = |wanted: &str| STATES.iter().any(|(key, ..)| *key == wanted);
        let sortable =
            |sort: &str| HEADS.iter().any(|(_, key, ..)| sort.trim_start_matches('-') == *key);
        let (sort, category, state) =
            (query.get("sort"), query.get("category"), query.get("state"));
        let asked = Self {
            text: query.get("q").chars().take(200).collect(),
            state: if known(state) { state.to_owned() } else { String::new() },
            category: if is_id(category) { category.to_owned() } else { String::new() },
            sort: String::new(),
            page: query.get("page").to_owned(),
            from: query.number("from"),
            picks: query.get("pick") == "page",
        };
        let sort = if sortable(sort) && sort != asked.default_sort() { sort } else { "" };
        Self { sort: sort.to_owned(), ..asked }
    }

    /// What stands behind the `?` of an address.
    pub(super) fn at(address: &str) -> Self {
        Self::of(&Query::parse(address.split_once('?').map_or("", |(_, query)| query)))
    }

    /// The address: in a fixed order, defaults left out.
    pub(super) fn query(&self) -> Query {
        let from = if self.page.is_empty() { String::new() } else { self.from.to_string() };
        Query::new()
            .with("q", &self.text)
            .with("state", &self.state)
            .with("category", &self.category)
            .with("sort", &self.sort)
            .with("page", &self.page)
            .with("from", &from)
    }

    pub(super) fn first_page(&self) -> Self {
        Self { page: String::new(), from: 0, picks: false, ..self.clone() }
    }

    pub(super) fn sorted(&self, sort: &str) -> Self {
        let sort = if sort == self.default_sort() { "" } else { sort };
        Self { sort: sort.to_owned(), ..self.first_page() }
    }

    /// The same words, whatever state and category.
    pub(super) fn with_words_only(&self) -> Self {
        Self { text: self.text.clone(), ..Self::default() }
    }

    /// Whether the list shows less than all.
    pub(super) fn is_filtered(&self) -> bool {
        !self.text.is_empty() || self.is_narrowed()
    }

    /// Whether state or category leave something out.
    pub(super) fn is_narrowed(&self) -> bool {
        !self.state.is_empty() || !self.category.is_empty()
    }

    /// The order, `-` before one that is turned round; empty: the best first.
    pub(super) fn sort(&self) -> &str {
        if self.sort.is_empty() { self.default_sort() } else { &self.sort }
    }

    fn default_sort(&self) -> &'static str {
        if self.text.is_empty() { DEFAULT_SORT } else { "" }
    }

    fn order_by(&self) -> String {
        let key = self.sort().trim_start_matches('-');
        let field = HEADS.iter().find(|(_, other, ..)| *other == key).map_or("", |head| head.2);
        format!("{field}{}", if self.sort().starts_with('-') { " desc" } else { "" })
    }

    fn wanted_state(&self) -> Option<State> {
        STATES.iter().find(|(key, ..)| *key == self.state).map(|(.., state)| *state)
    }

    /// AIP-160.
    fn filter(&self) -> String {
        let state = self
            .wanted_state()
            .map(|state| format!("state = {}", state.as_str_name().trim_start_matches("STATE_")));
        let category =
            (!self.category.is_empty()).then(|| format!("category:\"{}\"", self.category));
        state.into_iter().chain(category).collect::<Vec<_>>().join(" AND ")
    }

    fn list(&self, portion: Portion, order_by: String) -> ListProductsRequest {
        ListProductsRequest {
            page_size: portion.size,
            page_token: portion.token,
            filter: self.filter(),
            order_by,
            view: portion.view.into(),
            ..ListProductsRequest::default()
        }
    }

    fn search(&self, portion: Portion, order_by: String) -> SearchProductsRequest {
        let category = (!self.category.is_empty()).then(|| format!("categories/{}", self.category));
        SearchProductsRequest {
            query: self.text.clone(),
            page_size: portion.size,
            page_token: portion.token,
            show_hidden: true,
            states: self.wanted_state().map(Into::into).into_iter().collect(),
            categories: category.into_iter().collect(),
            order_by,
            view: portion.view.into(),
            ..SearchProductsRequest::default()
        }
    }

    /// A part of the list, as it shows it.
    pub(super) async fn page(&self, caller: &Caller, portion: Portion) -> Result<Page, Status> {
        self.ask(caller, portion, self.order_by()).await
    }

    /// A part of the list in an order that stays while something is done to the products.
    pub(super) async fn steady_page(
        &self,
        caller: &Caller,
        portion: Portion,
    ) -> Result<Page, Status> {
        self.ask(caller, portion, STEADY.to_owned()).await
    }

    async fn ask(
        &self,
        caller: &Caller,
        portion: Portion,
        order_by: String,
    ) -> Result<Page, Status> {
        if self.text.is_empty() {
            let listed: List = caller.ask(LIST, self.list(portion, order_by)).await?;
            return Ok(listed.into());
        }
        caller.ask(SEARCH, self.search(portion, order_by)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::at(&format!("/admin/products?{query}"))
    }

    fn portion() -> Portion {
        Portion { size: 50, token: "next".into(), view: ProductView::Full }
    }

    #[test]
    fn the_address_becomes_a_filter() {
        let request = asked("state=draft&category=kitchen").list(portion(), String::new());
        assert_eq!(request.filter, "state = DRAFT AND category:\"kitchen\"");
        assert_eq!(asked("state=published").filter(), "state = ACTIVE");
        assert_eq!(asked("state=nonsense&category=a%22b").filter(), "");
        assert_eq!(asked("sort=-price").order_by(), "price desc");
        assert_eq!(asked("").order_by(), "update_time desc");
    }

    #[test]
    fn words_become_a_search_of_all_that_staff_sees_the_best_first() {
        let asked = asked("q=blue+\"mug&state=published&category=kitchen");
        let request = asked.search(portion(), asked.order_by());
        assert_eq!(request.query, "blue \"mug");
        assert!(request.show_hidden && !request.show_deleted);
        assert_eq!(request.states, [i32::from(State::Active)]);
        assert_eq!(request.categories, ["categories/kitchen"]);
        assert_eq!((request.order_by.as_str(), request.page_token.as_str()), ("", "next"));
    }

    #[test]
    fn the_same_list_has_one_address() {
        let at = |query: &str| asked(query).query().at("");
        assert_eq!(at("sort=-changed&category=kitchen"), "?category=kitchen");
        assert_eq!(
            at("sort=-changed&q=mug"),
            "?q=mug&sort=-changed",
            "words are ranked by default"
        );
        assert_eq!(asked("q=mug&sort=title").sorted("").query().at(""), "?q=mug");
    }
}
