//! The command line. Exit status: 0 done, 1 findings or a refusal, 2 wrong usage.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// 善治 Shanzhi: the operating system of a county's grassroots governance centre.
#[derive(Debug, Parser)]
#[command(name = "shanzhi", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    /// Answers for scripts: one JSON value on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// Where everything is.
#[derive(Debug, Clone, Args)]
pub struct Globals {
    /// The folder of the embedded database, files and keys.
    #[arg(long, global = true, env = "SHANZHI_DATA", default_value = "./data", value_name = "DIR")]
    pub data: PathBuf,
    /// A PostgreSQL server instead of the embedded database: `postgres://…`.
    #[arg(
        long,
        global = true,
        env = "SHANZHI_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database: Option<String>,
    /// A folder with the county's own catalogue instead of the one built in.
    #[arg(long, global = true, env = "SHANZHI_CATALOGUE", value_name = "DIR")]
    pub catalogue: Option<PathBuf>,
    /// A folder with fonts of the office's own for papers, before those of the machine.
    #[arg(long, global = true, env = "SHANZHI_FONTS", value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// Where people reach the product; it stands in the codes on papers.
    #[arg(
        long,
        global = true,
        env = "SHANZHI_ADDRESS",
        default_value = "http://127.0.0.1:8080",
        value_name = "URL"
    )]
    pub address: String,
    /// The language of findings and reports: `zh` or `en`.
    #[arg(long, global = true, env = "SHANZHI_LANG", default_value = "zh", value_name = "LANG")]
    pub lang: String,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the counties of the database over HTTP.
    Serve(Serve),
    /// Create the demonstration county of Midu, with matters if wanted.
    Demo(Demo),
    /// Check that nothing was altered: fold every matter again, check chains, lists and counts.
    Verify(CountyOption),
    /// The county's own files.
    #[command(subcommand)]
    Catalogue(Catalogue),
    /// Bring in units, people or matters from a file.
    #[command(subcommand)]
    Import(Import),
    /// Write matters to a file.
    Export(Export),
    /// Accounts, posts and tokens.
    #[command(subcommand)]
    Account(Account),
    /// Write everything to a file, while the server runs.
    Backup {
        /// The file, which must not exist.
        file: PathBuf,
    },
    /// Fill an empty database from a backup.
    Restore {
        /// The file.
        file: PathBuf,
        /// The master key of the database that the backup is of, where this folder has another.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Teach the suggestion of categories from labelled texts.
    Train(Train),
    /// Measure the program on this machine.
    Bench(Bench),
}

#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080", env = "SHANZHI_LISTEN")]
    pub listen: String,
    /// Browsers reach the server over TLS (a proxy in front): cookies are sent over TLS only.
    #[arg(long, env = "SHANZHI_BEHIND_TLS")]
    pub behind_tls: bool,
    /// Make the demonstration county, with so many matters, where it is not there yet; give its
    /// accounts a new password and print them.
    #[arg(long, value_name = "MATTERS")]
    pub demo: Option<u32>,
}

#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// How many matters to play, over the past 18 months.
    #[arg(long, default_value_t = 0)]
    pub matters: u32,
    /// The seed: the same seed plays the same matters.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Debug, Clone, Args)]
pub struct CountyOption {
    /// The county's six digits; not needed where the database has one county.
    #[arg(long)]
    pub county: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Catalogue {
    /// Find every mistake: file, line, cause and remedy.
    Check {
        /// The folder; the catalogue built in where nothing is said.
        dir: Option<PathBuf>,
    },
    /// Write the catalogue built in to a folder, to change it there.
    Write {
        /// The folder, which must not exist.
        dir: PathBuf,
    },
    /// Print every day of the loaded years: whether it is worked.
    Days {
        /// The folder; the catalogue built in where nothing is said.
        dir: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Import {
    /// A county's tree, from a table of national division codes (columns code and name).
    Org {
        /// A CSV or Excel file; it may hold the whole country.
        file: PathBuf,
        /// The county's six digits.
        #[arg(long)]
        county: String,
        /// Since when its units exist: earlier work can be imported from then on.
        #[arg(long, default_value = "2000-01-01")]
        since: String,
        /// Report what would happen and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// People with their posts, from a table: name, role, unit and, for an account, login.
    People {
        /// A CSV or Excel file.
        file: PathBuf,
        #[command(flatten)]
        county: CountyOption,
        /// Report what would happen and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Records of a register, from a table whose headings are its fields.
    Register {
        /// The register's name in the catalogue.
        register: String,
        /// A CSV or Excel file.
        file: PathBuf,
        #[command(flatten)]
        county: CountyOption,
        /// Report what would happen and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Work orders of another system, with the steps that were taken on them.
    Matters {
        /// A CSV or Excel file.
        file: PathBuf,
        /// Which columns mean what, and which steps to take.
        #[arg(long)]
        mapping: PathBuf,
        #[command(flatten)]
        county: CountyOption,
        /// Report what would happen and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Write a report with one line a row.
        #[arg(long)]
        report: Option<PathBuf>,
    },
    /// A county out of a backup of another database.
    County {
        /// The backup.
        file: PathBuf,
        /// The county's six digits.
        #[arg(long)]
        county: String,
        /// The master key of the database that the backup is of.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Args)]
pub struct Export {
    /// A file that ends in `.csv` or `.xlsx`.
    pub file: PathBuf,
    #[command(flatten)]
    pub county: CountyOption,
}

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Add a person with a post and an account; prints the first password.
    Add {
        /// The login.
        login: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// The role.
        #[arg(long)]
        role: String,
        /// The unit's fifteen digits, or a division's code.
        #[arg(long)]
        unit: String,
        #[command(flatten)]
        county: CountyOption,
    },
    /// Make an API token for an account; prints it once.
    Token {
        /// The login.
        login: String,
        /// What it is for.
        #[arg(long, default_value = "api")]
        label: String,
        #[command(flatten)]
        county: CountyOption,
    },
    /// Give an account a new password; prints it once.
    Password {
        /// The login.
        login: String,
        #[command(flatten)]
        county: CountyOption,
    },
    /// Close an account, its sessions and tokens.
    Close {
        /// The login.
        login: String,
        #[command(flatten)]
        county: CountyOption,
    },
}

#[derive(Debug, Clone, Args)]
pub struct Train {
    /// A table of texts.
    pub file: PathBuf,
    /// The kind whose texts they are.
    #[arg(long)]
    pub kind: String,
    /// The column with the title.
    #[arg(long, default_value = "title")]
    pub title: String,
    /// The column with the text.
    #[arg(long, default_value = "text")]
    pub text: String,
    /// The column with the class: an item's id, label or alias of the kind's category list.
    #[arg(long, default_value = "label")]
    pub label: String,
    #[command(flatten)]
    pub county: CountyOption,
}

#[derive(Debug, Clone, Args)]
pub struct Bench {
    /// How many matters must be stored before measuring.
    #[arg(long, default_value_t = 10_000)]
    pub matters: u32,
    /// How many clients call at once.
    #[arg(long, default_value_t = 32)]
    pub clients: usize,
    /// How long each measurement lasts.
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Keep the database in this folder, to measure again without filling it.
    #[arg(long)]
    pub keep: Option<PathBuf>,
    /// Measure only these, divided by commas: queue, tallies, search, intake, life.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
}
