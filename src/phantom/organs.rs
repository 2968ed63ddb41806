//! Muscles, heart, great vessels, airways and the organs below the diaphragm. LPS mm.

use super::outline::spine;
use super::part::{Part, Parts, Within};
use super::shape::{Shape, at};
use super::tissue::{
    AIRWAY, BLOOD, BRONCHUS_WALL, FAT, GAS, KIDNEY_CORTEX, KIDNEY_MEDULLA, LIVER, LYMPH_NODE,
    MEDIASTINAL_FAT, MUSCLE, MYOCARDIUM, SPLEEN, STOMACH_FLUID, THYROID, VENOUS_BLOOD, WALL,
};

/// Middle and radius (mm) of the lesion in the right upper lobe.
pub(super) const LESION: ([f32; 3], f32) = ([-84.0, -4.0, 34.0], 5.6);

/// Where the lung's vessels and airways enter, right then left.
pub(super) const HILA: [[f32; 3]; 2] = [[-44.0, 0.0, -20.0], [46.0, 8.0, -12.0]];
/// Where the lung veins leave for the left atrium.
pub(super) const VEIN_HILA: [[f32; 3]; 2] = [[-40.0, -4.0, -44.0], [40.0, 2.0, -40.0]];

/// Bellies of muscle in the chest wall, each in its sheath of fat.
pub(super) fn add_wall(parts: &mut Parts) {
    let belly = Part::of(&FAT).core(1.2, &MUSCLE).within(Within::Wall);
    let up = at(0.0, 0.0, 1.0);
    let muscles = [
        // Serratus, latissimus dorsi, teres major.
        Shape::flat(
            at(139.0, 2.0, -25.0),
            up,
            at(1.0, 0.05, 0.0),
            at(80.0, 46.0, 6.0),
        ),
        Shape::flat(
            at(126.0, 56.0, -45.0),
            up,
            at(0.8, 0.6, 0.0),
            at(105.0, 46.0, 8.5),
        ),
        Shape::flat(
            at(131.0, 46.0, 15.0),
            at(0.1, -0.4, 1.0),
            at(0.9, 0.5, 0.0),
            at(58.0, 17.0, 12.0),
        ),
        // Pectoralis minor and major.
        Shape::flat(
            at(84.0, -73.0, 28.0),
            at(0.5, 0.45, 0.8),
            at(0.3, -1.0, 0.0),
            at(46.0, 20.0, 6.0),
        ),
        Shape::flat(
            at(72.0, -86.0, 22.0),
            at(1.0, 0.45, 0.55),
            at(0.25, -1.0, 0.0),
            at(70.0, 46.0, 8.5),
        ),
        // In front of the shoulder blade and behind it.
        Shape::flat(
            at(101.0, 59.0, 42.0),
            at(0.36, -0.04, -0.93),
            at(0.68, 0.7, 0.23),
            at(64.0, 32.0, 8.0),
        ),
        Shape::flat(
            at(114.0, 74.0, 42.0),
            at(0.36, -0.04, -0.93),
            at(0.68, 0.7, 0.23),
            at(64.0, 34.0, 9.0),
        ),
        // Trapezius.
        Shape::flat(
            at(40.0, 96.0, 50.0),
            at(0.5, -0.1, 0.8),
            at(0.2, 1.0, 0.1),
            at(92.0, 44.0, 6.5),
        ),
    ];
    for muscle in muscles {
        parts.add_both(&belly, &[muscle]);
    }
    // The erector of the spine, in two columns.
    let erector = [
        Shape::flat(
            at(20.0, 84.0, -60.0),
            at(0.0, -0.04, 1.0),
            at(0.1, 1.0, 0.0),
            at(190.0, 15.0, 13.0),
        ),
        Shape::flat(
            at(42.0, 86.0, -120.0),
            at(0.0, -0.1, 1.0),
            at(-0.1, 1.0, 0.0),
            at(140.0, 19.0, 11.0),
        ),
    ];
    for column in erector {
        parts.add_both(&belly, &[column]);
    }
    let axilla = Shape::egg(at(116.0, 6.0, 52.0), at(0.35, -0.1, 1.0), 46.0, 20.0);
    parts.add_both(&Part::of(&FAT).within(Within::Wall), &[axilla]);
    let axillary_vessel = Shape::chain(&[
        [70.0, -22.0, 92.0, 4.6],
        [98.0, -12.0, 88.0, 4.6],
        [118.0, 2.0, 92.0, 4.4],
        [118.0, -6.0, 190.0, 4.0],
    ]);
    parts.add_both(
        &Part::of(&VENOUS_BLOOD).within(Within::Wall),
        &axillary_vessel,
    );
    for [x, y, z] in [
        [112.0, 12.0, 40.0],
        [120.0, -2.0, 28.0],
        [106.0, -6.0, 60.0],
    ] {
        let node = Shape::egg(at(x, y, z), at(0.3, 1.0, 0.4), 7.0, 4.0);
        parts.add_both(
            &Part::of(&LYMPH_NODE).core(2.6, &FAT).within(Within::Wall),
            &[node],
        );
    }
}

