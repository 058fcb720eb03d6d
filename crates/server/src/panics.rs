//! What is said of a panic: its place and nothing else. Its text may hold what the program was
//! working on, and that may be somebody's name.

use std::panic::{self, PanicHookInfo};

/// Says where a command panicked, on standard error.
pub fn say() {
    panic::set_hook(Box::new(|info| eprintln!("shanzhi: failed inside at {}", place(info))));
}

/// Says where the server panicked, in its log.
pub fn log() {
    panic::set_hook(Box::new(|info| {
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("none");
        tracing::error!(place = place(info), thread, "a panic");
    }));
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location()
        .map_or("an unknown place".to_owned(), |at| format!("{}:{}", at.file(), at.line()))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    const CHILD: &str = "SHANZHI_TEST_PANICS";

    /// Runs in a process of its own, because the hook belongs to the whole process.
    #[test]
    fn a_panic_tells_its_place_and_not_its_text() {
        if std::env::var_os(CHILD).is_some() {
            super::say();
            panic!("王小明");
        }
        let mut child = Command::new(std::env::current_exe().expect("this program"));
        child.args([
            "--exact",
            "panics::tests::a_panic_tells_its_place_and_not_its_text",
            "--nocapture",
        ]);
        let out = child.env(CHILD, "1").stdin(Stdio::null()).output().expect("it runs");
        let said = String::from_utf8_lossy(&out.stderr).into_owned()
            + &String::from_utf8_lossy(&out.stdout);
        assert!(!out.status.success());
        assert!(
            said.contains("shanzhi: failed inside at ") && said.contains("panics.rs:"),
            "{said}"
        );
        assert!(!said.contains("王小明"), "{said}");
    }
}
