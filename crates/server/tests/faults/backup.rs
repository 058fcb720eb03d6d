//! A backup is made while clients write; what is restored from it is whole.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use super::alone;
use super::county::County;
use super::load::{Load, Manner, Sent};
use super::postgres::Cluster;
use super::program::Program;

/// Restores a file into a folder of its own, with the key of the county that it is of.
fn restore(county: &County, file: &Path, into: &County) -> Output {
    let key = county.data().join("keys/master.key");
    let mut command = into.command();
    command.args(["--json", "restore"]).arg(file).arg("--key").arg(key);
    command.output().expect("it runs")
}

/// How many of the acts that were acknowledged by the time of the backup are not in a folder.
fn missing(folder: &Path, by: &[Sent]) -> usize {
    let disk = Connection::open(folder.join("shanzhi.db")).expect("the database opens");
    let there = |sent: &&Sent| {
        let Some(first) = &sent.acknowledged else { return false };
        let code: i64 = first.code.parse().expect("a code is a number");
        let version = disk.query_row("select version from matter where code = ?1", [code], |r| {
            r.get::<_, i64>(0)
        });
        version.is_ok_and(|v| v >= first.version as i64)
    };
    by.iter().filter(|s| s.acknowledged.is_some()).filter(|s| !there(s)).count()
}

fn backed_up_under_load(name: &str, county: &County) {
    let server = Program::serve(county);
    let manner = Manner { stubborn: true, pause: Duration::from_millis(2), record: None };
    let early = Load::start(county, &server.address, 4, 1, &manner);
    thread::sleep(Duration::from_millis(700));
    let early = early.end();
    let load = Load::start(county, &server.address, 4, 2, &manner);
    thread::sleep(Duration::from_millis(200));
    let file = county.folder().join("backup");
    let path = file.to_string_lossy().into_owned();
    county.json(&["backup", &path]);
    thread::sleep(Duration::from_millis(200));
    let late = load.end();
    // A file that is there is not written over.
    let again = county.command().args(["backup", &path]).output().expect("it runs");
    assert_eq!(again.status.code(), Some(1));
    let folder = tempfile::tempdir().expect("a folder");
    let other = county.moved_to(&folder.path().join("data"));
    let restored = restore(county, &file, &other);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stdout));
    let verdict = other.verify();
    let all = late.iter().chain(&early).filter(|s| s.path == "/api/v1/matters").count() as u64;
    println!("{name}: {} of {all} matters were there at the moment of the backup", verdict.matters);
    assert_eq!(
        missing(other.data(), &early),
        0,
        "what was acknowledged before the backup is in it"
    );
    assert!(verdict.matters < all, "clients went on writing after its moment");
    // The people of the county go on in it, and a repeated request is known.
    let second = Program::serve(&other);
    super::load::nothing_is_lost(&other, &second.address, &early);
    second.kill();
    // What holds anything is not filled a second time, nor changed by the attempt.
    let refused = restore(county, &file, &other);
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("fills an empty one only"), "{said}");
    assert_eq!(other.verify().matters, verdict.matters);
    damaged_files_are_refused(county, &file);
}

/// A file that was cut off or changed in one place restores nothing at all.
fn damaged_files_are_refused(county: &County, file: &Path) {
    let whole = fs::read(file).expect("the backup");
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    let longer = [&whole[..], b"x"].concat();
    for bytes in [&whole[..whole.len() / 2], &whole[..whole.len() - 1], &changed, &longer] {
        let folder = tempfile::tempdir().expect("a folder");
        let (damaged, other) =
            (folder.path().join("damaged"), county.moved_to(&folder.path().join("data")));
        fs::write(&damaged, bytes).expect("a file");
        assert_eq!(
            restore(county, &damaged, &other).status.code(),
            Some(1),
            "a damaged file is refused"
        );
        let disk = Connection::open(other.data().join("shanzhi.db")).expect("the database opens");
        let counties: i64 =
            disk.query_row("select count(*) from county", [], |r| r.get(0)).expect("a count");
        assert_eq!(counties, 0, "nothing of it is kept");
    }
}

#[test]
fn a_backup_under_load_restores_whole() {
    let _alone = alone();
    backed_up_under_load("backup", &County::embedded());
}

#[test]
fn a_backup_of_postgresql_under_load_restores_into_the_embedded_database() {
    let _alone = alone();
    let Some(cluster) = Cluster::start() else { return };
    backed_up_under_load("backup, PostgreSQL", &County::on_postgres(&cluster));
}

#[test]
fn a_restore_that_is_killed_leaves_nothing_or_everything() {
    let _alone = alone();
    let county = County::embedded();
    county.json(&["demo", "--matters", "150"]);
    let matters = county.json(&["verify"])["matters"].as_u64().expect("a count");
    let file = county.folder().join("backup");
    county.json(&["backup", &file.to_string_lossy()]);
    let key = county.data().join("keys/master.key");
    let mut ended = 0;
    for pause in [10, 60, 130, 200, 260, 320, 380, 440] {
        let folder = tempfile::tempdir().expect("a folder");
        let other = county.moved_to(&folder.path().join("data"));
        let mut command = other.command();
        command
            .args(["--json", "restore"])
            .arg(&file)
            .arg("--key")
            .arg(&key)
            .stdout(std::process::Stdio::null());
        let mut child = command.spawn().expect("it runs");
        thread::sleep(Duration::from_millis(pause));
        child.kill().expect("it is killed");
        let done = child.wait().expect("it is gone").success();
        ended += usize::from(done);
        // Whatever it left, it is nothing, or it is whole.
        let mut command = other.command();
        let said = command.args(["--json", "verify"]).output().expect("it runs");
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let nothing = said.status.success() && text.trim().is_empty();
        let whole = said.status.success() && text.contains(&format!("\"matters\":{matters}}}"));
        assert!(
            nothing || whole,
            "killed after {pause} ms: {text} {}",
            String::from_utf8_lossy(&said.stderr)
        );
    }
    println!("restore killed 8 times, {ended} had ended by then");
}
