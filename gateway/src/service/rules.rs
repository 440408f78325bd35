//! HTTP rules from a file, for services whose contract has none: the `http` part of a `google.api.Service` in YAML.
//!
//! Everything else that such a file may hold is somebody else's and passed over; within `http` nothing is.

use std::{fmt, fs, path::Path};

use serde::Deserialize;
use serde_saphyr::Spanned;
use transcoder::{PlanError, RuleOverride};

/// The longest file that is read, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// The rules of a file, each with where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleFile {
    path: String,
    rules: Vec<RuleOverride>,
    lines: Vec<u64>,
}

/// What is wrong with a file of rules, one line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct RuleFileInvalid(pub Vec<String>);

#[derive(Deserialize)]
struct Config {
    http: Option<Spanned<Http>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Http {
    #[serde(default)]
    rules: Vec<Spanned<Rule>>,
}

/// A `google.api.HttpRule`, in either spelling of its names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    selector: Option<String>,
    get: Option<String>,
    put: Option<String>,
    post: Option<String>,
    delete: Option<String>,
    patch: Option<String>,
    custom: Option<Custom>,
    #[serde(default)]
    body: String,
    #[serde(default, alias = "responseBody")]
    response_body: String,
    #[serde(default, alias = "additionalBindings")]
    additional_bindings: Vec<Spanned<Rule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Custom {
    kind: String,
    path: String,
}

impl RuleFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is no such file; each rule that cannot be meant as it stands, with its line.
    pub fn read(path: &Path) -> Result<Self, RuleFileInvalid> {
        let shown = path.display().to_string();
        let size = fs::metadata(path).map(|about| about.len());
        let text = match size {
            Ok(size) if size > MOST_BYTES => Err("it is larger than 1 MiB".to_owned()),
            _ => fs::read_to_string(path).map_err(|error| error.to_string()),
        };
        match text {
            Ok(text) => Self::parse(&shown, &text),
            Err(why) => Err(RuleFileInvalid(vec![format!("`{shown}` cannot be read: {why}")])),
        }
    }

    fn parse(path: &str, text: &str) -> Result<Self, RuleFileInvalid> {
        let config: Config = serde_saphyr::from_str(text).map_err(|error| {
            let place = error.location().map_or(String::new(), |at| format!(":{}", at.line()));
            let why = error.without_snippet().to_string();
            RuleFileInvalid(vec![format!("`{path}{place}`: {why}")])
        })?;
        let mut read = Reading { path, rules: Vec::new(), lines: Vec::new(), faults: Vec::new() };
        match config.http {
            Some(http) => http.value.rules.iter().for_each(|rule| read.rule(rule)),
            None => read.faults.push(format!("`{path}` has no `http`, where the rules stand")),
        }
        match read.faults.is_empty() {
            true => Ok(Self { path: path.to_owned(), rules: read.rules, lines: read.lines }),
            false => Err(RuleFileInvalid(read.faults)),
        }
    }

    /// The rules.
    pub fn rules(&self) -> &[RuleOverride] {
        &self.rules
    }

    /// Where the rule stands that an error is about, if it stands here.
    pub fn place_of(&self, error: &PlanError) -> Option<String> {
        let is_meant = |rule: &RuleOverride| {
            rule.selector == error.method
                && error.rule.strip_prefix(&*rule.method).and_then(|rest| rest.strip_prefix(' '))
                    == Some(&*rule.template)
        };
        let index = self.rules.iter().position(is_meant)?;
        Some(format!("`{}:{}`", self.path, self.lines[index]))
    }
}

/// A file half read.
struct Reading<'a> {
    path: &'a str,
    rules: Vec<RuleOverride>,
    lines: Vec<u64>,
    faults: Vec<String>,
}

