//! Puts pictures on the screen with a pipeline of their own. egui's, which filters and blends, costs a
//! software renderer several times as much a pixel.

use eframe::egui_wgpu::{
    self, CallbackResources, CallbackTrait, RenderState, ScreenDescriptor, wgpu,
};
use egui::{Id, PaintCallbackInfo};
use std::collections::HashMap;
use std::sync::Arc;

/// A finished picture of a view: RGBA8, row by row from the top left.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub pixels: Arc<Vec<u8>>,
    pub size: [u32; 2],
    /// Another for every picture there ever was; never 0.
    pub generation: u64,
}

/// The pipeline and one texture a view, kept by egui's renderer.
struct Resources {
    pipeline: wgpu::RenderPipeline,
    format: wgpu::TextureFormat,
    views: HashMap<Id, OnCard>,
}

/// A view's picture on the card.
struct OnCard {
    texture: wgpu::Texture,
    bind_group: wgpu::BindGroup,
    /// Of the picture it holds.
    generation: u64,
}

impl OnCard {
    fn fits(&self, picture: &Picture) -> bool {
        [self.texture.width(), self.texture.height()] == picture.size
    }

    /// Uploads `picture` unless it is there.
    fn put(&mut self, queue: &wgpu::Queue, picture: &Picture) {
        if self.generation == picture.generation {
            return;
        }
        self.generation = picture.generation;
        queue.write_texture(
            self.texture.as_image_copy(),
            &picture.pixels,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(4 * picture.size[0]),
                rows_per_image: None,
            },
            self.texture.size(),
        );
    }
}

/// The format of pictures' textures for a target: one that encodes sRGB itself must be given linear
/// colours, so the texture decodes them.
fn texture_format(target: wgpu::TextureFormat) -> wgpu::TextureFormat {
    if target.is_srgb() {
        wgpu::TextureFormat::Rgba8UnormSrgb
    } else {
        wgpu::TextureFormat::Rgba8Unorm
    }
}

/// Builds the pipeline; called once at the start.
pub fn install(state: &RenderState) {
    let device = &state.device;
    let module = device.create_shader_module(wgpu::include_wgsl!("slice.wgsl"));
    let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("slice"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corner"),
            compilation_options: Default::default(),
            buffers: &[],
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
    state.renderer.write().callback_resources.insert(Resources {
        pipeline,
        format: texture_format(state.target_format),
        views: HashMap::new(),
    });
}

/// The shape that paints `picture` into `rect`. `id` names the place: a picture there takes the texture
/// of the one before.
pub fn shape(rect: egui::Rect, id: Id, picture: Picture) -> egui::Shape {
    egui::Shape::Callback(egui_wgpu::Callback::new_paint_callback(
        rect,
        PaintPicture { id, picture },
    ))
}

struct PaintPicture {
    id: Id,
    picture: Picture,
}

impl CallbackTrait for PaintPicture {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(resources) = resources.get_mut::<Resources>() {
            resources.upload(device, queue, self.id, &self.picture);
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        if let Some(resources) = resources.get::<Resources>()
            && let Some(view) = resources.views.get(&self.id)
        {
            pass.set_pipeline(&resources.pipeline);
            pass.set_bind_group(0, &view.bind_group, &[]);
            pass.draw(0..3, 0..1);
        }
    }
}

impl Resources {
    fn upload(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, id: Id, picture: &Picture) {
        let view = self.views.get(&id);
        if !view.is_some_and(|view| view.fits(picture)) {
            let fresh = self.create(device, picture.size);
            self.views.insert(id, fresh);
        }
        if let Some(view) = self.views.get_mut(&id) {
            view.put(queue, picture);
        }
    }

    fn create(&self, device: &wgpu::Device, size: [u32; 2]) -> OnCard {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("slice"),
            size: wgpu::Extent3d {
                width: size[0],
                height: size[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: self.format,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("slice"),
            layout: &self.pipeline.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(
                    &texture.create_view(&Default::default()),
                ),
            }],
        });
        OnCard {
            texture,
            bind_group,
            generation: 0,
        }
    }
}
