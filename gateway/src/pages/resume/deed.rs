//! What a form asks for, in the words of the question whether to go on with it.

use proto::{
    access::{GetApiKeyRequest, GetUserRequest},
    catalog::GetCategoryRequest,
};

use crate::pages::{actions::Pressed, editor, fields::Fields, visit::Visit};

/// A form's purpose: a verb, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deed {
    /// Such as `delete`.
    pub(super) verb: String,
    /// The title of what it is about; empty when the verb says all.
    pub(super) title: String,
    /// Whether something goes by it.
    pub(super) is_grave: bool,
}

/// Whose title is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About<'a> {
    Nothing,
    Product(&'a str),
    Category(&'a str),
    User(&'a str),
    Key(&'a str),
    /// What the form itself says in this field.
    Typed(&'static str),
}

impl Deed {
    /// What a form that was sent to this address asks for. What it is about has its title of now, or none if it cannot be seen.
    pub(super) async fn of(visit: &Visit, target: &str, fields: &Fields) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        let (verb, about) = asked(path, fields);
        let is_grave = verb.starts_with("delete") || verb.starts_with("remove");
        let title = title(visit, about, fields).await;
        Self { verb, title, is_grave }
    }

    /// Verb and title in one text.
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.verb, self.title).trim_end().to_owned()
    }
}

/// The verb of an address, and what it is about.
fn asked<'a>(path: &'a str, fields: &'a Fields) -> (String, About<'a>) {
    let parts: Vec<&str> = path.trim_start_matches("/admin/").split('/').collect();
    let (verb, about) = match *parts.as_slice() {
        ["bulk"] => return (many(fields), About::Nothing),
        ["products"] => match Pressed::read(fields.get("do")) {
            Some(Pressed { verb, id, .. }) => (of_product(verb), About::Product(id)),
            None => ("send your form", About::Nothing),
        },
        ["products", id] => (of_product(fields.get("do")), About::Product(id)),
        ["products", id, verb] => (of_product(verb), About::Product(id)),
        ["products", id, "variants", _, "delete"] => ("remove a variant of", About::Product(id)),
        ["products", id, "variants", ..] => ("save a variant of", About::Product(id)),
        ["new-product"] => ("create", About::Typed("title")),
        ["categories"] => ("add the category", About::Typed("title")),
        ["categories", id, "delete"] => ("delete the category", About::Category(id)),
        ["categories", id, "move"] => ("move the category", About::Category(id)),
        ["categories", id, _] => ("save the category", About::Category(id)),
        ["shop"] => ("save the shop’s settings", About::Nothing),
        ["new-user"] => ("add the user", About::Typed("display_name")),
        ["users", id, "delete"] => ("delete the user", About::User(id)),
        ["users", id, "password"] => ("give a new password to", About::User(id)),
        ["users", id, _] => ("save the user", About::User(id)),
        ["keys"] => ("make the API key", About::Typed("display_name")),
        ["keys", id, _] => ("delete the API key", About::Key(id)),
        ["account", "password"] => ("change your password", About::Nothing),
        ["account", "end-others"] => ("sign out everywhere else", About::Nothing),
        ["account", "sessions", ..] => ("end a sign-in", About::Nothing),
        _ => ("send your form", About::Nothing),
    };
    (verb.to_owned(), about)
}

fn of_product(verb: &str) -> &'static str {
    match verb {
        "delete" => "delete",
        "undelete" => "restore",
        "publish" => "publish",
        "unpublish" => "unpublish",
        "archive" => "archive",
        "expunge" => "delete for good",
        "roll-back" => "bring back an earlier version of",
        "variants" => "add a variant to",
        _ => "save your changes to",
    }
}

/// What is done to many products, and how many are ticked.
fn many(fields: &Fields) -> String {
    let what = match fields.get("do") {
        "delete" => "delete",
        "undelete" => "restore",
        "publish" => "publish",
        "unpublish" => "unpublish",
        "prices" => "change the prices of",
        "category" => "change the categories of",
        _ => "go on with",
    };
    let ticked = fields.all("item").count();
    match ticked {
        _ if !fields.get("all").is_empty() => format!("{what} all products that match"),
        0 => format!("{what} the products"),
        1 => format!("{what} 1 product"),
        more => format!("{what} {more} products"),
    }
}

