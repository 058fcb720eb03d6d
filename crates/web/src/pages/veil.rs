//! The session's token as pages show it. Pages are compressed, and what repeats in compressed text can
//! be guessed by its length; so each page shows the token under a veil of its own.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

/// Bytes of a session's token.
const BYTES: usize = 24;

/// The token under a fresh veil; as it is where it is no token of a session.
pub fn veil(token: &str) -> String {
    let Ok(bytes) = BASE64.decode(token) else { return token.to_owned() };
    let Ok(pad) = app::random::<BYTES>() else { return token.to_owned() };
    if bytes.len() != BYTES {
        return token.to_owned();
    }
    let hidden = bytes.iter().zip(pad).map(|(byte, pad)| byte ^ pad);
    BASE64.encode(pad.into_iter().chain(hidden).collect::<Vec<u8>>())
}

/// The token under a veil; anything else as it is.
pub fn unveil(text: &str) -> String {
    let Ok(bytes) = BASE64.decode(text) else { return text.to_owned() };
    match bytes.split_at_checked(BYTES) {
        Some((pad, hidden)) if hidden.len() == BYTES => {
            let token: Vec<u8> = hidden.iter().zip(pad).map(|(byte, pad)| byte ^ pad).collect();
            BASE64.encode(token)
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{BASE64, BYTES, unveil, veil};
    use base64::Engine;

    #[test]
    fn a_veil_hides_and_gives_back() {
        let token = BASE64.encode([7_u8; BYTES]);
        let (one, other) = (veil(&token), veil(&token));
        assert_ne!(one, other);
        assert!(!one.contains(&token));
        assert_eq!((unveil(&one), unveil(&other)), (token.clone(), token.clone()));
        for plain in ["", "no token", &token] {
            assert_eq!(unveil(plain), plain);
        }
    }
}
