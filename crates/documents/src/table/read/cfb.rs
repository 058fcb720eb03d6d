//! The compound files that XLS is kept in ([MS-CFB]), as far as getting one stream out and putting
//! one stream in.
//!
//! calamine's own reader follows a chain of sectors wherever it leads, and a chain that leads back
//! to itself fills the memory. Here a chain ends after as many sectors as the file has, and what
//! calamine sees is a file that this module wrote.

const FREE: u32 = 0xffff_ffff;
const CHAIN_END: u32 = 0xffff_fffe;
const TABLE_SECTOR: u32 = 0xffff_fffd;
/// Streams below this size lie in the mini stream.
const MINI_LIMIT: usize = 4096;
const MINI_SECTOR: usize = 64;

/// A compound file in memory.
pub(super) struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini_stream: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    size: usize,
}

impl<'b> Compound<'b> {
    /// Opens a file; none where it is damaged.
    pub(super) fn open(bytes: &'b [u8]) -> Option<Self> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self {
            bytes,
            sector,
            table: Vec::new(),
            mini_table: Vec::new(),
            mini_stream: Vec::new(),
            entries: Vec::new(),
        };
        file.read_table()?;
        let listed = file.chain(u32_at(bytes, 48)?, usize::MAX)?;
        file.entries = listed.chunks_exact(128).filter_map(|e| entry(e, sector)).collect();
        let root = file.entries.first()?;
        if u32_at(bytes, 64)? > 0 {
            file.mini_stream = file.chain(root.start, root.size)?;
            file.mini_table = numbers(&file.chain(u32_at(bytes, 60)?, usize::MAX)?);
        }
        Some(file)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream; none where there is no such stream or it is damaged.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|e| e.name.eq_ignore_ascii_case(name))?;
        if entry.size >= MINI_LIMIT {
            return self.chain(entry.start, entry.size);
        }
        let mut stream = Vec::new();
        let mut at = entry.start;
        while stream.len() < entry.size {
            let from = (at as usize).checked_mul(MINI_SECTOR)?;
            let sector = self.mini_stream.get(from..).filter(|s| !s.is_empty())?;
            stream.extend_from_slice(&sector[..sector.len().min(MINI_SECTOR)]);
            at = if stream.len() < entry.size {
                *self.mini_table.get(at as usize)?
            } else {
                CHAIN_END
            };
        }
        stream.truncate(entry.size);
        Some(stream)
    }

    /// The table of chains, whose own sectors are listed in the header and then in further
    /// sectors, each of which ends with the number of the next.
    fn read_table(&mut self) -> Option<()> {
        let mut listed = numbers(self.bytes.get(76..512)?);
        let mut next = u32_at(self.bytes, 68)?;
        for _ in 0..self.sectors() {
            if next >= TABLE_SECTOR - 1 {
                break;
            }
            let mut more = numbers(self.at(next)?);
            next = more.pop()?;
            listed.append(&mut more);
        }
        listed.retain(|id| *id < TABLE_SECTOR - 1);
        // More than one sector of the table for each sector of the file cannot be meant.
        if listed.len() > self.sectors() {
            return None;
        }
        for id in listed {
            let part = numbers(self.at(id)?);
            self.table.extend(part);
        }
        Some(())
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector
    }

    /// A sector, without what is missing of the last.
    fn at(&self, id: u32) -> Option<&'b [u8]> {
        let from = (id as usize + 1).checked_mul(self.sector)?;
        let rest = self.bytes.get(from..)?;
        Some(&rest[..rest.len().min(self.sector)])
    }

    fn chain(&self, start: u32, size: usize) -> Option<Vec<u8>> {
        let mut stream = Vec::new();
        let mut id = start;
        for _ in 0..self.sectors() {
            if id == CHAIN_END || stream.len() >= size {
                break;
            }
            stream.extend_from_slice(self.at(id)?);
            id = self.table.get(id as usize).copied().unwrap_or(CHAIN_END);
        }
        stream.truncate(size);
        // A list may end anywhere; a stream of a known size may not.
        if size != usize::MAX && stream.len() < size { None } else { Some(stream) }
    }
}

fn entry(bytes: &[u8], sector: usize) -> Option<Entry> {
    let units: Vec<u16> =
        bytes[..64].chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    let end = units.iter().position(|u| *u == 0).unwrap_or(units.len());
    let high = if sector == 512 { 0 } else { u32_at(bytes, 124)? };
    let size = u64::from(high) << 32 | u64::from(u32_at(bytes, 120)?);
    let name = String::from_utf16_lossy(&units[..end]);
    Some(Entry { name, start: u32_at(bytes, 116)?, size: usize::try_from(size).ok()? })
}

/// A compound file with one stream.
pub(super) fn wrap(name: &str, stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 4096;
    const IN_TABLE: usize = SECTOR / 4;
    // A stream of at least one sector is never a mini stream, and zeros after its end are passed
    // over by whoever reads records.
    let streamed = stream.len().div_ceil(SECTOR).max(1);
    let mut tables = 1;
    while tables * IN_TABLE < tables + 1 + streamed {
        tables += 1;
    }
    let mut file = vec![0; SECTOR];
    file[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    for (at, value) in [(24, 0x3e_u16), (26, 4), (28, 0xfffe), (30, 12), (32, 6)] {
        file[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    let header = [(40, 1), (44, tables as u32), (48, tables as u32), (56, MINI_LIMIT as u32)];
    for (at, value) in header.into_iter().chain([(60, CHAIN_END), (68, CHAIN_END)]) {
        file[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    for place in 0..109 {
        let id = if place < tables { place as u32 } else { FREE };
        file[76 + place * 4..80 + place * 4].copy_from_slice(&id.to_le_bytes());
    }
    let first = tables as u32 + 1;
    let mut table = vec![TABLE_SECTOR; tables];
    table.push(CHAIN_END);
    table.extend((1..streamed as u32).map(|next| first + next));
    table.push(CHAIN_END);
    table.resize(tables * IN_TABLE, FREE);
    file.extend(table.iter().flat_map(|id| id.to_le_bytes()));
    let mut list = listed("Root Entry", 5, 0, 0);
    list.extend(listed(name, 2, first, streamed * SECTOR));
    list.resize(SECTOR, 0);
    file.append(&mut list);
    file.extend_from_slice(stream);
    file.resize(SECTOR * (1 + tables + 1 + streamed), 0);
    file
}

fn listed(name: &str, kind: u8, start: u32, size: usize) -> Vec<u8> {
    let mut entry = vec![0; 128];
    let units: Vec<u16> = name.encode_utf16().take(31).collect();
    for (at, unit) in units.iter().enumerate() {
        entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
    }
    entry[64..66].copy_from_slice(&(units.len() as u16 * 2 + 2).to_le_bytes());
    entry[66] = kind;
    for at in [68, 72, 76] {
        entry[at..at + 4].copy_from_slice(&FREE.to_le_bytes());
    }
    if kind == 5 {
        entry[76..80].copy_from_slice(&1_u32.to_le_bytes());
    }
    entry[116..120].copy_from_slice(&start.to_le_bytes());
    entry[120..128].copy_from_slice(&(size as u64).to_le_bytes());
    entry
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
