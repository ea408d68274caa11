/**
 * Holds the engines against each other and against Caffe itself. Published definitions in, relative
 * errors out. Nothing depends on it.
 */
package org.reverie.executor.agreement;
