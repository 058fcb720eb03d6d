//! Generated people. No real person is copied: names are put together by chance, telephone numbers
//! come from a block without subscribers, identity numbers bear birth years before 1910.

use super::Dice;
use crate::codes::identity::check_character;

const SURNAMES: &[&str] = &[
    "李", "王", "张", "杨", "赵", "刘", "陈", "周", "罗", "段", "董", "尹", "师", "苏", "郭", "马",
    "字", "自", "鲁", "普", "左", "毕", "茶", "欧阳", "何", "黄", "徐", "朱", "沙", "高",
];
const GIVEN: &[&str] = &[
    "建", "国", "志", "强", "文", "华", "秀", "英", "丽", "萍", "春", "兰", "学", "明", "光", "荣",
    "家", "福", "兴", "旺", "小", "梅", "永", "平", "正", "云", "凤", "仙", "绍", "林", "海", "燕",
    "世", "昌", "红", "珍", "成", "龙", "玉", "芬",
];

/// A name.
pub fn name(dice: &mut Dice) -> String {
    let mut name = (*dice.pick(SURNAMES).unwrap_or(&"李")).to_owned();
    for _ in 0..=usize::from(dice.happens(80)) {
        name.push_str(dice.pick(GIVEN).unwrap_or(&"明"));
    }
    name
}

/// A telephone number.
pub fn phone(dice: &mut Dice) -> String {
    format!("1700000{:04}", dice.below(10_000))
}

/// An identity number of a county.
pub fn id_number(dice: &mut Dice, county: i64) -> String {
    let (year, month, day) = (dice.between(1901, 1909), dice.between(1, 12), dice.between(1, 28));
    let body = format!("{county:06}{year}{month:02}{day:02}{:03}", dice.below(1000));
    format!("{body}{}", check_character(body.as_bytes()) as char)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{identity, phone as phones};
    use crate::time::Day;

    #[test]
    fn generated_numbers_pass_the_checks() {
        for seed in 0..200 {
            let mut dice = Dice::new(seed);
            assert!(identity::read(&id_number(&mut dice, 532_925), Day(20_000)).is_ok());
            assert!(phones::read(&phone(&mut dice)).is_some());
            assert!((2..=4).contains(&name(&mut dice).chars().count()));
        }
    }
}