pub(super) fn add_abdomen(parts: &mut Parts) {
    let organ = |tissue| Part::of(tissue).within(Within::Abdomen);
    parts.add(
        organ(&SPLEEN),
        [Shape::egg(
            at(96.0, 42.0, -166.0),
            at(0.25, -0.5, 0.85),
            58.0,
            28.0,
        )],
    );
    let stomach = [
        Shape::egg(at(64.0, -6.0, -152.0), at(-0.15, -0.35, -1.0), 56.0, 38.0),
        Shape::ellipsoid(at(44.0, -44.0, -196.0), at(46.0, 30.0, 32.0)),
    ];
    parts.add(organ(&WALL).core(4.0, &STOMACH_FLUID), stomach.clone());
    let bubble = [
        Shape::egg(at(64.0, -6.0, -152.0), at(-0.15, -0.35, -1.0), 52.0, 34.0),
        Shape::ellipsoid(at(44.0, -44.0, -196.0), at(42.0, 26.0, 28.0)),
    ];
    parts.add(
        Part::of(&GAS).within(Within::AbdomenInFrontOf(-22.0)),
        bubble,
    );
    let colon = Shape::chain(&[
        [112.0, -30.0, -225.0, 19.0],
        [106.0, -46.0, -190.0, 21.0],
        [84.0, -66.0, -184.0, 18.0],
        [48.0, -76.0, -206.0, 18.0],
    ]);
    parts.add(organ(&WALL).core(2.5, &GAS), colon);
    parts.add(
        organ(&LIVER),
        [
            Shape::ellipsoid(at(-56.0, 0.0, -168.0), at(88.0, 96.0, 86.0)),
            Shape::ellipsoid(at(-8.0, -36.0, -150.0), at(72.0, 48.0, 42.0)),
        ],
    );
    // Fat before the spine, and the legs of the diaphragm in it.
    let before_spine = [
        [2.0, 22.0, -116.0, 12.0],
        [0.0, 8.0, -150.0, 27.0],
        [0.0, -2.0, -200.0, 32.0],
        [0.0, -14.0, -240.0, 34.0],
    ];
    parts.add(organ(&FAT), Shape::chain(&before_spine));
    let leg = Shape::chain(&[
        [10.0, 2.0, -128.0, 4.0],
        [19.0, 14.0, -160.0, 4.5],
        [20.0, 8.0, -200.0, 5.5],
        [16.0, -2.0, -240.0, 6.0],
    ]);
    parts.add_both(&organ(&MUSCLE), &leg);
    let kidney = Shape::egg(at(60.0, 52.0, -214.0), at(0.25, 0.2, -1.0), 54.0, 27.0);
    parts.add_both(&organ(&KIDNEY_CORTEX).core(9.0, &KIDNEY_MEDULLA), &[kidney]);
}

