//! How the separate images lie side by side in a view.

use egui::{Rect, pos2, vec2};

/// Cells longer than this many times their width, or wider, waste space.
const MOST_UNEVEN: f32 = 2.0;
/// Points between cells.
const GAP: f32 = 2.0;

/// Equal cells for `count` images in `rect`, row by row: as few as will do without narrow ones.
pub fn cells(rect: Rect, count: usize) -> Vec<Rect> {
    let count = count.max(1);
    let unevenness = |[columns, rows]: [usize; 2]| {
        let aspect = rect.width() / columns as f32 / (rect.height() / rows as f32);
        aspect.max(1.0 / aspect)
    };
    let layouts = (1..=count).map(|rows| [count.div_ceil(rows), rows]);
    let best = layouts.min_by(|a, b| {
        let key = |layout: &[usize; 2]| {
            let uneven = unevenness(*layout);
            let cells = (layout[0] * layout[1]) as f32;
            if uneven <= MOST_UNEVEN {
                [0.0, cells, uneven]
            } else {
                [1.0, uneven, cells]
            }
        };
        key(a)
            .partial_cmp(&key(b))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let [columns, rows] = best.unwrap_or([count, 1]);
    let side = |whole: f32, parts: usize| {
        ((whole - GAP * (parts - 1) as f32) / parts as f32)
            .floor()
            .max(1.0)
    };
    let size = vec2(side(rect.width(), columns), side(rect.height(), rows));
    (0..count)
        .map(|n| {
            let (column, row) = ((n % columns) as f32, (n / columns) as f32);
            let corner = pos2(
                rect.left() + column * (size.x + GAP),
                rect.top() + row * (size.y + GAP),
            );
            Rect::from_min_size(corner, size)
        })
        .collect()
}

/// The cell in the upper right corner.
pub fn top_right(cells: &[Rect]) -> usize {
    let top = cells.first().map(Rect::top);
    let first_row = cells.iter().take_while(|cell| Some(cell.top()) == top);
    first_row.count().saturating_sub(1)
}

/// Whether a cell is the last one of its row.
pub fn ends_row(cells: &[Rect], cell: usize) -> bool {
    let top = |n: usize| cells.get(n).map(Rect::top);
    top(cell) != top(cell + 1)
}

/// What the last row leaves of `rect`; without width where it is full.
pub fn left_over(rect: Rect, cells: &[Rect]) -> Rect {
    cells.last().map_or(Rect::NOTHING, |last| {
        let left = (last.right() + GAP).min(rect.right());
        Rect::from_min_max(pos2(left, last.top()), rect.max)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns_and_rows(width: f32, height: f32, count: usize) -> [usize; 2] {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(width, height));
        let cells = cells(rect, count);
        assert_eq!(cells.len(), count);
        assert!(cells.iter().all(|cell| rect.contains_rect(*cell)));
        let columns = cells.iter().filter(|c| c.top() == cells[0].top()).count();
        [columns, count.div_ceil(columns)]
    }

    #[test]
    fn two_lie_along_the_longer_side() {
        assert_eq!(columns_and_rows(600.0, 400.0, 2), [2, 1]);
        assert_eq!(columns_and_rows(300.0, 700.0, 2), [1, 2]);
    }

    #[test]
    fn no_cell_is_left_empty_where_cells_stay_even() {
        assert_eq!(columns_and_rows(600.0, 400.0, 4), [2, 2]);
        assert_eq!(columns_and_rows(600.0, 400.0, 3), [3, 1]);
        assert_eq!(columns_and_rows(600.0, 400.0, 5), [3, 2]);
    }

    #[test]
    fn one_image_has_it_all() {
        assert_eq!(columns_and_rows(600.0, 400.0, 1), [1, 1]);
    }

    #[test]
    fn each_row_ends_once_and_leaves_what_no_cell_takes() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(600.0, 400.0));
        let cells = cells(rect, 5);
        let ends: Vec<usize> = (0..5).filter(|n| ends_row(&cells, *n)).collect();
        assert_eq!(ends, [2, 4]);
        let rest = left_over(rect, &cells);
        assert_eq!(rest.left_top(), cells[4].right_top() + vec2(GAP, 0.0));
        assert_eq!(rest.max, rect.max);
    }
}
