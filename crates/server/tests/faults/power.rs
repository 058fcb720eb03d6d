//! The power fails. What the program did to its files while clients wrote is recorded; then the disk
//! of many moments is made: everything that was synced by then, and of the rest nothing, or some
//! writes in any choice, or even parts of writes. Whatever was acknowledged by then must be on it.
//!
//! The control runs with less than full syncing (`SHANZHI_UNSAFE_NORMAL`, which only a debug build
//! knows) and must lose acts, or the test would prove nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use domain::rehearsal::Dice;
use rusqlite::Connection;

use super::county::County;
use super::load::{Acknowledged, Load, Manner, Sent};
use super::program::Program;
use super::shim::{self, Done, What};
use super::{alone, is_debug, seed};

const NAMES: [&str; 2] = ["shanzhi.db", "shanzhi.db-wal"];
/// The smallest part of a write that a disk keeps or loses.
const SECTOR: usize = 512;

/// How many disks are made.
const DISKS: usize = 90;

/// What becomes of writes that were not synced.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Lost,
    Some,
    Torn,
}

/// A county's files before the load, and what was done to them during it.
struct Recording {
    county: County,
    before: [Vec<u8>; 2],
    done: Vec<Done>,
    sent: Vec<Sent>,
}

impl Recording {
    /// Under a disk that `is_bad` its syncs fail now and then.
    fn make(variables: &[(&str, &str)], is_bad: bool) -> Option<Self> {
        let county = County::embedded();
        let shim = shim::compile(county.folder())?;
        let record = county.folder().join("record");
        let before = NAMES.map(|name| fs::read(county.data().join(name)).unwrap_or_default());
        let (shim, path) = (shim.to_string_lossy(), record.to_string_lossy());
        let mut all = vec![("LD_PRELOAD", &*shim), ("SHIM_RECORD", &*path)];
        all.extend(variables);
        let bad = county.folder().join("bad");
        let bad_path = bad.to_string_lossy();
        all.push(("SHIM_BAD_SYNC", &*bad_path));
        let server = Program::serve_with(&county, &[], &all);
        let manner = Manner { stubborn: true, pause: Duration::ZERO, record: Some(record.clone()) };
        let load = Load::start(&county, &server.address, 6, 1, &manner);
        for _ in 0..4 {
            thread::sleep(Duration::from_millis(300));
            if is_bad {
                fs::write(&bad, "").expect("the disk is bad");
                thread::sleep(Duration::from_millis(100));
                fs::remove_file(&bad).expect("the disk is good again");
            }
        }
        thread::sleep(Duration::from_millis(100));
        let sent = load.end();
        server.kill();
        Some(Self { county, before, done: shim::read(&record), sent })
    }

    /// The disk after the first `n` entries.
    fn disk(&self, n: usize, fate: Fate, dice: &mut Dice) -> [Vec<u8>; 2] {
        let mut files = self.before.clone();
        for (no, file) in files.iter_mut().enumerate() {
            let own: Vec<&Done> = self.done[..n].iter().filter(|d| d.file == no).collect();
            for (done, certain) in own.iter().zip(certain(&own)) {
                let kept = certain || (!matches!(fate, Fate::Lost) && dice.happens(50));
                let torn = !certain && matches!(fate, Fate::Torn);
                match &done.what {
                    What::Write { at, bytes } if kept => {
                        put(file, *at, bytes, torn.then_some(&mut *dice))
                    }
                    What::Truncate(length) if kept => file.resize(*length, 0),
                    _ => {}
                }
            }
        }
        files
    }

    fn acknowledged(&self) -> impl Iterator<Item = (&Sent, &Acknowledged)> {
        self.sent.iter().filter_map(|sent| Some((sent, sent.acknowledged.as_ref()?)))
    }

    /// A moment at which the power may fail: any, or the very one after an act was acknowledged.
    fn moment(&self, dice: &mut Dice) -> usize {
        let all: Vec<u64> = self.acknowledged().map(|(_, a)| a.recorded).collect();
        match dice.pick(&all) {
            Some(recorded) if dice.happens(60) => self.done.partition_point(|d| d.end <= *recorded),
            _ => dice.below(self.done.len() + 1),
        }
    }

    /// How many acts that were acknowledged by a moment are not on a disk.
    fn lost(&self, n: usize, disk: &Connection) -> usize {
        let by = n.checked_sub(1).map_or(0, |last| self.done[last].end);
        let versions: BTreeMap<i64, i64> =
            rows(disk, "select code, version from matter", |r| Ok((r.get(0)?, r.get(1)?)));
        let keys: BTreeSet<String> = rows(disk, "select key from idempotency", |r| r.get(0));
        let known = |sent: &Sent, first: &Acknowledged| {
            let code: i64 = first.code.parse().expect("a code is a number");
            versions.get(&code).is_some_and(|v| *v >= first.version as i64)
                && keys.contains(&sent.key)
        };
        self.acknowledged()
            .filter(|(_, a)| a.recorded <= by)
            .filter(|(sent, first)| !known(sent, first))
            .count()
    }

