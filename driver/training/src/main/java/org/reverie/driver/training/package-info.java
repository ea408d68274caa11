/**
 * Trains brains: folders of pictures go in, a Caffe brain with its card comes out. DL4J computes,
 * on Spark. Loaded by {@code train} and {@code motifs} only; knows no tiles.
 */
package org.reverie.driver.training;