/// Heart and great vessels; later parts lie over earlier ones.
pub(super) fn add_circulation(parts: &mut Parts) {
    add_heart(parts);
    let vein = |wall: f32| Part::of(&VENOUS_BLOOD).clears_lung(wall);
    let artery = |clear: f32| Part::of(&WALL).core(0.9, &BLOOD).clears_lung(clear);
    // Superior vena cava with the brachiocephalic and jugular veins; inferior vena cava; azygos.
    parts.add(
        vein(2.0),
        [
            Shape::chain(&[
                [-27.0, -22.0, 46.0, 9.4],
                [-29.0, -22.0, 0.0, 9.8],
                [-31.0, -20.0, -44.0, 11.0],
            ]),
            Shape::chain(&[
                [-27.0, -22.0, 46.0, 8.0],
                [-36.0, -32.0, 68.0, 7.4],
                [-34.0, -26.0, 100.0, 6.8],
                [-32.0, -22.0, 190.0, 6.4],
            ]),
            Shape::chain(&[
                [-27.0, -24.0, 44.0, 6.6],
                [0.0, -44.0, 52.0, 6.4],
                [34.0, -40.0, 66.0, 7.0],
                [35.0, -26.0, 100.0, 6.4],
                [32.0, -22.0, 190.0, 6.0],
            ]),
            Shape::chain(&[
                [-24.0, 0.0, -96.0, 12.0],
                [-24.0, 4.0, -130.0, 12.0],
                [-24.0, 2.0, -170.0, 12.0],
                [-20.0, -14.0, -240.0, 11.5],
            ]),
        ]
        .concat(),
    );
    parts.add(
        vein(1.5),
        Shape::chain(&[
            [-30.0, -12.0, 14.0, 4.2],
            [-27.0, 12.0, 18.0, 4.0],
            [-14.0, 24.0, 8.0, 3.8],
            [-8.0, 22.0, -60.0, 3.2],
            [-8.0, 1.0, -200.0, 2.6],
        ]),
    );
    // Lung veins into the left atrium.
    let veins = [
        [-52.0, -16.0, -26.0],
        [-54.0, 6.0, -62.0],
        [48.0, -10.0, -26.0],
        [52.0, 16.0, -58.0],
    ];
    let veins =
        veins.map(|[x, y, z]| Shape::tube(at(x * 0.25, 4.0, -44.0), at(x, y, z), [7.4, 5.6]));
    parts.add(vein(1.0), veins);
    // Pulmonary trunk and its two branches.
    parts.add(
        artery(2.0),
        [
            Shape::chain(&[
                [12.0, -56.0, -42.0, 15.0],
                [18.0, -42.0, -16.0, 14.5],
                [24.0, -22.0, -8.0, 13.5],
                [36.0, 2.0, -4.0, 11.5],
                [46.0, 14.0, -12.0, 10.0],
                [50.0, 22.0, -36.0, 8.0],
            ]),
            Shape::chain(&[
                [20.0, -28.0, -12.0, 12.0],
                [0.0, -8.0, -18.0, 11.0],
                [-26.0, -4.0, -20.0, 10.5],
                [-42.0, 2.0, -22.0, 9.5],
                [-50.0, 12.0, -44.0, 7.4],
            ]),
        ]
        .concat(),
    );
    // Aorta from the valve to the abdomen, then the arteries of the arch.
    parts.add(
        artery(2.4),
        [Shape::chain(&[
            [6.0, -24.0, -54.0, 15.0],
            [-8.0, -34.0, -32.0, 15.5],
            [-15.0, -38.0, -6.0, 15.6],
            [-12.0, -34.0, 18.0, 14.8],
            [-2.0, -22.0, 32.0, 14.2],
            [10.0, -4.0, 36.0, 13.6],
            [20.0, 14.0, 29.0, 13.2],
            [25.0, 27.0, 12.0, 12.8],
            [25.0, 32.0, -20.0, 12.4],
            [23.0, 31.0, -70.0, 12.0],
            [16.0, 16.0, -120.0, 11.4],
            [8.0, -2.0, -170.0, 10.8],
            [5.0, -22.0, -240.0, 10.0],
        ])]
        .concat(),
    );
    parts.add(
        artery(2.0),
        [
            Shape::chain(&[
                [-6.0, -24.0, 40.0, 7.0],
                [-16.0, -18.0, 62.0, 6.4],
                [-24.0, -10.0, 76.0, 5.0],
                [-25.0, -14.0, 110.0, 4.2],
                [-26.0, -16.0, 190.0, 4.0],
            ]),
            Shape::chain(&[
                [-20.0, -14.0, 70.0, 5.0],
                [-44.0, -8.0, 98.0, 4.6],
                [-72.0, -18.0, 100.0, 4.4],
            ]),
            Shape::chain(&[
                [6.0, -10.0, 44.0, 4.8],
                [18.0, -12.0, 76.0, 4.2],
                [25.0, -14.0, 110.0, 4.2],
                [26.0, -16.0, 190.0, 4.0],
            ]),
            Shape::chain(&[
                [15.0, 4.0, 42.0, 5.4],
                [25.0, 4.0, 72.0, 5.0],
                [46.0, -2.0, 104.0, 4.6],
                [74.0, -18.0, 100.0, 4.4],
            ]),
        ]
        .concat(),
    );
    parts.add(Part::of(&BLOOD), ways());
    for [x, y, z] in [
        [8.0, -6.0, -2.0],
        [-14.0, -12.0, 22.0],
        [-20.0, -10.0, 34.0],
        [0.0, 6.0, -36.0],
        [26.0, -14.0, 14.0],
    ] {
        parts.add(
            Part::of(&LYMPH_NODE),
            [Shape::egg(at(x, y, z), at(1.0, 0.3, 0.5), 6.0, 3.4)],
        );
    }
}

