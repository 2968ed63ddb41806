//! Why a registration is refused, each in a sentence.

/// A pair of images or parameters that cannot be registered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RegistrationError {
    #[error("sigma {name} is {value}; give 0 for no smoothing, or a positive number")]
    Sigma { name: &'static str, value: f64 },
    #[error("sigma {name} is {voxels:.1} voxels at the finest level; at most {most} make sense")]
    SigmaTooLarge {
        name: &'static str,
        voxels: f64,
        most: f64,
    },
    #[error("{0} resolution levels; give a number from 1 to 16")]
    Levels(usize),
    #[error("{given} iteration limits for {levels} levels; give one for all, or one a level")]
    Iterations { given: usize, levels: usize },
    #[error("a step of {0} voxels; give a limit above 0 and at most 10 voxels")]
    MaxStep(f64),
    #[error(
        "{levels} levels leave {} voxels of the target to start from; use at most {most}", size(*shape)
    )]
    TooManyLevels {
        levels: usize,
        shape: [usize; 3],
        most: usize,
    },
    #[error(
        "the {image} has {components} values a voxel; registration needs one, so make it grey first"
    )]
    NotScalar {
        image: &'static str,
        components: usize,
    },
    #[error(
        "the {image} has {points} time points; registration needs one, so save one of them first"
    )]
    Time { image: &'static str, points: usize },
    #[error("the {image} is {} voxels; registration needs an image of two or three dimensions", size(*shape))]
    Flat {
        image: &'static str,
        shape: [usize; 3],
    },
    #[error(
        "the source has {source_axes} dimensions and the target {target_axes}; give two of one kind"
    )]
    Dimensions {
        source_axes: usize,
        target_axes: usize,
    },
    #[error("the {image} has no voxel with a number in it; nothing can be registered")]
    Undefined { image: &'static str },
    #[error(
        "the mask is another shape than the target ({}, not {} voxels); resample it first", size(*mask), size(*target)
    )]
    Mask {
        mask: [usize; 3],
        target: [usize; 3],
    },
    #[error("no voxel of the mask lies where both images are defined; give another mask")]
    EmptyMask,
    #[error(
        "the initial transform mirrors or flattens the source; give one that keeps its handedness"
    )]
    Mirrored,
    #[error("the source lies nowhere in the target's space; align their centres first")]
    NoOverlap,
    #[error(
        "the run needs {need} MB of memory and {available} MB are free; resample or crop the images first"
    )]
    Memory { need: u64, available: u64 },
    #[error("patches of radius {radius}; give a radius from 1 to {most} voxels")]
    Radius { radius: usize, most: usize },
    #[error("an image {0} times smaller; give 1, 2, 4, 8 ... for the levels")]
    Shrink(usize),
    #[error("a share of {0} of the voxels; give a number above 0 and at most 1")]
    Share(f64),
    #[error(
        "the levels go from {coarsest} to {finest}; give a coarsest that is not below the finest"
    )]
    LevelOrder { coarsest: usize, finest: usize },
    #[error(
        "a fixed image of {} voxels cannot be made {coarsest} times smaller; start from a finer level", size(*shape)
    )]
    TooCoarse { coarsest: usize, shape: [usize; 3] },
    #[error(
        "the fixed image has {fixed} dimensions and the moving image {moving}; give two of one kind"
    )]
    UnlikeDimensions { fixed: usize, moving: usize },
    #[error(
        "no voxel of the mask above 0 lies on the fixed image; give a mask of what counts in it"
    )]
    MaskOfNothing,
    #[error(
        "only {0} voxels of the fixed image count; give a larger mask, or start from a finer level"
    )]
    FewVoxels(usize),
    #[error(
        "no patch of radius {radius} lies where the fixed image counts; give a smaller radius or a finer level"
    )]
    NoPatch { radius: usize },
    #[error(
        "where the images are compared one of them is constant; give another mask or another start"
    )]
    Featureless,
    #[error(
        "all voxels of the {image} are equal; give another, as there is nothing to register by"
    )]
    Constant { image: &'static str },
    #[error("the initial transform mirrors or flattens; give one that keeps handedness")]
    InitialMirrors,
    #[error(
        "from this start too little of the fixed image lies in the moving one to compare them; align their centres first"
    )]
    Apart,
    #[error(
        "the planes of these images of one slice are tilted by {0:.1} degrees against each other, and they are only moved within their plane; turn the moving image back into it first"
    )]
    Tilted(f64),
    #[error("the registration was cancelled")]
    Cancelled,
}

/// "256 x 256 x 128".
fn size([nx, ny, nz]: [usize; 3]) -> String {
    format!("{nx} x {ny} x {nz}")
}
