// Copies a picture to the screen, pixel for pixel: no filter, no blending.

@group(0) @binding(0) var picture: texture_2d<f32>;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) texel: vec2<f32>,
}

// One triangle that covers the whole viewport.
@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
    let x = f32(index & 1u) * 2.0;
    let y = f32(index >> 1u) * 2.0;
    var out: Corner;
    out.position = vec4<f32>(x * 2.0 - 1.0, 1.0 - y * 2.0, 0.0, 1.0);
    out.texel = vec2<f32>(x, y) * vec2<f32>(textureDimensions(picture));
    return out;
}

@fragment
fn pixel(in: Corner) -> @location(0) vec4<f32> {
    return textureLoad(picture, vec2<i32>(in.texel), 0);
}
