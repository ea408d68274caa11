/**
 * The job a person asks for: one record, its presets, its validation and its mistakes.
 *
 * <p>In: YAML, flags, presets. Out: a complete {@code RenderJob}, or all its problems at once. It
 * must not know pictures, brains, Spark or Hadoop.
 */
package org.reverie.conf;
