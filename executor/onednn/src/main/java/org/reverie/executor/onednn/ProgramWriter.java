package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_data_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_deconvolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_deconvolution_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_backward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_pow;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_sqrt;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_square;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_lrn_across_channels;
import static org.bytedeco.dnnl.global.dnnl.dnnl_lrn_backward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_lrn_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_binary;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_workspace_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.arena.Block;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;
import org.reverie.executor.onednn.PlannedConvolution.Following;
import org.reverie.executor.onednn.Step.Argument;
import org.reverie.executor.onednn.Step.Place;
import org.reverie.executor.onednn.WeightStore.Form;

/**
 * Writes the steps of a program one by one. Every method appends the steps of one operation and
 * notes which blocks they use.
 *
 * <p>All tensors lie with their channels innermost. That is the layout that oneDNN's fastest float
 * convolutions (brgemm) choose by themselves on AVX2 and AVX-512; it wastes nothing on channel
 * counts that are no multiple of a vector, lets a 1 x 1 convolution be a plain matrix product, also
 * of a slice, and needs no reorder at either border. The weights' layout is left to each primitive.
 */
final class ProgramWriter {
  private static final long[] NONE = {0, 0};

  /** How the names of oneDNN's kernels for one channel a group start. */
  private static final String DEPTHWISE = "jit_dw";

  private static final float RECIPROCAL_ROOT = -0.5f;

  /** Products with a guide's columns that are held at a time: 16 MiB. */
  private static final long GUIDE_PRODUCTS = 4L << 20;

  private final NativeScope scope = new NativeScope();
  private final dnnl_engine engine = Library.get().engine();
  private final List<Step> steps = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();

  private final int threads;
  private final Element element;

  /** What a maximum pooling or a normalisation hands from its forward to its backward step. */
  record Workspace(dnnl_primitive_desc forward, Block block) {}

  /**
   * @param threads that run a step, of which the writer's own thread is one
   * @param element of activations, their gradients and the weights
   */
  ProgramWriter(int threads, Element element) {
    this.threads = threads;
    this.element = element;
  }

  /** A new tensor with a block of its own. */
  Tensor tensor(String name, Shape shape) {
    return Tensor.alone(name, element, shape);
  }

  /** The same in float32 whatever else is stored; only products and convolutions write it. */
  Tensor floats(String name, Shape shape) {
    return Tensor.alone(name, Element.FLOAT32, shape);
  }

  /** Ends the program. What is read after the last step stays until then. */
  Program finish(Tensor input, List<Program.InputGradient> gradient, List<Tensor> activations) {
    gradient.forEach(part -> use(part.tensor().block(), steps.size()));
    activations.forEach(activation -> use(activation.block(), steps.size()));
    use(input.block(), 0);
    long bytes = ArenaPool.LAYOUT.place(blocks);
    return new Program(
        scope,
        List.copyOf(steps),
        input,
        List.copyOf(gradient),
        List.copyOf(activations),
        List.copyOf(blocks),
        bytes);
  }

  void close() {
    scope.close();
  }

  /** A convolution with an optional rectifier behind it. */
  void convolve(Node node, Convolution c, Tensor from, Tensor to) {
    convolve(node, c, from, Optional.empty(), node.slope(), to);
  }

  /**
   * A convolution, what is added to its values, and a rectifier behind the sum, in one pass over
   * the sum.
   *
   * @param addend of the convolution's own shape
   * @param slope of the rectifier; {@link Network#UNRECTIFIED} for none
   */
  void convolve(
      Node node, Convolution c, Tensor from, Optional<Tensor> addend, float slope, Tensor to) {
    String name = "forward " + node.name();
    Following following = new Following(false, addend, slope);
    if (node.isPointwiseConvolution()) {
      multiply(
          name,
          from,
          ConvolutionForm.product(node, c),
          ConvolutionForm.perChannel(node, "bias", c.bias(), 1, c.outputs()),
          to,
          following);
      return;
    }
    convolve(
        new PlannedConvolution(
            name,
            from,
            to,
            ConvolutionForm.plain(node, c),
            Optional.of(ConvolutionForm.perChannel(node, "bias", c.bias(), c.outputs())),
            ConvolutionForm.dims(c),
            strides(c),
            dilations(c),
            pads(c),
            pads(c),
            following));
  }

  /** Any convolution that is no matrix product. */
  private void convolve(PlannedConvolution c) {
    if (Winograd.takes(c)) {
      strips(
          Library.get().alone(threads, () -> Winograd.describe(scope, c, threads)),
          c.from().block(),
          c.to().block(),
          c.following().addend().map(Tensor::block).orElse(null));
    } else {
      convolveDirectly(c);
    }
  }

