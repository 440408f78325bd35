//! Cookies over plain HTTP on this machine itself. Chromium and Firefox keep a `Secure` cookie there, WebKit and so Safari does not: each
//! goes out with a twin that is not `Secure`, and the twin is heard where its cookie does not come.
//!
//! Nowhere else: over https every browser keeps the cookie, and over any other plain HTTP none is to be kept.

use http::{HeaderMap, HeaderValue, header};

use super::{cookie, last_user};

/// How a cookie's name begins that browsers keep if it is `Secure`, and of this host alone (RFC 6265bis).
const PREFIX: &str = "__Host-";
/// How its twin's name begins. Whatever else is served on this machine shares the cookies, so it names us.
const PLAIN: &str = "shelf-";
const SECURE: &str = "; Secure";

/// Adds the twins of an answer's cookies.
pub(crate) fn add_twins(answer: &mut HeaderMap) {
    let twins: Vec<_> = answer.get_all(header::SET_COOKIE).iter().filter_map(twin).collect();
    for twin in twins {
        answer.append(header::SET_COOKIE, twin);
    }
}

/// Takes a twin for its cookie where that has not come.
pub(crate) fn hear_twins(request: &mut HeaderMap) {
    for heard in [cookie::NAME, last_user::NAME].map(|name| heard(request, name)) {
        request.extend(heard.map(|cookie| (header::COOKIE, cookie)));
    }
}

/// The cookie of a name, from its twin.
fn heard(request: &HeaderMap, name: &str) -> Option<HeaderValue> {
    if cookie::value(request, name).is_some() {
        return None;
    }
    let value = cookie::value(request, &plain(name)?)?;
    let mut heard = HeaderValue::try_from(format!("{name}={value}")).ok()?;
    heard.set_sensitive(true);
    Some(heard)
}

/// The name of a twin, or all that it sets.
fn plain(cookie: &str) -> Option<String> {
    cookie.strip_prefix(PREFIX).map(|rest| format!("{PLAIN}{rest}"))
}

fn twin(cookie: &HeaderValue) -> Option<HeaderValue> {
    let twin = plain(cookie.to_str().ok()?)?.replace(SECURE, "");
    let mut twin = HeaderValue::try_from(twin).ok()?;
    twin.set_sensitive(cookie.is_sensitive());
    Some(twin)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn each_cookie_that_is_secure_has_a_twin_that_is_not() {
        let mut answer = HeaderMap::new();
        let cookies =
            [cookie::start("abc").unwrap(), HeaderValue::from_static("theme=dark; Path=/")];
        for cookie in cookies {
            answer.append(header::SET_COOKIE, cookie);
        }
        add_twins(&mut answer);
        let set: Vec<_> = answer.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(
            set,
            [
                "__Host-sid=abc; Path=/; Secure; HttpOnly; SameSite=Lax",
                "theme=dark; Path=/",
                "shelf-sid=abc; Path=/; HttpOnly; SameSite=Lax",
            ]
        );
        assert!(set[2].is_sensitive());
    }

    #[rstest]
    #[case::the_cookie_alone("__Host-sid=abc", Some("abc"), "")]
    #[case::the_twin_alone("a=b; shelf-sid=abc; shelf-last=grace", Some("abc"), "grace")]
    #[case::both("shelf-sid=old; __Host-sid=abc; shelf-last=grace", Some("abc"), "grace")]
    #[case::a_cookie_that_is_no_token("shelf-sid=old; __Host-sid=", None, "")]
    #[case::a_twin_that_is_no_token("shelf-sid=a b", None, "")]
    #[case::none("sid=abc; xshelf-sid=abc", None, "")]
    fn a_twin_is_heard_where_its_cookie_does_not_come(
        #[case] cookies: &str,
        #[case] token: Option<&str>,
        #[case] last: &str,
    ) {
        let mut request = HeaderMap::new();
        request.insert(header::COOKIE, cookies.parse().unwrap());
        hear_twins(&mut request);
        assert_eq!(cookie::from_headers(&request), token);
        assert_eq!(last_user::from_headers(&request), last);
    }
}
