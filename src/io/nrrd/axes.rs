//! What the axes of an NRRD are: space, time or components; and where the voxels lie.

use super::super::IoError;
use super::header::Fields;
use crate::geometry::Grid;
use crate::volume::{Content, Notice, NoticeKind};
use nalgebra::{Matrix3, Vector3};

/// As many axes as a volume has: three of space, time, components.
const MOST: usize = 5;

#[derive(Debug)]
pub struct Axes {
    /// Sizes in the file, the fastest first, filled up with 1.
    pub sizes: [usize; MOST],
    /// Where t, k, j, i and c lie among the axes of the file, the slowest first.
    pub order: [usize; MOST],
    pub time_points: usize,
    pub time_step: Option<f64>,
    pub grid: Grid,
    pub content: Content,
    pub notices: Vec<Notice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Space,
    Time,
    Components,
}

impl Axes {
    pub fn of(fields: &Fields) -> Result<Self, IoError> {
        let sizes = sizes(fields)?;
        let count = sizes.len();
        let kinds: Vec<String> = fields.each("kinds", count)?.unwrap_or_default();
        let directions = fields.vectors("spacedirections")?;
        if directions.as_ref().is_some_and(|d| d.len() != count) {
            return Err(fields.nonsense("spacedirections"));
        }
        let roles = roles(&kinds, directions.as_deref(), count);
        let places = |wanted: Role| {
            let roles = roles.iter().enumerate();
            roles
                .filter(move |(_, role)| **role == wanted)
                .map(|(axis, _)| axis)
        };
        let space: Vec<usize> = places(Role::Space).collect();
        let (time, components) = (places(Role::Time).next(), places(Role::Components).next());
        let several = [Role::Time, Role::Components].map(|role| places(role).count() > 1);
        if !(2..=3).contains(&space.len()) || several.contains(&true) {
            return Err(IoError::unsupported(
                fields.path(),
                format!("NRRD with {} axes in space and {count} in all", space.len()),
                "save it with 2 or 3 axes in space, one of time and one of components",
            ));
        }

        let mut padded = [1; MOST];
        for (to, size) in padded.iter_mut().zip(&sizes) {
            *to = *size;
        }
        let size = |axis: Option<usize>| axis.map_or(1, |axis| padded[axis]);
        let spacings: Vec<f64> = fields.each("spacings", count)?.unwrap_or_default();
        let mut notices = Vec::new();
        let grid = Place {
            fields,
            space: &space,
            sizes: &padded,
            spacings: &spacings,
        }
        .grid(directions.as_deref(), &mut notices)?;
        let step = time.and_then(|axis| {
            // ITK writes time as the fourth dimension of space.
            let direction = directions.as_ref().and_then(|d| d.get(axis)?.as_deref());
            let fourth = direction.and_then(|vector| vector.get(3));
            spacings.get(axis).or(fourth).copied()
        });
        Ok(Self {
            sizes: padded,
            order: order(&space, time, components),
            time_points: size(time),
            time_step: step.filter(|step| *step > 0.0 && step.is_finite()),
            grid,
            content: content(
                components.map_or("", |axis| kinds.get(axis).map_or("", String::as_str)),
                size(components),
            ),
            notices,
        })
    }
}

fn sizes(fields: &Fields) -> Result<Vec<usize>, IoError> {
    let count: usize = fields
        .needed("dimension")?
        .parse()
        .map_err(|_| fields.nonsense("dimension"))?;
    if !(2..=MOST).contains(&count) {
        return Err(IoError::unsupported(
            fields.path(),
            format!("an NRRD of {count} dimensions"),
            format!("save it with 2 to {MOST}"),
        ));
    }
    let sizes: Vec<usize> = fields
        .each("sizes", count)?
        .ok_or_else(|| fields.lacks("sizes"))?;
    if sizes.contains(&0) {
        return Err(IoError::corrupt(fields.path(), "one of its sizes is 0"));
    }
    Ok(sizes)
}

/// By direction where there are any, else by kind. An axis without either is of components before
/// those of space and of time after them.
fn roles(kinds: &[String], directions: Option<&[Option<Vec<f64>>]>, count: usize) -> Vec<Role> {
    let kind = |axis: usize| {
        kinds
            .get(axis)
            .map_or("???", String::as_str)
            .to_ascii_lowercase()
    };
    let is_open = |kind: &str| matches!(kind, "domain" | "space" | "???" | "none");
    let is_space = |axis: usize| match directions {
        Some(directions) => directions
            .get(axis)
            .and_then(Option::as_ref)
            .is_some_and(|vector| vector.iter().take(3).any(|v| *v != 0.0)),
        None => is_open(&kind(axis)),
    };
    let mut roles: Vec<Role> = (0..count)
        .map(|axis| match kind(axis).as_str() {
            _ if is_space(axis) => Role::Space,
            "time" | "list" => Role::Time,
            open if is_open(open) && axis > 0 => Role::Time,
            _ => Role::Components,
        })
        .collect();
    let spatial = roles.iter().filter(|role| **role == Role::Space).count();
    if spatial == 4
        && let Some(last) = roles.iter_mut().rfind(|role| **role == Role::Space)
    {
        *last = Role::Time;
    }
    roles
}

