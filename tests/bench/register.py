#!/usr/bin/env python3
"""`warpscope register` measured against known truth, greedy and SimpleITK.

    register.py prepare STUDY WORK    STUDY: the folder of `make_ct_pet.py STUDY --scale 2`, or of `warpscope demo --write STUDY`
    register.py starts WORK [--count 40] [--greedy] [--jobs 1]
                                      rigid starts up to 20 degrees and 30 mm off: CT to CT by NCC (success: within 0.5 mm at the
                                      corners of the body box), CT to PET by NMI (within 2 mm); --greedy: greedy from the same starts
    register.py cpu WORK [--count 3]  CPU seconds in turn, one thread each, the same pyramid
    register.py pairs REGISTRATION    pairs of the folder data/registration: distance from the known transform, NCC and Dice

Needs numpy, SimpleITK and picsl_greedy (a virtual environment will do) and a release build of the program: its path in
$WARPSCOPE, or target/release/warpscope. The CT and the PET of a study lie in one world, so the truth is the identity. The second
CT is the first one on a grid turned by 8 degrees with other voxels, and with noise of its own. CPU seconds can be trusted on a
busy machine, wall times cannot. Those of greedy and SimpleITK are measured inside their worker after Python and its imports, which
are none of their work: with reading the images and writing the result; ours are those of the whole process. The exit status is 1
where a limit was missed: 95 % of the starts within 0.5 mm for CT to CT, 85 % within 2 mm for CT to PET and no fewer than greedy;
half the CPU seconds of each peer; 0.5 mm from the transform of the longitudinal pair; of each other pair, NCC or Dice no worse
than greedy's, the better of two metrics on either side.
"""
import argparse, concurrent.futures, os, pathlib, subprocess, sys, tempfile, time
import numpy as np

PROGRAM = os.environ.get("WARPSCOPE", "target/release/warpscope")
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
# Levels 8, 4 and 2 times smaller for all.
OUR_LEVELS = ["--coarsest", "8", "--finest", "2"]
GREEDY_LEVELS = ["-n", "100x100x100x0"]
# What workers print before their CPU seconds.
SECONDS = "CPU seconds of the work:"
# NCC and Dice this much below greedy's count as no worse.
NO_WORSE = 0.002

missed = []


def limit(is_kept, what):
    """Notes a limit that was missed; NaN keeps none."""
    if not is_kept:
        missed.append(what)
        print(f"MISSED: {what}", flush=True)


# ---------------------------------------------------------------- processes
def run(command):
    """Runs a command; returns its CPU seconds and what it printed, or stops with what went wrong."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([str(word) for word in command], stdout=out, stderr=out)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
    return child.returncode, usage.ru_utime + usage.ru_stime, text


def ours(fixed, moving, out, *options):
    command = [PROGRAM, "register", "--fixed", fixed, "--moving", moving, "--threads", "1", "--out-transform", out, "--force"]
    code, seconds, text = run([*command, *options])
    if code:
        raise SystemExit(text)
    return np.loadtxt(out), seconds


def greedy(dimensions, fixed, moving, out, metric, *options):
    """The matrix (None where it failed) and CPU seconds."""
    pathlib.Path(out).unlink(missing_ok=True)
    words = ["-d", dimensions, "-a", "-m", *metric.split(), "-i", fixed, moving, "-o", out, "-threads", 1, *options]
    _, whole, text = run([sys.executable, __file__, "greedy-worker", *words])
    return (np.loadtxt(out) if os.path.exists(out) else None), seconds_of_work(text, whole)


def seconds_of_work(text, whole):
    """What a worker printed, or the seconds of its whole process where it failed before."""
    told = [line for line in text.splitlines() if line.startswith(SECONDS)]
    return float(told[-1].removeprefix(SECONDS)) if told else whole


def greedy_worker(words):
    import picsl_greedy
    kind = picsl_greedy.Greedy2D if words[1] == "2" else picsl_greedy.Greedy3D
    start = time.process_time()
    kind().execute(" ".join(words))
    print(f"\n{SECONDS} {time.process_time() - start}", flush=True)


def sitk_worker(fixed, moving, start, out, share, kind):
    """Mattes mutual information by gradient descent, set up as in SimpleITK's notebooks."""
    import SimpleITK as sitk
    start_seconds = time.process_time()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    fixed, moving = (sitk.ReadImage(path, sitk.sitkFloat32) for path in (fixed, moving))
    center = np.array(fixed.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in fixed.GetSize()]))
    lps = LPS @ np.loadtxt(start) @ LPS
    transform = sitk.Euler3DTransform() if kind == "rigid" else sitk.AffineTransform(3)
    transform.SetCenter(center.tolist())
    transform.SetMatrix(lps[:3, :3].flatten().tolist(), *([1e-6] if kind == "rigid" else []))
    transform.SetTranslation((lps[:3, :3] @ center + lps[:3, 3] - center).tolist())
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(50)
    if float(share) < 1:
        method.SetMetricSamplingStrategy(method.RANDOM)
        method.SetMetricSamplingPercentage(float(share), seed=1)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsGradientDescent(1.0, 100, convergenceMinimumValue=1e-6, convergenceWindowSize=10)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([8, 4, 2])
    method.SetSmoothingSigmasPerLevel([4, 2, 1])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOff()
    method.SetInitialTransform(transform, inPlace=True)
    method.Execute(fixed, moving)
    matrix, center = np.array(transform.GetMatrix()).reshape(3, 3), np.array(transform.GetCenter())
    lps[:3, :3], lps[:3, 3] = matrix, np.array(transform.GetTranslation()) + center - matrix @ center
    np.savetxt(out, LPS @ lps @ LPS)
    print(f"\n{SECONDS} {time.process_time() - start_seconds}", flush=True)


