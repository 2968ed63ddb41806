//! Workspace files: what is written is read again, ITK-SNAP's are understood, broken ones refused.

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use warpscope::workspace::{
    FileSource, Look, Opened, PlaneLook, Scene, SceneComparison, SceneLabel, SceneLabels,
    SceneLandmark, SceneLayer, SceneMeasurement, SceneMode, SceneRole, ShownAnnotations, Source,
    Views, WorkspaceError, read, write,
};

fn layer(source: Source, name: &str, role: SceneRole) -> SceneLayer {
    SceneLayer {
        source,
        name: name.to_owned(),
        role,
        alignment: Vec::new(),
        reorientations: Vec::new(),
        display: Look {
            visible: Some(true),
            opacity: Some(0.55),
            window: Some([-1000.0, 500.5]),
            color_map: Some("Hot".to_owned()),
            interpolation: Some("nearest".to_owned()),
            labels: Some(SceneLabels {
                outlines: true,
                line_width: Some(2),
                table: vec![label(3)],
            }),
            ..Look::default()
        },
    }
}

fn label(label: i32) -> SceneLabel {
    SceneLabel {
        label,
        name: "Left lung".to_owned(),
        color: [10, 20, 255],
        opacity: 0.25,
        visible: true,
        visible_in_3d: false,
    }
}

fn landmark() -> SceneLandmark {
    SceneLandmark {
        name: "Carina".to_owned(),
        fixed_ras_mm: [1.5, -2.0, 1.0 / 3.0],
        moving_ras_mm: Some([1.0, -2.5, 7.0]),
    }
}

fn file(path: PathBuf, series: Option<&str>) -> Source {
    Source::File(FileSource {
        relative: None,
        path,
        series: series.map(str::to_owned),
    })
}

fn measurement() -> SceneMeasurement {
    SceneMeasurement {
        kind: "ellipse".to_owned(),
        name: "Ellipse 2".to_owned(),
        plane: "coronal".to_owned(),
        ends_ras_mm: [[0.1, -277.25, 3.0], [40.0, -277.25, -1.0 / 3.0]],
    }
}

fn scene(folder: &Path) -> Scene {
    let ct = file(folder.join("study/ct"), Some("1.2.3#2"));
    let pet = Source::BuiltIn("Sample PET".to_owned());
    Scene {
        layers: vec![
            layer(ct, "CT Lung", SceneRole::Main),
            layer(pet, "PET", SceneRole::Overlay),
        ],
        shown: Some(0),
        selected: Some(1),
        cursor_ras_mm: Some([73.7, -277.2, -369.5]),
        time_point: 3,
        measurements: vec![measurement()],
        landmarks: vec![landmark()],
        comparison: Some(SceneComparison {
            shown: true,
            first: 1,
            second: 0,
            mode: SceneMode::Swipe {
                at: 0.25,
                upright: false,
            },
            pace: Some(0.75),
        }),
        views: Views {
            linked_zoom: Some(false),
            axial: PlaneLook {
                center_mm: Some([1.0, 2.0]),
                pixels_per_mm: Some(1.42),
            },
            ..Views::default()
        },
        layout: Some("axial".to_owned()),
        annotations: Some(ShownAnnotations {
            all: true,
            crosshair: false,
            color_bars: true,
        }),
    }
}

/// Paths apart: those are written beside the relative ones and looked up anew.
fn plain(mut scene: Scene) -> Scene {
    for layer in &mut scene.layers {
        if let Source::File(file) = &mut layer.source {
            file.relative = None;
            file.path = PathBuf::new();
        }
    }
    scene
}

fn place_of(opened: &Opened, layer: usize) -> &FileSource {
    match &opened.scene.layers[layer].source {
        Source::File(file) => file,
        Source::BuiltIn(name) => panic!("{name} is no file"),
    }
}

