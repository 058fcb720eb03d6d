//! Backup and restore: every file and every row of every table as a line of text, the same for both
//! engines. What can be computed again (the inverted index) is left out. Files come first: no row
//! is restored before the file it names.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::County;
use serde_json::{Value as Json, json};
use sm3::{Digest, Sm3};

use crate::chain::{Hash, from_blob, hex};
use crate::disk::Files;
use crate::{Conn, Sql, StoreError, V, papers, records};

/// The version of the format.
const FORMAT: i64 = 1;
/// How many rows one transaction of a restore holds.
const CHUNK: usize = 2_000;

/// A table with its columns; the first is always the county.
pub struct Table {
    /// Its name.
    pub name: &'static str,
    columns: &'static [&'static str],
    select: Sql,
    insert: Sql,
}

impl Table {
    /// Its columns, in the order of a row.
    #[must_use]
    pub fn columns(&self) -> &'static [&'static str] {
        self.columns
    }
}

macro_rules! tables {
    ($($name:ident ($($column:ident),*) values $values:literal;)*) => {
        /// Every table of a dump. The county itself comes last, so that what is half restored is
        /// not served.
        pub const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            columns: &[$(stringify!($column)),*],
            select: Sql {
                name: concat!("dump::select_", stringify!($name)),
                text: concat!("select ", tables!(@list $($column),*), " from ", stringify!($name)),
                only: None,
            },
            insert: Sql {
                name: concat!("dump::insert_", stringify!($name)),
                text: concat!("insert into ", stringify!($name), " (", tables!(@list $($column),*), ") values (", $values, ")"),
                only: None,
            },
        }),*];
    };
    (@list $first:ident $(, $rest:ident)*) => { concat!(stringify!($first) $(, ", ", stringify!($rest))*) };
}

tables! {
    data_key (county, no, suite, wrapped, created_at) values "?1, ?2, ?3, ?4, ?5";
    unit (county, id, parent, level, office, name, place, holds, code_system, since, until)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11";
    person (county, id, name, phone, created_at) values "?1, ?2, ?3, ?4, ?5";
    post (county, id, person, role, unit, since, until) values "?1, ?2, ?3, ?4, ?5, ?6, ?7";
    account (county, login, person, password, changed_at, failures, locked_until, ended_at)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8";
    token (county, digest, person, label, created_at, expires_at, ended_at) values "?1, ?2, ?3, ?4, ?5, ?6, ?7";
    kind_version (county, kind, version, digest, body) values "?1, ?2, ?3, ?4, ?5";
    id_block (county, next) values "?1, ?2";
    number (county, kind, unit, year, last) values "?1, ?2, ?3, ?4, ?5";
    matter (county, id, code, kind, kind_version, state, phase, holder, handler, place, category, title, sealed,
        registered_at, due_at, warn_at, closed_at, fire_at, estimated, version, head, body)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22";
    event (county, matter, seq, recorded_at, hash, body) values "?1, ?2, ?3, ?4, ?5, ?6";
    worklist (county, desk, lane, bucket, sort, matter) values "?1, ?2, ?3, ?4, ?5, ?6";
    tally (county, unit, part, month, kind, measure, n) values "?1, ?2, ?3, ?4, ?5, ?6, ?7";
    counted (county, kind, measure, month, matter, unit, n) values "?1, ?2, ?3, ?4, ?5, ?6, ?7";
    tally_delta (county, matter, seq, body) values "?1, ?2, ?3, ?4";
    outbox (county, at, matter, seq, action) values "?1, ?2, ?3, ?4, ?5";
    idempotency (county, person, key, digest, status, answer, at) values "?1, ?2, ?3, ?4, ?5, ?6, ?7";
    read_log (county, at, nonce, matter, person, unit, role, fields, purpose)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9";
    anchor (county, day, events, reads, root, at) values "?1, ?2, ?3, ?4, ?5, ?6";
    classifier (county, kind, trained_at, body) values "?1, ?2, ?3, ?4";
    paper (county, code, matter, document, number, unit, value, digest, edition, print, issued_at, issued_by)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12";
    file (county, matter, no, digest, bytes, media, name, added_at, added_by)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9";
    audit (county, at, nonce, person, action, detail) values "?1, ?2, ?3, ?4, ?5, ?6";
    saved_list (county, person, id, name, question) values "?1, ?2, ?3, ?4, ?5";
    room (county, id, unit, name, holds, ended_on) values "?1, ?2, ?3, ?4, ?5, ?6";
    duty (county, id, person, role, unit, from_on, until_on) values "?1, ?2, ?3, ?4, ?5, ?6, ?7";
    meeting (county, id, matter, sort, unit, room, venue, from_at, until_at, state, called_by, called_at, event, version)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14";
    seat (county, meeting, no, seat, person, role, unit, signs, recusal, attended, recused_at, ground)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12";
    slot (county, whose, id, at, meeting) values "?1, ?2, ?3, ?4, ?5";
    caucus (county, meeting, id, person, at, body) values "?1, ?2, ?3, ?4, ?5, ?6";
    interest (county, matter, person, ground, reason, by_person, at) values "?1, ?2, ?3, ?4, ?5, ?6, ?7";
    task (county, id, matter, meeting, desk, is_open, due_at, warn_at, body, set_by, set_at, done_at, done_by, note)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14";
    notice (county, person, at, id, template, facts, read_at) values "?1, ?2, ?3, ?4, ?5, ?6, ?7";
    contact (county, person, channel, address) values "?1, ?2, ?3, ?4";
    delivery (county, id, channel, template, matter, person, party, address, subject, body, urgent, state, tries,
        next_at, created_at, ended_at)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16";
    delivery_try (county, delivery, no, at, failure) values "?1, ?2, ?3, ?4, ?5";
    record (county, id, register, unit, stage, title, due_on, version, head, body)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10";
    record_event (county, record, seq, recorded_at, hash, body) values "?1, ?2, ?3, ?4, ?5, ?6";
    record_key (county, key, record) values "?1, ?2, ?3";
    record_link (county, target, register, field, record) values "?1, ?2, ?3, ?4, ?5";
    record_tally (county, register, measure, unit, n) values "?1, ?2, ?3, ?4, ?5";
    record_import (county, id, register, person, digest, name, at, done_at, taken, refused)
        values "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10";
    county (county, name, org_version, catalogue, calendar, created_at) values "?1, ?2, ?3, ?4, ?5, ?6";
}

