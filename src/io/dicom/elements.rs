//! The way through the elements of a data set, up to its pixels and then through their fragments.
//!
//! The parser of dicom-rs makes the tokens; here no length is believed that the source cannot hold.

use super::source::{NativePixels, PixelKind, Pixels, Source, Unreadable};
use dicom_core::header::{DataElementHeader, HasLength};
use dicom_core::value::{DataSetSequence, PixelFragmentSequence};
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;
use dicom_parser::dataset::LazyDataToken;
use dicom_parser::dataset::lazy_read::LazyDataSetReader;
use dicom_parser::{DynStatefulDecoder, StatefulDecode};

/// Sequences nest; those of damaged files without end.
const DEEPEST: usize = 32;
const BROKEN: Unreadable = Unreadable::Damaged("its header is damaged or ends early");

/// The way through the elements of a data set.
pub(super) struct Elements {
    pub tokens: LazyDataSetReader<DynStatefulDecoder<Box<dyn Source>>>,
    /// Bytes of the source.
    pub end: u64,
    pub big_endian: bool,
    pub deflated: bool,
}

impl Elements {
    /// The elements before the pixels, and where those are.
    pub fn read_header(&mut self) -> Result<(InMemDicomObject, Pixels), Unreadable> {
        let mut elements = Vec::new();
        let pixels = self.read_elements(&mut elements, 0)?;
        Ok((InMemDicomObject::from_element_iter(elements), pixels))
    }

    /// Up to the end of the item, or up to the pixels.
    fn read_elements(
        &mut self,
        elements: &mut Vec<InMemElement>,
        depth: usize,
    ) -> Result<Pixels, Unreadable> {
        while let Some(token) = self.tokens.advance() {
            match token.map_err(|_| BROKEN)? {
                LazyDataToken::ElementHeader(header)
                    if depth == 0 && header.tag.group() >= 0x7FE0 =>
                {
                    if let Some(pixels) = self.native(header)? {
                        return Ok(pixels);
                    }
                }
                LazyDataToken::ElementHeader(_) => elements.push(self.read_value()?),
                LazyDataToken::SequenceStart { tag, len } => {
                    let items = self.read_items(depth + 1)?;
                    let sequence = DataSetSequence::new(items, len);
                    elements.push(DataElement::new_with_len(tag, VR::SQ, len, sequence));
                }
                LazyDataToken::PixelSequenceStart if depth == 0 => return Ok(Pixels::Encapsulated),
                LazyDataToken::ItemEnd if depth > 0 => return Ok(Pixels::None),
                _ => return Err(BROKEN),
            }
        }
        if depth > 0 {
            Err(BROKEN)
        } else {
            Ok(Pixels::None)
        }
    }

    fn read_value(&mut self) -> Result<InMemElement, Unreadable> {
        let token = self.tokens.advance().ok_or(BROKEN)?.map_err(|_| BROKEN)?;
        let LazyDataToken::LazyValue {
            header,
            ref decoder,
        } = token
        else {
            return Err(BROKEN);
        };
        let rest = self.end.saturating_sub(decoder.position());
        if header
            .length()
            .get()
            .is_none_or(|length| u64::from(length) > rest)
        {
            return Err(BROKEN);
        }
        let value = token.into_value().map_err(|_| BROKEN)?;
        Ok(DataElement::new_with_len(
            header.tag, header.vr, header.len, value,
        ))
    }

    fn read_items(&mut self, depth: usize) -> Result<Vec<InMemDicomObject>, Unreadable> {
        if depth > DEEPEST {
            return Err(BROKEN);
        }
        let mut items = Vec::new();
        while let Some(token) = self.tokens.advance() {
            match token.map_err(|_| BROKEN)? {
                LazyDataToken::ItemStart { .. } => {
                    let mut elements = Vec::new();
                    self.read_elements(&mut elements, depth)?;
                    items.push(InMemDicomObject::from_element_iter(elements));
                }
                LazyDataToken::SequenceEnd => return Ok(items),
                _ => return Err(BROKEN),
            }
        }
        Err(BROKEN)
    }

    /// An element beyond the header: the pixels, or something to pass over.
    fn native(&mut self, header: DataElementHeader) -> Result<Option<Pixels>, Unreadable> {
        let token = self.tokens.advance().ok_or(BROKEN)?.map_err(|_| BROKEN)?;
        let LazyDataToken::LazyValue { ref decoder, .. } = token else {
            return Err(BROKEN);
        };
        let kind = match header.tag {
            tags::FLOAT_PIXEL_DATA => PixelKind::Float,
            tags::DOUBLE_FLOAT_PIXEL_DATA => PixelKind::Double,
            tags::PIXEL_DATA => PixelKind::Integer,
            _ => {
                token.skip().map_err(|_| BROKEN)?;
                return Ok(None);
            }
        };
        let offset = decoder.position();
        let rest = self.end.saturating_sub(offset);
        Ok(Some(Pixels::Native(NativePixels {
            kind,
            offset,
            length: header
                .length()
                .get()
                .map_or(rest, |length| rest.min(length.into())),
            big_endian: self.big_endian,
            words: header.vr == VR::OW,
            deflated: self.deflated,
        })))
    }

    /// The compressed frames that [`Self::read_header`] stopped before.
    pub fn read_fragments(&mut self) -> Result<PixelFragmentSequence<Vec<u8>>, Unreadable> {
        const CUT: Unreadable = Unreadable::Damaged("its compressed pixel data end early");
        let (mut items, mut bytes) = (Vec::new(), Vec::new());
        while let Some(token) = self.tokens.advance() {
            match token.map_err(|_| CUT)? {
                LazyDataToken::ItemStart { .. } => bytes = Vec::new(),
                LazyDataToken::LazyItemValue { len, decoder } => {
                    decoder.read_to_vec(len, &mut bytes).map_err(|_| CUT)?;
                    if bytes.len() < len as usize {
                        return Err(CUT);
                    }
                }
                LazyDataToken::ItemEnd => items.push(std::mem::take(&mut bytes)),
                LazyDataToken::SequenceEnd => {
                    // The first item is the table of offsets, often empty.
                    let mut items = items.into_iter();
                    let table = items.next().unwrap_or_default();
                    let (words, _) = table.as_chunks();
                    let offsets: Vec<u32> = words.iter().map(|w| u32::from_le_bytes(*w)).collect();
                    let fragments: Vec<Vec<u8>> = items.collect();
                    return Ok(PixelFragmentSequence::new(offsets, fragments));
                }
                _ => return Err(CUT),
            }
        }
        Err(CUT)
    }
}