  /**
   * Appends a step.
   *
   * @param blocks that it uses besides its lanes; null for none
   */
  private void strips(Step.Strips step, Block... blocks) {
    use(step.lanes(), steps.size());
    for (Block block : blocks) {
      if (block != null) {
        use(block, steps.size());
      }
    }
    steps.add(step);
  }

  private void convolveDirectly(PlannedConvolution c) {
    dnnl_memory_desc source = c.from().picture(scope);
    dnnl_memory_desc target = c.to().picture(scope);
    dnnl_memory_desc weights = scope.any(c.from().element(), c.dims());
    dnnl_memory_desc bias = c.bias().isPresent() ? scope.rowMajor(c.to().shape().channels()) : null;
    dnnl_memory_desc added = c.following().addend().map(a -> a.picture(scope)).orElse(null);
    dnnl_primitive_attr attributes = c.following().attributes(scope, added);
    dnnl_primitive_desc desc =
        scope.describe(
            c.name(),
            out ->
                dnnl_convolution_forward_primitive_desc_create(
                    out,
                    engine,
                    dnnl_forward_inference,
                    dnnl_convolution_direct,
                    source,
                    weights,
                    bias,
                    target,
                    c.strides(),
                    c.dilations(),
                    c.padsBefore(),
                    c.padsAfter(),
                    attributes));
    List<Argument> arguments = new ArrayList<>();
    arguments.add(in(DNNL_ARG_SRC, source, c.from()));
    arguments.add(shared(DNNL_ARG_WEIGHTS, desc, c.weights()));
    c.bias()
        .ifPresent(
            form -> arguments.add(new Argument(DNNL_ARG_BIAS, bias, new Place.Shared(form))));
    c.following().addend().ifPresent(a -> arguments.add(in(Following.ADDEND, added, a)));
    arguments.add(in(DNNL_ARG_DST, target, c.to()));
    add(c.name(), desc, arguments.toArray(Argument[]::new));
  }

  /** Whether the gradient of a convolution can be added to what is there. */
  static boolean addsGradient(Node node, Convolution c) {
    return node.isPointwiseConvolution() || isReversible(c);
  }

  /**
   * Whether the gradient of a convolution is a convolution of stride 1 without negative padding.
   */
  private static boolean isReversible(Convolution c) {
    return c.group() == 1
        && c.strideHeight() == 1
        && c.strideWidth() == 1
        && c.padHeight() <= c.dilationHeight() * (c.kernelHeight() - 1)
        && c.padWidth() <= c.dilationWidth() * (c.kernelWidth() - 1);
  }

  /**
   * The gradient at a convolution's input.
   *
   * @param from gradient at its output
   * @param to gradient at its input
   * @param accumulate whether to add to what is there; only if {@link #addsGradient}
   */
  void convolveBack(Node node, Convolution c, Tensor from, Tensor to, boolean accumulate) {
    String name = "backward " + node.name();
    Following following = Following.nothing(accumulate);
    if (node.isPointwiseConvolution()) {
      multiply(name, from, ConvolutionForm.transposedProduct(node, c), null, to, following);
    } else if (isReversible(c)) {
      long[] pads = {
        c.dilationHeight() * (c.kernelHeight() - 1) - c.padHeight(),
        c.dilationWidth() * (c.kernelWidth() - 1) - c.padWidth()
      };
      convolve(
          new PlannedConvolution(
              name,
              from,
              to,
              ConvolutionForm.reversed(node, c),
              Optional.empty(),
              new long[] {c.inputs(), c.outputs(), c.kernelHeight(), c.kernelWidth()},
              new long[] {1, 1},
              dilations(c),
              pads,
              pads,
              following));
    } else {
      convolveBackPlainly(name, node, c, from, to);
    }
  }

  /** The gradient of a strided convolution at the input, in blocks of pixels. */
  void convolveBackStrided(
      Node node,
      Convolution c,
      StridedGradient rows,
      StridedGradient columns,
      Tensor from,
      Tensor to) {
    convolve(
        new PlannedConvolution(
            "backward " + node.name(),
            from,
            to,
            ConvolutionForm.strided(node, c, rows, columns),
            Optional.empty(),
            new long[] {to.shape().channels(), c.outputs(), rows.taps(), columns.taps()},
            new long[] {rows.step(), columns.step()},
            NONE,
            new long[] {rows.first(), columns.first()},
            new long[] {rows.padAfter(), columns.padAfter()},
            Following.nothing(false)));
  }

