//! Puts pictures on the screen with a pipeline of their own. egui's, which filters and blends, costs a
//! software renderer several times as much a pixel.

use crate::document::Plane;
use eframe::egui_wgpu::{
    self, CallbackResources, CallbackTrait, RenderState, ScreenDescriptor, wgpu,
};
use egui::PaintCallbackInfo;
use std::collections::HashMap;
use std::sync::Arc;

/// A finished picture of a view: RGBA8, row by row from the top left.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub pixels: Arc<Vec<u8>>,
    pub size: [u32; 2],
    /// Counts up with every new picture of the view.
    pub generation: u64,
}

/// The pipeline and one texture a view, kept by egui's renderer.
struct Resources {
    pipeline: wgpu::RenderPipeline,
    format: wgpu::TextureFormat,
    views: HashMap<Plane, OnCard>,
}

/// A view's picture on the card.
struct OnCard {
    texture: wgpu::Texture,
    bind_group: wgpu::BindGroup,
    generation: u64,
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
    // A target that encodes sRGB itself must be given linear colours: the texture decodes them.
    let format = if state.target_format.is_srgb() {
        wgpu::TextureFormat::Rgba8UnormSrgb
    } else {
        wgpu::TextureFormat::Rgba8Unorm
    };
    state.renderer.write().callback_resources.insert(Resources {
        pipeline,
        format,
        views: HashMap::new(),
    });
}

/// The shape that paints `picture` into `rect`.
pub fn shape(rect: egui::Rect, plane: Plane, picture: Picture) -> egui::Shape {
    egui::Shape::Callback(egui_wgpu::Callback::new_paint_callback(
        rect,
        PaintPicture { plane, picture },
    ))
}

struct PaintPicture {
    plane: Plane,
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
            resources.upload(device, queue, self.plane, &self.picture);
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
            && let Some(view) = resources.views.get(&self.plane)
        {
            pass.set_pipeline(&resources.pipeline);
            pass.set_bind_group(0, &view.bind_group, &[]);
            pass.draw(0..3, 0..1);
        }
    }
}

impl Resources {
    fn upload(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        plane: Plane,
        picture: &Picture,
    ) {
        let [width, height] = picture.size;
        let fits = self
            .views
            .get(&plane)
            .is_some_and(|view| view.texture.width() == width && view.texture.height() == height);
        if !fits {
            let fresh = self.create(device, width, height);
            self.views.insert(plane, fresh);
        }
        let Some(view) = self.views.get_mut(&plane) else {
            return;
        };
        if fits && view.generation == picture.generation {
            return;
        }
        view.generation = picture.generation;
        queue.write_texture(
            view.texture.as_image_copy(),
            &picture.pixels,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(4 * width),
                rows_per_image: None,
            },
            view.texture.size(),
        );
    }

    fn create(&self, device: &wgpu::Device, width: u32, height: u32) -> OnCard {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("slice"),
            size: wgpu::Extent3d {
                width,
                height,
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