# ---------------------------------------------------------------- a study with its starts
def turned(axis, angle):
    axis = np.asarray(axis) / np.linalg.norm(axis)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def again(sitk, image):
    """The image on another grid over the same place, with noise."""
    spacing = np.array(image.GetSpacing()) * [1.13, 1.08, 0.88]
    size = np.array(image.GetSize())
    turn = turned([0.3, 0.5, 0.81], np.radians(8))
    count = np.ceil(size * image.GetSpacing() / spacing).astype(int)
    center = np.array(image.TransformContinuousIndexToPhysicalPoint(((size - 1) / 2).tolist()))
    origin = center - turn @ (spacing * (count - 1) / 2)
    grid = [count.tolist(), sitk.Transform(), sitk.sitkLinear, origin.tolist(), spacing.tolist(), turn.flatten().tolist()]
    other = sitk.Resample(image, *grid, -1024.0, sitk.sitkFloat32)
    values = sitk.GetArrayFromImage(other)
    values = np.rint(values + np.random.default_rng(7).normal(0, 20, values.shape)).astype(np.int16)
    noisy = sitk.GetImageFromArray(values)
    noisy.CopyInformation(other)
    return noisy


def body_corners(sitk, image):
    """The 8 corners of the box about the largest thing above -300 HU, RAS mm."""
    body = sitk.BinaryMorphologicalOpening(image > -300, [2, 2, 2])
    body = sitk.RelabelComponent(sitk.ConnectedComponent(body)) == 1
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(body)
    low = np.array(shape.GetBoundingBox(1)[:3])
    high = low + shape.GetBoundingBox(1)[3:] - 1
    corners = [[(low, high)[n >> axis & 1][axis] for axis in range(3)] for n in range(8)]
    points = [image.TransformContinuousIndexToPhysicalPoint([float(v) for v in corner]) for corner in corners]
    return np.array(points) * [-1, -1, 1]


def prepare(study, work):
    import SimpleITK as sitk
    study, work = pathlib.Path(study), pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    sample = (study / "ct.nii.gz").exists()
    names = ("ct.nii.gz", "pet.nii.gz") if sample else ("CT_for_PET", "PET")
    for name, out, kind in ((names[0], "ct.nii", "int16"), (names[1], "pet.nii", "float32")):
        code, _, text = run([PROGRAM, "convert", study / name, work / out, "--dtype", kind, "--force"])
        if code:
            raise SystemExit(text)
    ct = sitk.ReadImage(str(work / "ct.nii"), sitk.sitkFloat32)
    sitk.WriteImage(again(sitk, ct), str(work / "ct_again.nii"))
    np.savetxt(work / "corners.txt", body_corners(sitk, ct))
    middle = [(n - 1) / 2 for n in ct.GetSize()]
    center = np.array(ct.TransformContinuousIndexToPhysicalPoint(middle)) * [-1, -1, 1]
    random = np.random.default_rng(2024)
    for n in range(40):
        start = np.eye(4)
        start[:3, :3] = turned(random.normal(size=3), np.radians(random.uniform(0, 20)))
        way = random.normal(size=3)
        shift = random.uniform(0, 30) * way / np.linalg.norm(way)
        start[:3, 3] = center - start[:3, :3] @ center + shift
        np.savetxt(work / f"start{n}.mat", start, fmt="%.17g")


