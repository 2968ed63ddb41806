//! Many images through one subcommand: where each goes, how many at once, and what came of it.
//!
//! A single image with a plain name goes through the same way and tells the same as ever.

use super::files::Files;
use super::json_text::lines;
use super::output::OutputArgs;
use super::pattern::{is_pattern, name_of, output_of, output_of_times};
use super::{print, say};
use crate::io::IoError;
use anyhow::{Context as _, bail, ensure};
use clap::Args;
use clap::builder::RangedU64ValueParser;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

/// How many images are worked on.
#[derive(Clone, Copy, Debug, Args)]
pub struct BatchArgs {
    /// Images worked on at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub jobs: usize,
    /// Threads to compute with, for all images together [default: all]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub threads: Option<usize>,
    /// Pass over images whose output is there already, to go on where a run was stopped
    #[arg(long, conflicts_with = "force")]
    pub skip_existing: bool,
}

impl BatchArgs {
    /// To be called before anything is read: reading starts as many threads as there are processors, and
    /// their number is settled once.
    fn start_threads(self) -> anyhow::Result<()> {
        let Some(threads) = self.threads else {
            return Ok(());
        };
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()
            .context("the threads could not be started; give fewer with --threads")
    }
}

/// What a subcommand says of an image that it wrote.
#[derive(Clone, Debug)]
pub struct Told {
    /// Lines for people.
    pub text: String,
    pub json: Value,
}

impl Told {
    /// What is said of the parts of an image; of several the JSON holds a list.
    pub fn joined(parts: Vec<Self>) -> Self {
        let text = parts.iter().map(|part| part.text.as_str()).collect();
        let mut json: Vec<Value> = parts.into_iter().map(|part| part.json).collect();
        let json = match (json.pop(), json.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                json.extend(last);
                json!({ "images": json })
            }
        };
        Self { text, json }
    }

    pub fn print(&self, as_json: bool) -> anyhow::Result<()> {
        match as_json {
            true => print(&lines(&self.json)),
            false => print(&self.text),
        }
    }
}

/// Images and where they go, checked: nothing was written yet, and nothing is in the way.
#[derive(Debug)]
pub struct Batch {
    items: Vec<Item>,
    /// What each output is.
    files: Files,
    /// Whether it is told as a list.
    many: bool,
    arguments: BatchArgs,
    json: bool,
}

#[derive(Debug)]
struct Item {
    input: PathBuf,
    output: PathBuf,
}

enum Outcome {
    Written(Told),
    Skipped,
    Failed(String),
}

impl Batch {
    /// `output` is a file, or a pattern where there are several inputs or it holds a placeholder.
    pub fn plan(
        inputs: &[PathBuf],
        output: &Path,
        arguments: BatchArgs,
        out: OutputArgs,
    ) -> anyhow::Result<Self> {
        let check = |path: &Path| out.check(path);
        Self::plan_with(inputs, output, Files::One, arguments, out.json, check)
    }

    /// The same where an output is `files`, and `check` is an error if nothing can be written to a path.
    /// Nothing may have been read before, as the threads that were asked for are started here.
    pub fn plan_with(
        inputs: &[PathBuf],
        output: &Path,
        files: Files,
        arguments: BatchArgs,
        json: bool,
        check: impl Fn(&Path) -> Result<(), IoError>,
    ) -> anyhow::Result<Self> {
        arguments.start_threads()?;
        let many = inputs.len() > 1 || (is_pattern(output) && files != Files::Times);
        let item = |(number, input): (usize, &PathBuf)| -> anyhow::Result<Item> {
            Ok(Item {
                input: input.clone(),
                output: match files {
                    Files::Times => output_of_times(output, input, number)?,
                    _ if many => output_of(output, input, number)?,
                    _ => output.to_owned(),
                },
            })
        };
        let items = (1..).zip(inputs).map(item).collect::<Result<Vec<_>, _>>()?;
        let batch = Self {
            items,
            files,
            many,
            arguments,
            json,
        };
        if many {
            batch.check_names(output)?;
        }
        let mut new = batch.items.iter().filter(|item| !batch.skips(item));
        new.try_for_each(|item| check(&item.output))?;
        Ok(batch)
    }