#[test]
fn a_workspace_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("views/a.warpscope");
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    let scene = scene(folder.path());
    write(&scene, &path, false).expect("written");
    let opened = read(&path).expect("read");
    assert!(opened.own && opened.remarks.is_empty());
    assert_eq!(plain(opened.scene.clone()), plain(scene.clone()));
    let ct = place_of(&opened, 0);
    assert_eq!(ct.relative.as_deref(), Some("../study/ct"));
    assert_eq!(ct.path, folder.path().join("study/ct"));
    let again = write(&scene, &path, false).expect_err("it is there");
    assert!(again.to_string().contains("there already"), "{again}");
}

#[test]
fn a_workspace_moved_with_its_images_finds_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    fs::create_dir_all(old.join("study/ct")).expect("a folder");
    write(&scene(&old), &old.join("a.warpscope"), false).expect("written");
    fs::rename(&old, &new).expect("moved");
    let opened = read(&new.join("a.warpscope")).expect("read");
    assert_eq!(place_of(&opened, 0).path, new.join("study/ct"));
    assert!(opened.scene.missing().is_empty());
    fs::remove_dir_all(new.join("study")).expect("removed");
    let opened = read(&new.join("a.warpscope")).expect("read");
    assert_eq!(opened.scene.missing(), [0]);
}

#[test]
fn a_measurement_that_makes_no_sense_is_passed_over() {
    let sound = measurement();
    let item = sound.item().expect("an item");
    assert_eq!(SceneMeasurement::of(&item), sound);
    let refused = |change: fn(&mut SceneMeasurement)| {
        let mut broken = measurement();
        change(&mut broken);
        assert_eq!(broken.item(), None, "{broken:?}");
    };
    refused(|it| it.kind = "Heart".to_owned());
    refused(|it| it.plane = "oblique".to_owned());
    refused(|it| it.ends_ras_mm[1][2] = f64::INFINITY);
    refused(|it| it.ends_ras_mm[0][0] = -1e300);
}

fn refusal(text: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.warpscope");
    fs::write(&path, text).expect("written");
    let text = read(&path).expect_err("a refusal").to_string();
    assert!(
        text.ends_with("a.warpscope") && !text.contains('\n'),
        "{text}"
    );
    text
}

