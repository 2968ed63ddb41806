"""Whether transforms mean the same here as in SimpleITK, greedy and FSL's own Python library.

Images with oblique, sheared-free axes of all kinds (radiological and neurological) are brought onto each other
by `warpscope resample --transform` and by the other program with the same file, written by either, forth and
back; the voxels are compared. Largest differences are printed, and the exit status is 1 where one is above
interpolation's rounding.

    python -m venv venv && venv/bin/pip install numpy nibabel SimpleITK picsl_greedy fslpy
    cargo build --release --no-default-features
    venv/bin/python tests/bench/transforms.py target/release/warpscope

FLIRT is checked without FSL: its matrices are compared with those of fslpy, and with the formula of FSL's
documentation in numpy.
"""

import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np
import SimpleITK as sitk
from fsl.data.image import Image
from fsl.transform import flirt
from picsl_greedy import Greedy3D

# Of images with values from 0 to 1000. The programs differ by the rounding of float32 affines and weights.
MOST_VALUE = 0.02
# Of elements of a matrix.
MOST_MATRIX = 1e-4

worst = {}


def turn(x, y, z):
    """About the axes x, y, z in this order, degrees."""
    x, y, z = np.radians([x, y, z])
    rx = [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]]
    ry = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    rz = [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]]
    return np.array(rz) @ np.array(ry) @ np.array(rx)


def affine(linear, shift):
    matrix = np.eye(4)
    matrix[:3, :3] = linear
    matrix[:3, 3] = shift
    return matrix


def image(path, shape, linear, middle=(0, 0, 0)):
    """A smooth image on a grid about `middle` (RAS mm), 0 at the borders."""
    centre = (np.array(shape) - 1) / 2
    grid = affine(linear, np.array(middle) - linear @ centre)
    index = np.moveaxis(np.indices(shape), 0, -1)
    world = index @ grid[:3, :3].T + grid[:3, 3]
    reach = np.abs(index - centre) / centre
    edge = np.prod(np.clip(6 * (0.9 - reach), 0, 1), axis=-1)
    x, y, z = np.moveaxis(world, -1, 0)
    values = 500 + 200 * np.sin(x / 9) + 200 * np.cos(y / 7 + z / 11) + 50 * np.sin(z / 5)
    nib.save(nib.Nifti1Image((values * edge).astype(np.float32), grid), path)


