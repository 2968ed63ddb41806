// Pictures of slices on planes in space. The corners come projected; they are painted back to front.

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var smoothly: sampler;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) at: vec2<f32>,
}

@vertex
fn corner(@location(0) position: vec4<f32>, @location(1) at: vec2<f32>) -> Corner {
    var out: Corner;
    out.position = position;
    out.at = at;
    return out;
}

@fragment
fn pixel(in: Corner) -> @location(0) vec4<f32> {
    return textureSample(picture, smoothly, in.at);
}
