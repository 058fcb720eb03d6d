//! Papers and files: each is what its matter's chain says, down to the bytes on the disk.

use documents::paper::{digest, digest_of};
use domain::matter::{File, Matter, Paper};
use domain::paper::PaperCode;
use domain::person::Personal;
use store::chain::{Hash, hex};
use store::papers::{FileRow, by_code, codes, files};
use store::{Conn, matters};

use super::{Check, STEP};
use crate::Error;
use crate::papers::field;

impl Check<'_> {
    /// The papers and files of a matter.
    pub(super) fn papers(&mut self, conn: &mut Conn, m: &Matter) -> Result<(), Error> {
        for paper in &m.papers {
            self.paper(conn, m, paper)?;
        }
        let rows = files(conn, self.state.county, m.id())?;
        for file in &m.files {
            match rows.iter().find(|row| row.no == file.no) {
                Some(row) if fits(file, row) => {
                    self.bytes(m, &format!("file {}", file.no), &row.digest)
                }
                _ => self.broken(format!("{} file {}", m.code(), file.no), None, "file-differs"),
            }
        }
        if rows.len() > m.files.len() {
            self.broken(m.code(), None, "file-extra");
        }
        Ok(())
    }

    fn paper(&mut self, conn: &mut Conn, m: &Matter, paper: &Paper) -> Result<(), Error> {
        let what = format!("{} {}", m.code(), paper.code);
        let row = by_code(conn, self.state.county, paper.code)?;
        let same = |row: &&store::papers::PaperRow| {
            row.matter == m.id()
                && row.document == paper.document
                && row.number == paper.number
                && row.unit == paper.unit
                && row.issued_at == paper.at
                && hex(&row.digest) == paper.digest
        };
        let Some(row) = row.as_ref().filter(same) else {
            self.broken(what, None, "paper-differs");
            return Ok(());
        };
        let sealed = Personal::sealed(&row.value);
        let text = self.state.vault.reveal(m.id(), &field(paper.code), &sealed);
        if !text.is_ok_and(|text| digest_of(&paper.document, &text) == paper.digest) {
            self.broken(what, None, "paper-changed");
        } else if let Some(print) = &row.print {
            self.bytes(m, &paper.code.to_string(), print);
        }
        Ok(())
    }

    /// What lies on the disk under a digest.
    fn bytes(&mut self, m: &Matter, what: &str, hash: &Hash) {
        let (name, what) = (hex(hash), format!("{} {what}", m.code()));
        let sealed = self.service.premises().files.get(self.state.county, hash);
        let Ok(Some(sealed)) = sealed else { return self.broken(what, None, "file-missing") };
        let opened = self.state.vault.open_file(&name, &sealed);
        if !opened.is_ok_and(|bytes| digest(&bytes) == name) {
            self.broken(what, None, "file-changed");
        }
    }

    /// A paper that no chain knows would still be shown to whoever has its row.
    pub(super) fn no_other_papers(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let mut after = PaperCode(0);
        loop {
            let all = codes(conn, self.state.county, after, STEP)?;
            let Some((last, _)) = all.last() else { return Ok(()) };
            after = *last;
            for (code, matter) in all {
                let of = matters::by_id(conn, self.state.county, matter)?;
                if of.is_none_or(|stored| stored.matter.paper(code).is_none()) {
                    self.broken(code, None, "paper-extra");
                }
            }
        }
    }
}

fn fits(file: &File, row: &FileRow) -> bool {
    hex(&row.digest) == file.digest
        && u64::try_from(row.bytes) == Ok(file.bytes)
        && row.media == file.media
        && row.added_at == file.at
}
