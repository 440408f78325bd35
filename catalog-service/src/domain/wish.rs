//! What callers wish of things that are kept: no look at the request alone tells whether it fits them.
//!
//! The same rules are asked twice: inside the write, where they count, and before it for callers who have to mend something else
//! anyway, so that they learn everything at once.

use super::{
    NewProduct, NewVariant, NewVariantIn, Product, ProductField, ProductFields, ProductId,
    ProductMask, ProductOption, Variant, VariantField, VariantFields, VariantId, VariantName,
    Violations,
};

/// What is to become of a product or a variant; `at` is its path in the request, such as `requests[3].product`.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// A product is to be created.
    NewProduct {
        /// The path of the product.
        at: String,
        /// What is said about it.
        new: NewProduct,
    },
    /// Fields of a product are to be replaced.
    Product {
        /// The path of the product.
        at: String,
        /// Which product.
        id: ProductId,
        /// The new values.
        fields: Box<ProductFields>,
        /// Which of them.
        mask: ProductMask,
    },
    /// A variant is to be added.
    NewVariant {
        /// The path of the variant.
        at: String,
        /// The variant and its product.
        new: NewVariantIn,
    },
    /// Fields of a variant are to be replaced.
    Variant {
        /// The path of the variant.
        at: String,
        /// Which variant.
        name: VariantName,
        /// The new values.
        fields: VariantFields,
        /// Which of them.
        mask: Vec<VariantField>,
    },
}

/// A product with its variants, as they stand.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The product.
    pub product: &'a Product,
    /// All of its variants, in their order.
    pub variants: &'a [Variant],
}

impl Standing<'_> {
    /// How many variants a product may have.
    pub const MOST_VARIANTS: usize = 250;

    /// What is wrong with the product as an update of the masked fields would leave it.
    pub fn faults_of_product(self, after: &Product, mask: &ProductMask, at: &str) -> Violations {
        let mut faults = Violations::default();
        // The ends of the window, and the attributes, may come one by one.
        if !after.window.is_possible() {
            faults.add(format!("{at}.unpublish_time"), "must be later than publish_time");
        }
        let (count, most) = (after.attributes.len(), Product::MOST_ATTRIBUTES);
        if count > most {
            let description =
                format!("would be {count}, and may be {most}; take others away first");
            faults.add(format!("{at}.attributes"), description);
        }
        if mask.has(ProductField::Options) {
            self.add_lost_choices(&after.options, at, &mut faults);
        }
        faults
    }

    /// Options may grow, but what the variants have chosen has to stay.
    fn add_lost_choices(self, options: &[ProductOption], at: &str, faults: &mut Violations) {
        for variant in self.variants {
            if let Err(fault) = ProductOption::check_kept_choice(options, &variant.option_values) {
                let description =
                    format!("variant `{}` would lose its choice: {fault}", variant.id);
                faults.add(format!("{at}.options"), description);
            }
        }
    }

    /// What is wrong with a variant beside the others.
    pub fn faults_of_new_variant(self, new: &NewVariant, at: &str) -> Violations {
        let mut faults = self.faults_of_choice(new.id.as_ref(), &new.fields.option_values, at);
        let most = Self::MOST_VARIANTS;
        if self.variants.len() >= most {
            faults.add(
                at,
                format_args!("the product has {most} variants already, which is the most"),
            );
        }
        faults
    }

    /// What is wrong with the masked fields of one of the variants beside the others.
    pub fn faults_of_variant(
        self,
        id: &VariantId,
        fields: &VariantFields,
        mask: &[VariantField],
        at: &str,
    ) -> Violations {
        if !mask.contains(&VariantField::OptionValues) {
            return Violations::default();
        }
        self.faults_of_choice(Some(id), &fields.option_values, at)
    }

    fn faults_of_choice(self, own: Option<&VariantId>, values: &[String], at: &str) -> Violations {
        let mut faults = Violations::default();
        let field = format!("{at}.option_values");
        if let Err(fault) = ProductOption::check_choice(&self.product.options, values) {
            faults.add(field.as_str(), fault);
        }
        let mut others = self.variants.iter().filter(|other| own != Some(&other.id));
        if let Some(twin) = others.find(|other| other.option_values == values) {
            faults.add(field, format_args!("are those of the variant `{}` too", twin.id));
        }
        faults
    }
}
