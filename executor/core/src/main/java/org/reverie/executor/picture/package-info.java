/**
 * Picture decoding: a JPEG, PNG or TIFF to rows of RGB, and RGB of one colour profile to another.
 *
 * <p>In: a file on any Hadoop file system and a colour to flatten alpha on. Out: size, depth, ICC
 * profile and strips of float planes 0..255, upright, or a located mistake. It must not know
 * octaves, tiles or brains.
 */
package org.reverie.executor.picture;