  private void convolveBackPlainly(String name, Node node, Convolution c, Tensor from, Tensor to) {
    dnnl_memory_desc source = to.picture(scope);
    dnnl_memory_desc target = from.picture(scope);
    dnnl_memory_desc weights = scope.any(from.element(), ConvolutionForm.dims(c));
    dnnl_primitive_attr attributes = scope.attributes();
    dnnl_primitive_desc forward =
        scope.describe(
            name,
            out ->
                dnnl_convolution_forward_primitive_desc_create(
                    out,
                    engine,
                    dnnl_forward_training,
                    dnnl_convolution_direct,
                    source,
                    weights,
                    null,
                    target,
                    strides(c),
                    dilations(c),
                    pads(c),
                    pads(c),
                    attributes));
    // In bfloat16 oneDNN's first is one for groups of many channels, 33 ms where this one takes 1
    // (128 channels of 128 x 128, stride 2).
    dnnl_primitive_desc desc =
        scope.describeBy(
            DEPTHWISE,
            name,
            out ->
                dnnl_convolution_backward_data_primitive_desc_create(
                    out,
                    engine,
                    dnnl_convolution_direct,
                    source,
                    weights,
                    target,
                    strides(c),
                    dilations(c),
                    pads(c),
                    pads(c),
                    forward,
                    attributes));
    add(
        name,
        desc,
        in(DNNL_ARG_DIFF_SRC, source, to),
        shared(DNNL_ARG_WEIGHTS, desc, ConvolutionForm.plain(node, c)),
        in(DNNL_ARG_DIFF_DST, target, from));
  }

  /** The product of positions x channels with a matrix. */
  private void multiply(
      String name, Tensor from, Form form, Form biasForm, Tensor to, Following following) {
    dnnl_memory_desc source = from.matrix(scope);
    dnnl_memory_desc target = to.matrix(scope);
    dnnl_memory_desc weights =
        scope.any(from.element(), from.shape().channels(), to.shape().channels());
    dnnl_memory_desc bias = biasForm == null ? null : scope.rowMajor(1, to.shape().channels());
    dnnl_memory_desc added = following.addend().map(a -> a.matrix(scope)).orElse(null);
    dnnl_primitive_attr attributes = following.attributes(scope, added);
    dnnl_primitive_desc desc =
        scope.describe(
            name,
            out ->
                dnnl_matmul_primitive_desc_create(
                    out, engine, source, weights, bias, target, attributes));
    List<Argument> arguments = new ArrayList<>();
    arguments.add(in(DNNL_ARG_SRC, source, from));
    arguments.add(shared(DNNL_ARG_WEIGHTS, desc, form));
    following.addend().ifPresent(a -> arguments.add(in(Following.ADDEND, added, a)));
    if (biasForm != null) {
      arguments.add(new Argument(DNNL_ARG_BIAS, bias, new Place.Shared(biasForm)));
    }
    arguments.add(in(DNNL_ARG_DST, target, to));
    add(name, desc, arguments.toArray(Argument[]::new));
  }

  /** A deconvolution. */
  void deconvolve(Node node, Deconvolution d, Tensor from, Tensor to) {
    dnnl_memory_desc source = from.picture(scope);
    dnnl_memory_desc target = to.picture(scope);
    dnnl_memory_desc weights = scope.any(from.element(), ConvolutionForm.dims(d));
    dnnl_memory_desc bias = scope.rowMajor(d.outputs());
    dnnl_primitive_attr attributes = scope.attributes();
    dnnl_primitive_desc desc =
        scope.describe(
            "deconvolution " + node.name(),
            out ->
                dnnl_deconvolution_forward_primitive_desc_create(
                    out,
                    engine,
                    dnnl_forward_inference,
                    dnnl_deconvolution_direct,
                    source,
                    weights,
                    bias,
                    target,
                    new long[] {d.strideHeight(), d.strideWidth()},
                    new long[] {d.dilationHeight() - 1L, d.dilationWidth() - 1L},
                    new long[] {d.padHeight(), d.padWidth()},
                    new long[] {d.padHeight(), d.padWidth()},
                    attributes));
    add(
        "forward " + node.name(),
        desc,
        in(DNNL_ARG_SRC, source, from),
        shared(DNNL_ARG_WEIGHTS, desc, ConvolutionForm.plain(node, d)),
        new Argument(
            DNNL_ARG_BIAS,
            bias,
            new Place.Shared(ConvolutionForm.perChannel(node, "bias", d.bias(), d.outputs()))),
        in(DNNL_ARG_DST, target, to));
  }

