//! A chart as SVG.

use super::{Chart, Colour, Plot, Series};
use crate::number;
use crate::report::data::{Curve, CurveStep};
use crate::report::text;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use std::fmt::Write as _;

/// What cannot happen while drawing into memory, all the same has a type.
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;
type Area<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Letters have 12 pixels: the backend divides by 1.24.
const LETTERS: f64 = 14.88;
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const LINE: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);

impl Colour {
    fn rgb(self) -> RGBColor {
        match self {
            Self::Blue => RGBColor(0x00, 0x72, 0xB2),
            Self::Orange => RGBColor(0xE6, 0x9F, 0x00),
            Self::Green => RGBColor(0x00, 0x9E, 0x73),
            Self::Vermilion => RGBColor(0xD5, 0x5E, 0x00),
            Self::Purple => RGBColor(0xCC, 0x79, 0xA7),
            Self::Sky => RGBColor(0x56, 0xB4, 0xE9),
            Self::Grey => RGBColor(0x8A, 0x8A, 0x8A),
        }
    }
}

/// The chart for a page that is wide, or narrow. Its figures open where they are clicked; keys reach them in the table.
pub(crate) fn draw(chart: &Chart, wide: bool) -> Option<String> {
    let plot = chart.plot.as_ref().ok()?;
    let size = if wide { (720, 300) } else { (340, 260) };
    let mut svg = String::new();
    let mut spots = Spots(String::new());
    match plot {
        Plot::Bars { labels, series, parts } => bars(&mut svg, size, (labels, series, *parts), &mut spots),
        Plot::Lines { labels, series, parts } => lines(&mut svg, size, (labels, series, *parts), &mut spots),
        Plot::Curves { curves, .. } => waiting(&mut svg, size, curves),
    }
    .ok()?;
    Some(accessible(&svg, chart, wide, &spots.0))
}

/// Title, description and what can be clicked, put into the picture. The page sets its size.
fn accessible(svg: &str, chart: &Chart, wide: bool, spots: &str) -> String {
    let id = format!("{}-{}", chart.id, if wide { "wide" } else { "narrow" });
    let inner = svg.split_once('>').map_or("", |(_, rest)| rest).trim().trim_end_matches("</svg>");
    let size = if wide { "0 0 720 300" } else { "0 0 340 260" };
    format!(
        "<svg class=\"{}\" viewBox=\"{size}\" role=\"img\" aria-labelledby=\"{id}-title {id}-text\" \
         xmlns=\"http://www.w3.org/2000/svg\"><title id=\"{id}-title\">{}</title><desc id=\"{id}-text\">{} The table \
         below it has the numbers.</desc>{inner}{spots}</svg>",
        if wide { "wide" } else { "narrow" },
        chart.title,
        chart.description,
    )
}

/// Places that say what they are under the pointer, and open.
struct Spots(String);

impl Spots {
    fn add(&mut self, (x, y): (i32, i32), (width, height): (i32, i32), figure: Option<usize>, says: &str) {
        let figure = figure.map_or(String::new(), |figure| format!(" data-figure=\"{figure}\""));
        let _ = write!(
            self.0,
            "<rect class=\"spot\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{figure}><title>{}</title></rect>",
            text::escaped(says)
        );
    }
}

fn letters<'a>() -> TextStyle<'a> {
    ("sans-serif", LETTERS).into_font().color(&INK)
}

type Windows<'a> = (&'a [String], &'a [Series], bool);

fn bars(svg: &mut String, size: (u32, u32), (labels, series, parts): Windows<'_>, spots: &mut Spots) -> Drawn {
    let sum = |place: usize, down: bool| -> f64 {
        series.iter().filter(|one| one.down == down).filter_map(|one| one.values[place]).sum()
    };
    let highest = (0..labels.len()).map(|place| sum(place, false)).fold(0.0, f64::max);
    let lowest = (0..labels.len()).map(|place| sum(place, true)).fold(0.0, f64::max);
    let root = SVGBackend::with_string(svg, size).into_drawing_area();
    let mut area = axes(&root, labels.len(), (-lowest, highest), parts)?;
    name_windows(&mut area, labels, -ceiling(lowest, parts))?;
    for place in 0..labels.len() {
        let (mut up, mut down) = (0.0, 0.0);
        for one in series {
            let Some(value) = one.values[place].filter(|value| *value > 0.0) else { continue };
            let (from, to) = if one.down { (down - value, down) } else { (up, up + value) };
            let x = place as f64;
            let corners = [(x - 0.36, from), (x + 0.36, to)];
            area.draw_series([Rectangle::new(corners, one.colour.rgb().filled())])?;
            let (corner, end) = (area.backend_coord(&(x - 0.36, to)), area.backend_coord(&(x + 0.36, from)));
            spots.add(
                corner,
                (end.0 - corner.0, end.1 - corner.1),
                one.figures[place],
                &says(one, labels, place, parts),
            );
            if one.down { down = from } else { up = to }
        }
    }
    area.draw_series([PathElement::new(vec![(-0.5, 0.0), (labels.len() as f64 - 0.5, 0.0)], INK)])?;
    root.present()
}

fn lines(svg: &mut String, size: (u32, u32), (labels, series, parts): Windows<'_>, spots: &mut Spots) -> Drawn {
    let highest = series.iter().flat_map(|one| &one.values).flatten().copied().fold(0.0, f64::max);
    let root = SVGBackend::with_string(svg, size).into_drawing_area();
    let mut area = axes(&root, labels.len(), (0.0, highest), parts)?;
    name_windows(&mut area, labels, 0.0)?;
    for (number, one) in series.iter().enumerate() {
        let points: Vec<Option<(f64, f64)>> =
            one.values.iter().enumerate().map(|(place, value)| value.map(|value| (place as f64, value))).collect();
        for run in points.split(Option::is_none) {
            let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
            area.draw_series(LineSeries::new(run, one.colour.rgb().stroke_width(2)))?;
        }
        for (place, point) in points.iter().enumerate() {
            let Some(point) = point else { continue };
            mark(&mut area, *point, number, one.colour.rgb())?;
            let (x, y) = area.backend_coord(point);
            spots.add((x - 8, y - 8), (16, 16), one.figures[place], &says(one, labels, place, parts));
        }
    }
    root.present()
}