#[test]
fn what_is_no_workspace_is_refused_in_one_sentence() {
    assert!(refusal(br#"{"warpscope_workspace": 2, "layers": 7}"#).contains("newer warpscope"));
    for text in [
        "",
        "{}",
        "[1, 2]",
        r#"{"warpscope_workspace": 1}"#,
        r#"{"warpscope_workspace": 1, "layers": [{"role": "main"}]}"#,
        "<registry>",
        "<registry></registry>",
        "<html></html>",
    ] {
        let text = refusal(text.as_bytes());
        assert!(text.contains("no workspace that can be read"), "{text}");
    }
    assert!(refusal(&[0xff, 0xfe, 0]).contains("no text"));
    let gone = read(Path::new("/nowhere/a.warpscope")).expect_err("a refusal");
    assert!(matches!(gone, WorkspaceError::Io(_)), "{gone}");
}

/// As ITK-SNAP writes it, without what has no meaning here.
const ITKSNAP: &str = r#"<?xml version="1.0" encoding="UTF-8" ?>
<!--ITK-SNAP (itksnap.org) Project File-->
<!DOCTYPE registry [
<!ELEMENT registry (entry*,folder*)>
<!ATTLIST entry value CDATA #REQUIRED>
]>
<registry>
  <entry key="SaveLocation" value="/old/place" />
  <entry key="Version" value="20170224" />
  <folder key="Layers" >
    <folder key="Layer[000]" >
      <entry key="AbsolutePath" value="/old/place/images/ct.nii.gz" />
      <entry key="Role" value="MainRole" />
      <folder key="LayerMetaData" >
        <entry key="Alpha" value="255" />
        <entry key="CustomNickName" value="Lung &amp; heart" />
        <entry key="Sticky" value="0" />
        <folder key="DisplayMapping" >
          <folder key="ColorMap" ><entry key="Preset" value="Grayscale" /></folder>
          <folder key="Curve" >
            <entry key="NumberOfControlPoints" value="3" />
            <folder key="ControlPoint[0]" ><entry key="tValue" value="0.25" /></folder>
            <folder key="ControlPoint[1]" ><entry key="tValue" value="0.5" /></folder>
            <folder key="ControlPoint[2]" ><entry key="tValue" value="0.75" /></folder>
          </folder>
        </folder>
      </folder>
    </folder>
    <folder key="Layer[001]" >
      <entry key="AbsolutePath" value="/old/pet.nii.gz" />
      <entry key="Role" value="OverlayRole" />
      <folder key="ImageTransform" ><entry key="IsIdentity" value="0" /></folder>
      <folder key="LayerMetaData" >
        <entry key="Alpha" value="0.4" />
        <entry key="CustomNickName" value="" />
        <entry key="Sticky" value="1" />
        <folder key="DisplayMapping" >
          <entry key="SelectedScalarRep" value="Magnitude" />
          <folder key="Magnitude" >
            <folder key="ColorMap" ><entry key="Preset" value="Black to green" /></folder>
          </folder>
        </folder>
      </folder>
    </folder>
    <folder key="Layer[002]" >
      <entry key="AbsolutePath" value="/old/labels.nii.gz" />
      <entry key="Role" value="SegmentationRole" />
    </folder>
  </folder>
</registry>
"#;

#[test]
fn a_workspace_of_itk_snap_is_understood() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/a.itksnap");
    fs::create_dir_all(folder.path().join("new/images")).expect("a folder");
    for image in ["new/images/ct.nii.gz", "pet.nii.gz"] {
        fs::write(folder.path().join(image), b"").expect("a file");
    }
    fs::write(&path, ITKSNAP).expect("written");
    let opened = read(&path).expect("read");
    assert!(!opened.own);
    let [ct, pet] = &opened.scene.layers[..] else {
        panic!("{:?}", opened.scene.layers);
    };
    assert_eq!(
        (ct.name.as_str(), ct.role),
        ("Lung & heart", SceneRole::Main)
    );
    assert_eq!(ct.display.window_share, Some([0.25, 0.75]));
    assert_eq!(
        place_of(&opened, 0).path,
        folder.path().join("new/images/ct.nii.gz")
    );
    assert_eq!(pet.role, SceneRole::Overlay);
    assert_eq!(pet.display.opacity, Some(0.4));
    assert_eq!(pet.display.color_map.as_deref(), Some("Black to green"));
    assert_eq!(place_of(&opened, 1).path, folder.path().join("pet.nii.gz"));
    let remarks = opened.remarks.join("\n");
    assert!(
        remarks.contains("labels.nii.gz") && remarks.contains("transform"),
        "{remarks}"
    );
}

#[test]
fn entity_bombs_and_endless_nesting_are_refused() {
    let bomb = r#"<!DOCTYPE registry [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
        <registry><entry key="SaveLocation" value="&b;"/></registry>"#;
    assert!(refusal(bomb.as_bytes()).contains("entities"));
    let unknown = r#"<registry><entry key="SaveLocation" value="&b;"/></registry>"#;
    assert!(refusal(unknown.as_bytes()).contains("no workspace"));
    let deep = format!("<registry>{}", r#"<folder key="a">"#.repeat(100_000));
    assert!(refusal(deep.as_bytes()).contains("too deep"));
    let deep = format!("{{\"warpscope_workspace\": {}", "[".repeat(100_000));
    assert!(refusal(deep.as_bytes()).contains("no workspace"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn no_damage_panics(at in 0..ITKSNAP.len(), with in any::<u8>(), cut in 0..ITKSNAP.len()) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.itksnap");
        let mut bytes = ITKSNAP.as_bytes().to_vec();
        bytes[at] = with;
        fs::write(&path, &bytes).expect("written");
        let _ = read(&path);
        fs::write(&path, &bytes[..cut]).expect("written");
        let _ = read(&path);
        let own = serde_json::to_vec(&scene(folder.path())).expect("JSON");
        let mut own = [&b"{\"warpscope_workspace\":1,"[..], &own[1..]].concat();
        let place = at % own.len();
        own[place] = with;
        fs::write(&path, &own).expect("written");
        let _ = read(&path);
    }
}
