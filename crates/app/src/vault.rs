//! Keys and what they seal. Personal values are sealed one by one under a data key of their county;
//! data keys are wrapped with the master key, which lives in a file beside the database, never in
//! it. A ciphertext names its suite and key, and is bound to its county, matter and field, so that it
//! cannot be moved to another place.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Nonce, Payload};
use aes_gcm::{Aes256Gcm, AesGcm};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::ids::{County, MatterId};
use domain::person::Personal;
use hmac::{Hmac, Mac};
use sm3::Sm3;
use sm4::Sm4;
use store::keys::WrappedKey;
use zeroize::Zeroizing;

type Sm4Gcm = AesGcm<Sm4, U12>;

/// A key that is missing or does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The key file cannot be used.
    #[error("the master key cannot be used: {0}")]
    Master(String),
    /// The key does not open what it should.
    #[error("a sealed value does not open with this key")]
    DoesNotOpen,
    /// The ciphertext names a key or suite that is not there.
    #[error("a sealed value names a key that is not there")]
    UnknownKey,
    /// The machine gave no randomness.
    #[error("the machine gave no randomness")]
    NoRandomness,
}

/// A cipher suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// SM4-GCM (GB/T 32907), digests and index by SM3 (GB/T 32905).
    Sm,
    /// AES-256-GCM, digests and index by SM3 all the same.
    Intl,
}

impl Suite {
    /// Its word in keys and ciphertexts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sm => "sm",
            Self::Intl => "intl",
        }
    }

    /// The suite of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Sm, Self::Intl].into_iter().find(|s| s.name() == name)
    }

    fn key_bytes(self) -> usize {
        match self {
            Self::Sm => 16,
            Self::Intl => 32,
        }
    }
}

/// Fills bytes with chance.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| VaultError::NoRandomness)?;
    Ok(bytes)
}

enum Cipher {
    Sm(Box<Sm4Gcm>),
    Intl(Box<Aes256Gcm>),
}

impl Cipher {
    fn new(suite: Suite, key: &[u8]) -> Result<Self, VaultError> {
        let bad = |_| VaultError::Master("a key of the wrong length".into());
        Ok(match suite {
            Suite::Sm => Self::Sm(Box::new(Sm4Gcm::new_from_slice(key).map_err(bad)?)),
            Suite::Intl => Self::Intl(Box::new(Aes256Gcm::new_from_slice(key).map_err(bad)?)),
        })
    }

    fn seal(&self, text: &[u8], bound: &[u8]) -> Result<String, VaultError> {
        self.seal_bytes(text, bound).map(|whole| BASE64.encode(whole))
    }

    fn seal_bytes(&self, text: &[u8], bound: &[u8]) -> Result<Vec<u8>, VaultError> {
        let bytes: [u8; 12] = random()?;
        let nonce = Nonce::<Sm4Gcm>::from(bytes);
        let payload = Payload { msg: text, aad: bound };
        let sealed = match self {
            Self::Sm(c) => c.encrypt(&nonce, payload),
            Self::Intl(c) => c.encrypt(&nonce, payload),
        };
        let mut whole = bytes.to_vec();
        whole.extend(sealed.map_err(|_| VaultError::DoesNotOpen)?);
        Ok(whole)
    }

    fn open(&self, token: &str, bound: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let whole = BASE64.decode(token).map_err(|_| VaultError::DoesNotOpen)?;
        self.open_bytes(&whole, bound)
    }

    fn open_bytes(&self, whole: &[u8], bound: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, sealed) = whole.split_at_checked(12).ok_or(VaultError::DoesNotOpen)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(|_| VaultError::DoesNotOpen)?;
        let nonce = Nonce::<Sm4Gcm>::from(nonce);
        let payload = Payload { msg: sealed, aad: bound };
        let opened = match self {
            Self::Sm(c) => c.decrypt(&nonce, payload),
            Self::Intl(c) => c.decrypt(&nonce, payload),
        };
        opened.map(Zeroizing::new).map_err(|_| VaultError::DoesNotOpen)
    }
}

