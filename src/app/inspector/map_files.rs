//! Colour maps as files: to a colleague, to another machine, and back.

use super::color_map;
use crate::app::dialogs::Dialog;
use crate::app::dialogs::confirm::Question;
use crate::app::message::Message;
use crate::app::picker::Ask;
use crate::app::{App, Purpose};
use crate::document::{ColorMap, LayerId, OwnMap};
use crate::io::replace;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// What is to be done with a file of a colour map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MapFile {
    /// Asks for a file and writes the layer's map to it.
    Export(LayerId),
    /// Writes it over a file that is there, after the user agreed.
    ExportOver(LayerId, PathBuf),
    /// Asks for a file, keeps its map and gives it to the layer.
    Import(LayerId),
}

/// No map is larger.
const MOST_BYTES: u64 = 1 << 20;

impl App {
    pub(in crate::app) fn act_on_map_file(&mut self, request: MapFile) {
        match request {
            MapFile::Export(layer) => self.pick(Ask::NewFile, Purpose::ExportMap(layer)),
            MapFile::ExportOver(layer, path) => self.export_map(layer, &path, true),
            MapFile::Import(layer) => self.pick(Ask::ColorMap, Purpose::ImportMap(layer)),
        }
    }

    /// The file proposed for a layer's map.
    pub(in crate::app) fn proposed_map(&self, layer: LayerId) -> PathBuf {
        let map = self.document.layer(layer).map(color_map::editable);
        let name = map.map_or("map".to_owned(), |map| map.name().to_owned());
        let plain = name.replace(|c: char| !c.is_alphanumeric() && c != '-', "_");
        self.settings.start_folder().join(format!("{plain}.json"))
    }

    pub(in crate::app) fn export_map(&mut self, id: LayerId, path: &Path, overwrite: bool) {
        let Some(layer) = self.document.layer(id) else {
            return;
        };
        if path.exists() && !overwrite {
            let then = Message::MapFile(MapFile::ExportOver(id, path.to_owned()));
            self.dialog = Some(Dialog::Confirm(Question::replace(path, then)));
            return;
        }
        let text = color_map::editable(layer).to_json();
        match replace(path, overwrite, |out| write!(out, "{text}")) {
            Ok(()) => self
                .notices
                .done(format!("Colour map saved: {}", path.display())),
            Err(error) => self.notices.error(error.to_string()),
        }
    }

    pub(in crate::app) fn import_map(&mut self, id: LayerId, path: &Path) {
        let map = match read(path) {
            Ok(map) => map,
            Err(why) => {
                let text = format!(
                    "The colour map was not imported, because {why}: {}",
                    path.display()
                );
                self.notices.error(text);
                return;
            }
        };
        let maps = &mut self.settings.color_maps;
        maps.retain(|it| it.name() != map.name());
        maps.push(map.clone());
        maps.sort_by_key(|map| map.name().to_lowercase());
        if let Some(layer) = self.document.layer(id) {
            let message = color_map::set(layer, map);
            self.messages.push(message);
        }
    }
}

fn read(path: &Path) -> Result<OwnMap, String> {
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| e.to_string())?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|e| e.to_string())?;
    if text.len() as u64 > MOST_BYTES {
        return Err("it is too large for a colour map".to_owned());
    }
    let text = String::from_utf8(text).map_err(|_| "it is not text".to_owned())?;
    let map = OwnMap::from_json(&text).map_err(|e| e.to_string())?;
    match ColorMap::parse(map.name()) {
        Some(_) => Ok(map.renamed(&format!("My {}", map.name()))),
        None => Ok(map),
    }
}
