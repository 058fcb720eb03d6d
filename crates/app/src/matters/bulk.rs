//! A whole life in one transaction, each act at its own instant: imports of work done elsewhere and the
//! demonstration county. It goes through the same engine and leaves the same rows as any other.

use domain::matter::{Intake, Matter};
use domain::org::Post;
use domain::time::Instant;
use store::Conn;
use store::matters::Stored;

use super::act::{Acting, act_at};
use super::register::register_at;
use super::tick::tick_at;
use super::write::Pen;
use crate::{CountyState, Error, Roster, Service};

/// A matter that is brought and handled within one transaction. Its events are written one by one, its
/// rows once at the end.
#[must_use = "without Life::settle the matter has events and no rows"]
pub struct Life<'a> {
    service: &'a Service,
    pen: Pen<'a>,
    now: Stored,
}

impl<'a> Life<'a> {
    /// Registers a matter as it was brought at an instant in the past.
    ///
    /// # Errors
    /// As [`super::register()`].
    pub fn register(
        conn: &mut Conn,
        service: &'a Service,
        (state, roster): (&'a CountyState, &'a Roster),
        post: &Post,
        intake: &Intake,
        at: Instant,
    ) -> Result<Self, Error> {
        let pen = Pen { settles: false, tells: false, ..Pen::new(service, state, roster) };
        let now = register_at(conn, service, pen, &[post], intake, at)?;
        Ok(Self { service, pen, now })
    }

    /// The matter as it stands.
    #[must_use]
    pub fn matter(&self) -> &Matter {
        &self.now.matter
    }

    /// A person at a post acts, as it was done at an instant in the past. Where it is refused, nothing
    /// has happened.
    ///
    /// # Errors
    /// As [`super::act()`].
    pub fn act(
        &mut self,
        conn: &mut Conn,
        post: &Post,
        acting: &Acting,
        at: Instant,
    ) -> Result<(), Error> {
        self.now = act_at(conn, self.service, self.pen, &[post], &self.now, acting, at)?;
        Ok(())
    }

    /// Lets time act until an instant.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn pass(&mut self, conn: &mut Conn, until: Instant) -> Result<(), Error> {
        while let Some(tick) = self.now.matter.next_tick().filter(|t| *t <= until) {
            match tick_at(conn, self.pen, &self.now, tick, self.service.now())? {
                Some(after) => self.now = after,
                None => break,
            }
        }
        Ok(())
    }

    /// Writes the matter's rows. Answers with the matter.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn settle(self, conn: &mut Conn) -> Result<Matter, Error> {
        self.pen.settle(conn, None, &self.now)?;
        Ok(self.now.matter)
    }
}