/// Each series has a mark of its own, so that nobody needs the colours.
fn mark(area: &mut Area<'_, '_>, point: (f64, f64), number: usize, colour: RGBColor) -> Drawn {
    match number {
        0 => area.draw_series([Circle::new(point, 4, colour.filled())]).map(|_| ()),
        1 => area.draw_series([TriangleMarker::new(point, 6, colour.filled())]).map(|_| ()),
        _ => area.draw_series([Cross::new(point, 4, colour.stroke_width(2))]).map(|_| ()),
    }
}

fn waiting(svg: &mut String, size: (u32, u32), curves: &[Curve]) -> Drawn {
    let longest = curves.iter().flat_map(|curve| &curve.steps).map(|step| step.time).fold(0.0, f64::max);
    let root = SVGBackend::with_string(svg, size).into_drawing_area();
    let mut area = ChartBuilder::on(&root)
        .margin(8)
        .x_label_area_size(44)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..longest.max(1.0), 0.0..1.0)?;
    area.configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(LINE)
        .axis_style(INK)
        .label_style(letters())
        .x_labels(if size.0 > 400 { 8 } else { 4 })
        .y_labels(6)
        .x_label_formatter(&|time| number::rounded(*time))
        .y_label_formatter(&|part| number::percent(*part))
        .x_desc("days")
        .axis_desc_style(letters())
        .draw()?;
    for (curve, colour) in curves.iter().zip(Colour::SERIES) {
        area.draw_series([Polygon::new(band(&curve.steps), colour.rgb().mix(0.15))])?;
    }
    for (curve, colour) in curves.iter().zip(Colour::SERIES) {
        let survival = |step: &CurveStep| Some(step.survival);
        let path = stairs(&curve.steps, survival);
        area.draw_series([PathElement::new(path, colour.rgb().stroke_width(2))])?;
    }
    root.present()
}

/// There and back: the upper end of the band, then the lower.
fn band(steps: &[CurveStep]) -> Vec<(f64, f64)> {
    let mut path = stairs(steps, |step| step.band.map(|(_, high)| high));
    let low = stairs(steps, |step| step.band.map(|(low, _)| low));
    path.extend(low.into_iter().rev());
    path
}

/// A curve falls where a step is, and is level between them. It ends where there is nothing to say any more.
fn stairs(steps: &[CurveStep], value: impl Fn(&CurveStep) -> Option<f64>) -> Vec<(f64, f64)> {
    let mut path = vec![(0.0, 1.0)];
    let mut level = 1.0;
    for step in steps {
        let Some(next) = value(step) else { break };
        path.extend([(step.time, level), (step.time, next)]);
        level = next;
    }
    path
}

fn axes<'a, 'b>(
    root: &'a DrawingArea<SVGBackend<'b>, plotters::coord::Shift>,
    windows: usize,
    (lowest, highest): (f64, f64),
    parts: bool,
) -> Result<Area<'a, 'b>, DrawingAreaErrorKind<std::io::Error>> {
    let (bottom, top) = (-ceiling(-lowest, parts), ceiling(highest, parts));
    let top = if bottom == 0.0 && top == 0.0 { 1.0 } else { top };
    let mut area = ChartBuilder::on(root)
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(48)
        .build_cartesian_2d(-0.5..windows as f64 - 0.5, bottom..top)?;
    area.configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(LINE)
        .axis_style(INK)
        .label_style(letters())
        .x_labels(0)
        .y_labels(if parts { 6 } else { ((top - bottom).ceil() + 1.0).clamp(3.0, 7.0) as usize })
        .y_label_formatter(&|value| if parts { number::percent(*value) } else { number::rounded(value.abs()) })
        .draw()?;
    Ok(area)
}

/// The end of an axis: a little above the highest value, all for parts.
fn ceiling(value: f64, parts: bool) -> f64 {
    match value {
        _ if value <= 0.0 => 0.0,
        _ if parts => 1.0,
        _ if value <= 5.0 => value.ceil(),
        _ => value * 1.06,
    }
}

/// As many names as there is room for, the last one always.
fn name_windows(area: &mut Area<'_, '_>, labels: &[String], bottom: f64) -> Drawn {
    use plotters::style::text_anchor::{HPos, Pos, VPos};
    let (width, _) = area.plotting_area().dim_in_pixel();
    let letters_of = labels.iter().map(|label| label.chars().count()).max().unwrap_or(1).max(1);
    let room = (width as usize / (letters_of * 7 + 12)).max(1);
    let every = labels.len().div_ceil(room).max(1);
    let style = letters().pos(Pos::new(HPos::Center, VPos::Top));
    for (place, label) in
        labels.iter().enumerate().filter(|(place, _)| (labels.len() - 1 - place).is_multiple_of(every))
    {
        let name = EmptyElement::at((place as f64, bottom)) + Text::new(label.clone(), (0, 8), style.clone());
        area.draw_series([name])?;
    }
    Ok(())
}

fn says(series: &Series, labels: &[String], place: usize, parts: bool) -> String {
    let value = series.values[place].unwrap_or(0.0);
    let value = if parts { number::percent(value) } else { number::rounded(value) };
    format!("{}: {value} {}", labels[place], series.name)
}