  /**
   * Caffe's deconvolution is the gradient of a convolution, so its gradient is that convolution.
   */
  void deconvolveBack(Node node, Deconvolution d, Tensor from, Tensor to) {
    Convolution transpose =
        new Convolution(
            d.outputs(),
            d.inputs(),
            d.kernelHeight(),
            d.kernelWidth(),
            d.strideHeight(),
            d.strideWidth(),
            d.padHeight(),
            d.padWidth(),
            d.dilationHeight(),
            d.dilationWidth(),
            d.group(),
            d.weights(),
            new float[d.inputs()]);
    dnnl_memory_desc source = from.picture(scope);
    dnnl_memory_desc target = to.picture(scope);
    dnnl_memory_desc weights = scope.any(from.element(), ConvolutionForm.dims(transpose));
    dnnl_primitive_attr attributes = scope.attributes();
    dnnl_primitive_desc desc =
        scope.describe(
            "backward " + node.name(),
            out ->
                dnnl_convolution_forward_primitive_desc_create(
                    out,
                    engine,
                    dnnl_forward_inference,
                    dnnl_convolution_direct,
                    source,
                    weights,
                    null,
                    target,
                    strides(transpose),
                    dilations(transpose),
                    pads(transpose),
                    pads(transpose),
                    attributes));
    add(
        "backward " + node.name(),
        desc,
        in(DNNL_ARG_SRC, source, from),
        shared(DNNL_ARG_WEIGHTS, desc, ConvolutionForm.plain(node, transpose)),
        in(DNNL_ARG_DST, target, to));
  }

  /**
   * Caffe's pooling. Its last windows may reach beyond the input, which is padding on the right
   * here.
   *
   * @param training whether a gradient follows
   */
  Workspace pool(Node node, Pooling p, Tensor from, Tensor to, boolean training) {
    PoolGeometry geometry = PoolGeometry.of(p, from.shape(), to.shape());
    dnnl_memory_desc source = from.picture(scope);
    dnnl_memory_desc target = to.picture(scope);
    dnnl_primitive_desc desc =
        geometry.forward(
            scope,
            "pooling " + node.name(),
            training ? dnnl_forward_training : dnnl_forward_inference,
            source,
            target,
            geometry.padsBefore(),
            geometry.padsAfter());
    Block workspace = workspace(node, desc);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(in(DNNL_ARG_SRC, source, from));
    arguments.add(in(DNNL_ARG_DST, target, to));
    addWorkspace(arguments, desc, workspace);
    add("forward " + node.name(), desc, arguments.toArray(Argument[]::new));
    if (p.pool() == Pool.AVERAGE && geometry.isClipped()) {
      scalePositions(node, geometry, to, to);
    }
    return new Workspace(desc, workspace);
  }

  /** The gradient of {@link #pool}. */
  void poolBack(Node node, Pooling p, Workspace workspace, Tensor from, Tensor to) {
    PoolGeometry geometry = PoolGeometry.of(p, to.shape(), from.shape());
    Tensor scaled = from;
    if (p.pool() == Pool.AVERAGE && geometry.isClipped()) {
      scaled = tensor("scaled gradient of " + node.name(), from.shape());
      scalePositions(node, geometry, from, scaled);
    }
    String name = "backward " + node.name();
    Tensor gradient = scaled;
    Optional<Step.Strips> strips =
        Library.get()
            .alone(
                threads,
                () ->
                    PoolStrips.describe(
                        scope, name, geometry, workspace.block(), gradient, to, threads));
    if (strips.isPresent()) {
      strips(strips.get(), gradient.block(), to.block(), workspace.block());
      return;
    }
    dnnl_memory_desc source = to.picture(scope);
    dnnl_memory_desc target = scaled.picture(scope);
    dnnl_primitive_desc desc =
        geometry.backward(
            scope,
            name,
            source,
            target,
            geometry.padsBefore(),
            geometry.padsAfter(),
            workspace.forward());
    List<Argument> arguments = new ArrayList<>();
    arguments.add(in(DNNL_ARG_DIFF_DST, target, scaled));
    arguments.add(in(DNNL_ARG_DIFF_SRC, source, to));
    addWorkspace(arguments, workspace.forward(), workspace.block());
    add(name, desc, arguments.toArray(Argument[]::new));
  }

  private void scalePositions(Node node, PoolGeometry geometry, Tensor from, Tensor to) {
    host(
        "divisors of " + node.name(),
        HostKernels.scalePositions(from, to, geometry.corrections()),
        from,
        to);
  }

