//! A product as JSON-LD (schema.org) for search engines. It prints into a data block of the page and can never close it.

use std::fmt;

use askama::filters::HtmlSafe;
use serde_json::{Value, json};

use super::{crumbs::Crumb, locale};
use crate::config::Origin;
use proto::catalog::{Product, Variant};

/// JSON that is safe inside a script element.
#[derive(Clone, Debug)]
pub(crate) struct JsonLd(Value);

impl JsonLd {
    /// A public product, with an offer for each variant that has a price.
    pub(crate) fn of(product: &Product, origin: &Origin) -> Self {
        let address = format!("{origin}/p/{}", product.slug);
        let offers: Vec<Value> =
            product.variants.iter().filter_map(|variant| offer(variant, &address)).collect();
        let pictures: Vec<String> = product
            .images
            .iter()
            .map(|image| match image.uri.strip_prefix('/') {
                Some(path) => format!("{origin}/{path}"),
                None => image.uri.clone(),
            })
            .collect();
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": "Product",
            "name": product.title,
            "url": address,
        });
        let sku = product.variants.first().map_or("", |variant| variant.sku.as_str());
        let optional = [
            ("image", json!(pictures), pictures.is_empty()),
            ("sku", json!(sku), sku.is_empty()),
            ("brand", json!({"@type": "Brand", "name": product.brand}), product.brand.is_empty()),
            ("offers", json!(offers), offers.is_empty()),
        ];
        for (name, value, absent) in optional {
            if !absent {
                data[name] = value;
            }
        }
        Self(data)
    }
}

impl JsonLd {
    /// The way from the top of the shop, ending with the page itself where that is not a category.
    pub(crate) fn of_trail(crumbs: &[Crumb], page: Option<&str>, origin: &Origin) -> Self {
        let top = [("All products".to_owned(), Some(format!("{origin}/")))];
        let above = crumbs
            .iter()
            .map(|crumb| (crumb.title.clone(), Some(format!("{origin}/c/{}", crumb.slug))));
        let last = page.map(|title| (title.to_owned(), None));
        let steps = (1..).zip(top.into_iter().chain(above).chain(last));
        let steps: Vec<Value> = steps
            .map(|(position, (name, address))| {
                let mut step = json!({"@type": "ListItem", "position": position, "name": name});
                if let Some(address) = address {
                    step["item"] = json!(address);
                }
                step
            })
            .collect();
        Self(json!({
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": steps,
        }))
    }
}

fn offer(variant: &Variant, address: &str) -> Option<Value> {
    let price = variant.prices.first()?.amount.as_ref()?;
    Some(json!({
        "@type": "Offer",
        "url": address,
        "price": locale::plain_money(price),
        "priceCurrency": price.currency_code,
    }))
}

impl fmt::Display for JsonLd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.to_string().chars() {
            match letter {
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    write!(f, "\\u{:04x}", u32::from(letter))?
                }
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

impl HtmlSafe for JsonLd {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_counts_from_the_top_and_ends_without_an_address() {
        let crumbs = [Crumb { slug: "mugs".into(), title: "Mugs".into() }];
        let origin = "https://shop.example".parse().unwrap();
        let JsonLd(trail) = JsonLd::of_trail(&crumbs, Some("Enamel mug"), &origin);
        let steps = trail["itemListElement"].as_array().unwrap();
        let step = |at: usize| (steps[at]["position"].clone(), steps[at]["item"].clone());
        assert_eq!(steps.len(), 3);
        assert_eq!(step(0), (json!(1), json!("https://shop.example/")));
        assert_eq!(step(1), (json!(2), json!("https://shop.example/c/mugs")));
        assert_eq!((step(2), &steps[2]["name"]), ((json!(3), Value::Null), &json!("Enamel mug")));
    }

    #[test]
    fn a_title_cannot_close_the_data_block() {
        let data = JsonLd(json!({"name": "</script><script>alert(1)</script>&\u{2028}"}));
        let printed = data.to_string();
        assert!(!printed.contains(['<', '>', '&', '\u{2028}']), "{printed}");
        let read: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(read["name"], "</script><script>alert(1)</script>&\u{2028}");
    }
}
