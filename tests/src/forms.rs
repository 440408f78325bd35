//! Somebody at a browser without JavaScript: keeps cookies, reads a page's forms, fills them in and follows the 303.

use std::collections::BTreeMap;

use http::{Method, StatusCode};

use crate::web::{Answer, Web};

/// A visitor with a cookie jar.
#[derive(Debug)]
pub struct Visitor {
    web: Web,
    cookies: BTreeMap<String, String>,
}

/// A form as it stands in a page, with the values that a browser would send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// Its fields, in order.
    pub fields: Vec<(String, String)>,
}

impl Visitor {
    /// A visitor without cookies.
    pub fn new(web: Web) -> Self {
        Self { web, cookies: BTreeMap::new() }
    }

    /// Somebody who has signed in by the form.
    pub async fn signed_in(web: Web, login: &str, password: &str) -> Self {
        let mut visitor = Self::new(web);
        let page = visitor.open("/admin/sign-in").await;
        let form = Form::of(&page, "/admin/sign-in").with("login", login);
        visitor.follow(&form.with("password", password)).await;
        visitor
    }

    /// Opens a page.
    pub async fn open(&mut self, path: &str) -> Answer {
        let mut ask = self.web.ask(Method::GET, path);
        if !self.cookies.is_empty() {
            ask = ask.header("cookie", &self.cookie());
        }
        let answer = ask.send().await;
        self.keep(&answer);
        answer
    }

    /// Submits a form, and answers what comes back at once.
    pub async fn submit(&mut self, form: &Form) -> Answer {
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut ask = self
            .web
            .ask(Method::POST, &form.action)
            .form(&fields)
            .header("origin", &format!("http://{}", self.web.host()))
            .header("sec-fetch-site", "same-origin");
        if !self.cookies.is_empty() {
            ask = ask.header("cookie", &self.cookie());
        }
        let answer = ask.send().await;
        self.keep(&answer);
        answer
    }

