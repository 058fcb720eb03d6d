//! `shanzhi bench`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use domain::rehearsal::Dice;

use crate::bench::child::Server;
use crate::bench::client::Client;
use crate::bench::figures::{Figures, Times};
use crate::bench::people::{Team, matters, teams};
use crate::bench::work::{Life, intake, run as work};
use crate::cli::{Bench, Globals};
use crate::demo::{MIDU, county, lives};
use crate::home::Home;
use crate::output;

/// What clients search for: phrases common and rare, a name, pinyin initials, a telephone tail, a single character.
const QUERIES: &[&str] = &[
    "噪音扰民",
    "路灯不亮",
    "拖欠工资",
    "宅基地",
    "夜间施工",
    "毗雄江边",
    "水",
    "李建国",
    "zjg",
    "0042",
    "烤烟 越界",
    "没有这句话",
];

/// Measures the program on this machine and prints one figure a line. Nothing is asserted.
pub fn run(globals: &Globals, options: &Bench, as_json: bool) -> anyhow::Result<ExitCode> {
    if let Some(name) = options.only.iter().find(|n| MEASUREMENTS.iter().all(|(m, _)| m != n)) {
        anyhow::bail!("there is no measurement {name}");
    }
    let folder = options.keep.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("shanzhi-bench-{}", std::process::id()))
    });
    std::fs::create_dir_all(&folder)?;
    let mut globals = globals.clone();
    globals.data.clone_from(&folder);
    let mut figures = Figures::new(as_json);
    let measured = measure(&globals, options, &folder, &mut figures, as_json);
    if options.keep.is_none() {
        let _ = std::fs::remove_dir_all(&folder);
    }
    measured?;
    if as_json {
        println!("{}", figures.json());
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(
    globals: &Globals,
    options: &Bench,
    folder: &Path,
    figures: &mut Figures,
    as_json: bool,
) -> anyhow::Result<()> {
    let (teams, county) = fill(globals, options, figures, as_json)?;
    let commits = store::probe::durable_commits_a_second(folder, Duration::from_secs(3))?;
    figures.put("machine_durable_commits_per_second", commits);
    let server = Server::start(globals, folder)?;
    figures.put("start_to_ready_ms", server.ready_after.as_secs_f64() * 1000.0);
    std::thread::sleep(Duration::from_secs(2));
    figures.put("memory_idle_mib", server.resident_mib().unwrap_or_default());
    let course = Course { server: &server, options, teams: &teams, county: &county, commits };
    for (name, measurement) in MEASUREMENTS {
        if options.only.is_empty() || options.only.iter().any(|n| n == name) {
            measurement(&course, figures)?;
        }
    }
    figures.put("memory_load_mib", server.resident_mib().unwrap_or_default());
    Ok(())
}

/// Makes sure that the county and enough matters are there.
fn fill(
    globals: &Globals,
    options: &Bench,
    figures: &mut Figures,
    as_json: bool,
) -> anyhow::Result<(Vec<Team>, String)> {
    let home = Home::open(globals)?;
    home.serve_all()?;
    if home.service.county(MIDU).is_err() {
        county::create(&home)?;
    }
    let have = matters(&home)?;
    let lacking = u32::try_from(i64::from(options.matters) - have).unwrap_or(0);
    if lacking > 0 {
        #[allow(clippy::disallowed_methods, reason = "this measures the machine")]
        let began = std::time::Instant::now();
        let bar = output::bar(as_json, u64::from(lacking), "matters");
        lives::play(&home, lacking, have as u64 + 1, &bar)?;
        bar.finish_and_clear();
        figures.put("demo_matters_per_second", f64::from(lacking) / began.elapsed().as_secs_f64());
    }
    figures.put("matters_stored", matters(&home)? as f64);
    teams(&home)
}

/// What one measurement needs.
struct Course<'a> {
    server: &'a Server,
    options: &'a Bench,
    teams: &'a [Team],
    county: &'a str,
    commits: f64,
}

type Measurement = fn(&Course<'_>, &mut Figures) -> anyhow::Result<()>;

/// What is measured, by name, in order.
const MEASUREMENTS: [(&str, Measurement); 6] = [
    ("queue", queue),
    ("pages", pages),
    ("tallies", tallies),
    ("search", search),
    ("intake", intakes),
    ("life", lives_of_requests),
];

impl Course<'_> {
    fn run<W, F>(&self, make: F) -> anyhow::Result<Times>
    where
        W: FnMut() -> anyhow::Result<bool>,
        F: Fn(usize) -> anyhow::Result<W> + Send + Sync,
    {
        work(self.options.clients, self.options.seconds, make)
    }

    fn team(&self, no: usize) -> &Team {
        &self.teams[no % self.teams.len()]
    }
}

/// The first page of the whole county's queue: a full page at any size.
fn queue(course: &Course<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    let mut pages = course.run(|_| {
        let mut client = Client::open(&course.server.address, course.county)?;
        let path = "/api/v1/matters?lane=below&kind=request&state=handling";
        Ok(move || Ok(client.get(path)?.status == 200))
    })?;
    figures.times("queue", &mut pages);
    Ok(())
}

/// The pages that are opened most, as browsers get them: the workbench, a list, a matter, the figures.
fn pages(course: &Course<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    let list = "/api/v1/matters?lane=below&limit=1";
    let first = Client::open(&course.server.address, course.county)?.get(list)?;
    let code = first.text("code").unwrap_or_default();
    for (name, path) in [
        ("page_workbench", "/".to_owned()),
        ("page_list", "/matters?lane=below".to_owned()),
        ("page_matter", format!("/matters/{code}")),
        ("page_figures", "/tallies".to_owned()),
    ] {
        let mut times = course.run(|_| {
            let mut client = Client::open(&course.server.address, course.county)?;
            let path = path.clone();
            Ok(move || Ok(client.get(&path)?.status == 200))
        })?;
        figures.times(name, &mut times);
    }
    Ok(())
}

fn tallies(course: &Course<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    let mut tallies = course.run(|_| {
        let mut client = Client::open(&course.server.address, course.county)?;
        Ok(move || Ok(client.get("/api/v1/tallies?from=202501&to=202612")?.status == 200))
    })?;
    figures.times("tallies", &mut tallies);
    Ok(())
}

fn search(course: &Course<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    let mut searches = course.run(|no| {
        let token = if no % 2 == 0 { course.county } else { &course.team(no).window };
        let mut client = Client::open(&course.server.address, token)?;
        let mut next = no;
        Ok(move || {
            next += 1;
            let query = QUERIES[next % QUERIES.len()];
            Ok(client.post("/api/v1/search", &format!("{{\"q\":\"{query}\"}}"))?.status == 200)
        })
    })?;
    figures.times("search", &mut searches);
    Ok(())
}

fn intakes(course: &Course<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    let mut intakes = course.run(|no| {
        let team = course.team(no);
        let mut client = Client::open(&course.server.address, &team.window)?;
        let mut dice = Dice::new(no as u64 + 7);
        let place = team.place.clone();
        Ok(move || Ok(client.post("/api/v1/matters", &intake(&mut dice, &place))?.status == 201))
    })?;
    figures.times("intake", &mut intakes);
    figures.put("intake_per_durable_commit", intakes.rate() / course.commits);
    Ok(())
}

fn lives_of_requests(course: &Course<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    let mut lives = course.run(|no| {
        let mut life = Life::open(&course.server.address, course.team(no), no as u64 + 99)?;
        Ok(move || life.live())
    })?;
    figures.times("life", &mut lives);
    Ok(())
}
