/**
 * Gradients on NVIDIA GPUs with cuDNN, cuBLAS and kernels of its own. In: a brain, an objective and
 * windows of pixels; out: gradients and dreamt pixels. A {@link org.reverie.executor.cudnn.Program}
 * holds every step as data; a {@link org.reverie.executor.cudnn.Device} runs it. Must not know
 * tiles, stores or Spark.
 */
package org.reverie.executor.cudnn;
