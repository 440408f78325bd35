//! Which products a form is about: those that were picked, or all that match the filters of the list it came from.

use proto::catalog::{ListProductsRequest, ProductView};

use crate::{
    pages::{
        fields::Fields,
        names::{id_of, is_id},
        product_list,
        trouble::Trouble,
        visit::Visit,
    },
    session::ReturnTo,
};

/// How many one form acts on: a page has ten seconds. Whoever has more narrows the list, or lets the modules do it.
pub(super) const MOST: usize = 2_000;

/// How many names are read at a time.
const PAGE: i32 = 1_000;

const LIST: &str = "/admin/products";

/// A product, as the list showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picked {
    pub(super) id: String,
    pub(super) etag: String,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    picked: Vec<Picked>,
    all: bool,
    back: String,
}

/// The products that are there to act on.
pub(super) enum Found {
    Nothing,
    Products(Vec<Picked>),
    TooMany,
}

impl Chosen {
    /// What a form has chosen: `item` is an id and the etag that was seen, `all` means all that match.
    pub(super) fn of(fields: &Fields) -> Self {
        let picked = fields.all("item").filter_map(Picked::parse).collect();
        let back = ReturnTo::parse(fields.get("return_to"));
        let back = back.filter(|back| back.as_str().starts_with("/admin/"));
        let back = back.map_or_else(|| LIST.to_owned(), |back| back.to_string());
        Self { picked, all: !fields.get("all").is_empty(), back }
    }

    /// The page that the form came from.
    pub(super) fn back(&self) -> &str {
        &self.back
    }

    /// The products, by name. All that match are looked for now, with the etags of now.
    pub(super) async fn find(&self, visit: &Visit) -> Result<Found, Trouble> {
        let found = if self.all { self.matching(visit).await? } else { self.picked.clone() };
        Ok(match found.len() {
            0 => Found::Nothing,
            1..=MOST => Found::Products(found),
            _ => Found::TooMany,
        })
    }

    async fn matching(&self, visit: &Visit) -> Result<Vec<Picked>, Trouble> {
        let mut request = ListProductsRequest {
            page_size: PAGE,
            filter: product_list::filter_at(&self.back),
            // An order that what is done here does not change.
            order_by: "create_time".to_owned(),
            view: ProductView::Basic.into(),
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = visit.caller.products().list_products(request.clone()).await?.into_inner();
            found.extend(
                page.products.into_iter().map(|product| Picked {
                    id: id_of(&product.name).to_owned(),
                    etag: product.etag,
                }),
            );
            if page.next_page_token.is_empty() || found.len() > MOST {
                return Ok(found);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// The same choice as hidden fields of the next form.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![("return_to".to_owned(), self.back.clone())];
        if self.all {
            fields.push(("all".to_owned(), "on".to_owned()));
        } else {
            let item = |one: &Picked| ("item".to_owned(), format!("{} {}", one.id, one.etag));
            fields.extend(self.picked.iter().map(item));
        }
        fields
    }
}

impl Picked {
    fn parse(text: &str) -> Option<Self> {
        let (id, etag) = text.split_once(' ').unwrap_or((text, ""));
        is_id(id).then(|| Self { id: id.to_owned(), etag: etag.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(body: &str) -> Chosen {
        Chosen::of(&Fields::parse(body.as_bytes()))
    }

    #[test]
    fn picked_products_carry_the_etag_that_was_seen() {
        let chosen = chosen("item=mug+%22k-7%22&item=Not+An+Id&item=pot&return_to=//evil.example");
        let picked = |id: &str, etag: &str| Picked { id: id.into(), etag: etag.into() };
        assert_eq!(chosen.picked, [picked("mug", "\"k-7\""), picked("pot", "")]);
        assert_eq!((chosen.back(), chosen.all), (LIST, false));
    }

    #[test]
    fn a_choice_survives_the_next_form() {
        for body in ["item=mug+%22k-7%22&item=pot+%22k-8%22", "all=on&return_to=/admin/products"] {
            let first = chosen(body);
            let mut body = form_urlencoded::Serializer::new(String::new());
            assert_eq!(chosen(&body.extend_pairs(first.fields()).finish()), first);
        }
    }
}
