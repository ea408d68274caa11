/**
 * The pipeline: from a job to a print, stage by stage, over a {@link
 * org.reverie.driver.TileRunner}.
 *
 * <p>In: a {@link org.reverie.conf.RenderJob}. Out: a print, its recipe and a report. It must not
 * hold a canvas, and knows Spark only in its {@code spark} package.
 */
package org.reverie.driver;