def error(work, matrix):
    """The greatest distance from the truth at the corners of the body, in mm."""
    if matrix is None:
        return np.inf
    corners = np.loadtxt(work / "corners.txt")
    return np.linalg.norm(corners @ matrix[:3, :3].T + matrix[:3, 3] - corners, axis=1).max()


def starts(work, count, with_greedy, jobs):
    work = pathlib.Path(work)
    ct = work / "ct.nii"

    def one(case):
        moving, metric, n, peer = case
        start = work / f"start{n}.mat"
        if peer:
            out = work / f"greedy{n}.mat"
            found, seconds = greedy(3, ct, work / moving, out, "NMI", "-dof", 6, *GREEDY_LEVELS, "-ia", start)
        else:
            found, seconds = ours(ct, work / moving, work / f"ours{n}.mat", "--metric", metric, "--initial", start)
        return error(work, found), seconds

    kinds = [("CT to CT, NCC", "ct_again.nii", "ncc", False, 0.5, 0.95), ("CT to PET, NMI", "pet.nii", "nmi", False, 2.0, 0.85)]
    if with_greedy:
        kinds.append(("CT to PET, greedy NMI", "pet.nii", "", True, 2.0, 0.0))
    off = [error(work, np.loadtxt(work / f"start{n}.mat")) for n in range(count)]
    print(f"starts: {min(off):.1f} to {max(off):.1f} mm off")
    successes = {}
    for title, moving, metric, peer, most, least in kinds:
        cases = [(moving, metric, n, peer) for n in range(count)]
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            errors, seconds = (np.array(numbers) for numbers in zip(*pool.map(one, cases)))
        print(
            f"{title}: {(errors < most).sum()} of {count} within {most} mm; median {np.median(errors):.3f}, "
            f"90 % {np.quantile(errors, 0.9):.3f}, most {errors.max():.3f} mm; CPU {np.median(seconds):.2f} s each",
            flush=True,
        )
        successes[title] = (errors < most).sum()
        limit(successes[title] >= least * count, f"{title}: {least:.0%} within {most} mm")
    if with_greedy:
        limit(successes["CT to PET, NMI"] >= successes["CT to PET, greedy NMI"], "CT to PET: no fewer successes than greedy")


# ---------------------------------------------------------------- CPU time
def cpu(work, count):
    work = pathlib.Path(work)
    ct, totals = work / "ct.nii", {}

    def note(case, who, found, seconds):
        totals.setdefault(case, {}).setdefault(who, []).append((seconds, error(work, found)))

    for n in range(count):
        start = work / f"start{n}.mat"
        for kind, dof in (("rigid", 6), ("affine", 12)):
            for moving, metric, theirs in (("pet.nii", "nmi", "NMI"), ("ct_again.nii", "ncc-local", "NCC 2x2x2")):
                case = (kind, theirs)
                more = ["--transform", kind, "--metric", metric, "--initial", start, *OUR_LEVELS]
                note(case, "warpscope", *ours(ct, work / moving, work / "ours.mat", *more))
                more = ["-dof", dof, *GREEDY_LEVELS, "-ia", start]
                note(case, "greedy", *greedy(3, ct, work / moving, work / "greedy.mat", theirs, *more))
            for share in (1, 0.5):
                out = work / "sitk.mat"
                words = ["sitk-worker", ct, work / "pet.nii", start, out, share, kind]
                code, whole, text = run([sys.executable, __file__, *words])
                if code:
                    raise SystemExit(text)
                seconds = seconds_of_work(text, whole)
                note((kind, "NMI"), f"SimpleITK Mattes, {share:.0%} of the voxels", np.loadtxt(out), seconds)
    for (kind, metric), peers in totals.items():
        print(f"{kind}, {metric}: median CPU seconds, median error in mm, of {count}")
        own = np.median([seconds for seconds, _ in peers["warpscope"]])
        for who, runs in peers.items():
            seconds, off = (np.median(numbers) for numbers in zip(*runs))
            print(f"  {who:38} {seconds:7.2f} s   {off:8.3f} mm   ours takes {own / seconds:.2f} of it")
            if who != "warpscope":
                limit(own <= 0.5 * seconds, f"{kind}, {metric}: half the CPU seconds of {who}")


