//! A variant as it stands in its own small form: each is saved alone, under its own etag.

use proto::catalog::{Option as ProductOption, Price, Product, Variant};

use crate::pages::{
    field::Field,
    fields::Fields,
    locale,
    names::{id_of, request_id},
    price_entry,
    priced::PriceRef,
    problems::{Problem, Problems},
    product_list::Choice,
    product_row::prices_json,
};

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VariantEntries {
    pub(crate) option_values: Vec<String>,
    pub(crate) sku: String,
    /// Separated by commas.
    pub(crate) gtins: String,
    pub(crate) prices: Vec<PriceEntry>,
}

/// A price in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PriceEntry {
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) before: String,
}

/// The form as `parts/variant-row.html` prints it.
pub(crate) struct VariantForm {
    pub(crate) id: String,
    pub(crate) etag: String,
    /// Whether it holds what was typed instead of what is saved.
    pub(crate) typed: bool,
    pub(crate) form: String,
    pub(crate) action: String,
    /// The path of the variant that it saves; empty where it adds one.
    pub(crate) resource: String,
    pub(crate) done: &'static str,
    pub(crate) prices_json: String,
    pub(crate) request_id: String,
    pub(crate) heading: String,
    pub(crate) problem: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) currencies: Vec<String>,
    pub(crate) button: &'static str,
    pub(crate) delete: String,
    pub(crate) delete_request_id: String,
}

impl VariantEntries {
    /// The form of a variant; the shop's currency always has its place, first.
    pub(crate) fn of(variant: &Variant, currency: &str) -> Self {
        let mut prices: Vec<PriceEntry> =
            variant.prices.iter().filter_map(PriceEntry::of).collect();
        prices.sort_by_key(|price| price.currency != currency);
        if prices.first().is_none_or(|price| price.currency != currency) {
            let currency = currency.to_owned();
            prices.insert(0, PriceEntry { currency, ..PriceEntry::default() });
        }
        Self {
            option_values: variant.option_values.clone(),
            sku: variant.sku.clone(),
            gtins: variant.gtins.join(", "),
            prices,
        }
    }

    /// The form as it was sent.
    pub(crate) fn sent(fields: &Fields) -> Self {
        let amounts = fields.all("currency").zip(fields.all("price"));
        let before = fields.all("compare_at").chain(std::iter::repeat(""));
        let prices = amounts.zip(before).map(|((currency, amount), before)| PriceEntry {
            currency: currency.to_owned(),
            amount: amount.to_owned(),
            before: before.to_owned(),
        });
        Self {
            option_values: fields.all("option_values").map(str::to_owned).collect(),
            sku: fields.get("sku").to_owned(),
            gtins: fields.get("gtins").to_owned(),
            prices: prices.collect(),
        }
    }

    /// The variant that was meant, or all that cannot be read.
    pub(crate) fn read(&self) -> Result<Variant, Vec<Problem>> {
        let mut problems = Vec::new();
        let entries = self.prices.iter().enumerate();
        let prices = entries
            .filter_map(|(index, entry)| entry.read(&suffix(index, &entry.currency), &mut problems))
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let gtins =
            self.gtins.split([',', ';', '\n']).map(str::trim).filter(|gtin| !gtin.is_empty());
        Ok(Variant {
            sku: self.sku.clone(),
            gtins: gtins.map(|gtin| gtin.replace([' ', '-'], "")).collect(),
            option_values: self
                .option_values
                .iter()
                .filter(|value| !value.is_empty())
                .cloned()
                .collect(),
            prices,
            ..Variant::default()
        })
    }

