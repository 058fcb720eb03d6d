//! How the server reaches mail server and gateway: from the environment, or from a file of the data
//! folder that only its owner can read. Never from the catalogue, and never told in a log.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use app::notices::{Settings, Ways};

/// The file, in the folder of the keys.
const FILE: &str = "keys/delivery.toml";
/// Every setting: its key in the file and its variable.
const NAMES: [(&str, &str); 6] = [
    ("smtp-url", "SHANZHI_SMTP_URL"),
    ("mail-from", "SHANZHI_MAIL_FROM"),
    ("sms-url", "SHANZHI_SMS_URL"),
    ("sms-secret", "SHANZHI_SMS_SECRET"),
    ("sms-body", "SHANZHI_SMS_BODY"),
    ("sms-accepts", "SHANZHI_SMS_ACCEPTS"),
];

/// The ways that are set up; a variable goes before the file.
pub fn read(data: &Path) -> anyhow::Result<Ways> {
    read_with(data, |variable| std::env::var(variable).ok())
}

fn read_with(data: &Path, variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Ways> {
    let file = file(&data.join(FILE))?;
    if let Some(unknown) = file.keys().find(|key| NAMES.iter().all(|(name, _)| name != key)) {
        let known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
        bail!("{FILE}: there is no setting {unknown}; there are {}", known.join(", "));
    }
    let get = |key: &str| -> anyhow::Result<Option<String>> {
        let name = NAMES.iter().find(|(name, _)| *name == key).map_or("", |(_, variable)| variable);
        if let Some(value) = variable(name).filter(|v| !v.is_empty()) {
            return Ok(Some(value));
        }
        match file.get(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => bail!("{FILE}: {key} must be a text"),
        }
    };
    let settings = Settings {
        smtp_url: get("smtp-url")?,
        mail_from: get("mail-from")?,
        sms_url: get("sms-url")?,
        sms_secret: get("sms-secret")?,
        sms_body: get("sms-body")?,
        sms_accepts: get("sms-accepts")?,
        timeout: None,
    };
    Ways::new(&settings).context("the ways by which notices leave the house")
}

fn file(path: &Path) -> anyhow::Result<toml::Table> {
    if !path.exists() {
        return Ok(toml::Table::new());
    }
    if path.metadata()?.permissions().mode() & 0o077 != 0 {
        bail!("{} can be read by others: chmod 600 {0}", path.display());
    }
    let text =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    // What the reader says of a mistake quotes the line, and the line may hold a secret.
    text.parse().map_err(|_| anyhow::anyhow!("{} is not TOML", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::notice::Channel;

    fn folder(text: &str, mode: u32) -> tempfile::TempDir {
        let data = tempfile::tempdir().expect("a folder");
        fs::create_dir(data.path().join("keys")).expect("a folder");
        let path = data.path().join(FILE);
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
        data
    }

    fn told(data: &tempfile::TempDir) -> String {
        read_with(data.path(), |_| None).err().map_or(String::new(), |e| format!("{e:#}"))
    }

    #[test]
    fn the_file_is_for_its_owner_only_and_no_failure_quotes_it() {
        let mail =
            "smtp-url = \"smtps://u:hidden-word@mail.example.cn\"\nmail-from = \"a@example.cn\"";
        let fine = read_with(folder(mail, 0o600).path(), |_| None).expect("usable");
        assert!(fine.has(Channel::Mail) && !fine.has(Channel::Sms));
        for (text, mode, says) in [
            (mail, 0o640, "chmod 600"),
            ("sms-secret = hidden-word", 0o600, "is not TOML"),
            ("sms-secrets = \"hidden-word\"", 0o600, "there are smtp-url"),
            ("sms-secret = 7", 0o600, "must be a text"),
            (
                "smtp-url = \"smtp://u:hidden-word@mail.example.cn\"\nmail-from = \"a@example.cn\"",
                0o600,
                "smtp-url",
            ),
        ] {
            let told = told(&folder(text, mode));
            assert!(told.contains(says) && !told.contains("hidden-word"), "{told}");
        }
    }

    #[test]
    fn a_variable_goes_before_the_file() {
        let data = folder("sms-url = \"http://sms.example.cn\"", 0o600);
        assert!(told(&data).contains("sms-url"), "in the clear");
        let variable = |name: &str| {
            (name == "SHANZHI_SMS_URL").then(|| "https://sms.example.cn/send".to_owned())
        };
        assert!(read_with(data.path(), variable).expect("usable").has(Channel::Sms));
        assert!(!read_with(Path::new("/nowhere"), |_| None).expect("nothing is set up").any());
    }
}
