//! Which products a form is about: those that were picked, or all that match the filters and words of the list it came from; and
//! the part of them that one step takes.

use proto::catalog::ProductView;
use tonic::Status;

use crate::{
    pages::{
        fields::Fields,
        listed::Listed,
        names::{id_of, is_id},
        product_list,
        visit::Visit,
    },
    session::ReturnTo,
};

const LIST: &str = "/admin/products";

/// A product, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picked {
    pub(super) id: String,
    pub(super) etag: String,
}

impl Picked {
    fn of(product: &Listed<'_>) -> Self {
        Self { id: id_of(product.name).to_owned(), etag: product.etag.to_owned() }
    }
}

/// What was chosen, as far as it is not done yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    picked: Vec<Picked>,
    all: bool,
    /// Where among all that match it goes on, behind those that were picked.
    place: String,
    back: String,
}

/// What one step takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Portion {
    pub(super) found: Vec<Picked>,
    /// How many there are from here on; none: more than were counted.
    pub(super) count: Option<usize>,
    /// What is left for the steps after it.
    pub(super) rest: Option<Chosen>,
}

impl Chosen {
    /// What a form has chosen: `item` is an id and the etag that was seen, `all` means all that match.
    pub(super) fn of(fields: &Fields) -> Self {
        let (all, place) = (!fields.get("all").is_empty(), fields.get("place"));
        // Rows that are ticked besides are among all of them.
        let counts = !all || !place.is_empty();
        let picked = fields.all("item").filter(|_| counts).filter_map(Picked::parse).collect();
        let back = ReturnTo::parse(fields.get("return_to"));
        let back = back.filter(|back| back.as_str().starts_with("/admin/"));
        let back = back.map_or_else(|| LIST.to_owned(), |back| back.to_string());
        Self { picked, all, place: place.to_owned(), back }
    }

    /// These products, from the same page.
    pub(super) fn only(&self, picked: Vec<Picked>) -> Self {
        Self { picked, all: false, place: String::new(), back: self.back.clone() }
    }

    /// Whether it is about all that match.
    pub(super) fn is_all(&self) -> bool {
        self.all
    }

    /// The page that the form came from.
    pub(super) fn back(&self) -> &str {
        &self.back
    }

    /// The next of the products, at most so many. All that match are looked for now, with the etags of now.
    pub(super) async fn portion(&self, visit: &Visit, most: usize) -> Result<Portion, Status> {
        if self.all && self.picked.is_empty() {
            return self.matching(visit, most).await;
        }
        let (found, left) = self.picked.split_at(most.min(self.picked.len()));
        let rest = Self { picked: left.to_vec(), ..self.clone() };
        Ok(Portion {
            found: found.to_vec(),
            count: Some(self.picked.len()),
            rest: (self.all || !left.is_empty()).then_some(rest),
        })
    }

    async fn matching(&self, visit: &Visit, most: usize) -> Result<Portion, Status> {
        let (mut found, mut token, mut count) = (Vec::new(), self.place.clone(), None);
        while found.len() < most {
            let size = i32::try_from(most - found.len()).unwrap_or(i32::MAX);
            let view = ProductView::Basic;
            let portion = product_list::Portion { size, token: token.clone(), view };
            let page = product_list::matching(&visit.caller, &self.back, portion).await?;
            if !page.total_size_capped {
                count = usize::try_from(page.total_size).ok();
            }
            for one in &page.results {
                found.push(Picked::of(&Listed::read(&one.product)?));
            }
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        let rest = (!token.is_empty()).then(|| Self { place: token, ..self.clone() });
        Ok(Portion { found, count, rest })
    }

    /// What is left when a step did not reach some of its products.
    pub(super) fn left(unreached: Vec<Picked>, rest: Option<Self>, whole: &Self) -> Option<Self> {
        let rest = rest.unwrap_or_else(|| whole.only(Vec::new()));
        let picked: Vec<_> = unreached.into_iter().chain(rest.picked.iter().cloned()).collect();
        (!picked.is_empty() || rest.all).then_some(Self { picked, ..rest })
    }

    /// The same choice as hidden fields of the next form.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![("return_to".to_owned(), self.back.clone())];
        if self.all {
            fields.push(("all".to_owned(), "on".to_owned()));
        }
        if !self.place.is_empty() {
            fields.push(("place".to_owned(), self.place.clone()));
        }
        fields.extend(self.picked.iter().map(|one| ("item".to_owned(), one.text())));
        fields
    }
}

impl Picked {
    /// Reads an id, and the etag behind it if there is one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (id, etag) = text.split_once(' ').unwrap_or((text, ""));
        is_id(id).then(|| Self { id: id.to_owned(), etag: etag.to_owned() })
    }

    /// As a form has it.
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.id, self.etag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(body: &str) -> Chosen {
        Chosen::of(&Fields::parse(body.as_bytes()))
    }

    fn picked(id: &str, etag: &str) -> Picked {
        Picked { id: id.into(), etag: etag.into() }
    }

    #[test]
    fn picked_products_carry_the_etag_that_was_seen() {
        let chosen = chosen("item=mug+%22k-7%22&item=Not+An+Id&item=pot&return_to=//evil.example");
        assert_eq!(chosen.picked, [picked("mug", "\"k-7\""), picked("pot", "")]);
        assert_eq!((chosen.back(), chosen.all), (LIST, false));
    }

    #[test]
    fn all_that_match_are_more_than_the_rows_that_are_ticked() {
        assert!(chosen("all=on&item=mug").picked.is_empty());
        assert_eq!(chosen("all=on&place=t&item=mug").picked.len(), 1, "left over by a step");
    }

    #[test]
    fn a_choice_survives_the_next_form() {
        for body in [
            "item=mug+%22k-7%22&item=pot+%22k-8%22",
            "all=on&return_to=/admin/products?q%3Dmug",
            "all=on&place=token&item=mug+%22k-7%22&return_to=/admin/products",
        ] {
            let first = chosen(body);
            let mut body = form_urlencoded::Serializer::new(String::new());
            assert_eq!(chosen(&body.extend_pairs(first.fields()).finish()), first);
        }
    }

    #[test]
    fn what_a_step_did_not_reach_comes_first_in_the_next() {
        let whole = chosen("all=on");
        let rest = Chosen { place: "token".into(), ..whole.clone() };
        let left = Chosen::left(vec![picked("mug", "")], Some(rest), &whole).unwrap();
        assert_eq!((left.picked.len(), left.all, left.place.as_str()), (1, true, "token"));
        assert_eq!(Chosen::left(Vec::new(), None, &whole), None);
        let left = Chosen::left(vec![picked("mug", "")], None, &whole).unwrap();
        assert!(!left.all, "nothing else is left");
    }
}
