package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_data_type_undef;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_binary;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_sum;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.onednn.WeightStore.Form;

/**
 * A convolution, whichever way it will be computed, with what follows it in the same pass: first an
 * addend, then a rectifier.
 *
 * @param name of the step
 * @param from what is convolved
 * @param to where the result goes
 * @param weights of {@code dims}
 * @param bias one value per output, if any
 * @param dims of the weights: outputs, inputs, rows, columns; with groups, the groups first
 * @param strides along rows and columns
 * @param dilations rows and columns left out between taps
 * @param padsBefore rows above and columns to the left that are zero
 * @param padsAfter rows below and columns to the right that are zero
 * @param following what follows
 */
record PlannedConvolution(
    String name,
    Tensor from,
    Tensor to,
    Form weights,
    Optional<Form> bias,
    long[] dims,
    long[] strides,
    long[] dilations,
    long[] padsBefore,
    long[] padsAfter,
    Following following) {
  /**
   * What follows a convolution or a product.
   *
   * @param accumulate whether the result is added to what is there; not with an addend
   * @param addend of the result's shape, added to it
   * @param slope of the rectifier; {@link Network#UNRECTIFIED} for none
   */
  record Following(boolean accumulate, Optional<Tensor> addend, float slope) {
    /** oneDNN's number for the addend's role: it is the first operation that follows. */
    static final int ADDEND = DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1;

    /** No rectifier. */
    static Following nothing(boolean accumulate) {
      return new Following(accumulate, Optional.empty(), Network.UNRECTIFIED);
    }

    Following {
      if (accumulate && addend.isPresent()) {
        throw new IllegalArgumentException("either an addend or what is there is added");
      }
    }

    /**
     * The same for oneDNN.
     *
     * @param addendLayout how the addend lies, where there is one
     */
    dnnl_primitive_attr attributes(NativeScope scope, dnnl_memory_desc addendLayout) {
      return scope.attributes(
          operations -> {
            if (accumulate) {
              NativeScope.check(
                  dnnl_post_ops_append_sum(operations, 1, 0, dnnl_data_type_undef), "a sum");
            }
            if (addend.isPresent()) {
              NativeScope.check(
                  dnnl_post_ops_append_binary(operations, dnnl_binary_add, addendLayout), "a sum");
            }
            if (!Float.isNaN(slope)) {
              NativeScope.check(
                  dnnl_post_ops_append_eltwise(operations, dnnl_eltwise_relu, slope, 0),
                  "a rectifier");
            }
          });
    }
  }
}
