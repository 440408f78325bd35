//! Who did something: as an address names them, as a filter of the contract does, and those whom a form offers.

use proto::access::ListUsersRequest;

use super::{
    chrome::Chrome,
    names::{id_of, is_id},
    product_list::Choice,
    trouble::Trouble,
    visit::Visit,
};

const USERS: &str = "users/";
const KEYS: &str = "apiKeys/";
/// What Shelf itself is called.
const SYSTEM: &str = "system";
/// How many users a form offers.
const MOST: i32 = 1000;

/// The name of who did something, and what they are called.
pub(crate) type Person = (String, String);

/// Whom an address asks for: the id of a user, the name of an API key, or Shelf itself; empty when it is none of these.
pub(crate) fn asked(by: &str) -> String {
    let is_person = is_id(by.strip_prefix(KEYS).unwrap_or(by));
    if is_person { by.to_owned() } else { String::new() }
}

/// The name of who did something, by what stands in the address.
pub(crate) fn actor(by: &str) -> String {
    if by == SYSTEM || by.starts_with(KEYS) { by.to_owned() } else { format!("{USERS}{by}") }
}

/// What stands in the address for the name of who did something.
pub(crate) fn person(name: &str) -> &str {
    name.strip_prefix(USERS).unwrap_or(name)
}

/// All users, for an administrator, who may know them.
pub(crate) async fn users(visit: &Visit, chrome: &Chrome) -> Result<Vec<Person>, Trouble> {
    if !chrome.is_admin() {
        return Ok(Vec::new());
    }
    let request = ListUsersRequest { page_size: MOST, ..Default::default() };
    let page = visit.caller.users().list_users(request).await?.into_inner();
    Ok(page.users.into_iter().map(|user| (user.name, user.display_name)).collect())
}

/// Those whom a form offers, each once, and who was asked for, by their names.
pub(crate) fn choices(people: impl IntoIterator<Item = Person>, by: &str) -> Vec<Choice> {
    let asked = (!by.is_empty()).then(|| (actor(by), id_of(by).to_owned()));
    let mut choices: Vec<Choice> = Vec::new();
    for (name, word) in people.into_iter().chain(asked) {
        let value = person(&name).to_owned();
        if !value.is_empty() && choices.iter().all(|other| other.value != value) {
            let current = value == by;
            choices.push(Choice { value, word, current });
        }
    }
    choices.sort_by(|a, b| a.word.cmp(&b.word));
    choices
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("users/grace", "grace")]
    #[case("apiKeys/01k", "apiKeys/01k")]
    #[case("system", "system")]
    fn who_did_something_stands_in_the_address(#[case] name: &str, #[case] by: &str) {
        assert_eq!((person(name), actor(by).as_str()), (by, name));
        assert_eq!(asked(by), by);
    }

    #[rstest]
    #[case("")]
    #[case("a\"b")]
    #[case("users/ada")]
    #[case("apiKeys/a\" OR actor:*")]
    fn what_is_nobody_is_not_asked_for(#[case] by: &str) {
        assert_eq!(asked(by), "");
    }

    #[test]
    fn each_is_offered_once_by_name_and_who_was_asked_for_is_chosen() {
        let person = |name: &str, word: &str| (name.to_owned(), word.to_owned());
        let people = [
            person("users/grace", "Grace"),
            person("users/ada", "Ada"),
            person("users/grace", "G."),
        ];
        let offered = |by: &str| {
            let choices = choices(people.clone(), by).into_iter();
            choices.map(|one| (one.value, one.word, one.current)).collect::<Vec<_>>()
        };
        let choice =
            |value: &str, word: &str, current| (value.to_owned(), word.to_owned(), current);
        assert_eq!(offered(""), [choice("ada", "Ada", false), choice("grace", "Grace", false)]);
        assert_eq!(offered("grace")[1], choice("grace", "Grace", true));
        assert_eq!(offered("gone")[2], choice("gone", "gone", true), "whoever that was");
    }
}
