//! What tissues look like: in CT, in the PET of inhaled gallium aerosol, and in a T2/T1-weighted cine MR.

/// One tissue.
#[derive(Debug)]
pub(super) struct Tissue {
    /// Mean value in HU.
    pub hu: f32,
    /// Deviation of its own texture in HU.
    pub grain: f32,
    /// Activity in Bq/ml.
    pub activity: f32,
    /// Signal of the cine MR, arbitrary units.
    pub signal: f32,
}

const fn tissue(hu: f32, grain: f32, activity: f32, signal: f32) -> Tissue {
    Tissue {
        hu,
        grain,
        activity,
        signal,
    }
}

pub(super) static AIR: Tissue = tissue(-1000.0, 0.0, 0.0, 4.0);
pub(super) static AIRWAY: Tissue = tissue(-1000.0, 0.0, 9000.0, 8.0);
pub(super) static GAS: Tissue = tissue(-985.0, 4.0, 100.0, 6.0);
pub(super) static LUNG: Tissue = tissue(-862.0, 14.0, 11_000.0, 42.0);
pub(super) static FAT: Tissue = tissue(-103.0, 7.0, 180.0, 540.0);
pub(super) static MEDIASTINAL_FAT: Tissue = tissue(-96.0, 12.0, 250.0, 520.0);
pub(super) static SKIN: Tissue = tissue(10.0, 10.0, 200.0, 220.0);
pub(super) static MUSCLE: Tissue = tissue(54.0, 9.0, 420.0, 150.0);
pub(super) static WALL: Tissue = tissue(40.0, 8.0, 500.0, 190.0);
pub(super) static MYOCARDIUM: Tissue = tissue(98.0, 6.0, 900.0, 210.0);
pub(super) static BLOOD: Tissue = tissue(172.0, 4.0, 1300.0, 640.0);
pub(super) static VENOUS_BLOOD: Tissue = tissue(128.0, 6.0, 1300.0, 600.0);
pub(super) static LUNG_VESSEL: Tissue = tissue(130.0, 0.0, 2500.0, 330.0);
pub(super) static BRONCHUS_WALL: Tissue = tissue(-30.0, 0.0, 9000.0, 120.0);
pub(super) static LIVER: Tissue = tissue(62.0, 4.0, 1500.0, 260.0);
pub(super) static PORTAL_VEIN: Tissue = tissue(92.0, 0.0, 1500.0, 430.0);
pub(super) static HEPATIC_VEIN: Tissue = tissue(44.0, 0.0, 1500.0, 440.0);
pub(super) static SPLEEN: Tissue = tissue(104.0, 6.0, 1400.0, 330.0);
pub(super) static KIDNEY_CORTEX: Tissue = tissue(150.0, 5.0, 1800.0, 330.0);
pub(super) static KIDNEY_MEDULLA: Tissue = tissue(80.0, 5.0, 1600.0, 390.0);
pub(super) static STOMACH_FLUID: Tissue = tissue(16.0, 10.0, 700.0, 560.0);
pub(super) static THYROID: Tissue = tissue(135.0, 5.0, 600.0, 300.0);
pub(super) static CORTICAL_BONE: Tissue = tissue(780.0, 70.0, 350.0, 20.0);
pub(super) static THIN_CORTEX: Tissue = tissue(520.0, 70.0, 380.0, 30.0);
pub(super) static MARROW: Tissue = tissue(175.0, 75.0, 700.0, 330.0);
pub(super) static DISC: Tissue = tissue(82.0, 8.0, 350.0, 240.0);
pub(super) static CARTILAGE: Tissue = tissue(108.0, 18.0, 350.0, 190.0);
pub(super) static CEREBROSPINAL_FLUID: Tissue = tissue(12.0, 3.0, 200.0, 690.0);
pub(super) static SPINAL_CORD: Tissue = tissue(44.0, 3.0, 300.0, 320.0);
pub(super) static LYMPH_NODE: Tissue = tissue(68.0, 4.0, 700.0, 250.0);
pub(super) static LESION: Tissue = tissue(46.0, 8.0, 90_000.0, 280.0);
pub(super) static TABLE_SHELL: Tissue = tissue(-180.0, 0.0, 0.0, 0.0);
pub(super) static TABLE_FOAM: Tissue = tissue(-945.0, 3.0, 0.0, 0.0);
pub(super) static MATTRESS: Tissue = tissue(-905.0, 8.0, 0.0, 0.0);
