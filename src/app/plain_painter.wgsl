// Triangles of the interface: a colour times a texel of the font texture, which lies pixel on pixel.

struct Screen {
    // Points.
    size: vec2<f32>,
}
@group(0) @binding(0) var<uniform> screen: Screen;
@group(0) @binding(1) var font: texture_2d<f32>;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) texel: vec2<f32>,
    @location(1) color: vec4<f32>,
}

@vertex
fn corner(
    @location(0) at: vec2<f32>,
    @location(1) uv: vec2<f32>,
    @location(2) color: vec4<f32>,
) -> Corner {
    let place = at / screen.size;
    var out: Corner;
    out.position = vec4<f32>(2.0 * place.x - 1.0, 1.0 - 2.0 * place.y, 0.0, 1.0);
    out.texel = uv * vec2<f32>(textureDimensions(font));
    out.color = color;
    return out;
}

@fragment
fn pixel(in: Corner) -> @location(0) vec4<f32> {
    return in.color * textureLoad(font, vec2<i32>(in.texel), 0);
}
