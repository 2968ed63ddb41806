//! ITK-SNAP's workspaces: an XML registry of nested folders with entries. The keys were learnt from
//! workspaces that ITK-SNAP wrote.

use super::file::Opened;
use super::places;
use super::scene::{FileSource, Look, Scene, SceneLayer, SceneRole, Source};
use crate::document::ColorMap;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// No registry is nested deeper.
const DEEPEST: usize = 64;

/// A folder of the registry.
#[derive(Debug, Default)]
struct Folder {
    entries: BTreeMap<String, String>,
    folders: BTreeMap<String, Folder>,
}

impl Folder {
    fn entry(&self, key: &str) -> Option<&str> {
        self.entries
            .get(key)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.entry(key)?
            .parse()
            .ok()
            .filter(|n: &f64| n.is_finite())
    }

    fn folder(&self, path: &str) -> Option<&Self> {
        path.split('/')
            .try_fold(self, |folder, key| folder.folders.get(key))
    }
}

/// The images of a registry in `text`; the error says what is wrong, in a few words.
pub(super) fn scene(text: &str, folder: &Path) -> Result<Opened, String> {
    let registry = parse(text)?;
    let mut scene = Scene::default();
    let mut remarks = Vec::new();
    let layers = registry.folder("Layers").ok_or("it has no Layers")?;
    let saved_in = registry.entry("SaveLocation").unwrap_or_default();
    for layer in layers.folders.values() {
        let Some(absolute) = layer.entry("AbsolutePath") else {
            continue;
        };
        let role = match (layer.entry("Role"), is_sticky(layer)) {
            (Some("MainRole"), _) => SceneRole::Main,
            (Some("OverlayRole"), true) => SceneRole::Overlay,
            (Some("OverlayRole"), false) => SceneRole::Additional,
            (role, _) => {
                remarks.push(left_out(role, absolute));
                continue;
            }
        };
        let layer = scene_layer(layer, role, place(folder, saved_in, absolute), &mut remarks);
        match role {
            SceneRole::Main => scene.layers.insert(0, layer),
            _ => scene.layers.push(layer),
        }
    }
    Ok(Opened {
        scene,
        own: false,
        remarks,
    })
}

fn is_sticky(layer: &Folder) -> bool {
    let meta = layer.folder("LayerMetaData");
    meta.and_then(|meta| meta.number("Sticky"))
        .is_some_and(|sticky| sticky != 0.0)
}

fn left_out(role: Option<&str>, path: &str) -> String {
    let kind = match role {
        Some("SegmentationRole") => "segmentation",
        _ => "layer",
    };
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    format!("the {kind} {name} of the workspace is left out; warpscope shows images only")
}

fn scene_layer(
    layer: &Folder,
    role: SceneRole,
    (relative, path): (Option<String>, PathBuf),
    remarks: &mut Vec<String>,
) -> SceneLayer {
    let empty = Folder::default();
    let meta = layer.folder("LayerMetaData").unwrap_or(&empty);
    let name = meta.entry("CustomNickName").unwrap_or_default();
    let transform = layer.folder("ImageTransform");
    if transform.is_some_and(|t| t.entry("IsIdentity") == Some("0")) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        remarks.push(format!(
            "the transform of {file} is not applied; the image is shown where its header says"
        ));
    }
    SceneLayer {
        source: Source::File(FileSource {
            relative,
            path,
            series: None,
        }),
        name: name.to_owned(),
        role,
        reorientations: Vec::new(),
        alignment: Vec::new(),
        display: look(meta, role),
    }
}

fn look(meta: &Folder, role: SceneRole) -> Look {
    let mapping = meta.folder("DisplayMapping");
    // Images with several components have one mapping for each way to show them.
    let mapping = mapping.and_then(|mapping| {
        let shown = mapping.entry("SelectedScalarRep");
        shown
            .and_then(|shown| mapping.folder(shown))
            .or(Some(mapping))
    });
    let preset = mapping.and_then(|mapping| mapping.folder("ColorMap")?.entry("Preset"));
    let alpha = meta.number("Alpha").filter(|_| role == SceneRole::Overlay);
    Look {
        // The main image's, which means nothing there, counts to 255.
        opacity: alpha.map(|alpha| if alpha > 1.0 { alpha / 255.0 } else { alpha } as f32),
        window_share: mapping.and_then(|mapping| window(mapping.folder("Curve")?)),
        color_map: preset
            .filter(|name| ColorMap::parse(name).is_some())
            .map(str::to_owned),
        ..Look::default()
    }
}

/// Where the contrast curve begins and ends, as shares of the image's range.
fn window(curve: &Folder) -> Option<[f64; 2]> {
    let points = curve.number("NumberOfControlPoints")? as usize;
    let place = |n: usize| {
        curve
            .folder(&format!("ControlPoint[{n}]"))?
            .number("tValue")
    };
    let (first, last) = (place(0)?, place(points.checked_sub(1)?)?);
    (first < last).then_some([first, last])
}

/// The path from the workspace, and where the file is. The workspace may have moved with its images,
/// perhaps from another system.
fn place(folder: &Path, saved_in: &str, absolute: &str) -> (Option<String>, PathBuf) {
    let plain = |path: &str| path.replace('\\', "/");
    let (saved, file) = (plain(saved_in), plain(absolute));
    let inside = file.strip_prefix(saved.trim_end_matches('/'));
    let relative = match inside.and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) if !saved.is_empty() => Some(rest.to_owned()),
        _ => places::relative(Path::new(&saved), Path::new(&file)),
    };
    let path = places::locate(folder, relative.as_deref(), Path::new(&file));
    (relative, path)
}

fn parse(text: &str) -> Result<Folder, String> {
    let mut reader = Reader::from_str(text);
    // The outermost element is the registry itself.
    let mut open: Vec<(String, Folder)> = Vec::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) => {
                if open.len() == DEEPEST {
                    return Err("its folders are nested too deep".to_owned());
                }
                if !open.is_empty() {
                    add_entry(&element, &mut open)?;
                } else if element.name().as_ref() != b"registry" {
                    return Err("it is no registry".to_owned());
                }
                open.push((
                    attribute(&element, "key")?.unwrap_or_default(),
                    Folder::default(),
                ));
            }
            Event::Empty(element) => add_entry(&element, &mut open)?,
            Event::End(_) => {
                let (key, folder) = open.pop().ok_or("its folders do not match")?;
                match open.last_mut() {
                    Some((_, parent)) => parent.folders.insert(key, folder),
                    None => return Ok(folder),
                };
            }
            Event::DocType(kind) if kind.windows(8).any(|word| word == b"<!ENTITY") => {
                return Err("it defines entities".to_owned());
            }
            Event::Eof => return Err("it ends early".to_owned()),
            _ => {}
        }
    }
}

fn add_entry(element: &BytesStart, open: &mut [(String, Folder)]) -> Result<(), String> {
    let (_, folder) = open.last_mut().ok_or("it is no registry")?;
    if element.name().as_ref() == b"entry"
        && let Some(key) = attribute(element, "key")?
    {
        let value = attribute(element, "value")?.unwrap_or_default();
        folder.entries.insert(key, value);
    }
    Ok(())
}

fn attribute(element: &BytesStart, name: &str) -> Result<Option<String>, String> {
    let found = element
        .try_get_attribute(name)
        .map_err(|error| error.to_string())?;
    let value = found.map(|found| {
        found
            .normalized_value(XmlVersion::Implicit1_0)
            .map(Cow::into_owned)
    });
    value.transpose().map_err(|error| error.to_string())
}
