//! A third kind of matter, out of files in a folder, from intake to archive over HTTP.

use std::fs;
use std::path::Path;

use serde_json::json;
use testkit::{County, at, files, on_both, shipped};

use crate::life::Life;

/// The shipped files and the third kind, in a folder of the county's own.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    };
    for (name, text) in &shipped().0 {
        put(name, text);
    }
    let third = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/support/third_kind");
    for (from, to) in [
        ("site-check.toml", "kinds/site-check.toml"),
        ("hazards.toml", "lists/hazards.toml"),
        ("check-record.toml", "documents/check-record.toml"),
        ("check-record.typ", "documents/check-record.typ"),
    ] {
        put(to, &fs::read_to_string(third.join(from)).expect("readable"));
    }
    let rule =
        "\n[rule.site-mend]\nwithin = \"2 workdays\"\nwarn = \"1 workday\"\nlaw = \"本地规定\"\n";
    put("clocks.toml", &format!("{}{rule}", shipped().0["clocks.toml"]));
    folder
}

on_both! {
    fn lives_from_intake_to_archive(database) {
        let folder = folder();
        let county = County::under(database, &files(folder.path()));
        let village = county.village(0, 0);
        let (worker, lead) = (county.person(village, "grid-worker"), county.person(village, "grid-lead"));
        let clerk = county.client(worker);
        let kinds = clerk.get("/api/v1/kinds").expect(200).text();
        assert!(kinds.contains("site-check") && kinds.contains("工地巡查"), "{kinds}");
        clerk.get("/api/v1/kinds/site-check").expect(200);
        let body = json!({
            "kind": "site-check", "place": "532925101201", "title": "路面塌陷", "flags": ["grave"],
            "fields": { "hazard": "road", "seen": "路面塌了一块。", "informant": "17000000001" },
        });
        let mut life = Life::register(&county, worker, &body);
        let seen = life.look(worker);
        assert_eq!((seen["category"].as_str(), seen["state"]["id"].as_str()), (Some("road"), Some("found")));
        assert!(seen["number"].as_str().is_some_and(|n| n.ends_with("巡字〔2026〕1号")), "{}", seen["number"]);
        assert!(!seen.to_string().contains("17000000001"), "what the file calls personal is masked");
        let opened = clerk.post(&life.path("/disclosures"), &json!({ "purpose": "联系提供线索的人" })).expect(200).json();
        assert_eq!(opened["fields"]["informant"], "17000000001");
        assert!(county.database.look("select body from event").iter().all(|b| !b.contains("17000000001")));
        let found = county.client(lead).post("/api/v1/search", &json!({ "q": "塌陷" })).expect(200).json();
        assert_eq!(found["items"][0]["matter"]["code"].as_str(), Some(life.code.as_str()));
        assert_eq!(life.offers(&county.client(lead)), ["hand-over"]);
        life.act("2026-03-02 10:00", lead, "hand-over", json!({ "person": worker, "promised-on": "2026-03-10" }));
        life.act("2026-03-03 10:00", worker, "mend", json!({ "answer": "已填平", "mended": "回填碾压。", "checked-by": lead }));
        let listed = county.client(lead).get("/api/v1/matters?lane=held&phase=closed&kind=site-check&state=mended").expect(200).json();
        assert_eq!(listed["items"][0]["code"].as_str(), Some(life.code.as_str()));
        county.clock.set(at("2026-04-03 00:00"));
        county.settle();
        assert_eq!(life.look(lead)["state"]["id"], "filed");
        let director = county.client(county.person(county.centre(), "centre-director"));
        let counts = director.get("/api/v1/tallies?from=202603&to=202604&parts=outcome").expect(200).text();
        assert!(counts.contains("site-check") && counts.contains("outcome:mended"), "{counts}");
        county.verify();
    }
}