# ---------------------------------------------------------------- other pairs
def resampled(sitk, fixed, moving, matrix, how):
    """The moving image on the fixed one's grid, and where it reaches."""
    dimensions = fixed.GetDimension()
    keep = [*range(dimensions), 3] if matrix.shape[0] == 4 else [*range(matrix.shape[0])]
    matrix = matrix[np.ix_(keep, keep)]
    flip = np.diag([-1.0, -1.0, 1.0, 1.0]) if dimensions == 3 else np.diag([-1.0, -1.0, 1.0])
    lps = flip @ matrix @ flip
    transform = sitk.AffineTransform(dimensions)
    transform.SetMatrix(lps[:-1, :-1].flatten().tolist())
    transform.SetTranslation(lps[:-1, -1].tolist())
    image = sitk.Resample(moving, fixed, transform, how, 0.0, sitk.sitkFloat32)
    inside = sitk.Resample(moving * 0 + 1, fixed, transform, sitk.sitkNearestNeighbor, 0.0, sitk.sitkUInt8)
    return sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(inside) > 0


def correlation(sitk, fixed, moving, matrix):
    image, inside = resampled(sitk, fixed, moving, matrix, sitk.sitkLinear)
    return np.corrcoef(sitk.GetArrayFromImage(fixed)[inside], image[inside])[0, 1]


def mutual_information(sitk, fixed, moving, matrix):
    """Normalised, with 4 places to a voxel along each axis of a plane, so that no grid is favoured."""
    if fixed.GetDimension() == 2:
        fine = sitk.Expand(fixed, [4, 4], sitk.sitkLinear)
    else:
        fine = fixed
    image, inside = resampled(sitk, fine, moving, matrix, sitk.sitkLinear)
    counts = np.histogram2d(sitk.GetArrayFromImage(fine)[inside], image[inside], 32)[0]
    shares = counts / counts.sum()

    def entropy(parts):
        return -(parts[parts > 0] * np.log(parts[parts > 0])).sum()

    return (entropy(shares.sum(0)) + entropy(shares.sum(1))) / entropy(shares)


def dice(sitk, fixed, moving, matrix):
    one = sitk.GetArrayFromImage(fixed) > 0
    other = resampled(sitk, fixed, moving, matrix, sitk.sitkNearestNeighbor)[0] > 0
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def longitudinal(folder, work):
    """The distance from the transform that comes with the pair, at the corners of the fixed image."""
    fixed, moving = folder / "t1longi_2d_bl.nii.gz", folder / "t1longi_2d_fu.nii.gz"
    truth = np.loadtxt(folder / "t1longi_2d_rigid.mat")
    import SimpleITK as sitk
    image = sitk.ReadImage(str(fixed))
    ends = [(i * (image.GetWidth() - 1), j * (image.GetHeight() - 1)) for i in (0, 1) for j in (0, 1)]
    corners = np.array([image.TransformIndexToPhysicalPoint(end) for end in ends]) * -1

    def off(matrix):
        difference = matrix - truth
        return np.linalg.norm(corners @ difference[:2, :2].T + difference[:2, 2], axis=1).max()

    for metric, theirs in (("ncc-local", "NCC 2x2"), ("nmi", "NMI")):
        mine = ours(fixed, moving, work / "o.mat", "--metric", metric)[0]
        # Three rows of a map of the plane.
        mine = np.delete(np.delete(mine, 2, 0), 2, 1) if mine.shape[0] == 4 else mine
        peer = greedy(2, fixed, moving, work / "g.mat", theirs, "-dof", 6, "-n", "100x100x100")[0]
        print(f"brain_2d_longitudinal, {metric}: {off(mine):.3f} mm from its .mat; greedy {theirs}: {off(peer) if peer is not None else np.inf:.3f} mm")
        limit(off(mine) <= 0.5, f"brain_2d_longitudinal, {metric}: within 0.5 mm")