def warpscope(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def ours(moving, fixed, out, *transforms):
    named = itertools.chain.from_iterable(("--transform", t) for t in transforms)
    warpscope("resample", moving, out, "--like", fixed, "--outside", "0", "--force", *named)
    return values(out)


def itks(moving, fixed, transform):
    read = [sitk.ReadImage(str(path), sitk.sitkFloat64) for path in (moving, fixed)]
    resampled = sitk.Resample(*read, transform, sitk.sitkLinear, 0.0)
    return sitk.GetArrayFromImage(resampled).T


def greedys(moving, fixed, out, *transforms):
    named = " ".join(map(str, transforms))
    Greedy3D().execute(f"-d 3 -rf {fixed} -rm {moving} {out} -ri LINEAR -rb 0 -r {named}")
    return values(out)


def values(path):
    return nib.load(path).get_fdata()


def compare(name, a, b, most=MOST_VALUE):
    """Notes the largest difference. Both images end within a voxel of their border, where the programs have
    edges of their own; there all values are 0."""
    assert np.abs(b).max() > (100 if most == MOST_VALUE else 0), f"{name}: nothing to compare"
    # A maximum of NaN is NaN, which no comparison finds too large.
    off = np.abs(a - b).max() if np.isfinite(a).all() and np.isfinite(b).all() else np.inf
    worst[name] = max(worst.get(name, 0.0), off)
    if not off <= most:
        print(f"FAILED {name}: {off:g}")


def sitk_transform(matrix_ras):
    flip = np.diag([-1, -1, 1, 1])
    lps = flip @ matrix_ras @ flip
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(lps[:3, :3].ravel())
    transform.SetTranslation(lps[:3, 3])
    return transform


def fsl_world(path):
    """FSL's coordinates to RAS, as its documentation has them."""
    loaded = nib.load(path)
    scale = np.diag([*loaded.header.get_zooms()[:3], 1.0])
    if np.linalg.det(loaded.affine) > 0:
        mirror = np.diag([-1.0, 1, 1, 1])
        mirror[0, 3] = loaded.shape[0] - 1
        scale = scale @ mirror
    return loaded.affine @ np.linalg.inv(scale)


def check_linear(folder, fixed, moving, matrix):
    ras, itk = folder / "t.mat", folder / "t.txt"
    np.savetxt(ras, matrix, fmt="%.17g")
    out, other = folder / "ours.nii", folder / "other.nii"
    here = ours(moving, fixed, out, ras)
    there = itks(moving, fixed, sitk_transform(matrix))
    compare("greedy's matrix here, SimpleITK", here, there)
    compare("greedy's matrix here, greedy", here, greedys(moving, fixed, other, ras))
    warpscope("transform", ras, itk, "--force")
    compare("ITK's text written here, SimpleITK", here, itks(moving, fixed, sitk.ReadTransform(str(itk))))
    compare("ITK's text written here, greedy", here, greedys(moving, fixed, other, itk))
    for name in ("s.txt", "s.tfm", "s.mat"):
        sitk.WriteTransform(sitk_transform(matrix), str(folder / name))
        compare(f"SimpleITK's {name[1:]} here", ours(moving, fixed, out, folder / name), there)
    back = folder / "back.mat"
    warpscope("transform", "--inverse", itk, back, "--force")
    returned = ours(fixed, moving, out, back)
    compare("inverse, SimpleITK", returned, itks(fixed, moving, sitk_transform(matrix).GetInverse()))
    compare("inverse, greedy", returned, greedys(fixed, moving, other, f"{ras},-1"))
    compare("inverse named", returned, ours(fixed, moving, out, f"{ras},-1"))
    check_flirt(folder, fixed, moving, matrix, here)


def check_flirt(folder, fixed, moving, matrix, here):
    written, out = folder / "flirt.mat", folder / "ours.nii"
    images = ("--fixed", fixed, "--moving", moving)
    warpscope("transform", folder / "t.mat", written, "--to", "flirt", *images, "--force")
    found = np.loadtxt(written)
    formula = np.linalg.inv(fsl_world(moving)) @ matrix @ fsl_world(fixed)
    compare("FLIRT, FSL's formula", found, np.linalg.inv(formula), MOST_MATRIX)
    source, target = Image(str(moving)), Image(str(fixed))
    fslpy = flirt.toFlirt(np.linalg.inv(matrix), source, target, "world", "world")
    compare("FLIRT, fslpy", found, fslpy, MOST_MATRIX)
    np.savetxt(folder / "fslpy.mat", fslpy)
    compare("fslpy's FLIRT here", ours(moving, fixed, out, f"{folder / 'fslpy.mat'}:flirt"), here)


def check_chain(folder, fixed, moving, matrix):
    """A matrix, then another, then a field found after both: one interpolation everywhere."""
    loaded = sitk.ReadImage(str(fixed))
    small = affine(turn(3, -2, 4), [2, 1, -3])
    np.savetxt(folder / "a.mat", matrix, fmt="%.17g")
    np.savetxt(folder / "b.mat", small, fmt="%.17g")
    size = loaded.GetSize()[::-1]
    k, j, i = np.indices(size)
    vectors = np.stack([3 * np.sin(i / 5 + j / 7), 2 * np.cos(k / 4), 2 * np.sin(j / 6)], axis=-1)
    field = sitk.GetImageFromArray(vectors, isVector=True)
    field.CopyInformation(loaded)
    for name in ("field.nii.gz", "field.mha"):
        sitk.WriteImage(field, str(folder / name))
        transform = sitk.CompositeTransform([sitk_transform(matrix), sitk_transform(small)])
        transform.AddTransform(sitk.DisplacementFieldTransform(sitk.Image(field)))
        names = [folder / "a.mat", folder / "b.mat", folder / name]
        here = ours(moving, fixed, folder / "ours.nii", *names)
        compare("chain with a field, SimpleITK", here, itks(moving, fixed, transform))
        there = greedys(moving, fixed, folder / "other.nii", *reversed(names))
        compare("chain with a field, greedy", here, there)
    both = folder / "both.txt"
    warpscope("transform", *names[:2], both, "--force")
    composed = sitk.CompositeTransform([sitk_transform(matrix), sitk_transform(small)])
    here = ours(moving, fixed, folder / "ours.nii", both)
    compare("composed, SimpleITK", here, itks(moving, fixed, composed))
    compare("composed, apart", here, ours(moving, fixed, folder / "ours.nii", *names[:2]))


def check_found(folder, fixed, moving):
    """A matrix and a warp that greedy found itself, whatever they are."""
    found, warp, out = folder / "found.mat", folder / "warp.nii.gz", folder / "other.nii"
    images = f"-d 3 -i {fixed} {moving} -threads 1"
    Greedy3D().execute(f"{images} -a -dof 12 -m SSD -ia-identity -n 20x10 -o {found}")
    here = ours(moving, fixed, folder / "ours.nii", found)
    compare("matrix that greedy found, SimpleITK", here, itks(moving, fixed, sitk_transform(np.loadtxt(found))))
    compare("matrix that greedy found, greedy", here, greedys(moving, fixed, out, found))
    Greedy3D().execute(f"{images} -m SSD -it {found} -n 10x5 -o {warp}")
    here = ours(moving, fixed, folder / "ours.nii", found, warp)
    compare("warp that greedy found, greedy", here, greedys(moving, fixed, out, warp, found))


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        axes = {
            "straight": np.diag([-1.5, 1.5, 2.0]),
            "mirrored": np.diag([1.5, 1.5, 2.0]),
            "oblique": turn(20, -15, 30) @ np.diag([-1.2, 1.6, 2.2]),
            "turned": turn(-35, 10, 5) @ np.array([[0, 0, 2.0], [1.3, 0, 0], [0, -1.7, 0]]),
        }
        for name, linear in axes.items():
            image(folder / f"{name}.nii", (44, 38, 30), linear, (5, -8, 12))
        matrices = [
            affine(turn(5, -8, 12), [4, -3, 6]),
            affine(turn(5, -8, 12) @ np.array([[1.1, 0.05, 0], [0, 0.95, 0.1], [0, 0, 1.05]]), [-4, 3, 2]),
        ]
        for fixed, moving in itertools.permutations(axes, 2):
            for matrix in matrices:
                pair = (folder, folder / f"{fixed}.nii", folder / f"{moving}.nii", matrix)
                check_linear(*pair)
                check_chain(*pair)
            check_found(*pair[:3])
    for name, off in sorted(worst.items()):
        print(f"{name:42} {off:.3g}")
    bad = [n for n, off in worst.items() if not off <= (MOST_MATRIX if n.startswith("FLIRT") else MOST_VALUE)]
    return 1 if bad else 0


if __name__ == "__main__":
    PROGRAM = sys.argv[1] if len(sys.argv) > 1 else "target/release/warpscope"
    sys.exit(main())
