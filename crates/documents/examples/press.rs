//! Prints papers for the eye: `press SAMPLES.json DIR [TIMES]` writes a PDF for each template with
//! a sample, and with TIMES how long one takes when warm.

use std::fs;
use std::path::Path;
use std::time::Duration;

use documents::paper::{Fonts, Part, Press};
use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let from = std::time::Instant::now();
    let result = run();
    (result, from.elapsed())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let (samples, to) = (args.get(1).ok_or("SAMPLES.json")?, args.get(2).ok_or("DIR")?);
    let times: u32 = args.get(3).map_or(Ok(0), |n| n.parse())?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/documents");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, fs::read_to_string(&path)?));
    }
    let (fonts, took) = timed(|| Fonts::find(None));
    println!("fonts {took:?}");
    let press = Press::new(fonts?, files)?;
    let samples: Value = serde_json::from_str(&fs::read_to_string(samples)?)?;
    for (name, value) in samples.as_object().into_iter().flatten() {
        let (printed, first) = timed(|| press.print(name, value));
        let printed = printed?;
        fs::write(Path::new(to).join(format!("{name}.pdf")), &printed.pdf)?;
        print!("{name}: {} pages, {} KiB, first {first:?}", printed.pages, printed.pdf.len() >> 10);
        let mut warm = Vec::new();
        for n in 0..times {
            // Another value each time, or the typesetter would remember the whole page.
            let mut value = value.clone();
            value["facts"] =
                format!("第{n}次。{}", value["facts"].as_str().unwrap_or_default()).into();
            let (done, took) = timed(|| press.print(name, &value));
            done?;
            warm.push(took);
        }
        warm.sort();
        match warm.get(warm.len() / 2) {
            Some(median) => println!(", warm {median:?}"),
            None => println!(),
        }
        for remark in printed.remarks {
            println!("  {remark}");
        }
    }
    let bound = |name: &str| press.items().iter().any(|i| i.papers.iter().any(|p| p == name));
    let parts: Vec<Part> = samples
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| bound(name))
        .map(|(name, value)| Part::Paper { template: name.clone(), value: value.clone() })
        .collect();
    let (dossier, took) = timed(|| press.dossier(&samples["mediation-agreement"], &parts));
    let dossier = dossier?;
    fs::write(Path::new(to).join("dossier.pdf"), &dossier.pdf)?;
    println!("dossier: {} pages, {took:?}", dossier.pages);
    Ok(())
}