    /// Submits a form that has to lead to another page, and opens that.
    pub async fn follow(&mut self, form: &Form) -> Answer {
        let answer = self.submit(form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", form.action, answer.text());
        let target = answer.header("location").to_owned();
        let path = target.split('#').next().unwrap_or_default();
        let path = path.strip_prefix(&format!("http://{}", self.web.host())).unwrap_or(path);
        let page = self.open(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
        page
    }

    /// The Cookie field.
    pub fn cookie(&self) -> String {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all("set-cookie") {
            let set = set.to_str().expect("a cookie is text");
            let (pair, attributes) = set.split_once(';').unwrap_or((set, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a name");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Form {
    /// The first form of a page that goes to `action`.
    pub fn of(page: &Answer, action: &str) -> Self {
        Self::all(page.text())
            .into_iter()
            .find(|form| form.action == action)
            .unwrap_or_else(|| panic!("no form to `{action}`: {}", page.text()))
    }

    /// The first form of a page with a button that does this, as it is sent when that is pressed.
    pub fn doing(page: &Answer, verb: &str) -> Self {
        let mut all = parts(page.text());
        let found = all.find(|(_, body)| has_button(body, verb));
        let (head, body) = found.unwrap_or_else(|| panic!("no button to {verb}: {}", page.text()));
        let mut form = Self::read(head, body);
        form.fields.push(("do".into(), verb.into()));
        form
    }

    /// What the button of the admin's list sends that does this to its first row: those of all rows share a form.
    pub fn of_row(page: &Answer, verb: &str) -> Self {
        let mut all = parts(page.text());
        let shared = all.find(|(head, _)| attribute(head, "id").as_deref() == Some("acts"));
        let (head, body) = shared.unwrap_or_else(|| panic!("no form of rows: {}", page.text()));
        let mut values = page.text().split("<button").skip(1).filter_map(|rest| {
            let tag = rest.split('>').next()?;
            attribute(tag, "value").filter(|_| tag.contains(" form=\"acts\""))
        });
        let pressed = values.find(|value| value.split(' ').next() == Some(verb));
        let mut form = Self::read(head, body);
        form.fields.push(("do".into(), pressed.unwrap_or_else(|| panic!("no button to {verb}"))));
        form
    }

    /// Every form of a page.
    pub fn all(page: &str) -> Vec<Self> {
        parts(page).map(|(head, body)| Self::read(head, body)).collect()
    }

    fn read(head: &str, body: &str) -> Self {
        Self { action: attribute(head, "action").unwrap_or_default(), fields: fields(body) }
    }

    /// Fills in a field of the form.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|(known, _)| known == name);
        let (_, place) = field.unwrap_or_else(|| panic!("no field `{name}`"));
        value.clone_into(place);
        self
    }

    /// What stands in a field.
    pub fn value(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// The tags of a page's forms, and what stands in each.
fn parts(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.split("<form").skip(1).map(|rest| {
        let (head, body) = rest.split_once('>').expect("a tag ends");
        (head, body.split("</form>").next().unwrap_or_default())
    })
}

/// Whether a form has a button that does this, and can be pressed.
fn has_button(form: &str, verb: &str) -> bool {
    let mut tags = form.split("<button").skip(1).filter_map(|rest| rest.split('>').next());
    tags.any(|tag| {
        let of = |name| attribute(tag, name).unwrap_or_default();
        of("name") == "do" && of("value") == verb && !tag.contains(" hidden")
    })
}

/// The address of a page's link to the next one.
pub fn next_link(page: &str) -> Option<String> {
    let tags = page.split("<a ").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let next = tags.into_iter().find(|tag| tag.contains("rel=\"next\""))?;
    attribute(&format!(" {next}"), "href")
}

/// The fields that a browser would send.
fn fields(form: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut rest = form;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let (tag, after) = rest.split_once('>').unwrap_or((rest, ""));
        let name = attribute(tag, "name").unwrap_or_default();
        let kind = attribute(tag, "type").unwrap_or_default();
        let unchecked = ["checkbox", "radio"].contains(&kind.as_str()) && !tag.contains(" checked");
        if tag.starts_with("<input") && !name.is_empty() && !unchecked {
            fields.push((name, attribute(tag, "value").unwrap_or_default()));
        } else if tag.starts_with("<textarea") && !name.is_empty() {
            let text = after.split("</textarea>").next().unwrap_or_default();
            fields.push((name, unescaped(text.strip_prefix('\n').unwrap_or(text))));
        } else if tag.starts_with("<select") && !name.is_empty() {
            let options = after.split("</select>").next().unwrap_or_default();
            fields.push((name, chosen(options)));
        }
        rest = after;
    }
    fields
}

/// The value of the selected option, or of the first one.
fn chosen(options: &str) -> String {
    let all: Vec<&str> = options.split("<option").skip(1).collect();
    let selected = all
        .iter()
        .find(|option| option.split('>').next().is_some_and(|tag| tag.contains(" selected")));
    let option = selected.or(all.first()).copied().unwrap_or_default();
    attribute(option.split('>').next().unwrap_or_default(), "value").unwrap_or_default()
}

/// The value of an attribute in a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    Some(unescaped(rest.split_once('"')?.0))
}

fn unescaped(text: &str) -> String {
    let pairs = [
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#60;", "<"),
        ("&lt;", "<"),
        ("&#62;", ">"),
        ("&gt;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (code, letter)| text.replace(code, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_button_that_is_seen_can_be_pressed() {
        let form = "<button name=\"do\" value=\"publish\" hidden>Publish</button>\
                    <button name=\"do\" value=\"archive\">Archive</button>";
        let pressed = ["publish", "archive", "delete"].map(|verb| has_button(form, verb));
        assert_eq!(pressed, [false, true, false]);
    }

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let page = "<form method=\"post\" action=\"/a\"><input type=\"hidden\" name=\"etag\" value=\"&#34;1&#34;\">\
                    <input name=\"title\"><textarea name=\"text\">\nline &lt;</textarea>\
                    <select name=\"kind\"><option value=\"a\"><option value=\"b\" selected></select>\
                    <input type=\"checkbox\" name=\"off\" value=\"1\"><button>Go</button></form>";
        let expected = [("etag", "\"1\""), ("title", ""), ("text", "line <"), ("kind", "b")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(Form::all(page), [Form { action: "/a".into(), fields: expected.to_vec() }]);
    }
}
