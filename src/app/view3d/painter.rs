//! Puts pictures on planes in space with a pipeline of their own: egui's meshes know no perspective.

use crate::app::slice_painter::{CardTexture, Picture, texture_format};
use bytemuck::{Pod, Zeroable};
use eframe::egui_wgpu::{
    self, CallbackResources, CallbackTrait, RenderState, ScreenDescriptor, wgpu,
};
use egui::PaintCallbackInfo;

/// A corner of a triangle: its place in clip space, and where in the picture it is (0 to 1).
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Corner {
    pub position: [f32; 4],
    pub at: [f32; 2],
}

/// A part of a plane: two triangles, with one of the pictures on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patch {
    /// Which of the three pictures.
    pub picture: usize,
    pub corners: [Corner; 6],
}

const PATCHES: usize = 7;
const PATCH_BYTES: u64 = 6 * size_of::<Corner>() as u64;

/// Kept by egui's renderer.
struct Resources {
    pipeline: wgpu::RenderPipeline,
    sampler: wgpu::Sampler,
    format: wgpu::TextureFormat,
    corners: wgpu::Buffer,
    pictures: [Option<OnCard>; 3],
}

struct OnCard {
    texture: CardTexture,
    bind_group: wgpu::BindGroup,
}

/// Builds the pipeline; called once at the start.
pub fn install(state: &RenderState) {
    let device = &state.device;
    let module = device.create_shader_module(wgpu::include_wgsl!("planes.wgsl"));
    let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("planes"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corner"),
            compilation_options: Default::default(),
            buffers: &[Some(wgpu::VertexBufferLayout {
                array_stride: size_of::<Corner>() as u64,
                step_mode: wgpu::VertexStepMode::Vertex,
                attributes: &wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32x2],
            })],
        },
        primitive: Default::default(),
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("pixel"),
            compilation_options: Default::default(),
            targets: &[Some(state.target_format.into())],
        }),
        multiview_mask: None,
        cache: None,
    });
    let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("planes"),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        ..Default::default()
    });
    let corners = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("planes"),
        size: PATCHES as u64 * PATCH_BYTES,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    state.renderer.write().callback_resources.insert(Resources {
        pipeline,
        sampler,
        format: texture_format(state.target_format),
        corners,
        pictures: [None, None, None],
    });
}

/// The shape that paints `patches`, the first first, with `pictures` on them.
pub fn shape(rect: egui::Rect, patches: Vec<Patch>, pictures: [Picture; 3]) -> egui::Shape {
    egui::Shape::Callback(egui_wgpu::Callback::new_paint_callback(
        rect,
        PaintPlanes { patches, pictures },
    ))
}

struct PaintPlanes {
    patches: Vec<Patch>,
    pictures: [Picture; 3],
}

impl CallbackTrait for PaintPlanes {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(resources) = resources.get_mut::<Resources>() {
            resources.upload(device, queue, &self.pictures);
            let corners: Vec<Corner> = self.patches().flat_map(|patch| patch.corners).collect();
            queue.write_buffer(&resources.corners, 0, bytemuck::cast_slice(&corners));
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let Some(resources) = resources.get::<Resources>() else {
            return;
        };
        pass.set_pipeline(&resources.pipeline);
        pass.set_vertex_buffer(0, resources.corners.slice(..));
        for (first, patch) in (0..).step_by(6).zip(self.patches()) {
            if let Some(Some(picture)) = resources.pictures.get(patch.picture) {
                pass.set_bind_group(0, &picture.bind_group, &[]);
                pass.draw(first..first + 6, 0..1);
            }
        }
    }
}

impl PaintPlanes {
    /// As many as the buffer holds.
    fn patches(&self) -> impl Iterator<Item = &Patch> {
        self.patches.iter().take(PATCHES)
    }
}

impl Resources {
    fn upload(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, pictures: &[Picture; 3]) {
        for (n, picture) in pictures.iter().enumerate() {
            if !self.pictures[n]
                .as_ref()
                .is_some_and(|there| there.texture.fits(picture))
            {
                self.pictures[n] = Some(self.create(device, picture.size));
            }
            if let Some(there) = &mut self.pictures[n] {
                there.texture.put(queue, picture);
            }
        }
    }

    fn create(&self, device: &wgpu::Device, size: [u32; 2]) -> OnCard {
        let texture = CardTexture::new(device, self.format, size);
        let view = texture.texture.create_view(&Default::default());
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("planes"),
            layout: &self.pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&view),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::Sampler(&self.sampler),
                },
            ],
        });
        OnCard {
            texture,
            bind_group,
        }
    }
}
