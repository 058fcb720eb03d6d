//! Records of registers: entering, changing, ending, looking, listing, searching, importing, exporting.
//!
//! A change is one transaction: its event, the row, keys, links, counts and the search entry. What belongs to
//! persons is opened for the length of a change, because the law is checked against what it says, and
//! sealed again before anything is written.

mod cover;
mod export;
mod import;
mod keep;
mod list;
mod look;
mod pen;
mod search;
mod table;

pub use cover::{Covered, coverage};
pub use export::{Exported, export, header as export_header, owner_name, text as value_text};
pub use import::{Import, ImportReport, RowFault, RowReport, take, take_rows};
pub use keep::{Change, change, end, enter, resume};
pub use list::{Listing, Overview, Page, Show, Titles, due, list, overview};
pub use look::{Looked, Looking, Past, history, log_looking, look, look_openly};
pub use search::{Asked, Found, find};
pub use table::{Handed, check_rows, handed, lay_table, read_table, reread};

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::RecordId;
use domain::matter::Value;
use domain::person::Personal;
use domain::register::{Record, Register, Territory, readable, writable};
use store::Conn;

use crate::{CountyState, Credential, Desk, Error, Service};

/// Somebody at a register.
pub struct AtRegister {
    /// Who.
    pub desk: Desk,
    /// The register.
    pub register: Arc<Register>,
    /// What they read of it.
    pub reads: Vec<Territory>,
    /// What they keep of it.
    pub writes: Vec<Territory>,
}

impl AtRegister {
    /// Opens a register for whoever asks.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none or they read nothing of it; failures of the store.
    pub fn open(
        conn: &mut Conn,
        service: &Service,
        credential: &Credential,
        register: &str,
    ) -> Result<Self, Error> {
        let desk = Desk::open(conn, service, credential)?;
        Self::of(desk, register).ok_or(Error::Missing)
    }

    /// A register at a desk; none where it is not read from there.
    #[must_use]
    pub fn of(desk: Desk, register: &str) -> Option<Self> {
        let register = desk.state.catalogue.registers.get(register)?.clone();
        let (posts, org) = (desk.posts(), &desk.roster.org);
        let reads = readable(&posts, &register, org);
        let writes = writable(&posts, &register, org);
        (!reads.is_empty()).then_some(Self { desk, register, reads, writes })
    }

    /// Whether the records of a unit are read from here.
    #[must_use]
    pub fn may_read(&self, unit: domain::ids::UnitId) -> bool {
        self.reads.iter().any(|t| t.holds(unit))
    }

    /// Whether the records of a unit are kept from here.
    #[must_use]
    pub fn may_write(&self, unit: domain::ids::UnitId) -> bool {
        self.writes.iter().any(|t| t.holds(unit))
    }

    /// What is read of it within a territory.
    #[must_use]
    pub fn read_within(&self, within: Option<Territory>) -> Vec<Territory> {
        match within {
            None => self.reads.clone(),
            Some(within) => self.reads.iter().filter_map(|t| t.within(within)).collect(),
        }
    }
}

/// Where a personal value of a record is sealed to.
fn place(record: RecordId, field: &str) -> String {
    format!("record/{record}/{field}")
}

/// A personal value of a record, in the clear.
pub(crate) fn reveal(
    state: &CountyState,
    record: RecordId,
    field: &str,
    value: &Personal,
) -> Result<String, Error> {
    Ok(match value.token() {
        Some(token) => state.vault.open_at(&place(record, field), token)?,
        None => value.text().unwrap_or_default().to_owned(),
    })
}

/// A record with its personal values in the clear.
fn opened(state: &CountyState, record: &Record) -> Result<Record, Error> {
    let mut open = record.clone();
    for (field, value) in &mut open.fields {
        if let Value::Personal(personal) = value {
            let text = reveal(state, record.id, field, personal)?;
            *personal = Personal::plain(&text);
        }
    }
    Ok(open)
}

/// The personal fields of a record, masked.
fn masked(state: &CountyState, record: &Record) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for (field, value) in &record.fields {
        if let Value::Personal(personal) = value {
            let text = reveal(state, record.id, field, personal)?;
            all.insert(field.clone(), domain::person::mask(detail(state, record, field), &text));
        }
    }
    Ok(all)
}

/// As which detail of a person a field is masked.
fn detail<'f>(state: &CountyState, record: &Record, field: &'f str) -> &'f str {
    use domain::kind::FieldType;
    let register = state.catalogue.registers.get(&record.register);
    match register.and_then(|r| r.field(field)).map(|f| f.field.field) {
        Some(FieldType::Phone) => "phone",
        Some(FieldType::IdNumber) => "id-number",
        _ => field,
    }
}

/// Makes the search entry of a record afresh.
pub(crate) fn reindex(conn: &mut Conn, state: &CountyState, id: RecordId) -> Result<(), Error> {
    let Some(stored) = store::records::get(conn, state.county, id)? else { return Ok(()) };
    let Some(register) = state.catalogue.registers.get(&stored.record.register) else {
        return Ok(());
    };
    let open = opened(state, &stored.record)?;
    let tokens = pen::entry(state, register, &open);
    Ok(store::records::search::put(conn, state.county, id, &tokens, false)?)
}