/// The open ways between the heart's chambers and the great vessels, where no wall is.
fn ways() -> [Shape; 4] {
    [
        Shape::tube(at(12.0, -60.0, -62.0), at(13.0, -54.0, -36.0), [14.0, 13.8]),
        Shape::tube(at(28.0, -34.0, -74.0), at(1.0, -28.0, -46.0), [12.0, 13.8]),
        Shape::tube(at(10.0, -6.0, -54.0), at(30.0, -26.0, -72.0), [12.0, 13.0]),
        Shape::tube(at(20.0, -30.0, -12.0), at(6.0, -14.0, -17.0), [11.4, 10.2]),
    ]
}

fn add_heart(parts: &mut Parts) {
    let axis = at(0.66, -0.58, -0.48);
    let around = Part::of(&MEDIASTINAL_FAT)
        .within(Within::Unseen)
        .clears_lung(0.0);
    parts.add(
        around,
        [
            // Fat round the heart, in the angle to the diaphragm, and where the thymus was.
            Shape::egg(at(30.0, -42.0, -80.0), axis, 62.0, 44.0),
            Shape::ellipsoid(at(-8.0, -24.0, -68.0), at(42.0, 42.0, 46.0)),
            Shape::ellipsoid(at(3.0, -60.0, -4.0), at(13.0, 25.0, 60.0)),
            Shape::ellipsoid(at(4.0, -2.0, -112.0), at(27.0, 38.0, 34.0)),
            Shape::ellipsoid(at(-20.0, -58.0, -112.0), at(24.0, 22.0, 18.0)),
            Shape::ellipsoid(at(54.0, -66.0, -116.0), at(22.0, 16.0, 14.0)),
        ],
    );
    let chamber = |wall: f32, blood| Part::of(&MYOCARDIUM).core(wall, blood).clears_lung(4.0);
    parts.add(
        chamber(2.2, &VENOUS_BLOOD),
        [
            Shape::egg(at(-34.0, -22.0, -68.0), at(0.1, 0.15, 1.0), 34.0, 25.0),
            Shape::ellipsoid(at(-22.0, -44.0, -48.0), at(16.0, 12.0, 14.0)),
        ],
    );
    parts.add(
        chamber(2.4, &BLOOD),
        [
            Shape::ellipsoid(at(4.0, 2.0, -50.0), at(33.0, 20.0, 25.0)),
            Shape::ellipsoid(at(36.0, -22.0, -34.0), at(12.0, 9.0, 12.0)),
        ],
    );
    parts.add(
        chamber(3.6, &BLOOD),
        [
            Shape::egg(at(14.0, -56.0, -82.0), at(0.75, -0.3, -0.4), 50.0, 29.0),
            Shape::tube(at(6.0, -62.0, -72.0), at(12.0, -58.0, -42.0), [19.0, 16.0]),
        ],
    );
    parts.add(
        chamber(11.0, &BLOOD),
        [Shape::egg(at(36.0, -32.0, -82.0), axis, 52.0, 34.0)],
    );
    // Papillary muscles.
    let papillary = [[44.0, -24.0, -92.0], [52.0, -44.0, -84.0]];
    parts.add(
        Part::of(&MYOCARDIUM),
        papillary
            .map(|[x, y, z]| Shape::tube(at(x, y, z), at(x - 9.0, y + 7.0, z + 6.0), [4.0, 2.4])),
    );
    // Coronary arteries in the grooves.
    let coronaries = [
        Shape::chain(&[
            [14.0, -36.0, -36.0, 2.0],
            [26.0, -52.0, -52.0, 1.8],
            [42.0, -68.0, -80.0, 1.6],
            [58.0, -72.0, -106.0, 1.2],
        ]),
        Shape::chain(&[
            [14.0, -36.0, -36.0, 2.0],
            [34.0, -18.0, -44.0, 1.8],
            [48.0, -2.0, -64.0, 1.4],
        ]),
        Shape::chain(&[
            [-16.0, -48.0, -38.0, 2.0],
            [-26.0, -60.0, -66.0, 1.8],
            [-18.0, -52.0, -100.0, 1.6],
        ]),
    ];
    parts.add(Part::of(&BLOOD), coronaries.concat());
}