  /**
   * Whether oneDNN normalises it. Making its AVX-512 kernel for a channel count that is no multiple
   * of 16 ends in a segmentation fault in 3.11.
   */
  static boolean normalises(Lrn lrn, Shape shape) {
    return lrn.region() == LrnRegion.ACROSS_CHANNELS && shape.channels() % 16 == 0;
  }

  /** Normalisation across channels, if oneDNN {@link #normalises} it. */
  Workspace normalise(Node node, Lrn lrn, Tensor from, Tensor to, boolean training) {
    dnnl_memory_desc desc = from.picture(scope);
    dnnl_primitive_attr attributes = scope.attributes();
    dnnl_primitive_desc forward =
        scope.describe(
            "normalisation " + node.name(),
            out ->
                dnnl_lrn_forward_primitive_desc_create(
                    out,
                    engine,
                    training ? dnnl_forward_training : dnnl_forward_inference,
                    dnnl_lrn_across_channels,
                    desc,
                    desc,
                    lrn.localSize(),
                    lrn.alpha(),
                    lrn.beta(),
                    lrn.k(),
                    attributes));
    Block workspace = workspace(node, forward);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(in(DNNL_ARG_SRC, desc, from));
    arguments.add(in(DNNL_ARG_DST, desc, to));
    addWorkspace(arguments, forward, workspace);
    add("forward " + node.name(), forward, arguments.toArray(Argument[]::new));
    return new Workspace(forward, workspace);
  }

  /** The gradient of {@link #normalise}. */
  void normaliseBack(
      Node node, Lrn lrn, Workspace workspace, Tensor input, Tensor from, Tensor to) {
    dnnl_memory_desc desc = input.picture(scope);
    dnnl_primitive_attr attributes = scope.attributes();
    dnnl_primitive_desc backward =
        scope.describe(
            "normalisation " + node.name(),
            out ->
                dnnl_lrn_backward_primitive_desc_create(
                    out,
                    engine,
                    dnnl_lrn_across_channels,
                    desc,
                    desc,
                    desc,
                    lrn.localSize(),
                    lrn.alpha(),
                    lrn.beta(),
                    lrn.k(),
                    workspace.forward(),
                    attributes));
    if (NativeScope.isReference(backward)) {
      // Without AVX-512 oneDNN has this gradient for other layouts only; its plain form takes 45 %
      // of the whole of GoogLeNet's.
      normaliseAcrossBack("backward " + node.name(), lrn, input, from, to);
      return;
    }
    List<Argument> arguments = new ArrayList<>();
    arguments.add(in(DNNL_ARG_SRC, desc, input));
    arguments.add(in(DNNL_ARG_DIFF_DST, desc, from));
    arguments.add(in(DNNL_ARG_DIFF_SRC, desc, to));
    addWorkspace(arguments, workspace.forward(), workspace.block());
    add("backward " + node.name(), backward, arguments.toArray(Argument[]::new));
  }

  /** The same by a loop of ours. */
  void normaliseAcrossBack(String name, Lrn lrn, Tensor input, Tensor from, Tensor to) {
    host(name, HostKernels.normaliseAcrossBack(lrn, input, from, to, threads), input, from, to);
  }

  /** A function of each value, by oneDNN's number for it. */
  void apply(String name, int algorithm, float alpha, float beta, Tensor from, Tensor to) {
    dnnl_memory_desc flat = scope.rowMajor(from.element(), from.shape().values());
    dnnl_primitive_desc desc = eltwise(name, algorithm, alpha, beta, flat);
    add(name, desc, in(DNNL_ARG_SRC, flat, from), in(DNNL_ARG_DST, flat, to));
  }

  private dnnl_primitive_desc eltwise(
      String name, int algorithm, float alpha, float beta, dnnl_memory_desc flat) {
    dnnl_primitive_attr attributes = scope.attributes();
    return scope.describe(
        name,
        out ->
            dnnl_eltwise_forward_primitive_desc_create(
                out,
                engine,
                dnnl_forward_training,
                algorithm,
                flat,
                flat,
                alpha,
                beta,
                attributes));
  }

