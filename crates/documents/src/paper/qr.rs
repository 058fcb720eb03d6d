//! The QR code by which anybody can check a paper.

use qrcode::{Color, EcLevel, QrCode};
use serde_json::Value;

use super::PaperFault;

/// Rows of `#` and `.` for the address in `verify.url`, or nothing for a draft. Level M stands a
/// fold or a stain.
pub(super) fn of(value: &Value) -> Result<Vec<String>, PaperFault> {
    let Some(url) = value.pointer("/verify/url").and_then(Value::as_str).filter(|u| !u.is_empty())
    else {
        return Ok(Vec::new());
    };
    let code = QrCode::with_error_correction_level(url, EcLevel::M)
        .map_err(|_| PaperFault::LongAddress)?;
    let dots = code.to_colors();
    let row =
        |row: &[Color]| row.iter().map(|c| if *c == Color::Dark { '#' } else { '.' }).collect();
    Ok(dots.chunks(code.width()).map(row).collect())
}