async fn title(visit: &Visit, about: About<'_>, fields: &Fields) -> String {
    let caller = &visit.caller;
    let found = match about {
        About::Nothing => None,
        About::Typed(name) => fields.find(name).map(|typed| typed.trim().to_owned()),
        About::Product(id) => editor::product(visit, id).await.ok().map(|product| product.title),
        About::Category(id) => {
            let request = GetCategoryRequest { name: format!("categories/{id}") };
            let found = caller.categories().get_category(request).await;
            found.ok().map(|category| category.into_inner().title)
        }
        About::User(id) => {
            let request = GetUserRequest { name: format!("users/{id}") };
            let found = caller.users().get_user(request).await;
            found.ok().map(|user| user.into_inner().display_name)
        }
        About::Key(id) => {
            let request = GetApiKeyRequest { name: format!("apiKeys/{id}") };
            let found = caller.api_keys().get_api_key(request).await;
            found.ok().map(|key| key.into_inner().display_name)
        }
    };
    found.unwrap_or_default()
}

/// What a page says in its forms by itself.
const OF_THE_PAGE: [&str; 16] = [
    "etag",
    "request_id",
    "return_to",
    "was",
    "revision",
    "currency",
    "parent",
    "item",
    "all",
    "do",
    "place",
    "step",
    "tally",
    "changed",
    "refused",
    "again",
];

/// What somebody typed into a form, by name, without what its page says.
pub(super) fn typed(fields: &Fields) -> Vec<(String, String)> {
    let pairs = fields
        .pairs()
        .iter()
        .filter(|(name, value)| !OF_THE_PAGE.contains(&name.as_str()) && !value.trim().is_empty());
    pairs.map(|(name, value)| (label(name), value.clone())).collect()
}

/// A field's name in words.
fn label(name: &str) -> String {
    let mut words = name.replace(['_', '.'], " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/admin/products/mug/delete", "", "delete", About::Product("mug"))]
    #[case("/admin/products/mug", "do=archive", "archive", About::Product("mug"))]
    #[case("/admin/products", "do=delete+mug+%22v1%22+draft", "delete", About::Product("mug"))]
    #[case("/admin/products", "do=delete", "send your form", About::Nothing)]
    #[case("/admin/products/mug/save", "", "save your changes to", About::Product("mug"))]
    #[case("/admin/products/mug/variants/w/save", "", "save a variant of", About::Product("mug"))]
    #[case(
        "/admin/products/mug/variants/w/delete",
        "",
        "remove a variant of",
        About::Product("mug")
    )]
    #[case("/admin/products/mug/variants", "", "add a variant to", About::Product("mug"))]
    #[case("/admin/new-product", "", "create", About::Typed("title"))]
    #[case("/admin/categories/k/move", "", "move the category", About::Category("k"))]
    #[case("/admin/users/ada/delete", "", "delete the user", About::User("ada"))]
    #[case("/admin/keys/k1/delete", "", "delete the API key", About::Key("k1"))]
    #[case("/admin/account/password", "", "change your password", About::Nothing)]
    #[case("/admin/bulk", "do=delete&item=a+1&item=b+2", "delete 2 products", About::Nothing)]
    #[case(
        "/admin/bulk",
        "do=prices&all=on",
        "change the prices of all products that match",
        About::Nothing
    )]
    #[case("/elsewhere", "", "send your form", About::Nothing)]
    fn every_form_has_its_words(
        #[case] path: &str,
        #[case] form: &str,
        #[case] verb: &str,
        #[case] about: About<'_>,
    ) {
        let fields = Fields::parse(form.as_bytes());
        assert_eq!(asked(path, &fields), (verb.to_owned(), about));
    }

    #[test]
    fn what_was_typed_is_told_without_what_the_page_says_of_itself() {
        let form = "title=Mug&etag=%22v1%22&request_id=r1&slug=&image_uri=%2Fpictures%2Fmug.svg";
        let told = typed(&Fields::parse(form.as_bytes()));
        let expected = [("Title", "Mug"), ("Image uri", "/pictures/mug.svg")];
        assert_eq!(told, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
