package org.reverie.executor.work;

import java.io.IOException;
import org.reverie.executor.store.Store;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;

/** One task of an octave's stage, and what it is part of. */
abstract sealed class StageTask permits ChunkTask, TileTask {
  final RenderContext context;
  final RenderPlan plan;
  final Store store;
  final Stage stage;
  final int task;
  final OctaveTasks tasks;
  final OctavePlan octave;
  final Stopwatch stopwatch = new Stopwatch();

  StageTask(RenderContext context, Stage stage, int task) {
    this.context = context;
    this.plan = context.plan();
    this.store = context.store();
    this.stage = stage;
    this.task = task;
    this.tasks = context.tasks(stage.octave());
    this.octave = tasks.octave();
  }

  /** Runs it to its end; on return its results are in the store. */
  abstract TaskReport perform() throws IOException;
}
