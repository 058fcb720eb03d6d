//! Papers and files as pages: due, previewed, issued, opened, signed, set aside; the check for
//! anybody. Without scripts, on both databases.

use axum::http::StatusCode;
use testkit::{County, on_both};

use crate::pages::{Browser, hidden, place_of};
use crate::papers::{NAMES, in_mediation, picture, upload};

/// The address of a link whose text begins so.
fn link(page: &str, text: &str) -> String {
    let (before, _) =
        page.split_once(&format!("\">{text}")).unwrap_or_else(|| panic!("no link {text}"));
    let before = before.split("\" target=").next().unwrap_or(before);
    let found = before.rsplit("href=\"").next().expect("a link");
    found.split('"').next().expect("an address").replace("&amp;", "&")
}

on_both! {
    fn a_paper_goes_from_due_to_print(database) {
        let county = County::new(database);
        let (mut life, head) = in_mediation(&county, "neighbours");
        life.act("2026-03-03 10:00", head, "meet", serde_json::json!({ "held-at": "2026-03-03T09:00:00+08:00", "record": "双方各让一步。" }));
        let browser = Browser::open(&county, head);
        let matter = format!("/matters/{}", life.code);
        let page = browser.page(&matter);
        assert!(page.contains("待制作") && page.contains("尚缺：地点"), "{page}");
        let to = link(&page, "人民调解记录");
        let form = browser.page(&to);
        assert!(form.contains("以下必填项还没有内容") && form.contains("id=\"p.place\""), "{form}");
        assert!(!NAMES.iter().any(|name| form.contains(name)), "what is known of persons is not shown");
        let said = [("document", "mediation-record"), ("due", "3"), ("p.record", "改写过的记录"), ("do", "issue")];
        let path = format!("{matter}/papers");
        let refused = browser.send(&form, &path, &said);
        let text = refused.expect(200).text();
        assert!(text.contains("role=\"alert\"") && text.contains("改写过的记录"), "nothing typed is lost: {text}");
        let whole: Vec<(&str, &str)> = said.into_iter().filter(|(n, _)| *n != "do").chain([("p.place", "村委会")]).collect();
        let with = |what: &'static str| whole.iter().copied().chain([("do", what)]).collect::<Vec<_>>();
        let preview = browser.send(&form, &path, &with("preview"));
        assert_eq!(preview.status, StatusCode::OK);
        assert!(preview.body.starts_with(b"%PDF-") && county.matters()[0].papers.is_empty(), "a preview is not kept");
        let done = place_of(&browser.send(&form, &path, &with("issue")));
        assert!(done.ends_with("?done=1"), "{done}");
        let again = place_of(&browser.send(&form, &path, &with("issue")));
        assert_eq!((again, county.matters()[0].papers.len()), (done, 1), "sent twice, issued once");
        let page = browser.page(&matter);
        let code = county.matters()[0].papers[0].code;
        assert!(page.contains(&format!("/papers/{code}.pdf")) && page.contains("(2026)第1村人调字第1号"));
        assert!(browser.client.get(&format!("{matter}/papers/{code}.pdf")).expect(200).body.starts_with(b"%PDF-"));
        let revoke = format!("{matter}/papers/{code}/revoke");
        assert!(browser.send(&page, &revoke, &[("reason", "")]).status.is_client_error());
        place_of(&browser.send(&page, &revoke, &[("reason", "写错了")]));
        assert!(browser.page(&matter).contains("已作废"));
    }

    fn a_receipt_is_offered_at_once(database) {
        let county = County::new(database);
        let (life, head) = in_mediation(&county, "neighbours");
        let browser = Browser::open(&county, head);
        let page = browser.page(&format!("/matters/{}?new=1", life.code));
        let form = browser.page(&link(&page, "收件回执"));
        let said = [("document", "receipt"), ("due", "0"), ("do", "issue")];
        place_of(&browser.send(&form, &format!("/matters/{}/papers", life.code), &said));
        assert_eq!(county.matters()[0].papers[0].number, "第1村收〔2026〕1号");
    }

    fn files_come_in_by_a_plain_form(database) {
        let county = County::new(database);
        let (life, head) = in_mediation(&county, "marriage-family");
        let browser = Browser::open(&county, head);
        let matter = format!("/matters/{}", life.code);
        let page = browser.page(&matter);
        let (csrf, key) = (hidden(&page, "csrf"), hidden(&page, "key"));
        let path = format!("{matter}/files");
        let fields = [("csrf", csrf.as_str()), ("key", key.as_str()), ("part", "attachment"), ("item", "identity")];
        let forged = [("csrf", "forged"), ("part", "attachment")];
        upload(&browser.client, &path, "a.png", &picture(), &forged).expect(403);
        upload(&browser.client, &path, "a.pdf", &picture(), &fields).expect(415);
        for _ in 0..2 {
            assert!(place_of(&upload(&browser.client, &path, "a.png", &picture(), &fields)).ends_with("?done=1"));
        }
        assert_eq!(county.matters()[0].files.len(), 1, "sent twice, kept once");
        let page = browser.page(&matter);
        assert!(page.contains("当事人身份证明") && page.contains("image/png"), "{page}");
        assert_eq!(browser.client.get(&format!("{matter}/files/1")).expect(200).body, picture());
        place_of(&browser.send(&page, &format!("{matter}/files/1/withdraw"), &[("reason", "传错了")]));
        assert!(browser.page(&matter).contains("已撤下"));
        // What the law wants in ink has no pad to draw on.
        let form = browser.page(&format!("{matter}/papers/new?document=application"));
        let said = [("document", "application"), ("do", "issue"), ("p.requests", "请求调解")];
        place_of(&browser.send(&form, &format!("{matter}/papers"), &said));
        let code = county.matters()[0].papers[0].code;
        let sign = browser.page(&format!("{matter}/papers/{code}/sign"));
        assert!(sign.contains("电子签名法") && !sign.contains("data-sign"), "{sign}");
    }

    fn anybody_checks_a_paper(database) {
        let county = County::new(database);
        let (life, head) = in_mediation(&county, "neighbours");
        let body = serde_json::json!({ "document": "rights-notice", "due": 2 });
        let issued = county.client(head).post(&life.path("/papers"), &body).expect(201).json();
        let code = issued["code"].as_str().expect("a code");
        let stranger = county.stranger();
        let ask = stranger.get("/verify").expect(200);
        assert!(ask.text().contains("name=\"code\""));
        let plain = code.to_lowercase().replace('-', "");
        let to = place_of(&stranger.get(&format!("/verify?code={plain}&digest=0123456789abcdef")));
        assert_eq!(to, format!("/verify/532925/{plain}?digest=0123456789abcdef"));
        assert!(stranger.get(&to).expect(200).text().contains("摘要不符"));
        assert!(stranger.get(&format!("/verify/532925/{code}")).expect(200).text().contains("权利义务告知书"));
        let english = stranger.with("accept-language", "en").get(&format!("/verify/532925/{code}")).expect(200).text();
        assert!(english.contains("This paper was issued here") && !english.contains(">verify-page."), "{english}");
        assert!(stranger.get("/verify/532925/nonsense").expect(404).text().contains("没有这份文书"));
    }
}
