"""The window: puts panels around the canvas and wires them to the controllers."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.document import Document
from segstudio.core.pointer import Key
from segstudio.gui.actions import Actions
from segstudio.gui.bars import ToolBox, TopBar
from segstudio.gui.batch import EXPORT, SAMPLE, SEGMENT, Batch
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.class_changes import CLASS_CHANGE, ClassChanges
from segstudio.gui.connecting import connect_crf, connect_models
from segstudio.gui.copying import Copying
from segstudio.gui.differing import Differing
from segstudio.gui.docks import Docks
from segstudio.gui.emptying import Emptying
from segstudio.gui.explaining import Explaining
from segstudio.gui.fine_tuning import FineTuning
from segstudio.gui.flag_strip import FlagStrip
from segstudio.gui.flagging import Flagging
from segstudio.gui.frame_jobs import SELECTED, FrameJobs
from segstudio.gui.general_actions import GeneralActions
from segstudio.gui.gesture_keys import GestureKeys
from segstudio.gui.importing import Importing
from segstudio.gui.jobs import Jobs
from segstudio.gui.key_text import native
from segstudio.gui.keyboard import Keyboard
from segstudio.gui.labelling import Labelling
from segstudio.gui.linting import Linting
from segstudio.gui.listing import Listing
from segstudio.gui.message_strip import MessageStrip
from segstudio.gui.notices import Notice
from segstudio.gui.panels.classes import ClassPanel
from segstudio.gui.panels.crf import CrfPanel
from segstudio.gui.panels.display import DisplayPanel
from segstudio.gui.panels.frame_list import FrameListPanel
from segstudio.gui.panels.model import ModelPanel
from segstudio.gui.panels.picture import PicturePanel
from segstudio.gui.panels.protection import ProtectionPanel
from segstudio.gui.panels.review import ReviewPanel
from segstudio.gui.panels.tool_options import ToolOptionsPanel
from segstudio.gui.pen_end import PenEnd
from segstudio.gui.predicting import Predicting, Prediction
from segstudio.gui.projects import Projects
from segstudio.gui.protecting import Protecting
from segstudio.gui.refining import Refining
from segstudio.gui.reviewing import Reviewing
from segstudio.gui.rule_sign import RuleSign
from segstudio.gui.running_jobs import RunningJobs
from segstudio.gui.seeing import Seeing
from segstudio.gui.selected_frames import ACTIONS as FOR_SELECTED
from segstudio.gui.selected_frames import SelectedFrames
from segstudio.gui.settings import Settings
from segstudio.gui.side_by_side import SideBySide
from segstudio.gui.status_bar import StatusBar
from segstudio.gui.thumbnails import Thumbnails
from segstudio.gui.tool_work import ToolWork
from segstudio.gui.tools_in_hand import ToolsInHand
from segstudio.gui.under_pointer import describe
from segstudio.gui.undo_memory import UndoMemory
from segstudio.gui.undoing import Undoing
from segstudio.gui.viewing import Viewing
from segstudio.gui.walking import Walking
from segstudio.gui.welcome import WelcomePage
from segstudio.gui.widgets.fields import is_field
from segstudio.gui.worst_region import WorstRegion
from segstudio.project import Project

MENUS = ("File", "Edit", "View", "Frame", "Tools", "Model", "Help")
NEED_FRAME = ("predict", "check_labels", "mark_done", "fit", "actual_size", "zoom_in", "zoom_out")
PREDICT, FINE_TUNE = "Predict", "Fine-tune"


class MainWindow(QMainWindow):
    """SegStudio's window. It owns the widgets; the controllers own the state."""

    appeared = Signal()
    """The window is being painted for the first time. Connect it queued: then it has been."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setWindowTitle("SegStudio")
        self.setAcceptDrops(True)
        self.settings = settings
        self._has_appeared = False
        self.jobs = Jobs(self)
        self.canvas = Canvas()
        self.labelling = Labelling(self.jobs, self)
        self.projects = Projects(self.labelling, self)
        self.class_changes = ClassChanges(self.jobs, self.labelling, self)
        self.undoing = Undoing(self.labelling, self)
        self.emptying = Emptying(self.labelling, self)
        self.flag_strip = FlagStrip()
        self.flagging = Flagging(self.labelling, self.flag_strip, self.canvas, self)
        self.undo_memory = UndoMemory(self.jobs, self.labelling, settings, self)
        self.predicting = Predicting(self.jobs, self.labelling, settings, self)
        self.refining = Refining(self.labelling, self)
        self.viewing = Viewing(self.canvas, settings, self)
        self.seeing = Seeing(self.canvas, self.jobs, self.labelling, self)
        self.tools = ToolsInHand(self.canvas, self.labelling, self)
        ToolWork(self.jobs, self.canvas, self)
        self.importing = Importing(self.jobs, self.labelling, self.predicting, self)
        self.explaining = Explaining(self.jobs, self.predicting, self)
        GestureKeys(self.canvas, self)
        PenEnd(self.canvas, self.tools, self)
        self.keyboard = Keyboard(self.canvas, settings, self)
        self.protecting = Protecting(self.canvas, self.labelling, self.tools, self)
        self.linting = Linting(self.canvas, self.jobs, self.labelling, self)
        self.fine_tuning = FineTuning(self.jobs, self.labelling, self.predicting, self)
        self.batch = Batch(
            self.jobs, self.labelling, self.predicting, self.refining, settings, self
        )
        self.differing = Differing(self.jobs, self.labelling, self)
        self.worst_region = WorstRegion(
            self.canvas, self.jobs, self.labelling, self.predicting, self
        )
        self.reviewing = Reviewing(
            self.canvas, self.differing, self.labelling, self._show_review, self
        )
        self._build_panels()
        self._build_centre()
        self.general = GeneralActions(
            self.pages, self._entries, self.open_path, self.batch.open_sample, self
        )
        self._build_bars()
        self._wire()
        self._restore()
        # Torch takes seconds to load, and Python's lock with it: not before there is a window.
        self.appeared.connect(self.predicting.warm_up, Qt.ConnectionType.QueuedConnection)

    # --- building ------------------------------------------------------------------------------

    def _build_panels(self) -> None:
        self.frame_list = FrameListPanel()
        self.listing = Listing(self.jobs, self.labelling, self.frame_list, self)
        self.walking = Walking(self.labelling, self.frame_list.visible_names, self)
        self.frame_jobs = FrameJobs(self.jobs, self)
        self.selected_frames = SelectedFrames(
            self.frame_jobs,
            self.labelling,
            self.predicting,
            self.refining,
            self.batch,
            self.settings,
            self.frame_list.selection,
            self,
        )
        self.copying = Copying(self.jobs, self.labelling, self.frame_list.visible_names, self)
        self.side_by_side = SideBySide(
            self.canvas,
            self.jobs,
            self.labelling,
            self.predicting,
            self.settings,
            self.frame_list.visible_names,
            self,
        )
        self.class_panel = ClassPanel()
        self.model_panel = ModelPanel()
        self.crf_panel = CrfPanel()
        self.picture_panel = PicturePanel()
        self.tool_panel = ToolOptionsPanel()
        self.protection_panel = ProtectionPanel()
        self.review_panel = ReviewPanel()
        self.display_panel = DisplayPanel()
        self.thumbnails = Thumbnails(self.jobs, self.labelling, self.frame_list.set_thumbnail, self)
        self.arrangement = Docks(
            self,
            self.frame_list,
            [
                {"Tool": self.tool_panel, "Protect": self.protection_panel},
                {"Classes": self.class_panel},
                {
                    "Model": self.model_panel,
                    "CRF": self.crf_panel,
                    "Review": self.review_panel,
                    "Picture": self.picture_panel,
                },
            ],
        )
        self.docks = self.arrangement.all()

    def _build_centre(self) -> None:
        self.welcome = WelcomePage()
        self.messages = MessageStrip()
        self.rule_sign = RuleSign()
        self.tool_box = ToolBox()
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.tool_box)
        row.addWidget(self.side_by_side.halves, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(work)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.flag_strip)
        column.addWidget(self.rule_sign)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(centre)
        self.status = StatusBar()
        self.setStatusBar(self.status)

    def _build_bars(self) -> None:
        owners = (
            self.general,
            self.labelling,
            self.undoing,
            self.emptying,
            self.flagging,
            self.undo_memory,
            self.walking,
            self.copying,
            self.worst_region,
            self.selected_frames,
            self.batch,
            self.viewing,
            self.seeing,
            self.side_by_side,
            self.tools,
            self.protecting,
            self.predicting,
            self.reviewing,
            self.importing,
            self.fine_tuning,
            self.explaining,
            self.linting,
            self.keyboard,
        )
        self.actions_ = Actions(self, owners)
        self.tools.add_actions(self.actions_)
        self.seeing.add_actions(self.actions_)
        self.side_by_side.add_actions(self.actions_)
        self.tool_box.set_tools(self.tools.specs, self.actions_)
        menus = self.actions_.fill(self.menuBar(), MENUS)
        panels = menus["View"].addMenu("&Panels")
        panels.addActions(self.arrangement.add_actions(self.actions_))
        self.keyboard.take(self.actions_, menus)
        for made in self.actions_:
            self.addAction(made)
        self.linting.on_save_changed.connect(self.actions_["check_when_saving"].setChecked)
        self.frame_list.list.addActions([self.actions_[name] for name in FOR_SELECTED])
        # Return that is held at the end of a polygon does not mean this.
        self.actions_["mark_done"].setAutoRepeat(False)
        self.actions_["mark_empty"].setAutoRepeat(False)
        menus["Frame"].addMenu(self.emptying.fills)
        self.addToolBar(TopBar(self.actions_, self.display_panel))

    # --- wiring --------------------------------------------------------------------------------

    def _wire(self) -> None:
        self._wire_messages()
        self._wire_frames()
        self._wire_classes_and_tools()
        self._wire_models()
        self._wire_status()

    def _wire_messages(self) -> None:
        for controller in (
            self.labelling,
            self.projects,
            self.class_changes,
            self.emptying,
            self.flagging,
            self.undo_memory,
            self.walking,
            self.protecting,
            self.predicting,
            self.refining,
            self.seeing,
            self.differing,
            self.reviewing,
            self.worst_region,
            self.copying,
            self.frame_jobs,
            self.selected_frames,
            self.batch,
            self.importing,
            self.fine_tuning,
            self.explaining,
            self.linting,
        ):
            controller.noticed.connect(self._notify)
        self.canvas.refused.connect(lambda text: self._notify(Notice(text, "warning")))
        self.welcome.open_folder_requested.connect(self.general.open_folder)
        self.welcome.open_sample_requested.connect(self.general.open_sample)
        self.welcome.recent_chosen.connect(lambda text: self.open_path(Path(text)))

    def _wire_frames(self) -> None:
        labelling, frames = self.labelling, self.frame_list
        labelling.project_opened.connect(self._show_project)
        labelling.frame_left.connect(self.canvas.freeze)
        labelling.previewed.connect(partial(self.canvas.set_document, None))
        labelling.frame_opened.connect(self._show_frame)
        labelling.frame_opened.connect(self.side_by_side.show_frame)
        labelling.history_changed.connect(self._show_history)
        self.undoing.take_back = partial(self.canvas.hand_key, Key.BACKSPACE)
        self.undoing.take_back_everywhere = self.class_changes.take_back
        self.canvas.driver.ongoing_changed.connect(self._show_history)
        frames.frame_chosen.connect(labelling.open_frame)
        frames.thumbnail_wanted.connect(self.thumbnails.want)
        self.batch.frame_changed.connect(self.listing.refresh)
        self.flagging.changed.connect(self.listing.refresh)
        self.canvas.hovered.connect(lambda _pixel: labelling.clock.tick())
        self.batch.frame_changed.connect(self.side_by_side.reread)

    def _wire_classes_and_tools(self) -> None:
        panel, tools = self.class_panel, self.tools
        self.labelling.classes_changed.connect(panel.set_table)
        panel.table_edited.connect(self.labelling.set_classes)
        panel.delete_requested.connect(self._delete_class)
        panel.active_changed.connect(tools.pick_class)
        tools.active_class_changed.connect(panel.set_active)
        tools.tool_changed.connect(self.tool_panel.set_tool)
        self.tool_panel.options_changed.connect(tools.set_options)
        self.display_panel.opacity_changed.connect(self.viewing.set_opacity)
        self.viewing.opacity_changed.connect(self.display_panel.set_opacity)
        self.display_panel.set_opacity(self.viewing.opacity)
        self.seeing.show_in(self.display_panel, self.picture_panel)
        self.seeing.layer_changed.connect(self.side_by_side.follow_layer)
        tools.active_class_changed.connect(self.side_by_side.update)
        self.canvas.driver.edited.connect(self.labelling.human_edited)
        self.protecting.show_in(self.protection_panel, self.rule_sign)
        tools.choose(tools.spec)

    def _wire_models(self) -> None:
        predicting, refining = self.predicting, self.refining
        connect_models(self.model_panel, predicting, self.settings.device, self._notify)
        connect_crf(self.crf_panel, refining)
        predicting.predicted.connect(self._take_prediction)
        predicting.measured.connect(self.listing.note_uncertainty)
        predicting.predicted.connect(self.differing.take_prediction)
        refining.composed.connect(self.differing.take_composed)
        self.reviewing.show_in(self.review_panel)
        self.arrangement.watch(self.review_panel, self.reviewing.set_active)
        self.model_panel.checkpoint_file_requested.connect(self.importing.open_checkpoint)
        self.model_panel.about_requested.connect(self.explaining.about_model)
        self.fine_tuning.about_requested.connect(self.explaining.tell)
        self.keyboard.changed.connect(self._show_keys)
        self._show_keys()

    def _wire_status(self) -> None:
        status = self.status
        self.canvas.hovered.connect(self._show_under_pointer)
        self.canvas.zoom_changed.connect(status.show_zoom)
        self.labelling.saved_changed.connect(self._show_saved)
        self.predicting.device_known.connect(status.show_device)
        self._wire_jobs()
        self.linting.changed.connect(lambda state: status.show_findings(state.summary))
        status.findings_clicked.connect(self.linting.check_labels)

    def _wire_jobs(self) -> None:
        self.running = RunningJobs(self.status, self)
        batch, training = self.batch, self.fine_tuning
        self.running.add(PREDICT, self.predicting.cancel)
        self.running.add(FINE_TUNE, training.stop, training.show_dialog)
        self.running.add(SELECTED, self.frame_jobs.cancel)
        self.running.add(CLASS_CHANGE, self.class_changes.cancel)
        self.running.add(SAMPLE, partial(batch.cancel, SAMPLE))
        self.running.add(SEGMENT, partial(batch.cancel, SEGMENT), batch.show_segment_dialog)
        self.running.add(EXPORT, partial(batch.cancel, EXPORT), batch.show_export_dialog)
        self.running.follow(self.predicting.working, PREDICT)
        self.running.follow(training.working, FINE_TUNE)
        for controller in (batch, self.frame_jobs, self.class_changes):
            self.running.follow(controller.working)

    # --- what the controllers say --------------------------------------------------------------

    def _notify(self, notice: Notice) -> None:
        self.messages.show_message(notice.text, notice.severity, notice.remedy, notice.act)

    def _show_project(self, project: Project) -> None:
        self.pages.setCurrentIndex(1)
        self.settings.add_recent(project.folder)
        self.welcome.set_recent([str(path) for path in self.settings.recent])
        self.setWindowTitle(f"{project.folder.name} – SegStudio")
        self.setWindowFilePath(str(project.folder))
        reason = f"Read-only: {project.read_only_reason}" if project.read_only else ""
        self.canvas.refuse("project", reason)
        if not project.entries:
            text = f"{project.folder} holds no pictures that SegStudio can read."
            self._notify(Notice(text, "warning", "Open another folder", self.general.open_folder))

    def _show_frame(self, document: Document | None) -> None:
        self.canvas.set_document(document, self.labelling.pyramid)
        self._show_under_pointer(None)
        for name in NEED_FRAME:
            self.actions_[name].setEnabled(document is not None)
        if document is None:
            self.status.show_no_frame()
        else:
            self.status.show_zoom(self.canvas.viewport.scale)
        self.frame_list.set_current(self.labelling.frame_name)
        self._show_history()

    def _show_history(self) -> None:
        document = self.labelling.document
        history = document.history if document else None
        last = self.class_changes.undo_name or (history.undo_name if history else None)
        for name, verb, step in (
            ("undo", "&Undo", "last point" if self.canvas.driver.ongoing else last),
            ("redo", "&Redo", history.redo_name if history else None),
        ):
            self.actions_[name].setEnabled(step is not None)
            self.actions_[name].setText(f"{verb} {step}" if step else verb)

    def _show_saved(self, saved: bool) -> None:
        project = self.labelling.project
        if self.labelling.document is None:
            return
        if project is not None and project.read_only:
            self.status.show_read_only()
        else:
            self.status.show_saved(saved)

    def _delete_class(self, class_id: int, heir: int) -> None:
        if self.batch.running(SEGMENT):
            text = "Frames are being segmented with these classes. Wait until that has ended."
            stop = partial(self.batch.cancel, SEGMENT)
            self._notify(Notice(text, "warning", "Stop segmenting", stop))
        elif not self.frame_jobs.refused():
            self.class_changes.delete(class_id, heir)

    def _take_prediction(self, prediction: Prediction) -> None:
        self.canvas.driver.model_ids = prediction.ids
        self.canvas.driver.likelihood = prediction.probabilities.plane
        self.refining.take_prediction(prediction)
        self.seeing.take_prediction(prediction)

    def _show_under_pointer(self, pixel: tuple[int, int] | None) -> None:
        self.status.show_cursor(pixel)
        document = self.labelling.document
        if pixel is None or document is None:
            self.status.show_class("")
        else:
            likelihood = self.canvas.driver.likelihood
            self.status.show_class(describe(document, pixel, likelihood))

    def _show_keys(self) -> None:
        keys = native(self.actions_["predict"].shortcut().toString())
        self.model_panel.set_predict_shortcut(keys)
        self.seeing.set_predict_shortcut(keys)

    def _entries(self) -> list[tuple[str, QAction]]:
        """What the command palette finds: title of the menu and action, in the menus' order."""
        entries = [(self.actions_.title_of(made), made) for made in self.actions_]
        return sorted(entries, key=lambda entry: MENUS.index(entry[0]))

    def _show_review(self) -> None:
        self.arrangement.bring_forward(self.review_panel)

    # --- what is opened ------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """Open a folder, a picture, or a project."""
        self.projects.open(path)

    # --- events --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_appeared:
            self._has_appeared = True
            self.appeared.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Whoever types means letters, digits and Return, and no action that has such a key.
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain and is_field(QApplication.focusWidget()):
                event.accept()
                return True
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.open_path(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.projects.close(regardless=self.close):
            event.ignore()
            return
        self.settings.keep_window_state(self.saveGeometry(), self.saveState())
        self.canvas.set_document(None)
        self.hide()  # what still runs may take seconds to stop
        self.fine_tuning.stop()
        self.refining.shutdown()
        self.jobs.shutdown()
        super().closeEvent(event)

    def _restore(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.activate()  # or the room that panels wanted when they were made counts
        self.resize(QSize(1280, 800))
        self.arrangement.share_room()
        kept = self.settings.window_state()
        if kept is not None:
            self.restoreGeometry(kept[0])
            self.restoreState(kept[1])
        self.welcome.set_recent([str(path) for path in self.settings.recent])
        self.model_panel.set_predict_on_open(self.settings.predict_on_open)
        self._show_frame(None)