  /**
   * The gradient of {@link #apply}.
   *
   * @param value the function's argument, or its value if the algorithm's name says so
   * @param valueRole oneDNN's number for that role
   */
  void applyBack(
      String name,
      int algorithm,
      float alpha,
      float beta,
      int valueRole,
      Tensor value,
      Tensor from,
      Tensor to) {
    dnnl_memory_desc flat = scope.rowMajor(from.element(), from.shape().values());
    dnnl_primitive_desc forward = eltwise(name, algorithm, alpha, beta, flat);
    dnnl_primitive_attr attributes = scope.attributes();
    dnnl_primitive_desc desc =
        scope.describe(
            name,
            out ->
                dnnl_eltwise_backward_primitive_desc_create(
                    out, engine, algorithm, flat, flat, flat, alpha, beta, forward, attributes));
    add(
        name,
        desc,
        in(valueRole, flat, value),
        in(DNNL_ARG_DIFF_DST, flat, from),
        in(DNNL_ARG_DIFF_SRC, flat, to));
  }

  /** Multiplies by the derivative of the rectifier that made {@code value}. */
  void unrectify(String name, float slope, Tensor value, Tensor from, Tensor to) {
    applyBack(name, dnnl_eltwise_relu_use_dst_for_bwd, slope, 0, DNNL_ARG_DST, value, from, to);
  }

  /** Multiplies every channel by one number and, if there are offsets, adds another. */
  void scaleChannels(
      Node node, String name, float[] multipliers, float[] offsets, Tensor from, Tensor to) {
    int channels = from.shape().channels();
    dnnl_memory_desc values = from.picture(scope);
    dnnl_memory_desc perChannel =
        scope.strided(new long[] {1, channels, 1, 1}, new long[] {channels, 1, channels, channels});
    dnnl_primitive_attr attributes =
        scope.attributes(
            following -> {
              if (offsets != null) {
                NativeScope.check(
                    dnnl_post_ops_append_binary(following, dnnl_binary_add, perChannel), name);
              }
            });
    dnnl_primitive_desc desc =
        scope.describe(
            name,
            out ->
                dnnl_binary_primitive_desc_create(
                    out, engine, dnnl_binary_mul, values, perChannel, values, attributes));
    List<Argument> arguments = new ArrayList<>();
    arguments.add(in(DNNL_ARG_SRC_0, values, from));
    arguments.add(
        new Argument(
            DNNL_ARG_SRC_1,
            perChannel,
            new Place.Shared(
                ConvolutionForm.constant(node, "multipliers", multipliers, 1, channels, 1, 1))));
    arguments.add(in(DNNL_ARG_DST, values, to));
    if (offsets != null) {
      arguments.add(
          new Argument(
              Following.ADDEND,
              perChannel,
              new Place.Shared(
                  ConvolutionForm.constant(node, "offsets", offsets, 1, channels, 1, 1))));
    }
    add(name, desc, arguments.toArray(Argument[]::new));
  }

  /** Whether a sum is of two tensors as they are, which one pass can make. */
  static boolean isPlainSum(float[] coefficients) {
    return coefficients.length == 2 && coefficients[0] == 1 && coefficients[1] == 1;
  }

  /** The sum of tensors, each times a coefficient, with an optional rectifier behind it. */
  void sum(Node node, float[] coefficients, List<Tensor> from, Tensor to) {
    String name = "forward " + node.name();
    if (isPlainSum(coefficients)) {
      add(
          name,
          from.get(0),
          from.get(1),
          new Following(false, Optional.empty(), node.slope()).attributes(scope, null),
          to);
      return;
    }
    for (int i = 0; i < from.size(); i++) {
      Tensor next = from.get(i);
      if (i == 0) {
        apply(name, dnnl_eltwise_linear, coefficients[0], 0, next, to);
      } else {
        accumulate(name, coefficients[i], next, to);
      }
    }
    if (node.isRectified()) {
      apply(name, dnnl_eltwise_relu, node.slope(), 0, to, to);
    }
  }

  /** Copies values, also from or to a slice. */
  void copy(String name, Tensor from, Tensor to) {
    reorder(name, from, to, scope.attributes());
  }

  /** Adds values times a factor, also from or to a slice. */
  void accumulate(String name, float factor, Tensor from, Tensor to) {
    if (factor == 1) {
      // The linear step below has no kernel of its own for this: 119 ms for 512 x 512 px, 3
      // channels.
      add(name, to, from, scope.attributes(), to);
      return;
    }
    if (from.isDense() && to.isDense()) {
      dnnl_memory_desc flat = scope.rowMajor(from.element(), from.shape().values());
      dnnl_primitive_attr attributes =
          scope.attributes(
              following ->
                  NativeScope.check(
                      dnnl_post_ops_append_binary(following, dnnl_binary_add, flat), name));
      dnnl_primitive_desc desc =
          scope.describe(
              name,
              out ->
                  dnnl_eltwise_forward_primitive_desc_create(
                      out,
                      engine,
                      dnnl_forward_inference,
                      dnnl_eltwise_linear,
                      flat,
                      flat,
                      factor,
                      0,
                      attributes));
      add(
          name,
          desc,
          in(DNNL_ARG_SRC, flat, from),
          in(DNNL_ARG_DST, flat, to),
          in(Following.ADDEND, flat, to));
      return;
    }
    host(name, HostKernels.accumulate(factor, from, to), from, to);
  }

