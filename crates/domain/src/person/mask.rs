//! What of a personal value is shown before a purpose is given: enough to tell two parties apart
//! at a window, too little to find or call either.

/// The masked form of a detail of a party or of a personal field.
#[must_use]
pub fn mask(detail: &str, text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    match detail {
        "name" | "representative" | "agent" => ends(&chars, 1, 0),
        "phone" | "agent-phone" => ends(&chars, 3, 4),
        "id-number" => ends(&chars, 6, 0),
        "credit-code" | "sex" => text.to_owned(),
        _ => ends(&chars, 0, 0),
    }
}

/// The first and last few characters with stars between; never more than two thirds of the text
/// in the clear, and at least one star.
fn ends(chars: &[char], first: usize, last: usize) -> String {
    let too_much = (first + last) * 3 > chars.len() * 2;
    let (first, last) = if too_much { (first.min(chars.len() / 3), 0) } else { (first, last) };
    let stars = (chars.len() - first - last).clamp(1, 12);
    let mut masked: String = chars[..first].iter().collect();
    masked.extend(std::iter::repeat_n('*', stars));
    masked.extend(&chars[chars.len() - last..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::mask;
    use proptest::prelude::*;

    #[test]
    fn enough_to_tell_apart_and_no_more() {
        assert_eq!(mask("name", "张建国"), "张**");
        assert_eq!(mask("name", "李"), "*");
        assert_eq!(mask("name", ""), "*");
        assert_eq!(mask("phone", "13800001234"), "138****1234");
        assert_eq!(mask("phone", "12348"), "1****");
        assert_eq!(mask("id-number", "11010519491231002X"), "110105************");
        assert_eq!(mask("address", "弥城镇文笔社区一组12号"), "************");
    }

    proptest! {
        #[test]
        fn a_mask_never_gives_the_value_away(text in "\\PC{1,30}", d in 0usize..4) {
            let detail = ["name", "phone", "id-number", "address"][d];
            let masked = mask(detail, &text);
            prop_assert!(masked.contains('*'));
            let shown = masked.chars().filter(|c| *c != '*').count();
            prop_assert!(shown * 3 <= text.chars().count() * 2);
        }
    }
}
