//! A desk at work: what came in before, what is done to several at once, lists under a name, the way
//! from one matter to the next, on both databases.

use testkit::{County, on_both};

use super::pages::{Browser, INTAKE, place_of, take_in};

fn with<'a>(
    changed: &[(&'a str, &'a str)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let other = |name: &str| changed.iter().find(|(n, _)| *n == name).copied();
    let mut said: Vec<_> = INTAKE.iter().map(|(n, v)| other(n).unwrap_or((*n, *v))).collect();
    said.extend(more);
    said
}

on_both! {
    fn what_was_brought_before_is_shown_and_tied(database) {
        let county = County::new(database);
        let town = county.township(0).to_string();
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let (first, form) = take_in(&window, &town);
        let first = place_of(&first);
        let code = first.split(['/', '?']).nth(2).expect("a code").to_owned();
        // Another title, the same telephone: shown as alike, with what they share.
        let said = with(&[("title", "单家门前积水")], &[("place", &town), ("check", "yes")]);
        let hints = window.send(&form, "/intake", &said).expect(200).text();
        assert!(hints.contains(&code) && hints.contains("电话相同"), "{hints}");
        assert!(hints.contains("单家门前积水"), "what was typed stays");
        assert_eq!(county.matters().len(), 1, "asking registers nothing");
        // Somebody else, elsewhere: nothing is alike.
        let strange = with(
            &[("title", "水库涵洞堵塞"), ("p0.name", "毕有福"), ("p0.phone", "17000009876")],
            &[("place", &town), ("check", "yes")],
        );
        assert!(!window.send(&form, "/intake", &strange).expect(200).text().contains(&code));
        let said = with(&[("title", "单家门前积水")], &[("place", &town), ("tie", &code)]);
        let fresh = window.page("/intake?kind=request");
        let second = place_of(&window.send(&fresh, "/intake", &said));
        let page = window.page(&second);
        assert!(page.contains(&format!("/matters/{code}")) && page.contains("关联"), "{page}");
        assert!(county.matters().iter().all(|m| m.relatives.len() == 1), "both know of it");
        // What nobody tied is looked for where somebody asks.
        let fresh = window.page("/intake?kind=request");
        let said = with(&[("title", "夜里施工吵闹")], &[("place", &town)]);
        let third = place_of(&window.send(&fresh, "/intake", &said));
        assert!(!window.page(&third).contains("电话相同"));
        assert!(window.page(&format!("{third}&alike=1")).contains("电话相同"));
    }

    fn a_category_is_suggested_with_its_reasons(database) {
        let county = County::new(database);
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let form = window.page("/intake?kind=request");
        let typed = [("kind", "request"), ("title", "公交车不按站停靠"), ("f.content", "出租车和公交车堵塞道路")];
        let hints = window.send(&form, "/intake/hints", &typed).expect(200).text();
        assert!(hints.contains("交通运输") && hints.contains("value=\"transport\""), "{hints}");
        let taken = window.send(&form, "/intake", &[&typed[..], &[("category", "transport")]].concat());
        let taken = taken.expect(200).text();
        assert!(taken.contains("<option value=\"transport\" selected"), "{taken}");
        assert!(county.matters().is_empty());
    }

    fn several_are_assigned_at_once_and_each_answers(database) {
        let county = County::new(database);
        let town = county.township(0).to_string();
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        for _ in 0..3 {
            take_in(&window, &town);
        }
        let codes: Vec<String> = county.matters().iter().map(|m| m.code().to_string()).collect();
        let elsewhere = Browser::open(&county, county.person(county.township(1), "window-clerk"));
        let strange = place_of(&take_in(&elsewhere, &county.township(1).to_string()).0);
        let strange = strange.split(['/', '?']).nth(2).expect("a code");
        let dispatcher = Browser::open(&county, county.person(county.township(0), "dispatcher"));
        let list = dispatcher.page("/matters?lane=held");
        let office = county.office(county.township(0), "police-station").to_string();
        let mut said = vec![("verb", "assign"), ("unit", office.as_str()), ("list", "/matters?lane=held")];
        said.extend(codes.iter().map(|code| ("code", code.as_str())));
        said.push(("code", strange));
        let done = dispatcher.send(&list, "/matters", &said).expect(200).text();
        assert!(done.contains("4 件中办理了 3 件") && done.contains(strange), "{done}");
        let assigned = |county: &County| {
            let all = county.matters();
            all.iter().filter(|m| m.holder.to_string() == office && m.version == 2).count()
        };
        assert_eq!(assigned(&county), 3);
        // Sent once more, each is still done once.
        let again = dispatcher.send(&list, "/matters", &said).expect(200).text();
        assert!(again.contains("4 件中办理了 3 件"), "{again}");
        assert_eq!(assigned(&county), 3);
    }

    fn a_list_is_kept_under_a_name_and_leads_from_one_to_the_next(database) {
        let county = County::new(database);
        let town = county.township(0).to_string();
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        for _ in 0..3 {
            take_in(&window, &town);
        }
        let list = window.page("/matters?lane=brought");
        let kept = window.send(&list, "/lists", &[("name", "今天登记的"), ("question", "lane=brought")]);
        assert_eq!(place_of(&kept), "/matters?lane=brought");
        let list = window.page("/matters?lane=brought");
        assert!(list.contains("今天登记的") && list.contains("取消收藏"), "{list}");
        let other = Browser::open(&county, county.person(county.township(0), "dispatcher"));
        assert!(!other.page("/matters?lane=brought").contains("今天登记的"), "a list is its keeper's");
        let first = list.split("href=\"").find(|l| l.starts_with("/matters/")).expect("a matter");
        let mut at = first.split('"').next().expect("an address").replace("&amp;", "&");
        let mut seen = Vec::new();
        loop {
            let page = window.page(&at);
            seen.push(at.split(['/', '?']).nth(2).expect("a code").to_owned());
            let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else { break };
            at = rest.split('"').next().expect("an address").replace("&amp;", "&");
        }
        assert_eq!(seen.len(), 3, "{seen:?}");
        let forget = list.split("action=\"/lists/").nth(1).expect("a form").split('"').next().expect("an id");
        place_of(&window.send(&list, &format!("/lists/{forget}"), &[]));
        assert!(!window.page("/matters?lane=brought").contains("今天登记的"));
    }

    fn violence_seals_and_says_what_to_do_first(database) {
        let county = County::new(database);
        let village = county.township(0);
        let window = Browser::open(&county, county.person(village, "window-clerk"));
        let form = window.page("/intake?kind=dispute");
        let place = village.to_string();
        let said = [("kind", "dispute"), ("source", "application"), ("title", "夫妻争吵动手"),
            ("f.dispute-type", "marriage-family"), ("f.facts", "酒后动手,女方手臂淤青。"),
            ("p0.role", "applicant"), ("p0.name", "杨小花"), ("p1.role", "respondent"), ("p1.name", "李有根"),
            ("p0.agent", "杨大花"), ("p0.agent-phone", "17000004321"),
            ("flag", "domestic-violence"), ("place", &place)];
        let answer = window.send(&form, "/intake", &said);
        let page = window.page(&place_of(&answer));
        assert!(page.contains("反家庭暴力法第14条") && page.contains("110"), "{page}");
        assert!(page.contains("代理人姓名") && !page.contains("杨大花"), "an agent is masked too");
        let matter = &county.matters()[0];
        assert!(matter.sealed && matter.flags.contains("urgent") && matter.flags.contains("danger"));
    }
}