  /**
   * Whether {@link #power} takes it; there is no fast form for other exponents, nor a common use.
   */
  static boolean isShort(Power p) {
    return p.power() == 1 || p.power() == 2 || p.power() == RECIPROCAL_ROOT;
  }

  /** (shift + scale x)^power, if it {@link #isShort}. */
  void power(String name, Power p, Tensor from, Tensor to) {
    Tensor argument = from;
    if (p.power() == 1 || p.scale() != 1 || p.shift() != 0) {
      apply(name, dnnl_eltwise_linear, p.scale(), p.shift(), from, to);
      argument = to;
    }
    if (p.power() == 2) {
      apply(name, dnnl_eltwise_square, 0, 0, argument, to);
    } else if (p.power() == RECIPROCAL_ROOT) {
      // As a general power it takes a logarithm and an exponential of every value.
      apply(name, dnnl_eltwise_sqrt, 0, 0, argument, to);
      apply(name, dnnl_eltwise_pow, 1, -1, to, to);
    }
  }

  /**
   * The gradient of {@link #power}.
   *
   * @param argument x
   * @param value what it made of x
   */
  void powerBack(String name, Power p, Tensor argument, Tensor value, Tensor from, Tensor to) {
    if (p.power() == 1) {
      apply(name, dnnl_eltwise_linear, p.scale(), 0, from, to);
    } else if (p.power() == RECIPROCAL_ROOT) {
      // The derivative of y = u^-1/2 is -1/2 y^3 u'.
      product(name, RECIPROCAL_ROOT * p.scale(), List.of(value, value, value, from), to);
    } else if (p.shift() == 0) {
      product(name, 2 * p.scale() * p.scale(), List.of(argument, from), to);
    } else {
      float twice = 2 * p.scale();
      apply(name, dnnl_eltwise_linear, twice * p.scale(), twice * p.shift(), argument, to);
      product(name, 1, List.of(to, from), to);
    }
  }

  /**
   * A number times the product of tensors.
   *
   * @param tensors at least two; the first may be the one that is written
   */
  void product(String name, float factor, List<Tensor> tensors, Tensor to) {
    dnnl_memory_desc first = tensors.get(0).matrix(scope);
    dnnl_memory_desc second = tensors.get(1).matrix(scope);
    dnnl_memory_desc target = to.matrix(scope);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(in(DNNL_ARG_SRC_0, first, tensors.get(0)));
    arguments.add(in(DNNL_ARG_SRC_1, second, tensors.get(1)));
    arguments.add(in(DNNL_ARG_DST, target, to));
    dnnl_primitive_attr attributes =
        scope.attributes(
            following -> {
              for (int i = 2; i < tensors.size(); i++) {
                dnnl_memory_desc more = tensors.get(i).matrix(scope);
                NativeScope.check(
                    dnnl_post_ops_append_binary(following, dnnl_binary_mul, more), name);
                int role = DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (i - 1) | DNNL_ARG_SRC_1;
                arguments.add(in(role, more, tensors.get(i)));
              }
              if (factor != 1) {
                NativeScope.check(
                    dnnl_post_ops_append_eltwise(following, dnnl_eltwise_linear, factor, 0), name);
              }
            });
    dnnl_primitive_desc desc =
        scope.describe(
            name,
            out ->
                dnnl_binary_primitive_desc_create(
                    out, engine, dnnl_binary_mul, first, second, target, attributes));
    add(name, desc, arguments.toArray(Argument[]::new));
  }

  private void add(
      String name, Tensor first, Tensor second, dnnl_primitive_attr attributes, Tensor to) {
    dnnl_memory_desc one = first.matrix(scope);
    dnnl_memory_desc other = second.matrix(scope);
    dnnl_memory_desc sum = to.matrix(scope);
    dnnl_primitive_desc desc =
        scope.describe(
            name,
            out ->
                dnnl_binary_primitive_desc_create(
                    out, engine, dnnl_binary_add, one, other, sum, attributes));
    add(
        name,
        desc,
        in(DNNL_ARG_SRC_0, one, first),
        in(DNNL_ARG_SRC_1, other, second),
        in(DNNL_ARG_DST, sum, to));
  }

