//! What `warpscope header` does with sform and qform themselves.

use crate::io::Forms;
use crate::volume::Volume;
use anyhow::{anyhow, ensure};
use clap::Args;

/// One form from the other.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub struct FormArgs {
    /// Give the qform the place of the sform; refused where the sform is sheared
    #[arg(long)]
    copy_sform_to_qform: bool,
    /// Give the sform the place of the qform
    #[arg(long)]
    copy_qform_to_sform: bool,
}

/// The row of the sform that a field is.
pub fn row_of(field: &str) -> Option<usize> {
    let rows = ["srow_x", "srow_y", "srow_z"];
    rows.iter().position(|row| *row == field)
}

impl FormArgs {
    /// The image with the rows of the sform that `set` gives, and then one form copied to the other. An
    /// sform without a code gets code 1 with its rows.
    pub fn apply(self, volume: Volume, set: &[(&str, &str)]) -> anyhow::Result<Volume> {
        let rows = set.iter().filter_map(|(name, value)| {
            let row = row_of(name)?;
            Some((row, *name, *value))
        });
        let rows: Vec<(usize, &str, &str)> = rows.collect();
        if rows.is_empty() && !self.copy_sform_to_qform && !self.copy_qform_to_sform {
            return Ok(volume);
        }
        let mut forms = Forms::of(&volume);
        for (row, name, value) in &rows {
            let numbers = four(value)
                .ok_or_else(|| anyhow!("{name} takes four numbers a,b,c,d, not {value:?}"))?;
            forms.sform.row_mut(*row).copy_from_slice(&numbers);
        }
        if !rows.is_empty() {
            let unused = set.contains(&("sform_code", "0"));
            ensure!(
                !unused,
                "with sform_code 0 nobody reads the rows of the sform; give it a code above 0"
            );
            forms.sform_code = forms.sform_code.max(1);
        }
        if self.copy_sform_to_qform {
            forms.copy_to_qform(volume.grid().shape())?;
        }
        if self.copy_qform_to_sform {
            forms.copy_to_sform();
        }
        Ok(forms.place(&volume)?)
    }
}

fn four(text: &str) -> Option<[f64; 4]> {
    let numbers = text.split(',').map(|number| number.trim().parse().ok());
    let numbers: Vec<f64> = numbers.collect::<Option<_>>()?;
    numbers.try_into().ok()
}