    /// One line that says all of it, for the page of a conflict.
    pub(crate) fn shown(&self) -> [(&'static str, &'static str, String); 4] {
        let prices = self.prices.iter().filter(|price| !price.amount.is_empty());
        let price = |price: &PriceEntry| match price.before.as_str() {
            "" => format!("{} {}", price.amount, price.currency),
            before => format!("{} {}, before {before}", price.amount, price.currency),
        };
        [
            ("option_values", "Values", self.option_values.join(", ")),
            ("sku", "SKU", self.sku.clone()),
            ("gtins", "GTINs", self.gtins.clone()),
            ("prices", "Prices", prices.map(price).collect::<Vec<_>>().join("\n")),
        ]
    }
}

impl PriceEntry {
    fn of(price: &Price) -> Option<Self> {
        let amount = price.amount.as_ref()?;
        let before = price.compare_at_amount.as_ref();
        Some(Self {
            currency: amount.currency_code.clone(),
            amount: locale::plain_money(amount),
            before: before.map(locale::plain_money).unwrap_or_default(),
        })
    }

    fn read(&self, suffix: &str, problems: &mut Vec<Problem>) -> Option<Price> {
        let mut wrong = |field: &str, mistake: price_entry::Mistake| {
            problems.push(Problem { field: format!("{field}{suffix}"), text: mistake.sentence() });
        };
        if self.amount.is_empty() && self.before.is_empty() {
            return None;
        }
        let amount = price_entry::parse(&self.amount, &self.currency)
            .map_err(|mistake| wrong("price", mistake))
            .ok();
        let before = match self.before.as_str() {
            "" => None,
            entry => price_entry::parse(entry, &self.currency)
                .map_err(|mistake| wrong("compare_at", mistake))
                .ok(),
        };
        Some(Price { amount: Some(amount?), compare_at_amount: before })
    }
}

/// What tells the ids of further currencies from those of the first.
fn suffix(index: usize, currency: &str) -> String {
    if index == 0 { String::new() } else { format!("-{currency}") }
}

/// The fields of a variant; their ids begin with `prefix` and they belong to the form `form`.
pub(crate) fn variant_fields(
    entries: &VariantEntries,
    options: &[ProductOption],
    prefix: &str,
    form: &str,
    problems: &Problems,
) -> Vec<Field> {
    let mut fields: Vec<Field> = options
        .iter()
        .enumerate()
        .map(|(index, option)| option_field(option, index, entries.option_values.get(index)))
        .collect();
    fields.push(Field::line("sku", "SKU", &entries.sku, 64));
    for (index, price) in entries.prices.iter().enumerate() {
        let suffix = suffix(index, &price.currency);
        let id = |name: &str| format!("{name}{suffix}");
        let currency = price.currency.clone();
        fields.push(Field {
            id: id("price"),
            kind: "price",
            currency: currency.clone(),
            ..Field::line("price", &format!("Price, {currency}"), &price.amount, 40)
        });
        fields.push(Field {
            id: id("compare_at"),
            kind: "price",
            currency: currency.clone(),
            ..Field::line("compare_at", &format!("Before, {currency}"), &price.before, 40)
        });
    }
    fields.push(Field { json: "strings", ..Field::line("gtins", "GTINs", &entries.gtins, 400) });
    let place = |field: Field| Field {
        id: format!("{prefix}{}", field.id),
        form: form.to_owned(),
        ..field
    };
    fields.into_iter().map(|field| place(field).with_error(problems)).collect()
}

fn option_field(option: &ProductOption, index: usize, value: Option<&String>) -> Field {
    let choice = |word: &String| Choice {
        value: word.clone(),
        word: word.clone(),
        current: Some(word) == value,
    };
    Field {
        id: if index == 0 { "option_values".to_owned() } else { format!("option_values-{index}") },
        choices: option.values.iter().map(choice).collect(),
        json: "each",
        ..Field::line("option_values", &option.name, value.map_or("", String::as_str), 100)
    }
}