/// Trachea and main bronchi, oesophagus, thyroid.
pub(super) fn add_airways(parts: &mut Parts) {
    let gullet: Vec<[f32; 4]> = [
        [2.0, 150.0],
        [2.0, 110.0],
        [4.0, 60.0],
        [5.0, 10.0],
        [7.0, -50.0],
        [10.0, -90.0],
        [18.0, -118.0],
    ]
    .iter()
    .map(|&[x, z]| {
        let forward = if z < -80.0 {
            24.0 + 0.3 * (-80.0 - z)
        } else {
            22.0
        };
        [x, spine(z).y - forward, z, 7.4]
    })
    .chain([[34.0, 0.0, -134.0, 8.0], [50.0, -2.0, -142.0, 9.0]])
    .collect();
    parts.add(Part::of(&WALL).clears_lung(2.4), Shape::chain(&gullet));
    let bubbles = gullet
        .iter()
        .filter(|p| p[2] > -20.0)
        .map(|p| [p[0] + 1.0, p[1] - 1.0, p[2], 2.0]);
    let bubbles: Vec<[f32; 4]> = bubbles.collect();
    parts.add(Part::of(&AIRWAY), Shape::chain(&bubbles));
    let thyroid = Shape::egg(at(19.0, -24.0, 124.0), at(-0.1, -0.1, 1.0), 24.0, 9.0);
    parts.add_both(&Part::of(&THYROID), &[thyroid]);
    let windpipe = |more: f32| {
        let tube = |points: &[[f32; 4]]| {
            let grown: Vec<[f32; 4]> = points
                .iter()
                .map(|p| [p[0], p[1], p[2], p[3] + more])
                .collect();
            Shape::chain(&grown)
        };
        [
            tube(&[
                [0.0, -24.0, 190.0, 8.6],
                [0.0, -20.0, 120.0, 8.8],
                [-1.0, -6.0, 60.0, 8.8],
                [-1.0, 4.0, 14.0, 9.0],
                [-1.0, 6.0, 4.0, 9.4],
            ]),
            tube(&[
                [-3.0, 6.0, 5.0, 8.0],
                [-22.0, 8.0, -14.0, 7.4],
                [-36.0, 8.0, -24.0, 6.6],
                [-44.0, 10.0, -42.0, 5.4],
            ]),
            tube(&[
                [2.0, 6.0, 5.0, 7.6],
                [26.0, 9.0, -16.0, 6.4],
                [40.0, 14.0, -24.0, 6.0],
                [48.0, 18.0, -42.0, 5.0],
            ]),
            tube(&[[-27.0, 8.0, -16.0, 5.4], [-46.0, 2.0, -4.0, 4.4]]),
            tube(&[[38.0, 13.0, -22.0, 5.0], [52.0, 4.0, -16.0, 4.2]]),
        ]
        .concat()
    };
    parts.add(Part::of(&BRONCHUS_WALL).clears_lung(1.6), windpipe(1.5));
    parts.add(Part::of(&AIRWAY), windpipe(0.0));
}
