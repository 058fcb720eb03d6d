//! Figures on pages and in workbooks: what is counted, what is asked for, and that taking a list away
//! is on record, on both databases.

use documents::table::{Table, read};
use testkit::{County, on_both};

use super::pages::{Browser, place_of, take_in};

fn book(browser: &Browser, path: &str) -> Table {
    let answer = browser.client.get(path).expect(200);
    assert!(answer.header("content-disposition").expect("a file").starts_with("attachment"));
    read("list.xlsx", &answer.body).expect("a workbook")
}

on_both! {
    fn what_happened_is_counted_shown_and_taken_away(database) {
        let county = County::new(database);
        let town = county.township(0).to_string();
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        for _ in 0..2 {
            take_in(&window, &town);
        }
        let head = Browser::open(&county, county.person(county.township(0), "centre-director"));
        let page = head.page("/tallies?kind=request");
        assert!(page.contains(">2</a></strong>登记"), "{page}");
        county.settle();
        let behind = format!("/tallies/matters?unit={town}&kind=request&measure=registered&from=2026-03&until=2026-03");
        assert!(page.contains(&behind.replace('&', "&amp;")), "every figure opens its list: {page}");
        assert_eq!(head.page(&behind).matches("文笔路路灯不亮").count(), 2);
        assert!(head.page(&behind.replace("registered", "closed")).contains("这里没有事项"));
        assert_eq!(head.client.get(&behind.replace(&town, &county.township(1).to_string())).status.as_u16(), 404);
        assert!(page.contains("城乡建设") && page.contains("少于30件"), "{page}");
        assert!(page.contains("/matters?lane=below") && page.contains("state=registered"), "a figure opens its list");
        let wall = head.page("/wall");
        assert!(wall.contains("class=\"dark\"") && wall.contains("<strong>2</strong>登记"), "{wall}");
        assert!(county.stranger().get("/styleguide").expect(200).text().contains("界面组件"));
        let figures = book(&head, "/tallies.xlsx?kind=request");
        assert!(figures.rows.iter().any(|row| row.cells.first().is_some_and(|c| c == "2026-03") && row.cells[1] == "2"));
        let list = book(&window, "/matters.xlsx?lane=brought");
        assert_eq!(list.rows.len(), 2);
        let code = county.matters()[0].code().to_string();
        assert!(list.rows.iter().any(|row| row.cells[0] == code && row.cells[1] == "文笔路路灯不亮"));
        let auditor = county.client(county.person(county.centre(), "audit-administrator"));
        let acts = auditor.get("/api/v1/audit").expect(200).text();
        assert!(acts.contains("export-list") && acts.contains("lane=brought"), "{acts}");
        // Who may not read counts is told so; another's list is nobody's.
        assert_eq!(window.client.get("/tallies").status.as_u16(), 403);
        let foreign = format!("/matters.xlsx?lane=held&unit={}", county.township(1));
        assert_eq!(window.client.get(&foreign).status.as_u16(), 404);
    }

    fn a_declared_table_has_a_column_for_each_item(database) {
        let county = County::new(database);
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let form = window.page("/intake?kind=dispute");
        let place = county.township(0).to_string();
        let said = [("kind", "dispute"), ("source", "application"), ("title", "地界争议"),
            ("f.dispute-type", "forest-land"), ("f.facts", "两家田埂相邻。"), ("place", &place),
            ("p0.role", "applicant"), ("p0.name", "杨小花"), ("p1.role", "respondent"), ("p1.name", "李有根")];
        place_of(&window.send(&form, "/intake", &said));
        let head = Browser::open(&county, county.person(county.township(0), "centre-director"));
        let table = book(&head, "/reports/mediation-cases/xlsx");
        let column = |name: &str| table.header.iter().position(|h| h == name).expect("a column");
        let own = table.rows.first().expect("the unit itself");
        for (name, n) in [("调解案件总数", "1"), ("涉及当事人数", "2"), ("纠纷类型:山林土地纠纷", "1"),
            ("案件来源:当事人申请", "1"), ("调解成功", "0"), ("纠纷类型:邻里纠纷", "0")] {
            assert_eq!(own.cells[column(name)], n, "{name}");
        }
        assert!(head.page("/reports/mediation-cases").contains("山林土地纠纷"));
        assert_eq!(head.client.get("/reports/nothing").status.as_u16(), 404);
    }

    fn a_search_is_narrowed(database) {
        let county = County::new(database);
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        take_in(&window, &county.township(0).to_string());
        let form = window.page("/search");
        let found = |more: &[(&str, &str)]| {
            let said = [&[("q", "路灯不亮")], more].concat();
            window.send(&form, "/search", &said).expect(200).text().contains("<mark>路灯不亮</mark>")
        };
        assert!(found(&[]) && found(&[("kind", "request"), ("phase", "open"), ("since", "2026-03-02")]));
        for other in [("kind", "dispute"), ("phase", "closed"), ("since", "2026-03-03"), ("until", "2026-03-01")] {
            assert!(!found(&[other]), "{other:?}");
        }
    }
}
