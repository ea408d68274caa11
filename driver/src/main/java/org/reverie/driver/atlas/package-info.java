/**
 * The diagram of what each part of a brain dreams.
 *
 * <p>In: a brain, layers or channels, starts, numbers of octaves. Out: a small print for every
 * combination, made by the pipeline as any other, and all of them on one sheet and one page. It
 * must not know Spark or the command line, and dreams nothing itself.
 */
package org.reverie.driver.atlas;