def other_pairs(folder, work):
    import SimpleITK as sitk
    lung = folder / "lung_ct_elastix"
    masks = (lung / "3DCT_lung_baseline_mask.mha", lung / "3DCT_lung_followup_mask.mha")
    brains, cine = folder / "brain_2d_intersubject", folder / "cine_mr"
    table = [
        ("lung_ct_elastix", lung / "lung_ct_fixed_baseline.mha", lung / "lung_ct_moving_followup.mha", masks, "affine", 12),
        ("brain_2d_intersubject", brains / "r16slice.jpg", brains / "r64slice.jpg", None, "affine", 12),
        ("cine_mr 1 and 2", cine / "cine_MR_1.png", cine / "cine_MR_2.png", None, "rigid", 6),
        ("cine_mr 1 and 3", cine / "cine_MR_1.png", cine / "cine_MR_3.png", None, "rigid", 6),
    ]
    for title, fixed, moving, masks, kind, dof in table:
        paths = [work / "fixed.nii", work / "moving.nii"]
        for path, out in zip((fixed, moving), paths):
            code, _, text = run([PROGRAM, "convert", path, out, "--force"])
            if code:
                raise SystemExit(text)
        images = [sitk.ReadImage(str(path), sitk.sitkFloat32) for path in paths]
        dimensions = images[0].GetDimension()
        patch = "NCC " + "x".join(["2"] * dimensions)
        best = {}
        for metric, theirs in (("ncc-local", patch), ("nmi", "NMI")):
            found = ours(*paths, work / "o.mat", "--metric", metric, "--transform", kind, "--coarsest", 4, "--finest", 1)[0]
            peer = greedy(dimensions, *paths, work / "g.mat", theirs, "-dof", dof, "-n", "100x100x100", "-ia-identity")[0]
            for who, matrix in (("nothing", np.eye(4)), ("warpscope", found), ("greedy", peer)):
                if matrix is None:
                    print(f"{title}, {metric}, {who}: failed")
                    continue
                scores = [correlation(sitk, *images, matrix)]
                text = f"{title}, {metric}, {who}: NCC {scores[0]:.4f}, NMI {mutual_information(sitk, *images, matrix):.4f}"
                if masks:
                    labels = [sitk.ReadImage(str(mask), sitk.sitkUInt8) for mask in masks]
                    scores.append(dice(sitk, *labels, matrix))
                    text += f", Dice {scores[1]:.4f}"
                print(text, flush=True)
                best[who] = np.maximum(scores, best.get(who, -1.0))
        # Overlap or NCC: one of them is enough.
        limit(np.any(best["warpscope"] >= best.get("greedy", -1.0) - NO_WORSE), f"{title}: no worse than greedy")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("prepare")
    command.add_argument("study")
    command.add_argument("work")
    command = commands.add_parser("starts")
    command.add_argument("work")
    command.add_argument("--count", type=int, default=40)
    command.add_argument("--greedy", action="store_true")
    command.add_argument("--jobs", type=int, default=1)
    command = commands.add_parser("cpu")
    command.add_argument("work")
    command.add_argument("--count", type=int, default=3)
    command = commands.add_parser("pairs")
    command.add_argument("folder")
    arguments = parser.parse_args()
    if arguments.command == "prepare":
        prepare(arguments.study, arguments.work)
    elif arguments.command == "starts":
        starts(arguments.work, arguments.count, arguments.greedy, arguments.jobs)
    elif arguments.command == "cpu":
        cpu(arguments.work, arguments.count)
    else:
        folder = pathlib.Path(arguments.folder)
        with tempfile.TemporaryDirectory() as work:
            longitudinal(folder / "brain_2d_longitudinal", pathlib.Path(work))
            other_pairs(folder, pathlib.Path(work))
    return 1 if missed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["greedy-worker"]:
        greedy_worker(sys.argv[2:])
    elif sys.argv[1:2] == ["sitk-worker"]:
        sitk_worker(*sys.argv[2:])
    else:
        sys.exit(main())
