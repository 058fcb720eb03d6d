//! What every handler holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app::Service;
use domain::ids::County;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use crate::limits::PASSWORD_CHECKS;

/// How the server is set up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Browsers reach it over TLS: cookies are sent over TLS only.
    pub tls: bool,
    /// For tests: addresses under `/faults` at which the product fails inside.
    pub faults: bool,
}

/// The product over HTTP.
#[derive(Clone)]
pub struct Web {
    /// The product.
    pub service: Service,
    pub(crate) options: Options,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) passwords: Arc<Semaphore>,
    pub(crate) openapi: Arc<str>,
    /// When the use of each session was last looked at here, ms.
    pub(crate) seen: Arc<Mutex<HashMap<[u8; 32], i64>>>,
}

impl Web {
    /// A web over a service.
    #[must_use]
    pub fn new(service: Service, options: Options) -> Self {
        let metrics = crate::measure::handle();
        let passwords = Arc::new(Semaphore::new(PASSWORD_CHECKS));
        let openapi = crate::openapi().to_json().unwrap_or_default().into();
        Self { service, options, metrics, passwords, openapi, seen: Arc::default() }
    }

    /// The only county served, for requests that name none.
    pub(crate) fn sole_county(&self) -> Option<County> {
        match self.service.counties().as_slice() {
            [one] => Some(one.county),
            _ => None,
        }
    }
}
