//! The description of the API held against what it answers. Stricter than a JSON Schema validator:
//! a property that is not described is a fault too.

use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::client::Answer;

/// The description of the API.
pub struct Contract(Json);

impl Contract {
    /// The description that the product gives of itself.
    pub fn get() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| {
            Self(serde_json::to_value(web::openapi()).expect("the description is JSON"))
        })
    }

    /// Every path with its methods.
    pub fn operations(&self) -> Vec<(String, String)> {
        let paths = self.0["paths"].as_object().expect("paths");
        let each = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flat_map(|o| o.keys());
            methods.map(|m| (m.to_uppercase(), path.clone())).collect::<Vec<_>>()
        });
        each.collect()
    }

    /// Panics where an answer is not as described. Addresses that are not described are not judged.
    pub fn check(&self, method: &str, path: &str, answer: &Answer) {
        let Some(operation) = self.operation(method, path) else { return };
        let status = answer.status.as_u16().to_string();
        let declared = &operation["responses"][&status];
        assert!(
            declared.is_object(),
            "{method} {path} answered {status}, which is not described: {}",
            answer.text()
        );
        let media = answer.header("content-type").unwrap_or_default();
        let Some(content) = declared["content"].as_object() else {
            assert!(
                answer.body.is_empty(),
                "{method} {path} answered {status} with a body that is not described"
            );
            return;
        };
        // A file is what it is; where its sort is described, it is that one.
        let named = content.keys().next().filter(|named| !named.contains("json"));
        if let Some(named) = named {
            let any = named == "application/octet-stream";
            assert!(any || media == named, "{method} {path} {status}: {media} is not {named}");
            return;
        }
        let schema = content.values().next().map(|c| &c["schema"]).expect("a schema");
        let wanted = if answer.status.is_success() {
            "application/json"
        } else {
            "application/problem+json"
        };
        assert_eq!(media, wanted, "{method} {path} {status}");
        if let Err(why) = self.fits(schema, &answer.json(), "body") {
            panic!(
                "{method} {path} answered {status} otherwise than described: {why}\n{}",
                answer.text()
            );
        }
    }

    fn operation(&self, method: &str, path: &str) -> Option<&Json> {
        let path = path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &str| {
            let pattern: Vec<&str> = pattern.split('/').collect();
            let same = |(p, t): (&&str, &&str)| p == t || p.starts_with('{');
            pattern.len() == parts.len() && pattern.iter().zip(&parts).all(same)
        };
        let paths = self.0["paths"].as_object()?;
        let (_, item) = paths.iter().find(|(pattern, _)| fits(pattern))?;
        item.get(method.to_lowercase())
    }

    fn resolve<'a>(&'a self, schema: &'a Json) -> &'a Json {
        match schema["$ref"].as_str() {
            Some(name) => {
                self.resolve(self.0.pointer(name.trim_start_matches('#')).expect("a known schema"))
            }
            None => schema,
        }
    }

    fn fits(&self, schema: &Json, value: &Json, at: &str) -> Result<(), String> {
        let schema = self.resolve(schema);
        if let Some(ways) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            let tries: Vec<_> = ways.iter().map(|way| self.fits(way, value, at)).collect();
            return if tries.iter().any(Result::is_ok) {
                Ok(())
            } else {
                Err(format!("{at}: fits none of {tries:?}"))
            };
        }
        self.has_type(schema, value, at)?;
        match value {
            Json::Object(map) => self.object(schema, map, at),
            Json::Array(items) if schema["items"].is_object() => items
                .iter()
                .enumerate()
                .try_for_each(|(i, item)| self.fits(&schema["items"], item, &format!("{at}[{i}]"))),
            _ => Ok(()),
        }
    }

    fn has_type(&self, schema: &Json, value: &Json, at: &str) -> Result<(), String> {
        let types: Vec<&str> = match &schema["type"] {
            Json::String(one) => vec![one],
            Json::Array(many) => many.iter().filter_map(Json::as_str).collect(),
            _ => return Ok(()),
        };
        let is = |t: &&str| match *t {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("unknown type {other}"),
        };
        if types.iter().any(is) {
            Ok(())
        } else {
            Err(format!("{at}: {value} is none of {types:?}"))
        }
    }

    fn object(
        &self,
        schema: &Json,
        map: &serde_json::Map<String, Json>,
        at: &str,
    ) -> Result<(), String> {
        for needed in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if !map.contains_key(needed) {
                return Err(format!("{at}: lacks {needed}"));
            }
        }
        let (known, more) = (schema["properties"].as_object(), &schema["additionalProperties"]);
        // An object of which nothing is said may hold anything.
        if known.is_none() && !more.is_object() {
            return Ok(());
        }
        for (name, value) in map {
            match known.and_then(|k| k.get(name)) {
                Some(schema) => self.fits(schema, value, &format!("{at}.{name}"))?,
                None if more.is_object() => self.fits(more, value, &format!("{at}.{name}"))?,
                None => return Err(format!("{at}: {name} is not described")),
            }
        }
        Ok(())
    }
}
