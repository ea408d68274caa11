/**
 * Times what a render spends its time on, piece by piece, with JMH. Made-up pixels in, megapixels
 * per second out. Nothing depends on it.
 */
package org.reverie.benchmarks;