impl Reading<'_> {
    fn rule(&mut self, rule: &Spanned<Rule>) {
        let line = rule.referenced.line();
        let Some(selector) = rule.value.selector.as_deref().filter(|it| !it.is_empty()) else {
            return self
                .fault(line, "the rule has no `selector`, such as `package.Service.Method`");
        };
        self.binding(selector, line, &rule.value);
        for additional in &rule.value.additional_bindings {
            let line = additional.referenced.line();
            if additional.value.selector.is_some() {
                self.fault(line, "an additional binding has the `selector` of its rule");
            }
            if !additional.value.additional_bindings.is_empty() {
                self.fault(line, "additional bindings cannot be nested");
            }
            self.binding(selector, line, &additional.value);
        }
    }

    fn binding(&mut self, selector: &str, line: u64, rule: &Rule) {
        let mut patterns = rule.patterns();
        let Some((method, template)) = patterns.pop().filter(|_| patterns.is_empty()) else {
            let wanted =
                "a rule has exactly one of `get`, `put`, `post`, `delete`, `patch`, `custom`";
            return self.fault(line, wanted);
        };
        self.rules.push(RuleOverride {
            selector: selector.to_owned(),
            method: method.to_owned(),
            template: template.to_owned(),
            body: rule.body.clone(),
            response_body: rule.response_body.clone(),
        });
        self.lines.push(line);
    }

    fn fault(&mut self, line: u64, why: impl fmt::Display) {
        self.faults.push(format!("`{}:{line}`: {why}", self.path));
    }
}

impl Rule {
    fn patterns(&self) -> Vec<(&str, &str)> {
        let custom =
            self.custom.as_ref().map(|custom| (custom.kind.as_str(), custom.path.as_str()));
        let named = [
            ("GET", &self.get),
            ("PUT", &self.put),
            ("POST", &self.post),
            ("DELETE", &self.delete),
            ("PATCH", &self.patch),
        ];
        let named = named.into_iter().filter_map(|(method, path)| Some((method, path.as_deref()?)));
        named.chain(custom).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "\
type: google.api.Service
config_version: 3
name: depot.example
http:
  rules:
    - selector: depot.v1.Depot.Sweep
      post: /depot:sweep
      body: '*'
      additional_bindings:
        - custom: {kind: SWEEP, path: /depot}
    - selector: depot.v1.Depot.GetBox
      get: /boxes/{name}
      responseBody: tags
";

    fn faults(text: &str) -> Vec<String> {
        RuleFile::parse("rules.yaml", text).unwrap_err().0
    }

    #[test]
    fn rules_are_read_with_their_bindings_and_places() {
        let file = RuleFile::parse("rules.yaml", WHOLE).unwrap();
        let told: Vec<_> = file
            .rules()
            .iter()
            .map(|it| [&it.selector, &it.method, &it.template, &it.body, &it.response_body])
            .collect();
        assert_eq!(
            told,
            [
                ["depot.v1.Depot.Sweep", "POST", "/depot:sweep", "*", ""],
                ["depot.v1.Depot.Sweep", "SWEEP", "/depot", "", ""],
                ["depot.v1.Depot.GetBox", "GET", "/boxes/{name}", "", "tags"],
            ]
        );
        let error = |method: &str, rule: &str| PlanError {
            method: method.to_owned(),
            rule: rule.to_owned(),
            column: None,
            message: String::new(),
        };
        let place = |method, rule| file.place_of(&error(method, rule));
        assert_eq!(place("depot.v1.Depot.Sweep", "SWEEP /depot").unwrap(), "`rules.yaml:10`");
        assert_eq!(place("depot.v1.Depot.GetBox", "GET /boxes/{name}").unwrap(), "`rules.yaml:11`");
        assert_eq!(place("depot.v1.Depot.GetBox", "GET /boxes"), None);
    }

    #[test]
    fn every_rule_that_cannot_be_meant_is_told_with_its_line() {
        let text = "\
http:
  rules:
    - get: /a
    - selector: a.B.C
    - selector: a.B.D
      get: /d
      post: /d
    - selector: a.B.E
      get: /e
      additional_bindings:
        - selector: a.B.F
          get: /f
          additional_bindings: [{get: /g}]
";
        let lines: Vec<String> =
            faults(text).iter().map(|it| it.split('`').nth(1).unwrap().to_owned()).collect();
        assert_eq!(
            lines,
            ["rules.yaml:3", "rules.yaml:4", "rules.yaml:5", "rules.yaml:11", "rules.yaml:11"]
        );
    }

    #[test]
    fn what_is_no_such_file_is_told_with_its_line() {
        for (text, line) in [
            ("http:\n  rules:\n    - selector: [a]\n", "rules.yaml:3"),
            ("http:\n  rules:\n    - selector: a\n      gett: /a\n", "rules.yaml:4"),
            ("http:\n  rules: 3\n", "rules.yaml:2"),
            ("http: {\n", "rules.yaml:"),
        ] {
            let faults = faults(text);
            assert!(faults.len() == 1 && faults[0].contains(line), "{faults:?}");
        }
        assert!(faults("name: depot\n")[0].contains("no `http`"));
    }
}
