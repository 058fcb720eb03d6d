//! Papers and files over HTTP, on both databases: made out, frozen, printed, read again, bound,
//! checked by a stranger; and whatever must not be taken.

use std::fs;
use std::path::Path;

use domain::ids::PersonId;
use serde_json::{Value as Json, json};
use testkit::{Answer, Client, County, on_both};

use crate::life::Life;

pub const NAMES: [&str; 2] = ["李建国", "王文秀"];

/// A dispute in mediation, with everything the law's forms want of its parties.
pub fn in_mediation<'c>(county: &'c County, about: &str) -> (Life<'c>, PersonId) {
    let village = county.village(0, 0);
    let head = county.person(village, "centre-director");
    let mut body = county.dispute();
    body["fields"]["dispute-type"] = about.into();
    for (i, name) in NAMES.iter().enumerate() {
        body["parties"][i]["details"] = json!({
            "name": name, "phone": format!("1700000100{i}"), "address": "弥渡县文笔村一组",
        });
    }
    let mut life = Life::register(county, head, &body);
    life.act("2026-03-02 10:00", head, "accept", json!({ "consents": { "1": true, "2": true } }));
    (life, head)
}

fn papers(life: &Life<'_>, by: PersonId) -> Json {
    life.county.client(by).get(&life.path("/papers")).expect(200).json()
}

fn issue(
    life: &mut Life<'_>,
    by: PersonId,
    document: &str,
    due: Option<u16>,
    fields: Json,
) -> Json {
    let body =
        json!({ "document": document, "due": due, "version": life.version, "fields": fields });
    let client = life.county.client(by);
    let issued = client.post(&life.path("/papers"), &body).expect(201).json();
    life.version += 1;
    issued
}

fn form(file: &str, bytes: &[u8], fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend(format!("{head}{value}\r\n").bytes());
    }
    let head = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=";
    body.extend(format!("{head}\"{file}\"\r\nContent-Type: image/png\r\n\r\n").bytes());
    body.extend(bytes);
    body.extend(b"\r\n--cut--\r\n");
    ("multipart/form-data; boundary=cut".to_owned(), body)
}

pub fn upload(
    client: &Client,
    path: &str,
    file: &str,
    bytes: &[u8],
    fields: &[(&str, &str)],
) -> Answer {
    let (media, body) = form(file, bytes, fields);
    client.send("POST", path, Some(&media), body)
}

/// A picture of so many points that nothing else is in.
pub fn picture() -> Vec<u8> {
    const PNG: &str = "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c636060600000000400\
                       01f61738550000000049454e44ae426082";
    let plain: String = PNG.chars().filter(|c| !c.is_whitespace()).collect();
    (0..plain.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&plain[at..at + 2], 16).expect("hex"))
        .collect()
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { all.extend(files_below(&path)) } else { all.push(path) }
    }
    all
}

fn holds(folder: &Path, text: &str) -> bool {
    let needle = text.as_bytes();
    files_below(folder).iter().any(|path| {
        let bytes = fs::read(path).expect("readable");
        bytes.windows(needle.len()).any(|w| w == needle)
    })
}

