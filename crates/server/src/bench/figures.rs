//! From many single times to a few figures.

use serde_json::{Map, Value, json};

/// Times of calls, in microseconds, and how long all of it took.
#[derive(Debug, Default)]
pub struct Times {
    /// Each call.
    pub micros: Vec<u64>,
    /// Calls that were not answered as they should be.
    pub failures: u64,
    /// How long the measurement lasted, in seconds.
    pub seconds: f64,
}

impl Times {
    /// Calls in a second.
    pub fn rate(&self) -> f64 {
        self.micros.len() as f64 / self.seconds.max(0.001)
    }

    /// The time that a share of the calls stays within, in ms.
    pub fn percentile(&mut self, share: f64) -> f64 {
        self.micros.sort_unstable();
        let at =
            ((self.micros.len() as f64 * share) as usize).min(self.micros.len().saturating_sub(1));
        self.micros.get(at).map_or(0.0, |m| *m as f64 / 1000.0)
    }
}

/// Figures as they are printed: one a line, `name: value`.
#[derive(Debug, Default)]
pub struct Figures(Map<String, Value>, bool);

impl Figures {
    /// Collects figures; prints each as it comes unless they are for a script.
    pub fn new(as_json: bool) -> Self {
        Self(Map::new(), as_json)
    }

    /// A figure.
    pub fn put(&mut self, name: &str, value: f64) {
        let value = (value * 1000.0).round() / 1000.0;
        if !self.1 {
            println!("{name}: {value}");
        }
        self.0.insert(name.to_owned(), json!(value));
    }

    /// The figures of some calls under a name.
    pub fn times(&mut self, name: &str, times: &mut Times) {
        self.put(&format!("{name}_per_second"), times.rate());
        self.put(&format!("{name}_p50_ms"), times.percentile(0.50));
        self.put(&format!("{name}_p99_ms"), times.percentile(0.99));
        self.put(&format!("{name}_max_ms"), times.percentile(1.0));
        if times.failures > 0 {
            self.put(&format!("{name}_failures"), times.failures as f64);
        }
    }

    /// All figures as JSON.
    pub fn json(self) -> Value {
        Value::Object(self.0)
    }
}
