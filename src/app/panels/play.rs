//! Buttons of the left panel that play through slices and time points.

use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::play::{FramesPerSecond, Reel};
use crate::app::widgets::{label_for_access, section};
use crate::app::{App, icons};
use egui::{DragValue, Role, Ui};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let playable = [
        (Action::PlaySlices, "Slices", Reel::Slices(app.hovered)),
        (Action::PlayTime, "Time", Reel::Time),
    ];
    if playable
        .iter()
        .all(|(_, _, reel)| reel.count(&app.document) < 2)
    {
        return;
    }
    section(ui, "Play");
    ui.horizontal(|ui| {
        for (action, text, _) in playable.iter().filter(|p| p.2.count(&app.document) > 1) {
            let on = app.is_on(*action);
            let icon = if on { icons::PAUSE } else { icons::PLAY };
            let spec = action.spec();
            let response = ui
                .add(egui::Button::new(format!("{icon}  {text}")).min_size(egui::vec2(40.0, 24.0)));
            label_for_access(&response, Role::Button, spec.text);
            if response.on_hover_text(spec.tooltip).clicked() {
                messages.push(Message::Action(*action));
            }
        }
        let [slowest, fastest] = FramesPerSecond::RANGE;
        let mut speed = app.settings.play_speed.0;
        let field = DragValue::new(&mut speed)
            .range(slowest..=fastest)
            .speed(0.2)
            .max_decimals(1)
            .suffix(" / s");
        let response = ui.add(field);
        response.widget_info(|| {
            let mut info = egui::WidgetInfo::labeled(Role::SpinButton, true, "pictures a second");
            info.value = Some(speed);
            info
        });
        if response
            .on_hover_text("Pictures a second; drag or type")
            .changed()
        {
            messages.push(Message::SetPlaySpeed(FramesPerSecond(speed)));
        }
    });
}
