//! The same for records: each is folded again, its chain checked, its keys, places and counts compared.

use domain::ids::RecordId;
use domain::matter::Value;
use domain::register::{Record, apply, counted, due_on};
use store::chain::{START, link};
use store::records::tallies::{self, Sums};
use store::{Conn, records};

use super::{Check, MAX_EVENTS, STEP};
use crate::Error;

impl Check<'_> {
    /// Every record of the county.
    pub(super) fn records(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let county = self.state.county;
        let (mut after, mut sums) = (RecordId(0), Sums::new());
        loop {
            let ids = records::ids(conn, county, after, STEP)?;
            let Some(last) = ids.last() else { break };
            after = *last;
            for id in &ids {
                if let Some(record) = self.record(conn, *id)? {
                    self.count_record(&record, &mut sums);
                }
            }
        }
        if tallies::all(conn, county)? != sums {
            self.broken(county, None, "record-tally-differs");
        }
        Ok(())
    }

    fn record(&mut self, conn: &mut Conn, id: RecordId) -> Result<Option<Record>, Error> {
        self.verdict.records += 1;
        let county = self.state.county;
        let Ok(Some(stored)) = records::get(conn, county, id) else {
            self.broken(id, None, "record-unreadable");
            return Ok(None);
        };
        let events = records::events(conn, county, id, 0, MAX_EVENTS)?;
        let (mut folded, mut head) = (None, START);
        for (expected, row) in (1..).zip(&events) {
            self.verdict.events += 1;
            let Ok(event) = row.event() else {
                self.broken(id, Some(row.seq), "event-unreadable");
                return Ok(None);
            };
            let of = domain::ids::MatterId(id.0);
            head = link(&head, county, of, row.seq, row.recorded_at, &row.body);
            if row.seq != expected || event.seq != expected || head != row.hash {
                self.broken(id, Some(expected), "chain-broken");
                return Ok(None);
            }
            folded = apply(id, folded, &event);
        }
        if head != stored.head {
            self.broken(id, Some(events.len() as u32), "head-differs");
        }
        match folded {
            Some(record) if record == stored.record => {
                self.beside_record(conn, &record)?;
                Ok(Some(record))
            }
            _ => {
                self.broken(id, None, "state-differs");
                Ok(Some(stored.record))
            }
        }
    }

    /// The columns that lists read, and what points from here.
    fn beside_record(&mut self, conn: &mut Conn, record: &Record) -> Result<(), Error> {
        let county = self.state.county;
        let row = records::row(conn, county, record.id)?.ok_or(Error::Missing)?;
        let Some(register) = self.state.catalogue.registers.get(&record.register).cloned() else {
            return Ok(());
        };
        let same = row.register == record.register
            && row.unit == record.unit
            && row.stage == record.stage().name()
            && row.version == i64::from(record.version)
            && (row.title.as_str(), row.due_on)
                == (record.text(register.title.as_str()), due_on(&register, record));
        if !same {
            self.broken(record.id, None, "row-differs");
        }
        for (field, value) in record.fields.iter().filter(|_| record.ended.is_none()) {
            let Value::Record(target) = value else { continue };
            let by = (record.register.as_str(), field.as_str());
            if !records::points(conn, county, *target, by, record.id)? {
                self.broken(record.id, None, "list-lacks");
            }
        }
        Ok(())
    }

    fn count_record(&self, record: &Record, sums: &mut Sums) {
        let Some(register) = self.state.catalogue.registers.get(&record.register) else { return };
        for measure in counted(register, record) {
            *sums.entry((record.register.clone(), measure, record.unit)).or_default() += 1;
        }
    }
}
