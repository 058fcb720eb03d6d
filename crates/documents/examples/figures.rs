//! Measures what large tables cost: `figures WHAT FILE [ROWS]`, where WHAT is `write-xlsx`,
//! `write-csv`, `read` or `stream`. Prints one figure a line as `name: value`. Each measurement
//! should be a process of its own, because the peak of memory is that of the process.

#![allow(clippy::disallowed_methods, reason = "this measures the machine")]

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::time::Instant;

use documents::table::{Column, ReadOptions, read, stream_csv, write_csv, write_xlsx};

/// A row as a ledger of disputes has it: twelve columns, most of them Chinese.
fn row(n: u64) -> [String; 12] {
    [
        n.to_string(),
        format!("（2026）某综字第{n}号"),
        "某县城关镇综治中心".to_owned(),
        format!("东街村第{}网格", n % 97),
        format!("当事人{}", n * 7919 % 100_003),
        format!("11010119900101{:04}", n % 10_000),
        format!("138{:08}", n * 104_729 % 100_000_000),
        ["邻里纠纷", "婚姻家庭", "劳动争议", "土地承包", "物业服务"][(n % 5) as usize].to_owned(),
        format!("2026-{:02}-{:02}", n % 12 + 1, n % 28 + 1),
        format!("{}.{:02}", n % 50_000, n % 100),
        "双方因宅基地边界发生争执，经调解达成一致，现场划定界线。".to_owned(),
        ["待受理", "调解中", "已结案"][(n % 3) as usize].to_owned(),
    ]
}

fn columns() -> Vec<Column> {
    let names = "序号,编号,单位,网格,当事人,身份证号,电话,类型,登记日期,涉及金额,简要情况,状态";
    let amount = |name: &str| matches!(name, "序号" | "涉及金额");
    names.split(',').map(|n| Column { name: n.to_owned(), numeric: amount(n) }).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let (Some(what), Some(path)) = (args.get(1), args.get(2)) else {
        return Err("figures WHAT FILE [ROWS]".into());
    };
    let rows: u64 = args.get(3).map_or(Ok(250_000), |r| r.parse())?;
    let start = Instant::now();
    let count = match what.as_str() {
        "write-xlsx" => {
            let file = BufWriter::new(File::create(path)?);
            write_xlsx(file, "矛盾纠纷台账", &columns(), (1..=rows).map(row))?
        }
        "write-csv" => {
            let file = BufWriter::new(File::create(path)?);
            write_csv(file, &columns(), (1..=rows).map(row))?
        }
        "read" => read(path, &fs::read(path)?)?.rows.len() as u64,
        "stream" => {
            let file = BufReader::new(File::open(path)?);
            let mut count = 0;
            for row in stream_csv(file, &ReadOptions::default())? {
                row?;
                count += 1;
            }
            count
        }
        _ => return Err("write-xlsx, write-csv, read or stream".into()),
    };
    println!("rows: {count}");
    println!("seconds: {:.2}", start.elapsed().as_secs_f64());
    println!("bytes: {}", fs::metadata(path)?.len());
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("unknown");
    println!("peak memory: {}", peak.trim());
    Ok(())
}