/// Tables that a dump leaves out, each with its reason: sessions end with a restore, leases are of
/// running processes, the search entries are made again, and how often counts were folded means nothing elsewhere.
pub const LEFT_OUT: &[&str] = &[
    "folding",
    "session",
    "lease",
    "search_pending",
    "search",
    "record_search",
    "schema_migration",
];

/// Every statement of the dump.
pub(crate) fn statements() -> Vec<Sql> {
    TABLES.iter().flat_map(|t| [t.select, t.insert]).collect()
}

/// A failure of a dump or restore.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The file cannot be read or written.
    #[error("the file: {0}")]
    Io(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file is not a backup, or was damaged.
    #[error("the file is damaged or not a backup: {0}")]
    Damaged(String),
}

fn damaged(why: &str) -> DumpError {
    DumpError::Damaged(why.to_owned())
}

/// What a dump holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dumped {
    /// How many rows.
    pub rows: u64,
    /// How many files.
    pub files: u64,
    /// How many files that a row names are not on the disk.
    pub missing: u64,
}

/// Writes every row, or those of one county, as they stand at one moment. `progress` is told the
/// number of rows so far.
///
/// # Errors
/// The file or the store.
pub fn dump(
    conn: &mut Conn,
    out: &mut dyn Write,
    only: Option<County>,
    files: &Files,
    mut progress: impl FnMut(u64),
) -> Result<Dumped, DumpError> {
    let mut sink = Sink { out, hash: Sm3::new(), done: Dumped::default() };
    conn.snapshot(|conn| {
        sink.line(&json!({ "shanzhi": "backup", "format": FORMAT }))?;
        write_files(conn, &mut sink, only, files)?;
        write_all(conn, &mut sink, only, &mut progress)
    })?;
    let (rows, digest) = (sink.done.rows, hex(&sink.hash.clone().finalize()));
    writeln!(sink.out, "{}", json!({ "end": rows, "digest": digest }))?;
    sink.out.flush()?;
    Ok(sink.done)
}

/// Every file that a row names, as it lies on the disk: sealed.
fn write_files(
    conn: &mut Conn,
    sink: &mut Sink<'_>,
    only: Option<County>,
    files: &Files,
) -> Result<(), DumpError> {
    let mut kept: BTreeSet<(County, Hash)> = BTreeSet::new();
    for sql in papers::UPKEEP.iter().chain([&records::imports::KEPT]) {
        conn.each(sql, &[], |row| {
            let county = County(row.int(0)?);
            if only.is_none_or(|only| only == county) {
                kept.insert((county, from_blob(&row.blob(1)?, "file")?));
            }
            Ok(())
        })?;
    }
    for (county, digest) in kept {
        let Some(bytes) = files.get(county, &digest)? else {
            sink.done.missing += 1;
            continue;
        };
        sink.done.files += 1;
        let digest = hex(&digest);
        sink.line(&json!({ "file": digest, "county": county.0, "bytes": BASE64.encode(bytes) }))?;
    }
    Ok(())
}

