//! Papers that were made out and files that were added, as rows beside their matter. Whatever
//! belongs to persons in them is sealed.

use domain::ids::{County, MatterId, PersonId, UnitId};
use domain::paper::PaperCode;
use domain::time::Instant;

use crate::chain::{Hash, from_blob};
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "insert into paper (county, code, matter, document, number, unit, value, digest, edition, print, \
              issued_at, issued_by) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, null, ?10, ?11)";
    BY_CODE = "select matter, document, number, unit, value, digest, edition, print, issued_at, issued_by \
               from paper where county = ?1 and code = ?2";
    PRINTED = "update paper set print = ?3 where county = ?1 and code = ?2 and print is null";
    CODES = "select code, matter from paper where county = ?1 and code > ?2 order by code limit ?3";
    ADD = "insert into file (county, matter, no, digest, bytes, media, name, added_at, added_by) \
           values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    FILES = "select no, digest, bytes, media, name, added_at, added_by from file where county = ?1 and matter = ?2 order by no";
}

/// Every digest that a row names: what a backup takes with it.
pub(crate) const UPKEEP: &[crate::Sql] = &[KEPT_FILES, KEPT_PRINTS];
pub(crate) const KEPT_FILES: crate::Sql =
    crate::Sql { name: "papers::KEPT_FILES", text: "select county, digest from file", only: None };
pub(crate) const KEPT_PRINTS: crate::Sql = crate::Sql {
    name: "papers::KEPT_PRINTS",
    text: "select county, print from paper where print is not null",
    only: None,
};

/// A paper as it was made out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRow {
    /// Its code.
    pub code: PaperCode,
    /// The matter.
    pub matter: MatterId,
    /// Its name in the kind, and its template's.
    pub document: String,
    /// Its number.
    pub number: String,
    /// The unit that issued it.
    pub unit: UnitId,
    /// What it says, frozen and sealed.
    pub value: String,
    /// SM3 over what it says.
    pub digest: Hash,
    /// SM3 over the template it was made out with, shortened, in hexadecimal.
    pub edition: String,
    /// SM3 over its PDF; none until it is printed.
    pub print: Option<Hash>,
    /// When it was issued.
    pub issued_at: Instant,
    /// By whom.
    pub issued_by: PersonId,
}

/// A file as it was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Its number in the matter.
    pub no: u16,
    /// SM3 over its bytes.
    pub digest: Hash,
    /// How many bytes.
    pub bytes: i64,
    /// What they are.
    pub media: String,
    /// What it was called, sealed.
    pub name: String,
    /// When it was added.
    pub added_at: Instant,
    /// By whom.
    pub added_by: PersonId,
}

type Answer<T> = Result<T, StoreError>;

/// Keeps a paper, not yet printed.
///
/// # Errors
/// [`StoreError::Taken`] where the code is in use; failures of the store.
pub fn insert(conn: &mut Conn, county: County, paper: &PaperRow) -> Answer<()> {
    let p = paper;
    let params = params![
        county,
        p.code.0,
        p.matter,
        &p.document,
        &p.number,
        p.unit,
        &p.value,
        &p.digest,
        &p.edition,
        p.issued_at,
        p.issued_by
    ];
    conn.execute(&INSERT, params).map(drop)
}

/// A paper by its code.
///
/// # Errors
/// Failures of the store.
pub fn by_code(conn: &mut Conn, county: County, code: PaperCode) -> Answer<Option<PaperRow>> {
    conn.first(&BY_CODE, params![county, code.0], |row| {
        Ok(PaperRow {
            code,
            matter: MatterId(row.int(0)?),
            document: row.text(1)?,
            number: row.text(2)?,
            unit: UnitId(row.int(3)?),
            value: row.text(4)?,
            digest: from_blob(&row.blob(5)?, "paper")?,
            edition: row.text(6)?,
            print: row.opt_blob(7)?.map(|b| from_blob(&b, "paper")).transpose()?,
            issued_at: Instant(row.int(8)?),
            issued_by: PersonId(row.int(9)?),
        })
    })
}

/// Says that a paper's PDF is on the disk under a digest. The first print stays.
///
/// # Errors
/// Failures of the store.
pub fn printed(conn: &mut Conn, county: County, code: PaperCode, print: &Hash) -> Answer<()> {
    conn.execute(&PRINTED, params![county, code.0, print]).map(drop)
}

/// The codes of a county's papers after one of them, with their matters.
///
/// # Errors
/// Failures of the store.
pub fn codes(
    conn: &mut Conn,
    county: County,
    after: PaperCode,
    limit: i64,
) -> Answer<Vec<(PaperCode, MatterId)>> {
    conn.query(&CODES, params![county, after.0, limit], |row| {
        Ok((PaperCode(row.int(0)?), MatterId(row.int(1)?)))
    })
}

/// Keeps what a file of a matter is; its bytes are on the disk already.
///
/// # Errors
/// Failures of the store.
pub fn add_file(conn: &mut Conn, county: County, matter: MatterId, file: &FileRow) -> Answer<()> {
    let (f, no) = (file, i64::from(file.no));
    let params =
        params![county, matter, no, &f.digest, f.bytes, &f.media, &f.name, f.added_at, f.added_by];
    conn.execute(&ADD, params).map(drop)
}

/// The files of a matter, in order.
///
/// # Errors
/// Failures of the store.
pub fn files(conn: &mut Conn, county: County, matter: MatterId) -> Answer<Vec<FileRow>> {
    conn.query(&FILES, params![county, matter], file)
}

fn file(row: &Row<'_>) -> Answer<FileRow> {
    Ok(FileRow {
        no: u16::try_from(row.int(0)?).map_err(|e| StoreError::corrupt("file", e))?,
        digest: from_blob(&row.blob(1)?, "file")?,
        bytes: row.int(2)?,
        media: row.text(3)?,
        name: row.text(4)?,
        added_at: Instant(row.int(5)?),
        added_by: PersonId(row.int(6)?),
    })
}
