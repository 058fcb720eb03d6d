//! Files on the local disk, each under the digest of what it says: `files/532925/ab/cdef…`. A file
//! is durable before the row that names it is, so that no row names a file that is not there. What
//! is stored is sealed by whoever hands it over.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use domain::ids::County;

use crate::StoreError;
use crate::chain::{Hash, hex};

/// The folder that holds the files of every county.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Files below a folder; it is made when the first file is.
    #[must_use]
    pub fn below(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn path(&self, county: County, digest: &Hash) -> PathBuf {
        let name = hex(digest);
        self.root.join(county.to_string()).join(&name[..2]).join(&name[2..])
    }

    /// Keeps bytes under a digest; answered when they are durable. What is there already stays.
    ///
    /// # Errors
    /// [`StoreError::Full`], or what the disk says.
    pub fn put(&self, county: County, digest: &Hash, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(county, digest);
        if path.exists() {
            return Ok(());
        }
        self.write(&path, bytes).map_err(fault)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let (mut part, part_path) = unfinished(folder)?;
        let written = part.write_all(bytes).and_then(|()| part.sync_all());
        let placed = written.and_then(|()| fs::rename(&part_path, path));
        if placed.is_err() {
            let _ = fs::remove_file(&part_path);
        }
        placed?;
        // A file is there after a power cut only if its folder says so, and that folder's too.
        let mut folders = folder.ancestors().take_while(|at| at.starts_with(&self.root));
        folders.try_for_each(sync)?;
        self.root.parent().filter(|at| !at.as_os_str().is_empty()).map_or(Ok(()), sync)
    }

    /// The bytes under a digest; none where no such file is there.
    ///
    /// # Errors
    /// What the disk says.
    pub fn get(&self, county: County, digest: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.path(county, digest)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fault(error)),
        }
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A file of no name that anybody looks for. One that a power cut left behind is passed over.
fn unfinished(folder: &Path) -> io::Result<(File, PathBuf)> {
    for at in 0.. {
        let path = folder.join(format!("part-{}-{at}", std::process::id()));
        match File::create_new(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn fault(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Unavailable(format!("a file: {}", error.kind())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTY: County = County(532_925);

    #[test]
    fn what_is_kept_is_found_under_its_digest_and_nowhere_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::below(&folder.path().join("files"));
        let (one, other) = ([0xab; 32], [0xcd; 32]);
        assert_eq!(files.get(COUNTY, &one).expect("readable"), None);
        files.put(COUNTY, &one, b"one").expect("kept");
        files.put(COUNTY, &one, b"another under the same name").expect("kept already");
        assert_eq!(files.get(COUNTY, &one).expect("readable").as_deref(), Some(&b"one"[..]));
        assert_eq!(files.get(COUNTY, &other).expect("readable"), None);
        assert_eq!(files.get(County(110_101), &one).expect("readable"), None);
        let own = folder.path().join("files/532925/ab");
        let names: Vec<_> = fs::read_dir(own).expect("a folder").flatten().collect();
        assert_eq!(names.len(), 1, "no unfinished file is left: {names:?}");
    }

    #[test]
    fn a_folder_that_cannot_be_written_keeps_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("files"), "in the way").expect("written");
        let files = Files::below(&folder.path().join("files"));
        assert!(matches!(files.put(COUNTY, &[1; 32], b"x"), Err(StoreError::Unavailable(_))));
    }
}
