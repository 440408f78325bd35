//! Update masks, of every resource and every field that its contract has: what a mask names is replaced, by nothing too, and nothing
//! else is touched; the same update once more changes nothing.

use prost_reflect::{DynamicMessage, FieldDescriptor, Value};
use tests::{
    people::Person,
    rpc::{self, Outcome, Rpc, behaves},
};

use super::borders::samples::Stock;

/// Fields that every write moves, and those that a mask is no way to.
const MOVED: [&str; 5] = ["etag", "update_time", "update_actor", "name", "variants"];

/// Fields that stay in a resource whatever is written, because it has to have them: their own rules are tried elsewhere.
const NEEDED: [&str; 7] = [
    "title",
    "display_name",
    "login",
    "role",
    "default_currency",
    "default_language",
    "price_rounding",
];

/// A resource on trial.
struct Trial<'a> {
    person: &'a Person,
    rpc: Rpc,
    get: Rpc,
    resource: FieldDescriptor,
    /// The resource with every field filled.
    full: DynamicMessage,
    /// The fields that callers may change.
    fields: Vec<FieldDescriptor>,
}

impl<'a> Trial<'a> {
    async fn of(stock: &'a Stock, rpc: Rpc) -> Self {
        let person = &stock.shop.people.admin;
        let get = rpc::named(&rpc.name().replace("Update", "Get"));
        let resource = rpc.resource().unwrap();
        let sample = stock.request(&rpc);
        let full = sample.get_field(&resource).as_message().unwrap().clone();
        let changeable = |field: &FieldDescriptor| {
            !behaves(field, "OUTPUT_ONLY") && !MOVED.contains(&field.name())
        };
        let fields: Vec<_> = rpc.method.output().fields().filter(changeable).collect();
        let trial = Self { person, rpc, get, resource, full, fields };
        trial.write(&trial.full, &["*"]).await.answer();
        trial
    }

    async fn write(&self, resource: &DynamicMessage, mask: &[&str]) -> Outcome {
        let mut request = self.rpc.request();
        request.set_field(&self.resource, Value::Message(resource.clone()));
        let paths = mask.iter().map(|path| Value::String((*path).to_owned())).collect();
        let field = self.rpc.method.input().get_field_by_name("update_mask").unwrap();
        let field = request.get_field_mut(&field).as_message_mut().unwrap();
        field.set_field_by_name("paths", Value::List(paths));
        self.rpc.call(self.person, &request).await
    }

    async fn read(&self) -> DynamicMessage {
        let mut request = self.get.request();
        request.set_field_by_name("name", self.name());
        self.get.call(self.person, &request).await.answer()
    }

    fn name(&self) -> Value {
        self.full.get_field_by_name("name").unwrap().into_owned()
    }

    /// Empties what the mask names, and holds that nothing else is otherwise than in the full resource.
    async fn empty(&self, mask: &[&str]) {
        let what = format!("{} under {mask:?}", self.rpc.name());
        let mut nothing = DynamicMessage::new(self.rpc.method.output());
        nothing.set_field_by_name("name", self.name());
        self.write(&nothing, mask).await.answer();
        let now = self.read().await;
        for field in &self.fields {
            let kept = now.get_field(field) == self.full.get_field(field);
            let named = mask.contains(&field.name());
            // A slug is made from the title when there is none.
            let fits = if named && field.name() == "slug" { !kept } else { kept != named };
            assert!(fits, "{what}: `{}` is {}", field.name(), now.get_field(field));
        }
        let once = now;
        self.write(&nothing, mask).await.answer();
        let twice = self.read().await;
        for field in &self.fields {
            assert_eq!(
                once.get_field(field),
                twice.get_field(field),
                "{what}, twice: `{}`",
                field.name()
            );
        }
        // Back as it was, by the same mask: what it names is filled, and the rest never was empty.
        self.write(&self.full, mask).await.answer();
        let again = self.read().await;
        for field in &self.fields {
            assert_eq!(
                again.get_field(field),
                self.full.get_field(field),
                "{what}, filled: `{}`",
                field.name()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mask_replaces_what_it_names_and_nothing_else() {
    let stock = Stock::open().await;
    let mut tried = 0;
    for rpc in rpc::all().into_iter().filter(|rpc| rpc.name().starts_with("Update")) {
        let trial = Trial::of(&stock, rpc).await;
        let can_be_empty = |field: &&FieldDescriptor| {
            // A variant has a choice for every option of its product, which a variant in stock keeps.
            !NEEDED.contains(&field.name())
                && !["options", "option_values"].contains(&field.name())
                && trial.full.has_field(field)
        };
        let names: Vec<&str> =
            trial.fields.iter().filter(can_be_empty).map(FieldDescriptor::name).collect();
        for (index, one) in names.iter().enumerate() {
            trial.empty(&[one]).await;
            for other in &names[index + 1..] {
                trial.empty(&[one, other]).await;
                tried += 1;
            }
            tried += 1;
        }
        trial.empty(&names).await;
    }
    assert!(tried > 40, "only {tried} masks");
    stock.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_can_be_named_by_a_mask_and_nothing_else_can() {
    let stock = Stock::open().await;
    for rpc in rpc::all().into_iter().filter(|rpc| rpc.name().starts_with("Update")) {
        let trial = Trial::of(&stock, rpc).await;
        for field in trial.rpc.method.output().fields() {
            let outcome = trial.write(&trial.full, &[field.name()]).await;
            assert!(matches!(outcome, Outcome::Accepted(_)), "{}: {outcome:?}", field.full_name());
            for strange in [
                field.name().to_uppercase(),
                format!("{}.x.y", field.name()),
                format!("{} ", field.name()),
            ] {
                let known = strange.starts_with("attributes.");
                let outcome = trial.write(&trial.full, &[&strange]).await;
                let reason = outcome.refusal().map(|refused| refused.reason.as_str());
                assert_eq!(
                    reason,
                    if known { None } else { Some("MASK_INVALID") },
                    "{strange}: {outcome:?}"
                );
            }
        }
    }
    stock.shop.close().await;
}