  private void reorder(String name, Tensor from, Tensor to, dnnl_primitive_attr attributes) {
    dnnl_memory_desc source = from.matrix(scope);
    dnnl_memory_desc target = to.matrix(scope);
    dnnl_primitive_desc desc =
        scope.describe(
            name,
            out ->
                dnnl_reorder_primitive_desc_create(
                    out, source, engine, target, engine, attributes));
    add(name, desc, in(DNNL_ARG_SRC, source, from), in(DNNL_ARG_DST, target, to));
  }

  /** A loop in Java over the tensors named. */
  void host(String name, HostKernel kernel, Tensor... tensors) {
    for (Tensor tensor : tensors) {
      use(tensor.block(), steps.size());
    }
    steps.add(new Step.Host(name, kernel));
  }

  private void regional(String name, Step.RegionalKernel kernel, Tensor... tensors) {
    for (Tensor tensor : tensors) {
      use(tensor.block(), steps.size());
    }
    steps.add(new Step.Regional(name, kernel));
  }

  /**
   * The guide's gradient: the products of activations with all columns, some rows of the picture at
   * a time, and the columns with the largest.
   */
  void guide(
      String name,
      Node node,
      Drive.Guide guide,
      float weight,
      Centres centres,
      Tensor values,
      Tensor to) {
    int count = guide.count();
    int width = values.shape().width();
    int rows = (int) Math.max(1, GUIDE_PRODUCTS / ((long) count * width));
    Form columns =
        ConvolutionForm.constant(node, guide, guide.columns(), values.shape().channels(), count);
    for (int row = 0; row < values.shape().height(); row += rows) {
      int height = Math.min(rows, values.shape().height() - row);
      Tensor products = floats("products with the guide", new Shape(count, height, width));
      long skipped = (long) row * width;
      multiply(name, values.rows(row, height), columns, null, products, Following.nothing(false));
      regional(
          name, HostKernels.guide(guide, weight, centres, products, skipped, to), products, to);
    }
  }

  private Block workspace(Node node, dnnl_primitive_desc desc) {
    dnnl_memory_desc layout = dnnl_primitive_desc_query_md(desc, dnnl_query_workspace_md, 0);
    long bytes = layout == null || layout.isNull() ? 0 : dnnl_memory_desc_get_size(layout);
    return bytes == 0 ? null : new Block("workspace of " + node.name(), bytes);
  }

  private static void addWorkspace(
      List<Argument> arguments, dnnl_primitive_desc desc, Block workspace) {
    if (workspace != null) {
      arguments.add(
          new Argument(
              DNNL_ARG_WORKSPACE,
              dnnl_primitive_desc_query_md(desc, dnnl_query_workspace_md, 0),
              new Place.Arena(workspace, 0)));
    }
  }

  private static Argument in(int id, dnnl_memory_desc desc, Tensor tensor) {
    return new Argument(id, desc, new Place.Arena(tensor.block(), tensor.offsetBytes()));
  }

  private static Argument shared(int id, dnnl_primitive_desc desc, Form form) {
    return new Argument(
        id, dnnl_primitive_desc_query_md(desc, dnnl_query_weights_md, 0), new Place.Shared(form));
  }

  private void add(String name, dnnl_primitive_desc desc, Argument... arguments) {
    List<Argument> all = new ArrayList<>(List.of(arguments));
    dnnl_memory_desc scratch = dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
    long bytes = scratch == null || scratch.isNull() ? 0 : dnnl_memory_desc_get_size(scratch);
    if (bytes > 0) {
      Block block = new Block("scratchpad of " + name, bytes);
      all.add(new Argument(DNNL_ARG_SCRATCHPAD, scratch, new Place.Arena(block, 0)));
    }
    for (Argument argument : all) {
      if (argument.place() instanceof Place.Arena arena) {
        use(arena.block(), steps.size());
      }
    }
    steps.add(new Step.Native(name, desc, List.copyOf(all)));
  }

  private void use(Block block, int step) {
    if (!block.isTouched()) {
      blocks.add(block);
    }
    block.touch(step);
  }

  private static long[] strides(Convolution c) {
    return new long[] {c.strideHeight(), c.strideWidth()};
  }

  private static long[] dilations(Convolution c) {
    return new long[] {c.dilationHeight() - 1L, c.dilationWidth() - 1L};
  }

  private static long[] pads(Convolution c) {
    return new long[] {c.padHeight(), c.padWidth()};
  }
}
