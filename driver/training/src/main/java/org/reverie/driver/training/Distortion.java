package org.reverie.driver.training;

import org.reverie.tiling.KeyedRandom;

/**
 * Makes every showing of a picture another one: a crop of another scale and shape, mirrored half
 * the time, and, if wanted, with other colours after Howard, "Some improvements on deep
 * convolutional neural network based image classification" (2013): brightness, contrast and
 * saturation by factors of 0.5 to 1.5 in random order, then noise along the principal axes of all
 * colours (Krizhevsky et al., 2012); and, if wanted, noise of a deviation drawn for every showing.
 * Where noise hides fine texture, a network goes by forms and colours, and its gradients look like
 * what it sees (Kaur, Cohen and Lipton, "Are perceptually-aligned gradients a general property of
 * robust classifiers?", 2019).
 *
 * @param size edge of the result, pixels
 * @param photometric whether colours change
 * @param lighting the axes, scaled by their deviation: 3 rows (red, green, blue) of 3 axes
 * @param grain largest deviation of the noise, grey levels; 0 for none
 */
record Distortion(int size, boolean photometric, float[] lighting, double grain) {
  private static final double LEAST_AREA = 0.3;
  private static final double NARROWEST = 0.75;
  private static final double LIGHTING_DEVIATION = 0.1;

  /** Of the sum of four uniform whole numbers below 2^16. */
  private static final float FOUR_UNIFORM_MEAN = 2 * 65535;

  private static final double FOUR_UNIFORM_DEVIATION = 65536 / Math.sqrt(3);
  private static final float[] LUMA = {0.299f, 0.587f, 0.114f};

  /**
   * One showing.
   *
   * @param random decides all of it
   * @return red, green, blue planes of size x size; values may leave 0..255 a little
   */
  float[] apply(TrainingPicture picture, KeyedRandom random) {
    double area = LEAST_AREA + (1 - LEAST_AREA) * random.nextDouble();
    double shape = Math.exp(Math.log(NARROWEST) * (2 * random.nextDouble() - 1));
    double edge = Math.sqrt(area) * Math.min(picture.width(), picture.height());
    double width = Math.min(picture.width(), edge * Math.sqrt(shape));
    double height = Math.min(picture.height(), edge / Math.sqrt(shape));
    double left = (picture.width() - width) * random.nextDouble();
    double top = (picture.height() - height) * random.nextDouble();
    boolean mirrored = random.nextDouble() < 0.5;
    float[] planes = picture.part(left, top, width, height, size, mirrored);
    if (photometric) {
      colours(planes, random);
    }
    if (grain > 0) {
      grain(planes, random);
    }
    return planes;
  }

  /** Each value's noise is the sum of four uniform ones, all from one draw: nearly a normal one. */
  private void grain(float[] planes, KeyedRandom random) {
    float scale = (float) (grain * random.nextDouble() / FOUR_UNIFORM_DEVIATION);
    for (int i = 0; i < planes.length; i++) {
      long bits = random.nextLong();
      long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
      planes[i] += scale * (sum - FOUR_UNIFORM_MEAN);
    }
  }

  private void colours(float[] planes, KeyedRandom random) {
    int[] order = {0, 1, 2};
    for (int i = 2; i > 0; i--) {
      int other = (int) random.nextLong(i + 1L);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    for (int kind : order) {
      float factor = (float) (0.5 + random.nextDouble());
      switch (kind) {
        case 0 -> towards(planes, factor, 0);
        case 1 -> towards(planes, factor, mean(planes));
        default -> saturate(planes, factor);
      }
    }
    float[] shift = new float[TrainingPicture.CHANNELS];
    for (int axis = 0; axis < shift.length; axis++) {
      double amount = LIGHTING_DEVIATION * normal(random);
      for (int c = 0; c < shift.length; c++) {
        shift[c] += (float) (amount * lighting[c * shift.length + axis]);
      }
    }
    int each = planes.length / shift.length;
    for (int i = 0; i < planes.length; i++) {
      planes[i] += shift[i / each];
    }
  }

  private static void towards(float[] planes, float factor, float middle) {
    for (int i = 0; i < planes.length; i++) {
      planes[i] = clip(middle + (planes[i] - middle) * factor);
    }
  }

  /** The mean lightness. */
  private static float mean(float[] planes) {
    int each = planes.length / TrainingPicture.CHANNELS;
    double sum = 0;
    for (int i = 0; i < planes.length; i++) {
      sum += planes[i] * LUMA[i / each];
    }
    return (float) (sum / each);
  }

  private static void saturate(float[] planes, float factor) {
    int each = planes.length / TrainingPicture.CHANNELS;
    for (int i = 0; i < each; i++) {
      float grey =
          planes[i] * LUMA[0] + planes[i + each] * LUMA[1] + planes[i + 2 * each] * LUMA[2];
      for (int c = 0; c < TrainingPicture.CHANNELS; c++) {
        planes[c * each + i] = clip(grey + (planes[c * each + i] - grey) * factor);
      }
    }
  }

  private static float clip(float value) {
    return Math.max(0, Math.min(255, value));
  }

  /** Box and Muller's transform, one of the pair. */
  private static double normal(KeyedRandom random) {
    return Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()))
        * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }
}
