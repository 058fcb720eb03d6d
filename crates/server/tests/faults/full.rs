//! The disk is full: acts are told to come back, lists go on, and once there is room again the
//! program goes on by itself.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use domain::rehearsal::Dice;

use super::county::County;
use super::load::{Load, Manner, acknowledged, finish, intake, nothing_is_lost};
use super::postgres::is_root;
use super::program::Program;
use super::{alone, shim};

/// A small disk of its own, with room for the log and all that the test brings; taken away with this value.
struct Disk(PathBuf);

impl Disk {
    /// None where this machine does not let us.
    fn make(folder: &Path) -> Option<Self> {
        fs::create_dir_all(folder).expect("a folder");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=160m", "shanzhi-test"]).arg(folder);
        let made = is_root() && command.output().is_ok_and(|out| out.status.success());
        made.then(|| Self(folder.to_owned()))
    }

    /// Leaves little room.
    fn fill(&self) {
        let mut ballast = File::create(self.0.join("ballast")).expect("a file");
        let piece = [1_u8; 65_536];
        let mut length = 0;
        while ballast.write_all(&piece).is_ok() {
            length += piece.len();
        }
        ballast.set_len(length.saturating_sub(400_000) as u64).expect("it is made shorter");
    }

    fn free(&self) {
        fs::remove_file(self.0.join("ballast")).expect("it is removed");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Fills the disk under a load, sees that lists go on, makes room, and sees that acts do.
fn full_and_free(
    name: &str,
    county: &County,
    server: &Program,
    fill: impl FnOnce(),
    free: impl FnOnce(),
) {
    let manner = Manner { stubborn: true, pause: Duration::from_millis(5), record: None };
    let load = Load::start(county, &server.address, 4, 1, &manner);
    thread::sleep(Duration::from_millis(700));
    fill();
    let ready = |server: &Program| server.client("").get("/readyz").expect("an answer");
    let began = Instant::now();
    while ready(server).status == 200 {
        assert!(began.elapsed() < Duration::from_secs(20), "the disk is full and nobody says so");
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_millis(300));
    let said = ready(server);
    assert_eq!((said.status, said.header("retry-after")), (503, Some("2")), "{said:?}");
    assert!(said.body.contains("disk is full"), "{said:?}");
    let told = server.client(&county.people.window).post(
        "/api/v1/matters",
        None,
        &intake(&mut Dice::new(3)),
    );
    let told = told.expect("an answer");
    assert_eq!((told.status, told.header("retry-after")), (503, Some("2")), "{told:?}");
    assert_eq!(told.header("content-type"), Some("application/problem+json"), "{told:?}");
    assert_eq!(told.json()["type"], "urn:shanzhi:problem:full", "{told:?}");
    let mut director = server.client(&county.people.director);
    for path in ["/api/v1/matters", "/api/v1/kinds", "/healthz", "/metrics"] {
        let answer = director.get(path).expect("an answer");
        assert_eq!(answer.status, 200, "{path} {answer:?}");
    }
    free();
    let began = Instant::now();
    while ready(server).status != 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "it goes on by itself");
        thread::sleep(Duration::from_millis(20));
    }
    let after = began.elapsed();
    thread::sleep(Duration::from_millis(300));
    let mut sent = load.end();
    nothing_is_lost(county, &server.address, &sent);
    let kept = acknowledged(&sent);
    let brought = finish(&server.address, &mut sent);
    let verdict = county.verify();
    let refused: usize = sent.iter().map(|s| s.refused).sum();
    println!(
        "{name}: {kept} acknowledged, 0 lost, {refused} told to come back, ready {after:?} after there was room"
    );
    assert_eq!(verdict.matters, brought, "what was answered 503 was not done");
    assert!(kept > 20 && refused > 4, "{kept}, {refused}");
}

#[test]
fn a_full_disk_refuses_acts_and_nothing_else() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = Disk::make(&folder.path().join("disk")) else {
        println!(
            "NOT TESTED: a disk of a few MiB can be mounted by root only; a shim plays it in another test"
        );
        return;
    };
    let county = County::in_folder(&disk.0.join("data"));
    let server = Program::serve(&county);
    full_and_free("full disk", &county, &server, || disk.fill(), || disk.free());
}

#[test]
fn files_that_cannot_grow_are_a_full_disk() {
    let _alone = alone();
    let county = County::embedded();
    let Some(shim) = shim::compile(county.folder()) else { return };
    let full = county.folder().join("full");
    let (shim, path) = (shim.to_string_lossy(), full.to_string_lossy());
    let server = Program::serve_with(&county, &[], &[("LD_PRELOAD", &shim), ("SHIM_FULL", &path)]);
    let fill = || fs::write(&full, "").expect("the disk is full");
    full_and_free("full disk, played", &county, &server, fill, || {
        fs::remove_file(&full).expect("there is room")
    });
}