/// The master key: it wraps data keys and makes the keyed index.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A new key by chance.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn generate() -> Result<Self, VaultError> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    /// A key from the text of its file: 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`VaultError::Master`].
    pub fn read(text: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        let bad = || VaultError::Master("it must be 64 hexadecimal digits".into());
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        let mut key = Zeroizing::new([0; 32]);
        for (i, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[i * 2..i * 2 + 2], 16).map_err(|_| bad())?;
        }
        Ok(Self(key))
    }

    /// The text of its file.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(store::chain::hex(self.0.as_slice()))
    }

    /// A key for one purpose, derived by HMAC-SM3.
    fn derived(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac(self.0.as_slice(), purpose.as_bytes()))
    }

    /// A new data key for a county, wrapped.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn wrap_new(
        &self,
        county: County,
        no: u32,
        suite: Suite,
    ) -> Result<WrappedKey, VaultError> {
        let fresh: Zeroizing<[u8; 32]> = Zeroizing::new(random()?);
        let key = &fresh[..suite.key_bytes()];
        let wrapped = self.wrapper(suite)?.seal(key, bound_key(county, no).as_bytes())?;
        Ok(WrappedKey { no, suite: suite.name().to_owned(), wrapped })
    }

    /// A data key that another master key wrapped, wrapped with this one.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] where the other key is not the one.
    pub fn rewrap(
        &self,
        other: &Self,
        county: County,
        key: &WrappedKey,
    ) -> Result<WrappedKey, VaultError> {
        let suite = Suite::named(&key.suite).ok_or(VaultError::UnknownKey)?;
        let bound = bound_key(county, key.no);
        let plain = other.wrapper(suite)?.open(&key.wrapped, bound.as_bytes())?;
        let wrapped = self.wrapper(suite)?.seal(&plain, bound.as_bytes())?;
        Ok(WrappedKey { wrapped, ..key.clone() })
    }

    fn wrapper(&self, suite: Suite) -> Result<Cipher, VaultError> {
        Cipher::new(suite, &self.derived("wrap")[..suite.key_bytes()])
    }
}