impl VariantForm {
    /// The form of a variant that exists.
    pub(crate) fn existing(
        product: &Product,
        variant: &Variant,
        entries: &VariantEntries,
        problems: &Problems,
    ) -> Self {
        let (product_id, id) = (id_of(&product.name), id_of(&variant.name));
        let form = format!("variant-{id}-form");
        let base = format!("/admin/products/{product_id}/variants/{id}");
        let only = product.variants.len() < 2;
        Self {
            id: id.to_owned(),
            etag: variant.etag.clone(),
            typed: false,
            action: format!("{base}/save"),
            resource: format!("/v1/{}", variant.name),
            done: "variant-saved",
            prices_json: prices_json(variant.prices.iter().map(PriceRef::from)),
            request_id: request_id(),
            heading: heading(variant),
            problem: lone(problems),
            fields: variant_fields(
                entries,
                &product.options,
                &format!("variant-{id}-"),
                &form,
                problems,
            ),
            currencies: entries.prices.iter().map(|price| price.currency.clone()).collect(),
            button: "Save variant",
            delete: if only { String::new() } else { format!("{base}/delete") },
            delete_request_id: request_id(),
            form,
        }
    }

    /// The form that adds one.
    pub(crate) fn adding(product: &Product, entries: &VariantEntries, problems: &Problems) -> Self {
        let form = "variant-new-form".to_owned();
        Self {
            id: "new".to_owned(),
            etag: String::new(),
            typed: false,
            action: format!("/admin/products/{}/variants", id_of(&product.name)),
            resource: String::new(),
            done: "variant-created",
            prices_json: "[]".to_owned(),
            request_id: request_id(),
            heading: "Another variant".to_owned(),
            problem: lone(problems),
            fields: variant_fields(entries, &product.options, "variant-new-", &form, problems),
            currencies: entries.prices.iter().map(|price| price.currency.clone()).collect(),
            button: "Add variant",
            delete: String::new(),
            delete_request_id: String::new(),
            form,
        }
    }
}

/// A problem of the whole form.
fn lone(problems: &Problems) -> String {
    if problems.list.is_empty() { problems.title.clone() } else { String::new() }
}

fn heading(variant: &Variant) -> String {
    match (variant.option_values.as_slice(), variant.sku.as_str()) {
        ([], "") => "Variant".to_owned(),
        ([], sku) => sku.to_owned(),
        (values, _) => values.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> VariantEntries {
        let mut body = form_urlencoded::Serializer::new(String::new());
        VariantEntries::sent(&Fields::parse(body.extend_pairs(pairs).finish().as_bytes()))
    }

    #[test]
    fn prices_in_every_currency_come_back() {
        let entries = sent(&[
            ("sku", "1004"),
            ("currency", "EUR"),
            ("price", "14,90"),
            ("compare_at", "€ 19.9"),
            ("currency", "JPY"),
            ("price", "1,480"),
            ("compare_at", ""),
            ("gtins", "4006381333931, 96385074"),
        ]);
        let variant = entries.read().unwrap();
        assert_eq!(variant.gtins, ["4006381333931", "96385074"]);
        let again = VariantEntries::of(&variant, "EUR");
        assert_eq!(again.prices[0].amount, "14.90");
        assert_eq!(again.prices[0].before, "19.90");
        assert_eq!(
            (again.prices[1].currency.as_str(), again.prices[1].amount.as_str()),
            ("JPY", "1480")
        );
        assert_eq!(again.read().unwrap(), variant);
    }

    #[test]
    fn a_price_that_cannot_be_read_is_told_at_its_field() {
        let entries = sent(&[("currency", "EUR"), ("price", "cheap"), ("compare_at", "1,299")]);
        let fields: Vec<String> =
            entries.read().unwrap_err().into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["price", "compare_at"]);
    }

    #[test]
    fn the_shops_currency_has_its_place_first() {
        let entries = VariantEntries::of(&Variant::default(), "EUR");
        assert_eq!(entries.prices.len(), 1);
        assert_eq!(entries.prices[0].currency, "EUR");
        assert!(entries.read().unwrap().prices.is_empty());
    }
}