    /// An error when two images go to one file, or one onto an input.
    fn check_names(&self, pattern: &Path) -> anyhow::Result<()> {
        let inputs: HashSet<PathBuf> = self.items.iter().map(|item| place(&item.input)).collect();
        let mut outputs: HashMap<PathBuf, &Item> = HashMap::new();
        for item in &self.items {
            let place = place(&item.output);
            ensure!(!inputs.contains(&place), onto_input(item));
            if let Some(other) = outputs.insert(place, item) {
                bail!(
                    "{} and {} would go to the same file; put {{name}}, {{parent}} or {{n}} into the output: {}",
                    other.input.display(),
                    item.input.display(),
                    pattern.display()
                );
            }
        }
        let names: Vec<&PathBuf> = inputs.iter().chain(outputs.keys()).collect();
        self.check_names_of_parts(&names)
    }

    /// An error when one of the files of an image would have one of the `names`.
    fn check_names_of_parts(&self, names: &[&PathBuf]) -> anyhow::Result<()> {
        for item in self.items.iter().filter(|_| self.files != Files::One) {
            let output = place(&item.output);
            let mut names = names.iter();
            if let Some(other) = names.find(|name| self.files.may_include(&output, name)) {
                bail!(
                    "{} may become several files, and one would go to {}; choose another folder or name: {}",
                    item.input.display(),
                    other.display(),
                    item.output.display()
                );
            }
        }
        Ok(())
    }

    /// An error when an image would go onto `other`, which all of them need.
    pub fn sparing(self, other: &Path) -> anyhow::Result<Self> {
        let other = place(other);
        let mut items = self.items.iter();
        match items.find(|item| place(&item.output) == other) {
            Some(item) => bail!(onto_input(item)),
            None => Ok(self),
        }
    }

    fn skips(&self, item: &Item) -> bool {
        self.arguments.skip_existing && self.files.are_there(&item.output)
    }

    /// Gives each image to `one`, with where it goes, and tells what came of it. An error when one failed.
    pub fn run(
        &self,
        one: impl Fn(&Path, &Path) -> anyhow::Result<Told> + Sync,
    ) -> anyhow::Result<()> {
        match &self.items[..] {
            [item] if !self.many => self.run_single(item, one),
            items => {
                let outcomes = self.run_all(&one);
                print(&match self.json {
                    true => lines(&list(items, &outcomes)),
                    false => table(items, &outcomes),
                })?;
                let failed = count(&outcomes, "failed");
                ensure!(
                    failed == 0,
                    "{failed} of {} images failed; the list says why, --skip-existing does only these again",
                    items.len()
                );
                Ok(())
            }
        }
    }

    fn run_single(
        &self,
        item: &Item,
        one: impl Fn(&Path, &Path) -> anyhow::Result<Told>,
    ) -> anyhow::Result<()> {
        let Item { input, output } = item;
        if self.skips(item) {
            say(&format!(
                "skipped, it is there already: {}",
                output.display()
            ));
            return Ok(());
        }
        one(input, output)?.print(self.json)
    }

    /// In the order of the images.
    fn run_all(
        &self,
        one: &(impl Fn(&Path, &Path) -> anyhow::Result<Told> + Sync),
    ) -> Vec<Outcome> {
        let mut outcomes: Vec<Option<Outcome>> = self.items.iter().map(|_| None).collect();
        let waiting = Mutex::new(self.items.iter().zip(&mut outcomes));
        let finished = Mutex::new(0);
        let work = || {
            let next = || waiting.lock().ok()?.next();
            while let Some((item, slot)) = next() {
                let outcome = self.outcome_of(item, one);
                if let Ok(mut finished) = finished.lock() {
                    *finished += 1;
                    self.tell(*finished, item, &outcome);
                }
                *slot = Some(outcome);
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.arguments.jobs.min(self.items.len()) {
                scope.spawn(work);
            }
        });
        outcomes.into_iter().flatten().collect()
    }

