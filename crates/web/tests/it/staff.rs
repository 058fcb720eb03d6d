//! Administration on pages: who may, what is kept of it, what each sees, on both databases.

use testkit::{County, on_both};

use super::pages::{Browser, place_of, take_in};

on_both! {
    fn somebody_is_taken_on_signs_in_and_leaves(database) {
        let county = County::new(database);
        let security = Browser::open(&county, county.person(county.centre(), "security-administrator"));
        let unit = county.township(0).to_string();
        let form = security.page(&format!("/units?unit={unit}"));
        let said = [("name", "毕新来"), ("login", "newcomer"), ("role", "window-clerk"), ("unit", unit.as_str())];
        let told = security.send(&form, "/staff", &said).expect(200).text();
        let password = told.split("newcomer ").nth(1).expect("told once").split('<').next().expect("a password");
        assert!(!security.page(&format!("/units?unit={unit}")).contains(password), "told once");
        let clerk = Browser::enter(&county, "newcomer", password);
        place_of(&take_in(&clerk, &unit).0);
        // The same login again, a role that the unit does not have: refused, nothing changed.
        assert_eq!(security.send(&form, "/staff", &said).status.as_u16(), 422);
        let wrong = [("name", "毕二"), ("login", "second"), ("role", "police-chief-of-nowhere"), ("unit", unit.as_str())];
        assert_eq!(security.send(&form, "/staff", &wrong).status.as_u16(), 422);
        let page = security.page(&format!("/units?unit={unit}"));
        let row = page.split("<tr>").find(|row| row.contains("毕新来")).expect("a row");
        let post = row.split("/posts/").nth(1).expect("a form").split('/').next().expect("an id");
        place_of(&security.send(&page, &format!("/posts/{post}/end"), &[("unit", &unit)]));
        assert!(!security.page(&format!("/units?unit={unit}")).contains("毕新来"));
        assert_eq!(take_in(&clerk, &unit).0.status.as_u16(), 403, "no door is open any more");
        let auditor = Browser::open(&county, county.person(county.centre(), "audit-administrator"));
        let log = auditor.page("/log");
        assert!(log.contains("took-on") && log.contains("ended-post") && log.contains("newcomer"), "{log}");
        assert!(!log.contains(password));
    }

    fn each_administrator_sees_their_own_and_nobody_else_does(database) {
        let county = County::new(database);
        let clerk = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let place = place_of(&take_in(&clerk, &county.township(0).to_string()).0);
        let code = place.split(['/', '?']).nth(2).expect("a code").to_owned();
        clerk.page(&place);
        let roles = ["security-administrator", "system-administrator", "audit-administrator"];
        for role in roles {
            let admin = Browser::open(&county, county.person(county.centre(), role));
            for (path, may) in [("/log", "audit-administrator"), ("/state", "system-administrator")] {
                let answer = admin.client.get(path).status.as_u16();
                assert_eq!(answer, if role == may { 200 } else { 403 }, "{role} {path}");
            }
            assert_eq!(admin.client.get(&place).status.as_u16(), 404, "{role} reads no matter");
            assert!(admin.page("/catalogue/dispute").contains("人民调解法第28条、第29条"));
        }
        let auditor = Browser::open(&county, county.person(county.centre(), "audit-administrator"));
        let readings = auditor.page(&format!("/log/readings?code={code}"));
        assert!(readings.contains("masked") && !readings.contains("路灯"), "{readings}");
        for path in ["/staff", "/posts"] {
            let form = clerk.page("/units");
            let refused = clerk.send(&form, path, &[("person", "1"), ("unit", &county.centre().to_string()),
                ("role", "mediator"), ("name", "某人"), ("login", "somebody")]);
            assert_eq!(refused.status.as_u16(), 403, "{path}");
        }
    }
}