/// Puts a file of a dump on the disk.
fn put_file(json: &Json, only: Option<County>, files: &Files) -> Result<(), DumpError> {
    let Some(digest) = json["file"].as_str() else { return Ok(()) };
    let county = County(json["county"].as_i64().ok_or_else(|| damaged("a file"))?);
    if only.is_some_and(|only| only != county) {
        return Ok(());
    }
    let bytes = json["bytes"].as_str().and_then(|text| BASE64.decode(text).ok());
    let digest = unhex(digest).and_then(|bytes| Hash::try_from(bytes).ok());
    let (Some(bytes), Some(digest)) = (bytes, digest) else { return Err(damaged("a file")) };
    Ok(files.put(county, &digest, &bytes)?)
}

struct Sink<'a> {
    out: &'a mut dyn Write,
    hash: Sm3,
    done: Dumped,
}

impl Sink<'_> {
    fn line(&mut self, value: &Json) -> io::Result<()> {
        let line = format!("{value}\n");
        self.hash.update(&line);
        self.out.write_all(line.as_bytes())
    }
}

fn write_all(
    conn: &mut Conn,
    sink: &mut Sink<'_>,
    only: Option<County>,
    progress: &mut dyn FnMut(u64),
) -> Result<(), DumpError> {
    for table in TABLES {
        sink.line(&json!({ "table": table.name, "columns": table.columns }))?;
        let mut failed = None;
        conn.each(&table.select, &[], |row| {
            if failed.is_some() || only.is_some_and(|c| row.int(0) != Ok(c.0)) {
                return Ok(());
            }
            let cells: Result<Vec<Json>, StoreError> =
                (0..table.columns.len()).map(|at| row.any(at).map(cell)).collect();
            sink.done.rows += 1;
            failed = sink.line(&Json::Array(cells?)).err();
            if sink.done.rows.is_multiple_of(1_000) {
                progress(sink.done.rows);
            }
            Ok(())
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
    }
    Ok(())
}

fn cell(value: V<'static>) -> Json {
    match value {
        V::Null => Json::Null,
        V::Int(n) => n.into(),
        V::Text(text) => text.into_owned().into(),
        V::Blob(bytes) => json!({ "hex": hex(&bytes) }),
    }
}

fn uncell(json: Json) -> Result<V<'static>, DumpError> {
    Ok(match json {
        Json::Null => V::Null,
        Json::Number(n) => V::Int(n.as_i64().ok_or_else(|| damaged("a number"))?),
        Json::String(text) => V::Text(text.into()),
        Json::Object(map) => {
            let text = map.get("hex").and_then(Json::as_str).ok_or_else(|| damaged("bytes"))?;
            V::Blob(unhex(text).ok_or_else(|| damaged("bytes"))?.into())
        }
        _ => return Err(damaged("a value")),
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| text.get(at..at + 2).and_then(|b| u8::from_str_radix(b, 16).ok());
    (0..text.len()).step_by(2).map(byte).collect()
}

/// What a backup holds, after its digest was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// How many rows.
    pub rows: u64,
    /// The counties with their names.
    pub counties: Vec<(County, String)>,
    /// The wrapped data keys: county, number, suite, wrapped.
    pub keys: Vec<(County, crate::keys::WrappedKey)>,
}

/// Reads a whole backup and checks its digest, so that a restore begins only with a sound one.
///
/// # Errors
/// [`DumpError::Damaged`] for any missing, added or changed byte.
pub fn check(input: &mut dyn BufRead) -> Result<Content, DumpError> {
    let mut hash = Sm3::new();
    let mut content = Content::default();
    let mut rows = 0;
    let end = each_line(input, |line, table, json| {
        hash.update(line);
        if let (Some(table), Json::Array(cells)) = (table, json) {
            rows += 1;
            note(&mut content, table, &cells)?;
        }
        Ok(())
    })?;
    let said = (end["end"].as_u64(), end["digest"].as_str().unwrap_or_default().to_owned());
    if said != (Some(rows), hex(&hash.finalize())) {
        return Err(damaged("the digest at its end does not fit"));
    }
    // Reading to the end also makes a compressed file check its own last bytes.
    if !input.fill_buf()?.is_empty() {
        return Err(damaged("something follows its end"));
    }
    content.rows = rows;
    Ok(content)
}

fn note(content: &mut Content, table: &Table, cells: &[Json]) -> Result<(), DumpError> {
    if cells.len() != table.columns.len() {
        return Err(damaged("a row of the wrong length"));
    }
    let county = County(cells[0].as_i64().ok_or_else(|| damaged("a row without a county"))?);
    let text = |at: usize| cells[at].as_str().unwrap_or_default().to_owned();
    match table.name {
        "county" => content.counties.push((county, text(1))),
        "data_key" => {
            let no = cells[1]
                .as_u64()
                .and_then(|n| u32::try_from(n).ok())
                .ok_or_else(|| damaged("a key"))?;
            content
                .keys
                .push((county, crate::keys::WrappedKey { no, suite: text(2), wrapped: text(3) }));
        }
        _ => {}
    }
    Ok(())
}

/// Hands on each line but the last, which is answered.
fn each_line(
    input: &mut dyn BufRead,
    mut each: impl FnMut(&str, Option<&'static Table>, Json) -> Result<(), DumpError>,
) -> Result<Json, DumpError> {
    let mut table: Option<&'static Table> = None;
    let mut line = String::new();
    let mut first = true;
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Err(damaged("it ends too early"));
        }
        let json: Json =
            serde_json::from_str(&line).map_err(|_| damaged("a line that is no JSON"))?;
        if std::mem::take(&mut first) && (json["shanzhi"] != "backup" || json["format"] != FORMAT) {
            return Err(damaged("it does not begin as a backup of this format"));
        }
        if json.get("end").is_some() {
            return Ok(json);
        }
        if let Some(name) = json["table"].as_str() {
            let found = TABLES.iter().find(|t| t.name == name);
            table = Some(found.ok_or_else(|| damaged("a table that this program does not know"))?);
            if json["columns"] != json!(table.map(|t| t.columns)) {
                return Err(damaged("columns that this program does not know"));
            }
        }
        each(&line, table, json)?;
    }
}

/// Fills the database from a backup that was checked; data keys are replaced by those given, which
/// are wrapped with this database's master key. The rows go in in several transactions; the counties
/// last.
///
/// # Errors
/// The file, the store, or a row that is there already.
pub fn restore(
    conn: &mut Conn,
    input: &mut dyn BufRead,
    only: Option<County>,
    keys: &[(County, crate::keys::WrappedKey)],
    files: &Files,
    mut progress: impl FnMut(u64),
) -> Result<u64, DumpError> {
    let (mut rows, mut open) = (0_u64, 0);
    let filled = each_line(input, |_, table, json| {
        let (table, cells) = match (table, json) {
            (Some(table), Json::Array(cells)) => (table, cells),
            (None, json) => return put_file(&json, only, files),
            _ => return Ok(()),
        };
        if only.is_some_and(|c| cells.first().and_then(Json::as_i64) != Some(c.0)) {
            return Ok(());
        }
        if open == 0 {
            conn.batch("begin")?;
        }
        let mut values = cells.into_iter().map(uncell).collect::<Result<Vec<V<'_>>, _>>()?;
        if table.name == "data_key" {
            rewrap(&mut values, keys);
        }
        conn.execute(&table.insert, &values)?;
        rows += 1;
        open += 1;
        if open == CHUNK {
            conn.batch("commit")?;
            open = 0;
            progress(rows);
        }
        Ok(())
    });
    let ended = if filled.is_ok() { "commit" } else { "rollback" };
    if open > 0 {
        conn.batch(ended)?;
    }
    filled.map(|_| rows)
}

fn rewrap(values: &mut [V<'_>], keys: &[(County, crate::keys::WrappedKey)]) {
    let (V::Int(county), V::Int(no)) = (&values[0], &values[1]) else { return };
    let fresh = keys.iter().find(|(c, k)| c.0 == *county && i64::from(k.no) == *no);
    if let Some((_, key)) = fresh {
        values[3] = V::Text(key.wrapped.clone().into());
    }
}

/// Whether any table of the dump holds a row: then nothing may be restored into it.
///
/// # Errors
/// Failures of the store.
pub fn holds_anything(conn: &mut Conn) -> Result<bool, StoreError> {
    for table in TABLES {
        let mut any = false;
        conn.each(&table.select, &[], |_| {
            any = true;
            Err(StoreError::Closed)
        })
        .or_else(|e| if e == StoreError::Closed { Ok(()) } else { Err(e) })?;
        if any {
            return Ok(true);
        }
    }
    Ok(false)
}
