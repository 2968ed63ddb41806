//! Paints the interface with a short shader where the processor draws. egui's own filters the font
//! texture in two ways and dithers, all of it at every pixel of a software renderer: ten times the work.
//!
//! What egui has painted is taken when a frame ends, and runs of triangles go back as paint callbacks.
//! Pictures with textures of their own, and other callbacks, stay as they are and in their place.

use eframe::egui_wgpu::{
    self, CallbackResources, CallbackTrait, RenderState, Renderer, ScreenDescriptor, wgpu,
};
use egui::epaint::{ClippedPrimitive, ClippedShape, ImageDelta, Mesh, Primitive, Vertex};
use egui::mutex::RwLock;
use egui::{Context, FullOutput, PaintCallbackInfo, Rect, Shape, TextureId};
use std::ops::Range;
use std::sync::Arc;

/// The texture with the letters, and one white texel for what has no texture.
const FONT: TextureId = TextureId::Managed(0);

/// Takes over painting where the processor does it; called once at the start.
pub fn install(ctx: &Context, state: &RenderState) {
    let by_processor = state.adapter.get_info().device_type == wgpu::DeviceType::Cpu;
    // Colours are blended as they are stored, which such a target would not do.
    if !by_processor || state.target_format.is_srgb() {
        return;
    }
    let resources = Resources::new(&state.device, state.target_format);
    let mut renderer = state.renderer.write();
    renderer.callback_resources.insert(resources);
    drop(renderer);
    ctx.add_plugin(Takeover {
        renderer: Arc::clone(&state.renderer),
    });
}

struct Takeover {
    renderer: Arc<RwLock<Renderer>>,
}

impl egui::Plugin for Takeover {
    fn debug_name(&self) -> &'static str {
        "plain painter"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        let mut set = output.textures_delta.set.iter();
        // It is made anew before it is painted with: this frame is egui's.
        if set.any(|(id, deltas)| *id == FONT && deltas.iter().any(ImageDelta::is_whole)) {
            return;
        }
        let renderer = self.renderer.read();
        let font = renderer.texture(&FONT).and_then(|it| it.texture.clone());
        drop(renderer);
        let Some(font) = font else {
            return;
        };
        let shapes = std::mem::take(&mut output.shapes);
        let pixels_per_point = output.pixels_per_point;
        let primitives = ctx.tessellate(shapes, pixels_per_point);
        output.shapes = runs(primitives, ctx.viewport_rect(), &font);
    }
}

/// The primitives in the same order, those with the font texture gathered into callbacks.
fn runs(
    primitives: Vec<ClippedPrimitive>,
    screen: Rect,
    font: &wgpu::Texture,
) -> Vec<ClippedShape> {
    let mut shapes = Vec::new();
    let mut run = Run::new(0, font);
    let mut count = 0;
    for ClippedPrimitive {
        clip_rect,
        primitive,
    } in primitives
    {
        let other = match primitive {
            Primitive::Mesh(mesh) if mesh.texture_id == FONT => {
                run.push(clip_rect, &mesh);
                continue;
            }
            Primitive::Mesh(mesh) => Shape::mesh(mesh),
            Primitive::Callback(callback) => Shape::Callback(callback),
        };
        count += 1;
        let full = std::mem::replace(&mut run, Run::new(count, font));
        shapes.extend(full.shape(screen));
        shapes.push(ClippedShape::new(clip_rect, other));
    }
    shapes.extend(run.shape(screen));
    shapes
}

/// Triangles that are painted one after the other.
struct Run {
    /// Its place among the runs of the frame.
    number: usize,
    font: wgpu::Texture,
    vertices: Vec<Vertex>,
    indices: Vec<u32>,
    draws: Vec<Draw>,
}

/// Triangles with one clip rectangle.
struct Draw {
    /// In points.
    clip: Rect,
    indices: Range<u32>,
}

impl Run {
    fn new(number: usize, font: &wgpu::Texture) -> Self {
        Self {
            number,
            font: font.clone(),
            vertices: Vec::new(),
            indices: Vec::new(),
            draws: Vec::new(),
        }
    }

    fn push(&mut self, clip: Rect, mesh: &Mesh) {
        let base = self.vertices.len() as u32;
        let first = self.indices.len() as u32;
        self.vertices.extend_from_slice(&mesh.vertices);
        self.indices
            .extend(mesh.indices.iter().map(|index| base + index));
        self.draws.push(Draw {
            clip,
            indices: first..self.indices.len() as u32,
        });
    }

    /// The callback that paints it.
    fn shape(self, screen: Rect) -> Option<ClippedShape> {
        if self.draws.is_empty() {
            return None;
        }
        let callback = egui_wgpu::Callback::new_paint_callback(screen, self);
        Some(ClippedShape::new(screen, Shape::Callback(callback)))
    }
}

/// What is kept on the card.
struct Resources {
    pipeline: wgpu::RenderPipeline,
    screen: wgpu::Buffer,
    /// For the font texture beside it.
    bound: Option<(wgpu::Texture, wgpu::BindGroup)>,
    /// Vertices and indices of each run.
    buffers: Vec<[wgpu::Buffer; 2]>,
}