on_both! {
    fn a_paper_is_made_out_read_again_and_checked_by_a_stranger(database) {
        let county = County::new(database);
        let (mut life, head) = in_mediation(&county, "neighbours");
        let open = papers(&life, head);
        let due: Vec<&str> = open["open"].as_array().expect("open").iter()
            .filter(|p| !p["due"].is_null()).map(|p| p["document"].as_str().expect("a name")).collect();
        assert_eq!(due, ["receipt", "acceptance-record", "rights-notice"]);
        let issued = issue(&mut life, head, "acceptance-record", Some(1), json!({}));
        assert_eq!(issued["number"], "(2026)第1村人调字第1号", "the number of its matter");
        let code = issued["code"].as_str().expect("a code");
        let client = county.client(head);
        let pdf = client.get(&life.path(&format!("/papers/{code}.pdf"))).expect(200);
        assert!(pdf.body.starts_with(b"%PDF-") && pdf.body.len() > 5_000);
        assert_eq!(pdf.header("content-type"), Some("application/pdf"));
        assert!(pdf.header("content-security-policy").is_some_and(|p| p.contains("sandbox")));
        assert_eq!(client.get(&life.path(&format!("/papers/{code}"))).expect(200).body, pdf.body, "the very print");
        let reads = county.database.look("select fields from read_log where fields = 'paper'");
        assert_eq!(reads.len(), 3, "issuing it and each reading of it is logged");
        // Anybody may check it, and learns nothing of anybody.
        let stranger = county.stranger();
        let path = format!("/api/v1/verify/532925/{code}");
        let proof = stranger.get(&format!("{path}?digest={}", issued["digest"].as_str().expect("a digest"))).expect(200);
        let said = proof.json();
        assert_eq!((said["title"].as_str(), said["fits"].as_bool()), (Some("人民调解受理登记表"), Some(true)));
        assert_eq!((said["issued_on"].as_str(), said["revoked_on"].is_null()), (Some("2026-03-02"), true));
        assert!(!NAMES.iter().any(|name| proof.text().contains(name)));
        assert_eq!(stranger.get(&format!("{path}?digest=00000000000000000000")).expect(200).json()["fits"], false);
        let page = stranger.get(&format!("/verify/532925/{code}")).expect(200).text();
        assert!(page.contains("本平台出具过这份文书") && !NAMES.iter().any(|name| page.contains(name)), "{page}");
        // Revoked, it still is what it was, and whoever checks it is told.
        client.post(&life.path(&format!("/papers/{code}/revocation")), &json!({ "reason": "笔误" })).expect(204);
        client.post(&life.path(&format!("/papers/{code}/revocation")), &json!({ "reason": "笔误" })).expect(409);
        assert_eq!(stranger.get(&path).expect(200).json()["revoked_on"], "2026-03-02");
        client.get(&life.path(&format!("/papers/{code}.pdf"))).expect(200);
        life.version += 1;
        let again = issue(&mut life, head, "acceptance-record", Some(1), json!({}));
        assert_ne!(again["code"], issued["code"]);
        county.verify();
    }

    fn what_is_blank_is_listed_and_typed_and_never_overwrites_what_is_known(database) {
        let county = County::new(database);
        let (mut life, head) = in_mediation(&county, "neighbours");
        life.act("2026-03-03 10:00", head, "meet", json!({ "held-at": "2026-03-03T09:00:00+08:00", "record": "双方各让一步。" }));
        let open = papers(&life, head);
        let record = open["open"].as_array().expect("open").iter().find(|p| p["document"] == "mediation-record").expect("due");
        let gaps: Vec<&str> = record["gaps"].as_array().expect("gaps").iter().map(|g| g["at"].as_str().expect("a place")).collect();
        assert_eq!(gaps, ["place"]);
        let due = record["due"].as_u64().expect("a count");
        let body = json!({ "document": "mediation-record", "due": due, "version": life.version });
        let client = county.client(head);
        let before = county.weight();
        let refused = client.post(&life.path("/papers"), &body).expect(422).json();
        assert_eq!((refused["errors"][0]["rule"].as_str(), refused["errors"][0]["field"].as_str()), (Some("required"), Some("place")));
        assert_eq!(county.weight(), before, "a refusal changes nothing");
        let fields = json!({ "place": "村委会", "parties[0].name": "冒名的人", "parties[9].phone": "1", "nonsense": "x", "number": "自编号" });
        let issued = issue(&mut life, head, "mediation-record", Some(due as u16), fields);
        let code: domain::paper::PaperCode = issued["code"].as_str().expect("a code").parse().expect("a code");
        let (county_no, state) = (county.state.county, county.state.clone());
        let row = county.read(move |conn| Ok(store::papers::by_code(conn, county_no, code)?)).expect("read").expect("there");
        let sealed = domain::person::Personal::sealed(&row.value);
        let text = state.vault.reveal(row.matter, &format!("paper/{code}"), &sealed).expect("opens");
        let value: Json = serde_json::from_str(&text).expect("JSON");
        assert_eq!((value["place"].as_str(), value["record"].as_str()), (Some("村委会"), Some("双方各让一步。")));
        assert_eq!(value["parties"][0]["name"], NAMES[0], "what is known of a person is not typed over");
        assert_eq!((value["time"].as_str(), value["result"].as_str()), (Some("2026-03-03T09:00"), Some("none")));
        assert_eq!(value["number"], "(2026)第1村人调字第1号");
        assert_eq!(documents::paper::digest_of("mediation-record", &text), issued["digest"].as_str().expect("a digest"));
        let made_twice = json!({ "document": "mediation-record", "due": due, "fields": { "place": "村委会" } });
        client.post(&life.path("/papers"), &made_twice).expect(404);
        county.verify();
    }

    fn a_paper_sent_twice_is_issued_once(database) {
        let county = County::new(database);
        let (life, head) = in_mediation(&county, "neighbours");
        let body = json!({ "document": "rights-notice", "due": 2 });
        let keyed = county.client(head).with("idempotency-key", "paper-1");
        let first = keyed.post(&life.path("/papers"), &body).expect(201).json();
        let second = keyed.post(&life.path("/papers"), &body).expect(201).json();
        assert_eq!(first, second);
        assert_eq!(county.matters()[0].papers.len(), 1);
    }

    fn papers_are_for_who_may_and_who_sees(database) {
        let county = County::new(database);
        let (mut life, head) = in_mediation(&county, "neighbours");
        let issued = issue(&mut life, head, "rights-notice", Some(2), json!({}));
        let code = issued["code"].as_str().expect("a code").to_owned();
        // Another township does not see the matter: neither paper nor file nor dossier is there.
        let other = county.client(county.person(county.village(1, 0), "centre-director"));
        for path in ["/papers".to_owned(), format!("/papers/{code}.pdf"), "/dossier.pdf".to_owned(), "/files/1".to_owned()] {
            other.get(&life.path(&path)).expect(404);
        }
        upload(&other, &life.path("/files"), "a.png", &picture(), &[]).expect(404);
        assert_eq!(files_below(&county.database.files()).len(), 1, "nothing was laid on the disk but the print");
        // Who sees it and may not make it out is refused.
        let above = county.client(county.person(county.township(0), "window-clerk"));
        let body = json!({ "document": "acceptance-record", "due": 1 });
        let answer = above.post(&life.path("/papers"), &body);
        assert!([403, 404].contains(&answer.status.as_u16()), "{}", answer.text());
        county.stranger().get(&life.path(&format!("/papers/{code}.pdf"))).expect(401);
    }

    fn nothing_personal_lies_in_the_clear(database) {
        let county = County::new(database);
        let (mut life, head) = in_mediation(&county, "neighbours");
        issue(&mut life, head, "rights-notice", Some(2), json!({}));
        let client = county.client(head);
        upload(&client, &life.path("/files"), "李建国身份证.png", &[picture(), NAMES[0].as_bytes().to_vec()].concat(), &[("item", "identity")]).expect(201);
        assert_eq!(files_below(&county.database.files()).len(), 2);
        assert!(!holds(&county.database.files(), NAMES[0]) && !holds(&county.database.files(), "%PDF-"));
        let rows = county.database.look("select value from paper").concat() + &county.database.look("select name from file").concat();
        assert!(!NAMES.iter().any(|name| rows.contains(name)) && !rows.contains("身份证"), "{rows}");
    }

    fn guessing_codes_ends_soon(database) {
        let county = County::new(database);
        let (mut life, head) = in_mediation(&county, "neighbours");
        let issued = issue(&mut life, head, "rights-notice", Some(2), json!({}));
        let stranger = county.stranger();
        let good = format!("/api/v1/verify/532925/{}", issued["code"].as_str().expect("a code"));
        for n in 0..10 {
            let code = domain::paper::PaperCode::new(n);
            stranger.get("/api/v1/verify/532925/mistyped").expect(404);
            stranger.get(&format!("/api/v1/verify/532925/{code}")).expect(404);
        }
        stranger.get(&good).expect(429);
        stranger.get(&format!("/verify/532925/{}", issued["code"].as_str().expect("a code"))).expect(429);
        county.clock.pass(15 * domain::time::MINUTE_MS);
        stranger.get(&good).expect(200);
    }

    fn files_are_what_they_say_or_are_not_taken(database) {
        let county = County::new(database);
        let (life, head) = in_mediation(&county, "neighbours");
        let (client, path) = (county.client(head), life.path("/files"));
        let before = county.weight();
        for (name, bytes, status, problem) in [
            ("a.pdf", picture(), 415, "upload-in-disguise"),
            ("a.png", b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>".to_vec(), 415, "upload-unknown-sort"),
            ("a.png", b"%PDF-1.7 broken".to_vec(), 415, "upload-broken"),
            ("a.exe", b"MZ\x90\0".to_vec(), 415, "upload-unknown-sort"),
            ("a.png", Vec::new(), 422, "upload-empty"),
            ("a.png", vec![7; app::files::MAX_BYTES + 1], 413, "upload-too-large"),
        ] {
            let said = upload(&client, &path, name, &bytes, &[]).expect(status).json();
            assert_eq!(said["type"], format!("urn:shanzhi:problem:{problem}"), "{name}");
        }
        // What says that it has 200 MB is answered before it is sent.
        let declared = client.with("content-length", "209715200");
        declared.send("POST", &path, Some("multipart/form-data; boundary=cut"), Vec::new()).expect(413);
        assert_eq!(county.weight(), before);
        assert_eq!(files_below(&county.database.files()), Vec::<std::path::PathBuf>::new());
        let added = upload(&client, &path, "../../张三 的\u{202e}gnp.png", &picture(), &[("item", "evidence")]).expect(201).json();
        assert_eq!((added["no"].as_u64(), added["media"].as_str()), (Some(1), Some("image/png")));
        let file = client.get(&life.path("/files/1")).expect(200);
        assert_eq!(file.body, picture());
        let named = file.header("content-disposition").expect("a name");
        assert!(named.starts_with("attachment; filename=\"file.png\"") && !named.contains("..%2F") && !named.contains("%E2%80%AE"), "{named}");
        upload(&client, &path, "b.png", &picture(), &[("item", "nonsense")]).expect(422);
        client.post(&life.path("/files/1/withdrawal"), &json!({ "reason": "传错了" })).expect(204);
        client.post(&life.path("/files/1/withdrawal"), &json!({ "reason": "传错了" })).expect(422);
        client.get(&life.path("/files/1")).expect(200);
        county.verify();
    }

    fn what_the_law_wants_in_ink_is_not_signed_on_a_screen(database) {
        let county = County::new(database);
        for (about, status) in [("neighbours", 201), ("marriage-family", 409)] {
            let (mut life, head) = in_mediation(&county, about);
            let issued = issue(&mut life, head, "application", None, json!({ "requests": "请求调解", "respondents[0].phone": "1" }));
            let code = issued["code"].as_str().expect("a code");
            let client = county.client(head);
            let said = upload(&client, &life.path("/files"), "s.png", &picture(), &[("part", "signature"), ("paper", code)]).expect(status);
            if status == 409 {
                let said = said.json();
                assert_eq!((said["errors"][0]["rule"].as_str(), said["errors"][0]["law"].as_str()), (Some("ink-only"), Some("电子签名法第3条")));
            }
            upload(&client, &life.path("/files"), "s.png", &picture(), &[("part", "scan"), ("paper", code)]).expect(201);
        }
    }

    fn a_dossier_is_bound_when_nothing_is_lacking(database) {
        let county = County::new(database);
        let (mut life, head) = in_mediation(&county, "neighbours");
        let client = county.client(head);
        let lacks = |life: &Life<'_>| -> Vec<String> {
            let all = papers(life, head);
            all["dossier_lacks"].as_array().expect("items").iter().map(|g| g["at"].as_str().expect("an item").to_owned()).collect()
        };
        assert_eq!(lacks(&life), ["application", "rights-notice", "identity", "mediation-record", "agreement"]);
        let refused = client.get(&life.path("/dossier.pdf")).expect(409).json();
        assert_eq!(refused["errors"].as_array().map(Vec::len), Some(5), "{refused}");
        issue(&mut life, head, "acceptance-record", Some(1), json!({}));
        issue(&mut life, head, "rights-notice", Some(2), json!({}));
        upload(&client, &life.path("/files"), "id.png", &picture(), &[("item", "identity")]).expect(201);
        life.version += 1;
        life.act("2026-03-03 10:00", head, "agree-written", json!({
            "agreed-terms": "以现有墙为界。\n各自修缮。", "performance-due": "2026-03-20",
        }));
        issue(&mut life, head, "mediation-record", Some(3), json!({ "place": "村委会", "record": "达成协议。" }));
        let agreement = issue(&mut life, head, "mediation-agreement", Some(4), json!({}));
        assert_eq!(agreement["number"], "（2026）第1村人调协字第1号", "a number of its own");
        assert_eq!(lacks(&life), Vec::<String>::new());
        let bound = client.get(&life.path("/dossier.pdf")).expect(200);
        assert!(bound.body.starts_with(b"%PDF-"));
        let pages = hayro_pages(&bound.body);
        assert!(pages >= 8, "cover, index, five parts and a back cover: {pages}");
        county.verify();
    }

    fn a_changed_or_missing_file_is_named(database) {
        let county = County::new(database);
        let (mut life, head) = in_mediation(&county, "neighbours");
        issue(&mut life, head, "rights-notice", Some(2), json!({}));
        let verdict = |county: &County| {
            let mut conn = county.db().own_connection().expect("a connection");
            let found = app::verify::verify(&mut conn, &county.service, &county.state, |_| {}).expect("verified");
            found.broken.into_iter().map(|b| b.rule).collect::<Vec<_>>()
        };
        assert_eq!(verdict(&county), Vec::<&str>::new());
        let print = files_below(&county.database.files()).remove(0);
        let sound = fs::read(&print).expect("readable");
        let mut changed = sound.clone();
        changed[sound.len() / 2] ^= 1;
        fs::write(&print, &changed).expect("written");
        assert_eq!(verdict(&county), ["file-changed"]);
        fs::remove_file(&print).expect("removed");
        assert_eq!(verdict(&county), ["file-missing"]);
        fs::write(&print, &sound).expect("written");
        county.database.tamper("update paper set number = '另一个号'");
        assert_eq!(verdict(&county), ["paper-differs"]);
    }
}

fn hayro_pages(pdf: &[u8]) -> usize {
    documents::media::read(pdf).expect("a PDF");
    pdf.windows(11)
        .filter(|w| w.starts_with(b"/Type /Page") || w.starts_with(b"/Type/Page"))
        .count()
}