    fn outcome_of(
        &self,
        item: &Item,
        one: &impl Fn(&Path, &Path) -> anyhow::Result<Told>,
    ) -> Outcome {
        if self.skips(item) {
            return Outcome::Skipped;
        }
        let work = || {
            if self.files != Files::Times {
                make_folder_of(&item.output)?;
            }
            one(&item.input, &item.output)
        };
        // A fault met by one image must not take the others along.
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(told)) => Outcome::Written(told),
            Ok(Err(error)) => Outcome::Failed(error.to_string()),
            Err(_) => Outcome::Failed(format!(
                "a fault in warpscope, please report it: {}",
                item.input.display()
            )),
        }
    }

    /// One line of progress.
    fn tell(&self, finished: usize, item: &Item, outcome: &Outcome) {
        // With stderr closed nobody watches.
        let _ = writeln!(
            std::io::stderr(),
            "[{finished}/{}] {}: {}",
            self.items.len(),
            name_of(&item.input),
            outcome.text()
        );
    }
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Written(_) => "written",
            Self::Skipped => "skipped",
            Self::Failed(_) => "failed",
        }
    }

    /// On one line.
    fn text(&self) -> String {
        match self {
            Self::Skipped => "skipped, it is there already".to_owned(),
            Self::Failed(why) => {
                let why = why.split_whitespace().collect::<Vec<_>>();
                format!("failed: {}", why.join(" "))
            }
            Self::Written(_) => self.word().to_owned(),
        }
    }
}

fn onto_input(item: &Item) -> String {
    format!(
        "the output is one of the inputs; choose another folder or name: {}",
        item.output.display()
    )
}

/// A path by which two names of one file are the same, even of a file that is not there yet.
pub fn place(path: &Path) -> PathBuf {
    let known = path.canonicalize().ok();
    known.unwrap_or_else(|| {
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = whole.parent().and_then(|folder| folder.canonicalize().ok());
        match (folder, whole.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => whole,
        }
    })
}

/// Makes the folder that `output` is to lie in.
pub fn make_folder_of(output: &Path) -> anyhow::Result<()> {
    let folder = output.parent().unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|error| {
        anyhow::anyhow!(
            "the folder cannot be made ({error}); choose another: {}",
            folder.display()
        )
    })
}

fn count(outcomes: &[Outcome], word: &str) -> usize {
    let of_word = outcomes.iter().filter(|outcome| outcome.word() == word);
    of_word.count()
}

fn list(items: &[Item], outcomes: &[Outcome]) -> Value {
    let images: Vec<Value> = items
        .iter()
        .zip(outcomes)
        .map(|(item, outcome)| {
            let mut entry = json!({
                "input": item.input.display().to_string(),
                "output": item.output.display().to_string(),
                "result": outcome.word(),
            });
            match outcome {
                Outcome::Written(told) => entry["image"] = told.json.clone(),
                Outcome::Failed(why) => entry["error"] = json!(why),
                Outcome::Skipped => {}
            }
            entry
        })
        .collect();
    json!({
        "images": images,
        "written": count(outcomes, "written"),
        "skipped": count(outcomes, "skipped"),
        "failed": count(outcomes, "failed"),
    })
}

fn table(items: &[Item], outcomes: &[Outcome]) -> String {
    let rows = items.iter().zip(outcomes).map(|(item, outcome)| {
        [
            item.input.display().to_string(),
            item.output.display().to_string(),
            outcome.text(),
        ]
    });
    let heading = ["Input", "Output", "Result"].map(str::to_owned);
    let rows: Vec<[String; 3]> = std::iter::once(heading).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let [input, output] = [0, 1].map(|column| width(column).unwrap_or(0));
    let line =
        |[from, to, result]: &[String; 3]| format!("{from:<input$}  {to:<output$}  {result}\n");
    rows.iter().map(line).collect()
}
