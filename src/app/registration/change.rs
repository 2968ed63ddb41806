//! Parameters changed while a run goes on, in words for the plot.

use crate::registration::{Forces, Params, SigmaUnits};

/// What is different in `now`, of what a running engine takes in; `None` when nothing is.
pub fn text(before: &Params, now: &Params) -> Option<String> {
    let mut changes = Vec::new();
    if before.sigma_elastic != now.sigma_elastic {
        changes.push(format!("σ elastic {}", now.sigma_elastic));
    }
    if before.sigma_fluid != now.sigma_fluid {
        changes.push(format!("σ fluid {}", now.sigma_fluid));
    }
    if before.sigma_units != now.sigma_units {
        changes.push(match now.sigma_units {
            SigmaUnits::Voxel => "σ in voxels".to_owned(),
            SigmaUnits::Mm => "σ in mm".to_owned(),
        });
    }
    if before.target_gradient != now.target_gradient || before.forces != now.forces {
        changes.push(match (now.forces, now.target_gradient) {
            (Forces::Symmetric, _) => "both gradients".to_owned(),
            (Forces::Course, true) => "target's gradient".to_owned(),
            (Forces::Course, false) => "warped gradient".to_owned(),
        });
    }
    if before.composition != now.composition {
        let word = if now.composition { "compose" } else { "add" };
        changes.push(word.to_owned());
    }
    if before.max_step != now.max_step {
        changes.push(match now.max_step {
            Some(step) => format!("step ≤ {step}"),
            None => "no step limit".to_owned(),
        });
    }
    if before.check_msd != now.check_msd {
        let word = if now.check_msd {
            "check MSD"
        } else {
            "no MSD check"
        };
        changes.push(word.to_owned());
    }
    (!changes.is_empty()).then(|| changes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_what_is_new_and_nothing_else() {
        let before = Params::default();
        let now = Params {
            sigma_elastic: 2.5,
            check_msd: false,
            levels: 5,
            ..before.clone()
        };
        assert_eq!(
            text(&before, &now).as_deref(),
            Some("σ elastic 2.5, no MSD check")
        );
        assert_eq!(text(&now, &now), None);
    }
}