fn bound_key(county: County, no: u32) -> String {
    format!("{county}/key/{no}")
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length, so this cannot fail.
    let Ok(mut mac) = <Hmac<Sm3> as hmac::KeyInit>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// The keys of one county, open.
pub struct Vault {
    county: County,
    keys: Vec<(u32, Suite, Cipher)>,
    index: Zeroizing<[u8; 32]>,
}

impl Vault {
    /// Opens a county's data keys.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] where the master key is another one.
    pub fn open(
        master: &MasterKey,
        county: County,
        wrapped: &[WrappedKey],
    ) -> Result<Self, VaultError> {
        let mut keys = Vec::new();
        for key in wrapped {
            let suite = Suite::named(&key.suite).ok_or(VaultError::UnknownKey)?;
            let plain =
                master.wrapper(suite)?.open(&key.wrapped, bound_key(county, key.no).as_bytes())?;
            keys.push((key.no, suite, Cipher::new(suite, &plain)?));
        }
        Ok(Self { county, keys, index: master.derived(&format!("index/{county}")) })
    }

    fn bound(&self, place: &str) -> String {
        format!("{}/{place}", self.county)
    }

    /// Seals a value under the newest key; a sealed one stays as it is.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`] where the county has no key.
    pub fn seal(
        &self,
        matter: MatterId,
        field: &str,
        value: &Personal,
    ) -> Result<Personal, VaultError> {
        let Some(text) = value.text() else { return Ok(value.clone()) };
        Ok(Personal::sealed(&self.seal_at(&format!("{matter}/{field}"), text)?))
    }

    /// Seals a text for a place of the county; the place is a path of words and numbers.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`] where the county has no key.
    pub fn seal_at(&self, place: &str, text: &str) -> Result<String, VaultError> {
        let (no, suite, cipher) = self.keys.last().ok_or(VaultError::UnknownKey)?;
        let sealed = cipher.seal(text.as_bytes(), self.bound(place).as_bytes())?;
        Ok(format!("{}.{no}.{sealed}", suite.name()))
    }

    /// Opens a value; a plain one is what it is.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] where it was changed or moved here from elsewhere.
    pub fn reveal(
        &self,
        matter: MatterId,
        field: &str,
        value: &Personal,
    ) -> Result<String, VaultError> {
        let Some(token) = value.token() else {
            return Ok(value.text().unwrap_or_default().to_owned());
        };
        self.open_at(&format!("{matter}/{field}"), token)
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] where it was changed or moved here from elsewhere.
    pub fn open_at(&self, place: &str, token: &str) -> Result<String, VaultError> {
        let mut parts = token.splitn(3, '.');
        let (suite, no, sealed) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
        let no: u32 = no.and_then(|n| n.parse().ok()).ok_or(VaultError::UnknownKey)?;
        let found = self.keys.iter().find(|(n, s, _)| *n == no && Some(s.name()) == suite);
        let (_, _, cipher) = found.ok_or(VaultError::UnknownKey)?;
        let plain = cipher.open(sealed, self.bound(place).as_bytes())?;
        String::from_utf8(plain.to_vec()).map_err(|_| VaultError::DoesNotOpen)
    }

    /// Seals a file under the newest key, bound to the county and the digest of what it says.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`] where the county has no key.
    pub fn seal_file(&self, digest: &str, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (no, suite, cipher) = self.keys.last().ok_or(VaultError::UnknownKey)?;
        let mut whole = format!("{}.{no}.", suite.name()).into_bytes();
        whole.extend(cipher.seal_bytes(bytes, self.bound_file(digest).as_bytes())?);
        Ok(whole)
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] where it was changed or put under another digest.
    pub fn open_file(&self, digest: &str, whole: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut parts = whole.splitn(3, |b| *b == b'.');
        let mut text = || parts.next().and_then(|part| std::str::from_utf8(part).ok());
        let (suite, no) = (text(), text().and_then(|no| no.parse::<u32>().ok()));
        let sealed = parts.next().ok_or(VaultError::DoesNotOpen)?;
        let mut keys = self.keys.iter();
        let found = keys.find(|(n, s, _)| Some(*n) == no && Some(s.name()) == suite);
        let (_, _, cipher) = found.ok_or(VaultError::UnknownKey)?;
        let opened = cipher.open_bytes(sealed, self.bound_file(digest).as_bytes())?;
        Ok(opened.to_vec())
    }

    fn bound_file(&self, digest: &str) -> String {
        format!("{}/file/{digest}", self.county)
    }

    /// The keyed hash under which a personal word is found: equal words give equal hashes, and
    /// without the key no hash tells its word.
    #[must_use]
    pub fn index(&self, word: &str) -> [u8; 8] {
        let digest = hmac(self.index.as_slice(), word.as_bytes());
        let mut short = [0; 8];
        short.copy_from_slice(&digest[..8]);
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTY: County = County(532_925);

    fn vault(suite: Suite) -> (MasterKey, Vault) {
        let master = MasterKey::generate().expect("randomness");
        let key = master.wrap_new(COUNTY, 1, suite).expect("a key");
        let vault = Vault::open(&master, COUNTY, &[key]).expect("opens");
        (master, vault)
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else() {
        for suite in [Suite::Sm, Suite::Intl] {
            let (_, vault) = vault(suite);
            let sealed =
                vault.seal(MatterId(7), "name", &Personal::plain("张建国")).expect("sealed");
            assert!(sealed.token().is_some_and(|t| t.starts_with(suite.name())));
            assert_eq!(vault.reveal(MatterId(7), "name", &sealed).as_deref(), Ok("张建国"));
            assert_eq!(vault.reveal(MatterId(8), "name", &sealed), Err(VaultError::DoesNotOpen));
            assert_eq!(vault.reveal(MatterId(7), "phone", &sealed), Err(VaultError::DoesNotOpen));
            assert_eq!(vault.seal(MatterId(7), "name", &sealed), Ok(sealed.clone()), "sealed once");
            let again =
                vault.seal(MatterId(7), "name", &Personal::plain("张建国")).expect("sealed");
            assert_ne!(sealed, again, "two sealings of one name look different");
        }
    }

    #[test]
    fn a_sealed_file_opens_under_its_own_digest_only() {
        for suite in [Suite::Sm, Suite::Intl] {
            let (_, vault) = vault(suite);
            let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
            let sealed = vault.seal_file("ab", &bytes).expect("sealed");
            assert_eq!(vault.open_file("ab", &sealed), Ok(bytes));
            assert_eq!(vault.open_file("ac", &sealed), Err(VaultError::DoesNotOpen));
            let mut changed = sealed.clone();
            *changed.last_mut().expect("a byte") ^= 1;
            assert_eq!(vault.open_file("ab", &changed), Err(VaultError::DoesNotOpen));
            assert!(vault.open_file("ab", b"%PDF-1.7").is_err());
        }
    }

    #[test]
    fn another_master_key_opens_nothing() {
        let (master, _) = vault(Suite::Sm);
        let key = master.wrap_new(COUNTY, 1, Suite::Sm).expect("a key");
        let other = MasterKey::generate().expect("randomness");
        assert_eq!(Vault::open(&other, COUNTY, &[key]).err(), Some(VaultError::DoesNotOpen));
        let same = MasterKey::read(&master.text()).expect("readable");
        assert_eq!(same.text(), master.text());
        assert!(MasterKey::read("short").is_err());
    }

    #[test]
    fn earlier_keys_still_open_after_a_rotation() {
        let master = MasterKey::generate().expect("randomness");
        let first = master.wrap_new(COUNTY, 1, Suite::Sm).expect("a key");
        let old = Vault::open(&master, COUNTY, std::slice::from_ref(&first)).expect("opens");
        let sealed = old.seal(MatterId(1), "name", &Personal::plain("李四")).expect("sealed");
        let second = master.wrap_new(COUNTY, 2, Suite::Intl).expect("a key");
        let new = Vault::open(&master, COUNTY, &[first, second]).expect("opens");
        assert_eq!(new.reveal(MatterId(1), "name", &sealed).as_deref(), Ok("李四"));
        let fresh = new.seal(MatterId(1), "name", &Personal::plain("李四")).expect("sealed");
        assert!(fresh.token().is_some_and(|t| t.starts_with("intl.2.")));
    }

    #[test]
    fn index_hashes_are_equal_for_equal_words_only() {
        let (_, vault) = vault(Suite::Sm);
        assert_eq!(vault.index("name:张建国"), vault.index("name:张建国"));
        assert_ne!(vault.index("name:张建国"), vault.index("name:张建"));
    }
}
