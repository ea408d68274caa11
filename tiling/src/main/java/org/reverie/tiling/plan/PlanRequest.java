package org.reverie.tiling.plan;

import org.reverie.conf.RenderJob;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Size;

/**
 * What the planner needs to know.
 *
 * @param job what was asked for, complete
 * @param inputSize of the input picture in pixels, upright; null for a start from nothing
 * @param inputBits bits per sample of the input picture; 8 for a start from nothing
 * @param start the name of a start from nothing; empty for a picture
 * @param inputHash SHA-256 of the input file; empty for a start from nothing
 * @param geometry what the dreamt layers need around a pixel
 * @param autoHaloPixels halo with an influence below 1 %, a multiple of the stride
 * @param brain which brain and layers
 * @param engine which engine and how
 * @param memory what a window takes of it
 * @param memoryBytes what a session may take
 * @param accelerated whether the engine computes on an accelerator, in memory of its own
 */
public record PlanRequest(
    RenderJob job,
    Size inputSize,
    int inputBits,
    String start,
    String inputHash,
    LayerGeometry geometry,
    int autoHaloPixels,
    RenderPlan.BrainFacts brain,
    RenderPlan.EngineFacts engine,
    MemoryModel memory,
    long memoryBytes,
    boolean accelerated) {}