/// Where t, k, j, i and c lie, counted from the slowest axis; those that are not there get the axes of
/// size 1 that are left.
fn order(space: &[usize], time: Option<usize>, components: Option<usize>) -> [usize; MOST] {
    let named = [
        time,
        space.get(2).copied(),
        space.get(1).copied(),
        space.first().copied(),
        components,
    ];
    let mut free = (0..MOST).filter(|axis| !named.contains(&Some(*axis)));
    named.map(|axis| MOST - 1 - axis.or_else(|| free.next()).unwrap_or(0))
}

fn content(kind: &str, components: usize) -> Content {
    match kind.to_ascii_lowercase().as_str() {
        _ if components == 1 => Content::Scalar,
        "rgb-color" | "3-color" if components == 3 => Content::Color,
        "rgba-color" | "4-color" if components == 4 => Content::Color,
        _ => Content::Vector,
    }
}

/// The fields that say where the voxels lie.
struct Place<'a> {
    fields: &'a Fields<'a>,
    /// Axes of space in the file.
    space: &'a [usize],
    sizes: &'a [usize; MOST],
    spacings: &'a [f64],
}

impl Place<'_> {
    fn grid(
        &self,
        directions: Option<&[Option<Vec<f64>>]>,
        notices: &mut Vec<Notice>,
    ) -> Result<Grid, IoError> {
        let flip = self.to_lps(notices);
        let steps = match directions {
            Some(directions) => self.steps(directions),
            None => Matrix3::from_diagonal(&Vector3::from(self.lengths())),
        };
        let origin = match self.fields.vectors("spaceorigin")? {
            Some(vectors) => self.origin(&vectors)?,
            None => Vector3::zeros(),
        };
        let shape = [0, 1, 2].map(|axis| self.space.get(axis).map_or(1, |axis| self.sizes[*axis]));
        let origin = flip.component_mul(&origin);
        let steps = Matrix3::from_diagonal(&flip) * steps;
        Grid::from_lps(shape, origin.into(), steps, [1.0; 3])
            .map_err(|e| IoError::corrupt(self.fields.path(), e.to_string()))
    }

    /// Signs that turn the file's axes into LPS.
    fn to_lps(&self, notices: &mut Vec<Notice>) -> Vector3<f64> {
        let space = self
            .fields
            .value("space")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let space = space.strip_suffix("-time").unwrap_or(&space);
        match space {
            "left-posterior-superior" | "lps" | "lpst" => Vector3::new(1.0, 1.0, 1.0),
            "left-anterior-superior" | "las" | "last" => Vector3::new(1.0, -1.0, 1.0),
            "right-anterior-superior" | "ras" | "rast" => Vector3::new(-1.0, -1.0, 1.0),
            _ => {
                let what = match space {
                    "" => "the header does not say how its space lies in the patient".to_owned(),
                    other => format!("the header's space, {other}, is not the patient's"),
                };
                let text = format!("{what}; axes are taken as LPS");
                notices.push(Notice::new(NoticeKind::NoGeometry, text));
                Vector3::new(1.0, 1.0, 1.0)
            }
        }
    }

    /// One step along each axis as a column. A plane's third axis is normal to it.
    fn steps(&self, directions: &[Option<Vec<f64>>]) -> Matrix3<f64> {
        let column = |axis: usize| {
            let vector = self
                .space
                .get(axis)
                .and_then(|place| directions.get(*place)?.as_deref());
            vector.map(spatial)
        };
        let [first, second] = [0, 1].map(|axis| column(axis).unwrap_or_default());
        let third = column(2).unwrap_or_else(|| {
            let normal = first.cross(&second);
            normal.try_normalize(0.0).unwrap_or(normal)
        });
        Matrix3::from_columns(&[first, second, third])
    }

    /// Distances between voxels; 1 where the file does not say.
    fn lengths(&self) -> [f64; 3] {
        [0, 1, 2].map(|axis| {
            let place = self.space.get(axis);
            let length = place.and_then(|place| self.spacings.get(*place)).copied();
            length.filter(|length| length.is_finite()).unwrap_or(1.0)
        })
    }

    fn origin(&self, vectors: &[Option<Vec<f64>>]) -> Result<Vector3<f64>, IoError> {
        match vectors {
            [None] => Ok(Vector3::zeros()),
            [Some(vector)] => Ok(spatial(vector)),
            _ => Err(self.fields.nonsense("spaceorigin")),
        }
    }
}

/// The first three numbers of a vector; those missing are 0.
fn spatial(vector: impl AsRef<[f64]>) -> Vector3<f64> {
    let vector = vector.as_ref();
    Vector3::from_fn(|row, _| vector.get(row).copied().unwrap_or(0.0))
}