impl Resources {
    fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let module = device.create_shader_module(wgpu::include_wgsl!("plain_painter.wgsl"));
        let over = |src_factor, dst_factor| wgpu::BlendComponent {
            src_factor,
            dst_factor,
            operation: wgpu::BlendOperation::Add,
        };
        use wgpu::BlendFactor::{One, OneMinusDstAlpha, OneMinusSrcAlpha};
        let target = wgpu::ColorTargetState {
            format,
            blend: Some(wgpu::BlendState {
                color: over(One, OneMinusSrcAlpha),
                alpha: over(OneMinusDstAlpha, One),
            }),
            write_mask: wgpu::ColorWrites::ALL,
        };
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("plain painter"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("corner"),
                compilation_options: Default::default(),
                buffers: &[Some(wgpu::VertexBufferLayout {
                    array_stride: size_of::<Vertex>() as u64,
                    step_mode: wgpu::VertexStepMode::Vertex,
                    attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2, 2 => Unorm8x4],
                })],
            },
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("pixel"),
                compilation_options: Default::default(),
                targets: &[Some(target)],
            }),
            multiview_mask: None,
            cache: None,
        });
        let screen = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("plain painter"),
            size: 16,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            pipeline,
            screen,
            bound: None,
            buffers: Vec::new(),
        }
    }

    fn bind(&mut self, device: &wgpu::Device, font: &wgpu::Texture) {
        if self.bound.as_ref().is_some_and(|(bound, _)| bound == font) {
            return;
        }
        let view = font.create_view(&Default::default());
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("plain painter"),
            layout: &self.pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: self.screen.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&view),
                },
            ],
        });
        self.bound = Some((font.clone(), group));
    }

    /// Puts vertices and indices of run `number` on the card.
    fn put(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, number: usize, data: [&[u8]; 2]) {
        let buffer = |kind: usize, size: u64| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("plain painter"),
                size: size.next_power_of_two().max(1 << 14),
                usage: [wgpu::BufferUsages::VERTEX, wgpu::BufferUsages::INDEX][kind]
                    | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        while self.buffers.len() <= number {
            self.buffers.push([buffer(0, 0), buffer(1, 0)]);
        }
        for (kind, bytes) in data.into_iter().enumerate() {
            let kept = &mut self.buffers[number][kind];
            if kept.size() < bytes.len() as u64 {
                *kept = buffer(kind, bytes.len() as u64);
            }
            queue.write_buffer(kept, 0, bytes);
        }
    }
}

impl CallbackTrait for Run {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(resources) = resources.get_mut::<Resources>() {
            resources.bind(device, &self.font);
            let points = screen
                .size_in_pixels
                .map(|n| n as f32 / screen.pixels_per_point);
            let size = [points[0], points[1], 0.0, 0.0];
            queue.write_buffer(&resources.screen, 0, bytemuck::cast_slice(&size));
            let data = [
                bytemuck::cast_slice(&self.vertices),
                bytemuck::cast_slice(&self.indices),
            ];
            resources.put(device, queue, self.number, data);
        }
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let Some(resources) = resources.get::<Resources>() else {
            return;
        };
        let (Some((_, group)), Some([vertices, indices])) =
            (&resources.bound, resources.buffers.get(self.number))
        else {
            return;
        };
        let [width, height] = info.screen_size_px;
        pass.set_viewport(0.0, 0.0, width as f32, height as f32, 0.0, 1.0);
        pass.set_pipeline(&resources.pipeline);
        pass.set_bind_group(0, group, &[]);
        pass.set_vertex_buffer(0, vertices.slice(..));
        pass.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
        for draw in &self.draws {
            if let Some([x, y, w, h]) = scissor(draw.clip, info.pixels_per_point, [width, height]) {
                pass.set_scissor_rect(x, y, w, h);
                pass.draw_indexed(draw.indices.clone(), 0, 0..1);
            }
        }
    }
}

/// The physical pixels of a clip rectangle on the screen, as egui rounds them; `None` when there are
/// none.
fn scissor(clip: Rect, pixels_per_point: f32, screen: [u32; 2]) -> Option<[u32; 4]> {
    let along = |from: f32, to: f32, most: u32| {
        let pixel = |points: f32| ((points * pixels_per_point).round().max(0.0) as u32).min(most);
        let (from, to) = (pixel(from), pixel(to));
        (to > from).then(|| (from, to - from))
    };
    let (x, width) = along(clip.left(), clip.right(), screen[0])?;
    let (y, height) = along(clip.top(), clip.bottom(), screen[1])?;
    Some([x, y, width, height])
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_clip_rectangle_is_cut_to_the_screen_and_may_hold_no_pixel() {
        let clip = |x0: f32, y0: f32, x1: f32, y1: f32| {
            let rect = Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
            scissor(rect, 1.5, [300, 150])
        };
        assert_eq!(clip(10.0, 20.0, 30.4, 40.0), Some([15, 30, 31, 30]));
        assert_eq!(clip(-10.0, -1.0, 500.0, 500.0), Some([0, 0, 300, 150]));
        assert_eq!(clip(10.0, 20.0, 10.1, 40.0), None);
        assert_eq!(clip(400.0, 0.0, 500.0, 10.0), None);
        let everything = scissor(Rect::EVERYTHING, 1.0, [300, 150]);
        assert_eq!(everything, Some([0, 0, 300, 150]));
    }
}
