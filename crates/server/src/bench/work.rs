//! What the clients do, each in its own thread, for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use domain::rehearsal::Dice;

use super::client::{Answer, Client};
use super::figures::Times;
use super::people::Team;

/// Runs a piece of work in many clients at once for some seconds. Each client gets its number and
/// does one piece after another; every piece is timed.
#[allow(clippy::disallowed_methods, reason = "this measures the machine")]
pub fn run<W, F>(clients: usize, seconds: u64, make: F) -> anyhow::Result<Times>
where
    W: FnMut() -> anyhow::Result<bool>,
    F: Fn(usize) -> anyhow::Result<W> + Send + Sync,
{
    let stop = Arc::new(AtomicBool::new(false));
    let began = Instant::now();
    let mut all = Times::default();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|no| {
                let (stop, make) = (stop.clone(), &make);
                scope.spawn(move || -> anyhow::Result<Times> {
                    let mut work = make(no)?;
                    let mut times = Times::default();
                    while !stop.load(Ordering::Relaxed) {
                        let start = Instant::now();
                        let ok = work()?;
                        times.micros.push(start.elapsed().as_micros() as u64);
                        times.failures += u64::from(!ok);
                    }
                    Ok(times)
                })
            })
            .collect();
        thread::sleep(Duration::from_secs(seconds));
        stop.store(true, Ordering::Relaxed);
        for thread in threads {
            let times = thread.join().map_err(|_| anyhow::anyhow!("a client failed"))??;
            all.micros.extend(times.micros);
            all.failures += times.failures;
        }
        anyhow::Ok(())
    })?;
    all.seconds = began.elapsed().as_secs_f64();
    Ok(all)
}

/// An intake: a resident's request of some hundred characters with a name and a telephone number.
pub fn intake(dice: &mut Dice, place: &str) -> String {
    let (n, m) = (dice.below(90_000) + 10_000, dice.below(9_000));
    let (name, phone) = (domain::rehearsal::name(dice), domain::rehearsal::phone(dice));
    format!(
        "{{\"kind\":\"request\",\"place\":\"{place}\",\"source\":\"window\",\"title\":\"人民路{n}号门前路灯不亮请求维修\",\
         \"fields\":{{\"content\":\"人民路{n}号靠近福源小区{m}幢一段路灯已经坏了十多天,晚上漆黑一片,老人小孩出行很不安全,\
         曾向社区反映过没有结果,请尽快派人维修并给予答复。\",\"request-class\":\"construction\"}},\
         \"parties\":[{{\"role\":\"petitioner\",\"details\":{{\"name\":\"{name}\",\"phone\":\"{phone}\"}}}}]}}"
    )
}

/// One whole life of a request: register, assign, answer, rate, read. Five calls.
pub struct Life {
    window: Client,
    dispatcher: Client,
    head: Client,
    team: Team,
    dice: Dice,
}

impl Life {
    /// The connections of a team.
    pub fn open(address: &str, team: &Team, seed: u64) -> anyhow::Result<Self> {
        Ok(Self {
            window: Client::open(address, &team.window)?,
            dispatcher: Client::open(address, &team.dispatcher)?,
            head: Client::open(address, &team.head)?,
            team: team.clone(),
            dice: Dice::new(seed),
        })
    }

    /// Lives one life; answers whether every call was answered as it should be.
    pub fn live(&mut self) -> anyhow::Result<bool> {
        let registered =
            self.window.post("/api/v1/matters", &intake(&mut self.dice, &self.team.place))?;
        let Some(code) = registered.text("code").filter(|_| registered.status == 201) else {
            return Ok(false);
        };
        let acts = format!("/api/v1/matters/{code}/acts");
        let office = &self.team.office;
        let dispatch =
            format!("{{\"action\":\"dispatch\",\"version\":1,\"data\":{{\"unit\":\"{office}\"}}}}");
        let answer = "{\"action\":\"answer\",\"version\":2,\"data\":{\"answer\":\"您好,经到现场核实,路灯已于今日修复,\
                      感谢您的监督。\",\"resolved\":true}}";
        let rate = "{\"action\":\"rate\",\"version\":3,\"data\":{\"rating\":5}}";
        let ok = |answer: Answer| answer.status == 200;
        Ok(ok(self.dispatcher.post(&acts, &dispatch)?)
            && ok(self.head.post(&acts, answer)?)
            && ok(self.window.post(&acts, rate)?)
            && ok(self.dispatcher.get(&format!("/api/v1/matters/{code}"))?))
    }
}
