//! What every handler holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app::matters::{Look, log_reading, look};
use app::{Credential, Error, Service};
use domain::ids::{County, MatterCode};
use metrics_exporter_prometheus::PrometheusHandle;
use store::Conn;
use tokio::sync::Semaphore;

use crate::guesses::Guesses;
use crate::limits::{PASSWORD_CHECKS, PRESSES};

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
    pub(crate) presses: Arc<Semaphore>,
    pub(crate) guesses: Arc<Guesses>,
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
        let presses = Arc::new(Semaphore::new(PRESSES));
        let openapi = crate::openapi().to_json().unwrap_or_default().into();
        let (guesses, seen) = (Arc::default(), Arc::default());
        Self { service, options, metrics, passwords, presses, guesses, openapi, seen }
    }

    /// Reads the store for whoever shows a credential.
    pub(crate) async fn read<T, F>(&self, credential: &Credential, mut work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Service, &Credential) -> Result<T, Error> + Send + 'static,
    {
        let (service, credential) = (self.service.clone(), credential.clone());
        self.service.db().read(move |conn: &mut Conn| work(conn, &service, &credential)).await
    }

    /// Writes to the store for whoever shows a credential; what is answered is durable.
    pub(crate) async fn write<T, F>(&self, credential: &Credential, mut work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Service, &Credential) -> Result<T, Error> + Send + 'static,
    {
        let (service, credential) = (self.service.clone(), credential.clone());
        self.service.db().write(move |conn: &mut Conn| work(conn, &service, &credential)).await
    }

    /// Looks at a matter, masked, and at what else the page wants of it. The reading is in the log
    /// before anything is shown.
    pub(crate) async fn look<T, F>(
        &self,
        credential: &Credential,
        code: MatterCode,
        mut also: F,
    ) -> Result<(Look, T), Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Look) -> Result<T, Error> + Send + 'static,
    {
        let seen = self.read(credential, move |conn, service, credential| {
            let look = look(conn, service, credential, code)?;
            let more = also(conn, &look)?;
            Ok((look, more))
        });
        let seen = seen.await?;
        let reader = seen.0.reader("masked", "");
        self.write(credential, move |conn, _, _| log_reading(conn, &reader)).await?;
        Ok(seen)
    }

    /// The only county served, for requests that name none.
    pub(crate) fn sole_county(&self) -> Option<County> {
        match self.service.counties().as_slice() {
            [one] => Some(one.county),
            _ => None,
        }
    }
}
