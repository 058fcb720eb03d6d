//! Compiling the shim that stands between the program and its files, and reading what it recorded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What was done to one of the two files.
pub struct Done {
    pub what: What,
    /// 0 the database, 1 its log.
    pub file: usize,
    /// The length of the record with this in it.
    pub end: u64,
}

pub enum What {
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate(usize),
    Sync,
    /// A sync that failed: what was written before it is never certain, whatever is synced later.
    BadSync,
}

/// Compiles the shim into a folder. None, said loudly, where the machine has no C compiler.
pub fn compile(folder: &Path) -> Option<PathBuf> {
    let (source, object) = (folder.join("shim.c"), folder.join("shim.so"));
    fs::write(&source, include_str!("shim.c")).expect("the source is written");
    let mut command = Command::new("cc");
    command.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&object).arg(&source);
    match command.args(["-ldl", "-lpthread"]).output() {
        Ok(out) => {
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            Some(object)
        }
        Err(error) => {
            println!("NOT TESTED: no C compiler `cc` on this machine ({error})");
            None
        }
    }
}

/// Reads a record; one that was cut off in the middle of an entry ends before it.
pub fn read(path: &Path) -> Vec<Done> {
    let all = fs::read(path).expect("a record");
    let number =
        |at: usize, n: usize| all[at..at + n].iter().rev().fold(0, |sum, b| sum << 8 | *b as usize);
    let (mut at, mut done) = (0, Vec::new());
    while at + 16 <= all.len() {
        let (length, place) = (number(at + 4, 4), number(at + 8, 8));
        let end = at + 16 + length;
        if end > all.len() {
            break;
        }
        let what = match all[at] {
            b'w' => What::Write { at: place, bytes: all[at + 16..end].to_vec() },
            b't' => What::Truncate(place),
            b's' => What::Sync,
            b'f' => What::BadSync,
            other => panic!("an entry of an unknown sort {other}"),
        };
        done.push(Done { what, file: usize::from(all[at + 1]), end: end as u64 });
        at = end;
    }
    done
}
