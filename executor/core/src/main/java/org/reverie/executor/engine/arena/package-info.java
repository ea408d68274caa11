/**
 * Where the intermediate values of a gradient lie in one piece of memory.
 *
 * <p>In: blocks with their sizes and the steps during which they hold something. Out: an offset for
 * each, and the bytes of the whole. It must not know what the values mean or whose memory it is.
 */
package org.reverie.executor.engine.arena;