    /// Lets the power fail many times; answers with the number of disks that lack something, and of
    /// acts that are not on them.
    fn fail(&self, disks: usize, dice: &mut Dice) -> (usize, usize) {
        let folder = self.county.folder().join("disk");
        let (mut lacking, mut lost) = (0, 0);
        for no in 0..disks {
            let n = self.moment(dice);
            let fate = [Fate::Lost, Fate::Some, Fate::Torn][no % 3];
            write(&folder, &self.county, &self.disk(n, fate, dice));
            let disk = Connection::open(folder.join(NAMES[0])).expect("the database opens");
            let sound: String =
                disk.query_row("pragma integrity_check", [], |r| r.get(0)).expect("it is checked");
            assert_eq!(sound, "ok", "disk {no}, {fate:?}, after {n} of {}", self.done.len());
            let gone = self.lost(n, &disk);
            lacking += usize::from(gone > 0);
            lost += gone;
            drop(disk);
            if no % 12 == 0 {
                self.county.moved_to(&folder).verify();
            }
        }
        (lacking, lost)
    }
}

/// Of what was done to a file, whatever the next sync after it made certain.
fn certain(done: &[&Done]) -> Vec<bool> {
    let mut synced = false;
    let mut all: Vec<bool> = Vec::with_capacity(done.len());
    for done in done.iter().rev() {
        match done.what {
            What::Sync => synced = true,
            What::BadSync => synced = false,
            _ => {}
        }
        all.push(synced);
    }
    all.reverse();
    all
}

/// Writes bytes into a file; where a die is given, only some of its sectors.
fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8], torn: Option<&mut Dice>) {
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    let Some(dice) = torn else { return file[at..at + bytes.len()].copy_from_slice(bytes) };
    for (no, sector) in bytes.chunks(SECTOR).enumerate() {
        if dice.happens(50) {
            let from = at + no * SECTOR;
            file[from..from + sector.len()].copy_from_slice(sector);
        }
    }
}

/// Makes a data folder of a disk's files and the county's keys.
fn write(folder: &Path, county: &County, files: &[Vec<u8>; 2]) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("keys")).expect("a folder");
    fs::copy(county.data().join("keys/master.key"), folder.join("keys/master.key"))
        .expect("the key");
    for (name, bytes) in NAMES.iter().zip(files) {
        fs::write(folder.join(name), bytes).expect("a file");
    }
}

fn rows<T, C: FromIterator<T>>(
    disk: &Connection,
    sql: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> C {
    let mut statement = disk.prepare(sql).expect("a statement");
    statement.query_map([], read).expect("rows").map(|row| row.expect("a row")).collect()
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let _alone = alone();
    let began = Instant::now();
    let mut dice = Dice::new(seed("power"));
    let Some(recording) = Recording::make(&[], false) else { return };
    let kept = recording.acknowledged().count();
    let syncs = recording.done.iter().filter(|d| matches!(d.what, What::Sync)).count();
    let (lacking, lost) = recording.fail(DISKS, &mut dice);
    println!(
        "power: {kept} acknowledged, {syncs} syncs, {DISKS} disks, {lacking} lack {lost} acts, {:?}",
        began.elapsed()
    );
    assert!(kept > 20 && syncs > 10, "the clients were at work: {kept}, {syncs}");
    assert_eq!((lacking, lost), (0, 0));
}

#[test]
fn a_disk_whose_syncs_fail_loses_nothing_that_was_acknowledged() {
    let _alone = alone();
    let mut dice = Dice::new(seed("bad syncs"));
    let Some(recording) = Recording::make(&[], true) else { return };
    let kept = recording.acknowledged().count();
    let refused: usize = recording.sent.iter().map(|s| s.refused).sum();
    let bad = recording.done.iter().filter(|d| matches!(d.what, What::BadSync)).count();
    let (lacking, lost) = recording.fail(45, &mut dice);
    println!(
        "bad syncs: {bad}, {kept} acknowledged, {refused} told to come back, {lacking} of 45 disks lack {lost} acts"
    );
    assert!(kept > 20 && bad > 3 && refused > 3, "the disk was bad: {kept}, {bad}, {refused}");
    assert_eq!((lacking, lost), (0, 0));
}

#[test]
fn with_less_than_full_syncing_a_power_cut_loses_acts() {
    if !is_debug() {
        return;
    }
    let _alone = alone();
    let mut dice = Dice::new(seed("power, control"));
    let Some(recording) = Recording::make(&[("SHANZHI_UNSAFE_NORMAL", "1")], false) else { return };
    let kept = recording.acknowledged().count();
    let (lacking, lost) = recording.fail(12, &mut dice);
    println!("power, control: {kept} acknowledged, 12 disks, {lacking} lack {lost} acts");
    assert!(kept > 20, "the clients were at work: {kept}");
    assert!(lacking > 0, "the test above would not notice an act that is lost");
}
